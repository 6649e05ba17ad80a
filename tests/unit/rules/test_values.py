import json

import pytest

from proxy.rules.reading.kinds import BAD, Wrong
from proxy.rules.reading.nodes import Keys, Scalar
from proxy.rules.reading.yamltext import read_yaml
from proxy.rules.values import WRITABLE, TemplateKind, Value, names_in, read_value


def scalar(text: str) -> Scalar:
    root = read_yaml(f"k: {text}\n")
    assert isinstance(root, Keys)
    value = root.pairs[0].value
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize("name", WRITABLE)
def test_every_value_of_a_winner_is_known_by_its_name(name: str) -> None:
    assert read_value(scalar(name)) == Value(name)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("true", b"true"),
        ("false", b"false"),
        ("null", b"null"),
        ("~", b"null"),
        ("", b"null"),
        ("0", b"0"),
        ("-1.50", b"-1.50"),
        ("1e5", b"1e5"),
        ("123456789012345678901234567890", b"123456789012345678901234567890"),
        ('"=Sponsored"', b'"Sponsored"'),
        ("=Gesponsert für dich", '"Gesponsert für dich"'.encode()),
        ("'='", b'""'),
        ("'=say \"hi\"'", b'"say \\"hi\\""'),
        ("=rank", b'"rank"'),
        ("=true", b'"true"'),
    ],
)
def test_a_literal_is_kept_as_the_json_that_will_be_written(text: str, written: bytes) -> None:
    value = read_value(scalar(text))
    assert value == Value("", written)
    json.loads(value.json)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("resolvedBidId", "did you mean `resolved_bid_id`?"),
        ("ranks", "did you mean `rank`?"),
        ("yes", 'write true, or "=yes" for the text'),
        ("off", 'write false, or "=off" for the text'),
        ("Sponsored", '"=Sponsored"'),
        ("'true'", '"=true"'),
        ("'1'", '"=1"'),
        ("0123", '"=0123"'),
        (".5", '"=.5"'),
        ("+1", '"=+1"'),
        ("1_000", '"=1_000"'),
        (".inf", '"=.inf"'),
        ("''", '"=text"'),
    ],
)
def test_what_is_neither_is_refused_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(Wrong) as caught:
        read_value(scalar(text))
    assert "no value that can be written" in caught.value.message
    assert hint in caught.value.hint


def template(text: str) -> tuple[object, list[str]]:
    root = read_yaml(f"k: {text}\n")
    assert isinstance(root, Keys)
    told: list[str] = []

    def report(node: object, key: str, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        told.append(key)

    return TemplateKind().read(root.pairs[0].value, "k", report), told


def test_a_template_may_be_a_value_or_lists_and_sections_of_them() -> None:
    assert template("rank")[0] == Value("rank")
    read, told = template('{name: "=bid", values: [resolved_bid_id, {n: 1}], none: null}')
    assert told == []
    assert read == {
        "name": Value.of("bid"),
        "values": (Value("resolved_bid_id"), {"n": Value.of(1)}),
        "none": Value("", b"null"),
    }
    assert list(names_in(read)) == ["resolved_bid_id"]  # type: ignore[arg-type]


def test_every_mistake_in_a_template_is_told_with_its_place() -> None:
    read, told = template("{a: nope, b: [rank, no], c: {d: x}, a: 1}")
    assert read is BAD
    assert told == ["k.a", "k.b[1]", "k.c.d", "k.a"]
    assert template("[" * 12 + "1" + "]" * 12)[0] is BAD
