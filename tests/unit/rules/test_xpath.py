"""Whether a text is an XPath that we can ask."""

import pytest

from proxy.rules.selector import Selector, SelectorError
from proxy.rules.xpath import check


@pytest.mark.parametrize(
    "text",
    [
        "/feed/item",
        "./id/text()",
        "./@g:id",
        "/r/*[local-name()='item']",
        "//item[price > 3]",
        "/a[b and (c or d)]",
        "/a[.='foo($x)']",
        "/a[not(position() mod 2)]",
        "/a/b[last()]",
        "/a/div",
        "./text()",
    ],
)
def test_an_xpath_is_taken(text):
    check(text)
    assert Selector.parse(text).is_xpath


@pytest.mark.parametrize("text", ["/feed/", "./id[", "/a//", "./@", "/feed/item[1", "/a=("])
def test_what_is_none_is_refused(text):
    with pytest.raises(SelectorError) as trouble:
        Selector.parse(text)
    assert "no XPath 1.0" in trouble.value.message
    assert trouble.value.length == len(text)


@pytest.mark.parametrize(
    ("text", "message", "column", "length", "hint"),
    [
        ("/a/b[lowercase(1)]", "`lowercase()` is no function of XPath 1.0", 5, 9, "for example"),
        ("/a/b[ends-with(., 'x')]", "`ends-with()` is no function", 5, 9, "did you mean `starts-with()`?"),
        ("./a[contain(b, 'x')]", "`contain()` is no function", 4, 7, "did you mean `contains()`?"),
        ("./a[re:test(b, 'x')]", "`re:test()` is no function", 4, 7, "for example"),
        ("./t[$lang]", "`$lang` is a variable, and there are none", 4, 5, "write its value"),
    ],
)
def test_what_no_document_could_answer_is_refused_where_it_stands(text, message, column, length, hint):
    with pytest.raises(SelectorError) as trouble:
        check(text)
    assert message in trouble.value.message
    assert (trouble.value.column, trouble.value.length) == (column, length)
    assert hint in trouble.value.hint
