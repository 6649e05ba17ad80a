"""Whether a text is an XPath that we can ask: XPath 1.0, as libxml2 reads it. Pure."""

from lxml import etree

from proxy.rules.steps import SelectorError


def check(text: str) -> None:
    """Read an XPath, to know that it can be read.

    Raises:
        SelectorError: it is none; libxml2 does not say at which column.
    """
    try:
        etree.XPath(text)
    except etree.XPathError as trouble:
        raise SelectorError(f"this is no XPath 1.0: {trouble}", 0, "for example `/feed/item`", len(text)) from None
