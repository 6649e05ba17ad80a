"""Whether a text is an XPath that we can ask."""

import pytest

from proxy.rules.selector import Selector, SelectorError
from proxy.rules.xpath import check


@pytest.mark.parametrize(
    "text", ["/feed/item", "./id/text()", "./@g:id", "/r/*[local-name()='item']", "//item[price > 3]"]
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
