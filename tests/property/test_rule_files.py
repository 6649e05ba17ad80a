"""Any bytes as a rule file give a reading, never an exception."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.rules.files import read_book
from proxy.rules.reading.keys import keys_of, sections
from proxy.rules.reading.presets import preset_names
from tests.builders import a_rule_text

WORDS = sorted({name for section in sections().values() for name in keys_of(section)})
EXAMPLES = sorted(
    {text for section in sections().values() for key in keys_of(section).values() for text in key.examples}
)
SCALARS = st.sampled_from(
    [*WORDS, *EXAMPLES, "no", "null", "~", "0123", "-1", "1e9", "''", '"', "*x", "&a", "<<", "{", "[", "TSE_abcd1234"]
) | st.text(max_size=8)


def flow(value: Any) -> str:
    """Any tree as YAML in flow style, whether or not it is YAML at all."""
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    return str(value)


TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | SCALARS, inner, max_size=6),
    max_leaves=30,
)


def sound(raw: bytes) -> None:
    reading = read_book({"rules/a.yaml": raw})
    assert (reading.book is None) == any(problem.is_error for problem in reading.problems)
    lines = raw.count(b"\n") + raw.count(b"\r") + len(raw.decode(errors="replace").splitlines()) + 1
    for problem in reading.problems:
        assert 0 <= problem.line <= lines
        assert problem.column >= 0
        assert problem.message
        assert str(problem)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading(raw: bytes) -> None:
    sound(raw)


@given(st.text(max_size=200))
def test_any_text_gives_a_reading(text: str) -> None:
    sound(text.encode(errors="replace"))


@given(st.dictionaries(st.sampled_from(list(keys_of(sections()[""]))), TREES, max_size=8))
@settings(max_examples=300)
def test_any_tree_of_known_words_gives_a_reading(tree: dict[str, Any]) -> None:
    sound("".join(f"{key}: {flow(value)}\n" for key, value in tree.items()).encode(errors="replace"))


@given(st.sampled_from(["match", "skip", "products", "auction", "layout", "tag", "banners", "cache", "rollout"]), TREES)
@settings(max_examples=300)
def test_a_good_rule_with_anything_in_one_section_gives_a_reading(name: str, tree: Any) -> None:
    sound(a_rule_text(**{name: flow(tree) or "x"}).encode(errors="replace"))


@given(st.sampled_from(preset_names()), st.sampled_from(["match", "skip", "products", "auction", "tag"]), TREES)
@settings(max_examples=300)
def test_a_rule_on_a_preset_with_anything_in_one_section_is_told_of_in_its_own_file(
    preset: str, name: str, tree: Any
) -> None:
    sections = {"auction": "{slots: 2}", name: flow(tree) or "x"}
    text = f"page: a\npreset: {preset}\n" + "".join(f"{key}: {value}\n" for key, value in sections.items())
    sound(text.encode(errors="replace"))
    for problem in read_book({"a.yaml": text.encode(errors="replace")}).problems:
        assert problem.line > 0
        assert problem.source_line == text.splitlines()[problem.line - 1] or "TSE_" in text


@given(st.data())
def test_a_good_rule_with_a_few_bytes_changed_gives_a_reading(data: st.DataObject) -> None:
    raw = bytearray(a_rule_text(layout="{place: every, step: 3}", tag="{at: $.a, organic: {b: null}}").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    sound(bytes(raw))
