"""An XPath of a rule, asked of documents. Pure.

Prefixes in it are the document's own, so it is compiled once for each set of
them; a marketplace's answers all have the same.
"""

from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from proxy.search.markup.document import BadMarkup, Document

_MOST_SETS: Final = 8
ROOT: Final = "$"
"""What a rule says where it means the item, or the document's element, itself."""


class Finder:
    """One XPath 1.0 expression.

    Args:
        text: the expression, or `$` for the element that it is asked of.
    """

    def __init__(self, text: str) -> None:
        self._text = "." if text == ROOT else text
        self._compiled: dict[frozenset[tuple[str, str]], etree.XPath] = {}

    def elements(self, document: Document, within: "etree._Element") -> list["etree._Element"]:
        """The elements that it names, in document order.

        Raises:
            BadMarkup: it names something else, or uses a prefix that the document does not declare.
        """
        found = self._ask(document, within)
        if not isinstance(found, list) or not all(isinstance(each, etree._Element) for each in found):
            raise BadMarkup(f"{self._text} names no elements")
        return found

    def value(self, document: Document, within: "etree._Element") -> str | None:
        """The first value that it names, as text without blanks around it: of an element all of its text."""
        found = self._ask(document, within)
        if isinstance(found, list):
            if not found:
                return None
            found = found[0]
        if isinstance(found, etree._Element):
            found = "".join(map(str, found.itertext()))
        if isinstance(found, float) and found.is_integer():
            found = int(found)
        return str(found).strip() or None

    def _ask(self, document: Document, within: "etree._Element") -> Any:
        try:
            return self._for(document.prefixes)(within)
        except etree.XPathError as trouble:
            raise BadMarkup(f"{self._text}: {trouble}") from None

    def _for(self, prefixes: Mapping[str, str]) -> etree.XPath:
        key = frozenset(prefixes.items())
        compiled = self._compiled.get(key)
        if compiled is None:
            if len(self._compiled) >= _MOST_SETS:
                self._compiled.clear()
            compiled = self._compiled[key] = etree.XPath(self._text, namespaces=dict(prefixes), smart_strings=False)
        return compiled
