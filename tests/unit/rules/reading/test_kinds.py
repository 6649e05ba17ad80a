from typing import Any

import pytest

from proxy.rules.reading.kinds import BAD, Kind, ListOf, MapOf, Single, Text, nearest
from proxy.rules.reading.nodes import Keys
from proxy.rules.reading.scalars import Duration, Flag, OneOf, Percent, Whole
from proxy.rules.reading.yamltext import read_yaml


def read(kind: Kind, text: str) -> tuple[Any, list[tuple[str, str, str]]]:
    """The value behind `k:`, and what was reported: key, message, hint."""
    root = read_yaml(f"k: {text}\n")
    assert isinstance(root, Keys)
    told: list[tuple[str, str, str]] = []

    def report(node: object, key: str, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        told.append((key, message, hint))

    return kind.read(root.pairs[0].value, "k", report), told


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text(), "0123", "0123"),
        (Text(), "no", "no"),
        (Text(), "true", "true"),
        (Text(), "'null'", "null"),
        (Text(), "12:30:45", "12:30:45"),
        (Text(), "2024-01-01", "2024-01-01"),
        (Text(), "=x", "=x"),
        (Whole(1, 40), "7", 7),
        (Whole(-5, 40), "-5", -5),
        (Percent(), "12.5", 12.5),
        (Percent(), "100", 100),
        (Flag(), "true", True),
        (Flag(), "false", False),
        (Duration("1ms", "10s"), "150ms", 0.15),
        (Duration("1ms", "10s"), "1.5s", 1.5),
        (Duration("1s", "7d"), "5m", 300.0),
        (OneOf(("a", "b")), "a", "a"),
        (OneOf(("a", "b"), Whole(1, 9)), "0", BAD),
        (ListOf(Text(), "a list"), "[a, 0123]", ("a", "0123")),
        (ListOf(Text(), "a list", may_be_single=True), "a", ("a",)),
        (MapOf(Text(), "a section", ""), "{a: no, b: 1}", {"a": "no", "b": "1"}),
    ],
)
def test_a_kind_reads_its_value(kind: Kind, text: str, value: object) -> None:
    assert read(kind, text)[0] == value


@pytest.mark.parametrize(
    ("kind", "text", "message", "hint"),
    [
        (Text(), "''", "the text is empty", ""),
        (Text(), "", "nothing stands here, not text", "remove the key"),
        (Text(longest=3), "abcd", "4 characters", ""),
        (Whole(1, 40), "41", "41 is out of range", "a whole number from 1 to 40"),
        (Whole(1, 10_000), "2.5", "not a whole number", "from 1 to 10,000"),
        (Whole(1, 40), "[1]", "a list stands here", "a whole number"),
        (Percent(), "50%", "`50%` is not a number", "write 50, without the `%`"),
        (Percent(), "101", "101 is out of range", "from 0 to 100"),
        (Percent(), ".5", "not a number", "from 0 to 100"),
        (Flag(), "yes", "`yes` is neither", "write true"),
        (Flag(), "Off", "`Off` is neither", "write false"),
        (Flag(), "'true'", "`true` is neither", "write true, without quotes"),
        (Flag(), "True", "`True` is neither", "write true"),
        (Flag(), "maybe", "neither", "write true or false"),
        (Duration("1ms", "10s"), "150", "not a duration", "150ms or 150s"),
        (Duration("1ms", "10s"), "150 ms", "not a duration", "write 150ms"),
        (Duration("1ms", "10s"), "2sec", "not a duration", "write 2s"),
        (Duration("1ms", "10s"), "fast", "not a duration", "for example 150ms"),
        (Duration("1ms", "10s"), "11s", "out of range", "from 1ms to 10s"),
        (Duration("1ms", "10s"), "0ms", "out of range", "from 1ms to 10s"),
        (Duration("1ms", "10s"), "-1s", "not a duration", ""),
        (OneOf(("live", "off")), "lvie", "`lvie` is not live or off", "did you mean `live`?"),
        (OneOf(("live", "off")), "xyz", "`xyz` is not live or off", "write live or off"),
        (OneOf(("live", "off")), "LIVE", "not live or off", "did you mean `live`?"),
        (ListOf(Text(), "a list"), "a", "`a` stands here, not a list", "write [a]"),
        (ListOf(Text(), "a list", most=2), "[a, b, c]", "more than 2 entries", ""),
        (MapOf(Text(), "a section", "{a: b}"), "[a]", "a list stands here, not a section", "{a: b}"),
        (MapOf(Text(), "a section", "{a: b}"), "{}", "the section is empty", "{a: b}"),
        (MapOf(Text(), "a section", ""), "{a: 1, a: 2}", "this key stands twice", "keep one"),
    ],
)
def test_a_kind_says_what_is_wrong_and_what_to_write(kind: Kind, text: str, message: str, hint: str) -> None:
    value, told = read(kind, text)
    assert value is BAD
    ((_, said, hinted),) = told
    assert message in said
    assert hint in hinted


def test_every_mistake_in_a_list_or_a_section_is_told_with_its_place() -> None:
    assert [key for key, _, _ in read(ListOf(Whole(1, 9), "a list"), "[1, x, 3, y]")[1]] == ["k[1]", "k[3]"]
    assert [key for key, _, _ in read(MapOf(Whole(1, 9), "a section", ""), "{a: x, b: 2, c: y}")[1]] == ["k.a", "k.c"]


@pytest.mark.parametrize("part", [Kind, Single])
def test_a_kind_that_cannot_read_or_has_no_schema_cannot_be_made(part: type[Kind]) -> None:
    with pytest.raises(TypeError, match="abstract"):
        type("Unfinished", (part,), {})()


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("slotz", "slots"),
        ("maxProducts", "max_products"),
        ("max-products", "max_products"),
        ("MAX_PRODUCTS", "max_products"),
        ("zzz", None),
        ("x" * 100_000, None),
    ],
)
def test_the_nearest_word_is_the_one_that_was_meant(word: str, known: str | None) -> None:
    assert nearest(word, ("slots", "max_products", "timeout")) == known
