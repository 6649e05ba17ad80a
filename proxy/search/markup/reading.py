"""The listings of an XML body, as a rule's XPaths name them. Pure.

What `products.list` names are the items themselves (`/feed/entry`), and those
of one parent are one listing; each parent's is a listing of its own. What
stands between two items (blanks, comments, other elements) belongs to the place
and stays.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from lxml import etree

from proxy.rules.rule import Rule
from proxy.rules.selector import Selector
from proxy.search.listing import Listing, NotAListing, Page
from proxy.search.lossless.quality import falling, measured
from proxy.search.lossless.scan import Span
from proxy.search.lossless.texts import matched
from proxy.search.markup.document import BadMarkup, Document
from proxy.search.markup.finder import Finder

_BLANK: Final = re.compile(rb"\s*+")


class Reading:
    """How the XML pages of one rule are read."""

    def __init__(self, rule: Rule) -> None:
        products = rule.products
        self._list = Finder(products.list.text)
        self._id = Finder(products.id.text)
        self._score = Finder(products.quality.text) if isinstance(products.quality, Selector) else None
        self._vendor = Finder(products.vendor.text) if products.vendor else None
        self._product = Finder(rule.layout.product.text)
        self._pattern = re.compile(products.id_pattern) if products.id_pattern else None
        self._by_place = products.quality == "organic"
        names = [*rule.tag.fields, *rule.tag.organic]
        self._prefixes = {name.lstrip("@").partition(":")[0] for name in names if ":" in name} - {"xml"}

    def read(self, body: bytes) -> Page:
        """The listings of a body.

        Raises:
            NotAListing: the body is not what the rule describes; whatever its bytes are, nothing else is raised.
        """
        try:
            document = Document(body)
            items = self._list.elements(document, document.root)
            missing = sorted(self._prefixes - document.root.nsmap.keys())
            if missing:
                raise NotAListing(f"the document does not declare the prefix `{missing[0]}`, which a tag uses")
            listings = [self._listing(document, group) for group in _by_parent(items)]
        except BadMarkup as broken:
            raise NotAListing(str(broken)) from None
        if not listings:
            raise NotAListing("there is no item where the rule says")
        return Page(body, tuple(listings))

    def product(self, body: bytes) -> bytes | None:
        """The item in a product's own answer (`layout.product`), or None; with the namespaces that it stood in."""
        try:
            document = Document(body)
            found = next(iter(self._product.elements(document, document.root)), None)
        except BadMarkup:
            return None
        return None if found is None else _by_itself(document, found)

    def id_of(self, item: bytes) -> str | None:
        """The catalogue id of an item that is in no listing."""
        text = _value(self._id, item)
        return matched([text], self._pattern)[0] if self._pattern else text

    def vendor_of(self, item: bytes) -> str | None:
        """The vendor of an item that is in no listing."""
        return _value(self._vendor, item) if self._vendor else None

    def _listing(self, document: Document, items: Sequence["etree._Element"]) -> Listing:
        places = [document.place(item) for item in items]
        known = [self._id.value(document, item) for item in items]
        if self._pattern:
            known = matched(known, self._pattern)
        positions = [n for n, each in enumerate(known) if each is not None]
        gaps = [document.text[one.end : other.start] for one, other in pairwise(places)]
        blank = _BLANK.match(gaps[-1]) if gaps else None
        return Listing(
            [document.bytes_of(item) for item in items],
            Span(places[0].start, places[-1].end),
            gaps,
            [each for each in known if each is not None],
            positions,
            self._scores(document, [items[n] for n in positions], positions, len(items)),
            [self._vendor.value(document, items[n]) for n in positions] if self._vendor else None,
            more=blank[0] if blank else b"",
        )

    def _scores(
        self, document: Document, items: Sequence["etree._Element"], positions: Sequence[int], count: int
    ) -> list[float] | None:
        if self._by_place:
            return falling(positions, count)
        if self._score is None:
            return None
        texts = [self._score.value(document, item) or "" for item in items]
        return measured([text.encode() for text in texts])


def _by_parent(items: Sequence["etree._Element"]) -> list[list["etree._Element"]]:
    """Items of one parent are one listing. Where one stands inside another, there is no moving them."""
    groups: dict[etree._Element, list[etree._Element]] = {}
    inside = set(items)
    for item in items:
        parent = item.getparent()
        if parent is None:
            raise NotAListing("the path names the whole document, not its items")
        if not inside.isdisjoint(item.iterancestors()):
            raise NotAListing("the path names items within items")
        groups.setdefault(parent, []).append(item)
    return [*groups.values()]


def _value(finder: Finder, item: bytes) -> str | None:
    try:
        document = Document(item)
        return finder.value(document, document.root)
    except BadMarkup:
        return None


def _by_itself(document: Document, element: "etree._Element") -> bytes:
    """An element's bytes, with those declarations of namespaces that stand around it."""
    parent = element.getparent()
    around = {} if parent is None else parent.nsmap
    place = document.place(element)
    start_tag = document.text[place.start : place.inner]
    declarations = b""
    for prefix, address in sorted(around.items(), key=lambda each: each[0] or ""):
        name = b"xmlns" if prefix is None else b"xmlns:" + prefix.encode()
        if not re.search(rb"\s" + re.escape(name) + rb"\s*=", start_tag):
            quoted = address.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            declarations += b' %b="%b"' % (name, quoted.encode("ascii", "xmlcharrefreplace"))
    behind_name = re.match(rb"<[^\s/>]+", start_tag)
    assert behind_name is not None
    at = place.start + behind_name.end()
    return document.text[place.start : at] + declarations + document.text[at : place.end]
