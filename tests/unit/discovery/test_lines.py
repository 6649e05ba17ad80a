import pytest

from proxy.discovery.lines import COLUMN, WIDEST, Line, laid_out, one_line, scalar, shown, value
from proxy.rules.reading.nodes import Items, Keys, Scalar
from proxy.rules.reading.yamltext import read_yaml


@pytest.mark.parametrize(
    "text",
    ["/api/search", "$.products", "$.a[0].b", "query.q", "cookie._ga", "on", "null", "~", "0123", "", "a b", "a: b", "a #b", "#", "-",
     "[x]", "{x}", "*x", "&x", "!x", "%x", "@x", "`x", '"', "'", "\\", "a,b", "é", "\U0001f600", "\x7f", "\x85", "\u2028", "\t", "\n", "yes"],
)  # fmt: skip
def test_a_scalar_is_read_back_as_it_was_also_in_a_list(text):
    root = read_yaml(f"[{scalar(text)}, x]")
    assert isinstance(root, Items)
    node = root.items[0]
    assert isinstance(node, Scalar)
    assert node.text == text
    assert not node.is_null


@pytest.mark.parametrize(
    "text",
    [
        "/api/{x}",
        "$.results[*].hits",
        "query.a[b]",
        "a: b",
        "x #y",
        "$.a['b c']",
        "$[0]",
        "{x}",
        "[x]",
        "a:",
        "no",
        "./g:id",
        "/a:b",
        "./@id",
        ".",
    ],
)
def test_a_value_on_a_line_of_its_own_is_read_back_as_it_was(text):
    root = read_yaml(f"key: {value(text)}  # a comment")
    assert isinstance(root, Keys)
    node = root.pairs[0].value
    assert isinstance(node, Scalar)
    assert node.text == text


def test_plain_things_stay_plain():
    assert [scalar(text) for text in ("/api/search", "$.products")] == ["/api/search", "$.products"]
    assert [value(text) for text in ("/a/{b}", "$.results[*].hits")] == ["/a/{b}", "$.results[*].hits"]


def test_comments_stand_in_one_column_and_wrap():
    text = laid_out([Line("page: x", "short"), Line(), Line("  at: $", "long " * 40)])
    lines = text.splitlines()
    assert lines[0] == f"{'page: x':<{COLUMN}}# short"
    assert lines[1] == ""
    assert all(line[COLUMN] == "#" for line in lines[2:])
    assert all(len(line) <= WIDEST for line in lines)


def test_a_line_that_is_too_long_has_its_comment_above():
    above, line = laid_out([Line(f"  path: /{'x' * 90}", "as in the sample")]).splitlines()
    assert above == "  # as in the sample"
    assert line.startswith("  path: /xxx")


@pytest.mark.parametrize("sign", ["\n", "\r", "\x85", "\u2028", "\x1b[31m", "\u202e", "\ud800", "\x00"])
def test_no_sign_of_a_sample_ends_a_comment_or_moves_a_terminal(sign):
    assert one_line(f"a{sign}b").isprintable()
    assert len(laid_out([Line("a: b", shown(f"x{sign}y: z"))]).splitlines()) == 1


def test_a_key_of_the_ad_platform_is_masked():
    assert "abcd" not in shown("TSE_abcd1234")


def test_long_values_are_cut():
    assert shown("x" * 100, 10) == '"xxxxxxxxx…"'
