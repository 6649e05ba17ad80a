"""A rule made ready to run: decoders and splices compiled when the book is loaded. Pure.

Nothing that could be known from the rule alone is done for a request. A plan
is a value: one serves all requests of its rule, at the same time.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from proxy.rules.rule import Rule
from proxy.rules.selector import Selector
from proxy.search.items import Items, falling, matched, measured, text_of, texts
from proxy.search.listing import Listing, NotAListing, Page
from proxy.search.path import BROKEN, Path, Piece
from proxy.search.route import Found, Names, Route
from proxy.search.tag import OrganicTag, Tag
from proxy.search.whereabouts import Whereabouts

T = TypeVar("T")
_raw = msgspec.json.Decoder(msgspec.Raw).decode
_BOM: Final = b"\xef\xbb\xbf"


class Plan:
    """How the pages of one rule are read and written.

    Attributes:
        rule: the rule.
        tag: what an ad gets.
        organic: what every other item of a merged listing gets, or None.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule: Final = rule
        self.tag: Final = Tag(rule.tag.at, rule.tag.fields, rule.tag.append, rule.page)
        self.organic: Final = OrganicTag(rule.tag.at, rule.tag.organic, rule.page) if rule.tag.organic else None
        products = rule.products
        score = products.quality if isinstance(products.quality, Selector) else None
        self._route = Route(products.list)
        self._items = Items(products.id, score, products.vendor)
        self._together = _together(self._route, self._items)
        self._product = Path(rule.layout.product.steps)
        self._vendor = Path(products.vendor.steps) if products.vendor else None
        self._pattern = re.compile(products.id_pattern) if products.id_pattern else None

    def read(self, body: bytes) -> Page:
        """The listings of a body.

        Raises:
            NotAListing: the body is not what the rule describes; whatever its bytes are, nothing else is raised.
        """
        try:
            if not body.isascii():
                body.decode()  # msgspec looks into no string that it skips
            where = Whereabouts(body)
            begin: Piece = memoryview(body)[3:] if body.startswith(_BOM) else body
            found = self._route.listings(begin, body, where)
            return Page(body, tuple([self._listing(body, each) for each in found]))
        except NotAListing:
            raise
        except (ValueError, *BROKEN) as broken:
            raise NotAListing(str(broken)) from None

    def product(self, body: bytes) -> bytes | None:
        """The item in a product's own answer (`layout.product`), or None."""
        try:
            text = body.decode("utf-8-sig").encode()
        except UnicodeDecodeError:
            return None
        found = self._product.first(text)
        # A path of no steps gives the text unread; a decode of its own makes sure that it is JSON.
        try:
            return None if found is None else bytes(_raw(found))
        except BROKEN:
            return None

    def vendor_of(self, item: bytes) -> str | None:
        """The vendor of an item that is in no listing."""
        found = self._vendor.first(item) if self._vendor else None
        return None if found is None else text_of(found)

    def _listing(self, body: bytes, found: Found) -> Listing:
        items = found.items
        together = self._read_together(found)
        columns = self._items
        known = texts(columns.id.values(items, together))
        if self._pattern:
            known = matched(known, self._pattern)
        positions = [n for n, each in enumerate(known) if each is not None] if None in known else range(len(known))
        return Listing(
            body,
            items,
            found.span,
            ids=[each for each in known if each is not None],
            positions=positions,
            scores=self._scores(
                positions, len(items), columns.score.values(items, together) if columns.score else None
            ),
            vendors=_at(positions, texts(columns.vendor.values(items, together))) if columns.vendor else None,
        )

    def _scores(self, positions: Sequence[int], count: int, values: Sequence[Any] | None) -> list[float] | None:
        if values is not None:
            return _at(positions, measured(values))
        return falling(positions, count) if self.rule.products.quality == "organic" else None

    def _read_together(self, found: Found) -> Sequence[Any] | None:
        if self._together is None or not found.items:
            return None
        try:
            together: Sequence[Any] = self._together.decode(found.begin)
        except msgspec.ValidationError:
            return None
        return together


def _together(route: Route, items: Items) -> Names | None:
    """The way to a listing once more, with its items as values; None where no rule's value can be read like that."""
    return Names(route.stages[-1].names, list[items.shape]) if items.shape else None  # type: ignore[name-defined]


def _at(positions: Sequence[int], values: list[T]) -> list[T]:
    return values if len(positions) == len(values) else [values[n] for n in positions]
