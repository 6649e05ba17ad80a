import time

import pytest

from proxy.rules.reading.nodes import Items, Keys, Scalar
from proxy.rules.reading.yamltext import LARGEST, NotYaml, read_yaml, text_of

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_scalars_keep_their_text_and_their_place() -> None:
    root = read_yaml("a: 0123\nb:\n  - no\n  - 'it''s'\n")
    assert isinstance(root, Keys)
    first, second = root.pairs
    assert first.value == Scalar("0123", True, 1, 3, 4)
    assert isinstance(second.value, Items)
    assert second.value.items == (Scalar("no", True, 3, 4, 2), Scalar("it's", False, 4, 4, 7, 1))


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "--- ~\n", "---\n...\n"])
def test_a_file_without_content_is_nothing(text: str) -> None:
    assert read_yaml(text) is None


@pytest.mark.parametrize(
    ("text", "message", "hint", "line"),
    [
        ("a: 1\n---\nb: 2\n", "a second document", "a list of rules", 2),
        ("a: 1\n\tb: 2\n", "a tab", "use spaces", 2),
        ("a:\n\t- 1\n", "a tab", "use spaces", 2),
        ("host: *.shop.example\n", "begins an alias", 'in quotes: "*"', 1),
        ("q: *\n", "begins an alias", 'in quotes: "*"', 1),
        ("q: *x\n", "no anchor `&x`", "in quotes", 1),
        ("a: @x\n", "keeps `@`", "in quotes", 1),
        ("a: `x`\n", "the backtick", "in quotes", 1),
        ("a: %x\n", "a plain `%`", "in quotes", 1),
        ("a: &\n", "begins an anchor", "in quotes", 1),
        ('a: "x\nb: 1\n', "this quote is never closed", 'write "', 1),
        ("a: 'x\nb: 1\n", "this quote is never closed", "write '", 1),
        ("a: [1, 2\nb: 3\n", "this `[` is never closed", "write `]`", 1),
        ("a: {b: 1\n", "this `{` is never closed", "write `}`", 1),
        ("a: {b: /c/{d}}\n", "needs quotes around it", '"…"', 1),
        ("a: {b: $.a[?@.b == 'x'], c: d}\n", "needs quotes around it", '"…"', 1),
        ("a: '$.a[?@.b == 'x']'\n", "has ended before this", "double it", 1),
        ("a: b: c\n", "a `:` cannot stand here", "quote text", 1),
        ("path: /p/{id}: x\n", "a `:` cannot stand here", "quote text", 1),
        ("a: 1\n b: 2\n", "a `:` cannot stand here", "indent", 2),
        ("a:b\nc: d\n", "a `:` cannot stand here", "indent", 2),
        ("- a\nb: 1\n", "does not fit", "alike", 2),
        ("a: {b: c}}\n", "does not fit", "alike", 1),
        ("a: !!python/object/apply:os.system [ls]\n", "the tag `tag:yaml.org,2002:python/object", "without it", 1),
        ("a: !secret x\n", "the tag `!secret`", "without it", 1),
        ("a: !!int '3'\n", "the tag", "without it", 1),
        ("a: &a [*a]\n", "no anchor", "", 1),
        ("? [a, b]\n: 1\n", "a key must be text", "quote", 1),
        ("{a: 1}: 2\n", "a key must be text", "quote", 1),
        ("%YAML 9.9\n---\na: 1\n", "not YAML", "", 1),
    ],
)
def test_what_is_no_yaml_is_one_plain_sentence(text: str, message: str, hint: str, line: int) -> None:
    with pytest.raises(NotYaml) as caught:
        read_yaml(text)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.line == line


def test_306_bytes_of_aliases_are_refused_at_once() -> None:
    assert 250 < len(BOMB) < 400
    start = time.process_time()
    with pytest.raises(NotYaml) as caught:
        read_yaml(BOMB)
    assert "grows to more than" in caught.value.message
    assert time.process_time() - start < 5  # against minutes and gigabytes, not a measurement


def test_a_few_aliases_are_taken() -> None:
    root = read_yaml("a: &x {b: 1}\nc: *x\n")
    assert isinstance(root, Keys)
    assert root.pairs[0].value is root.pairs[1].value


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000, "- " * 100_000, "a: " + "[" * 41 + "]" * 41])
def test_nesting_without_end_is_refused(text: str) -> None:
    with pytest.raises(NotYaml):
        read_yaml(text)


def test_only_utf_8_is_text() -> None:
    assert text_of(b"a: \xc3\xa9") == "a: é"
    assert text_of(b"\xef\xbb\xbfa: 1") == "a: 1"
    for raw, message in [
        (b"a: 1\nb: \xe9\n", "line 2 is not UTF-8 (byte 0xe9)"),
        ("a: 1".encode("utf-16"), "UTF-16"),
        ("a: 1".encode("utf-16-be"), "UTF-16"),
        (b"a: 1\nb: \x00\n", "U+0000"),
        (b"a: \x1b[31m", "U+001B"),
        ("a: \ufeff".encode(), "U+FEFF"),
    ]:
        with pytest.raises(NotYaml) as caught:
            text_of(raw)
        assert message in caught.value.message
        assert caught.value.hint


def test_a_file_that_is_too_large_is_not_even_decoded() -> None:
    with pytest.raises(NotYaml) as caught:
        text_of(b"\xff" * (LARGEST + 1))
    assert "1,048,576 at most" in caught.value.message
