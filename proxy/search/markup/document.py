"""An XML text as a tree, and where each element of the tree stands in the bytes. Pure.

lxml says whether the text is well-formed and answers XPath; it keeps no byte
offsets, so the tags are read once more, in document order, which is the order
in which lxml lists its elements. Where the two differ in number, the text is
refused rather than guessed at.

Names are taken as they are written: an XPath's `item` is an `<item>` also where
the document has a default namespace, and `g:id` is a `<g:id>`, whatever address
the document binds to `g`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final, NamedTuple

from lxml import etree

# One match a piece of markup. The text is well-formed already, so each piece ends where its own kind ends.
_MARKUP: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<![^>]*>"
    rb"|(?P<close></[^>]*>)|(?P<open><[^\s/>]++(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>)",
    re.DOTALL,
)
_DECLARED: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_CODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii"})
# Declared elements, attributes and entities: nothing that an answer of a search needs, and the stuff of bombs.
_SUBSET: Final = re.compile(rb"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)


class BadMarkup(ValueError):
    """The text is no XML that we take; it says in which way."""


class Place(NamedTuple):
    """Where an element stands: its start tag is `start` to `inner`, its end tag `close` to `end`.

    An empty-element tag (`<a/>`) has no end tag: `inner`, `close` and `end` are then one.
    """

    start: int
    inner: int
    close: int
    end: int


class Document:
    """A parsed text.

    Args:
        text: the bytes, whole.

    Raises:
        BadMarkup: not well-formed, not UTF-8, or it declares entities and the like of its own.
    """

    def __init__(self, text: bytes) -> None:
        self.text: Final = text
        _refuse(text)
        self._tree = _parsed(text)
        self.elements: Final = list(self._tree.iter(etree.Element))
        places = [*_places(text)]
        if len(places) != len(self.elements):
            raise BadMarkup("the tags cannot be told apart")
        # The list above holds the elements, so that each stays one object and can be looked up.
        self._place_of = dict(zip(self.elements, places, strict=True))
        self._forget_default_namespaces()

    @property
    def root(self) -> "etree._Element":
        return self._tree

    def place(self, element: "etree._Element") -> Place:
        """Where an element of this document stands."""
        return self._place_of[element]

    def bytes_of(self, element: "etree._Element") -> bytes:
        """An element's own bytes."""
        place = self._place_of[element]
        return self.text[place.start : place.end]

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """Every prefix that is declared anywhere, with what the first to declare it binds it to."""
        found: dict[str, str] = {}
        for element in self.elements:
            for prefix, address in element.nsmap.items():
                if prefix is not None:
                    found.setdefault(prefix, address)
        return found

    def _forget_default_namespaces(self) -> None:
        for element in self.elements:
            if element.prefix is None and isinstance(element.tag, str) and element.tag.startswith("{"):
                element.tag = etree.QName(element.tag).localname


def _parsed(text: bytes) -> "etree._Element":
    # huge_tree stays off: libxml2 then bounds depth (256), the length of names and texts, and what entities become.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise BadMarkup(str(broken)) from None
    if root is None:
        raise BadMarkup("there is no element")
    return root


def _refuse(text: bytes) -> None:
    """What is refused unread."""
    declared = _DECLARED.match(text)
    coding = declared[1].decode().lower() if declared else "utf-8"
    if coding not in _CODINGS:
        raise BadMarkup(f"its coding is {coding}")
    try:
        if "\0" in text.decode():
            raise BadMarkup("it holds zeros, as UTF-16 does")
    except UnicodeDecodeError as broken:
        raise BadMarkup("it is not UTF-8") from broken
    if _SUBSET.search(text):
        raise BadMarkup("it declares entities or elements of its own")


def _places(text: bytes) -> Iterator[Place]:
    """The place of each element, in the order of their start tags."""
    found: list[Place] = []
    open_ones: list[int] = []
    for match in _MARKUP.finditer(text):
        if match["open"]:
            end = match.end()
            if not match["open"].endswith(b"/>"):
                open_ones.append(len(found))
            found.append(Place(match.start(), end, end, end))
        elif match["close"]:
            if not open_ones:
                raise BadMarkup("the tags cannot be told apart")
            last = open_ones.pop()
            found[last] = found[last]._replace(close=match.start(), end=match.end())
    return iter(found)
