"""The listings of a JSON body, as a rule's paths name them: decoders compiled when the rule is loaded. Pure."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias, TypeVar

import msgspec

from proxy.rules.rule import Rule
from proxy.rules.selector import Selector
from proxy.search.listing import Listing, NotAListing, Page
from proxy.search.lossless.items import Columns, Items
from proxy.search.lossless.long import LongListing, Uncut
from proxy.search.lossless.path import BROKEN, Path, Piece
from proxy.search.lossless.quality import falling, measured
from proxy.search.lossless.route import Found, Route
from proxy.search.lossless.texts import matched, text_of
from proxy.search.lossless.whereabouts import Whereabouts

T = TypeVar("T")
Told: TypeAlias = tuple[list[str], Sequence[int], list[float] | None, list[str | None] | None]
"""What a listing says of its products: `ids`, `positions`, `scores` and `vendors`, as in a `Listing`."""

_raw = msgspec.json.Decoder(msgspec.Raw).decode
_BOM: Final = b"\xef\xbb\xbf"

# Bytes of a body. Below, a second decode costs less than to find out where single items begin.
LONG: Final = 16 * 1024


class Reading:
    """How the JSON pages of one rule are read."""

    def __init__(self, rule: Rule) -> None:
        products = rule.products
        score = products.quality if isinstance(products.quality, Selector) else None
        self._route = Route(products.list)
        self._items = Items(self._route.stages[-1].names, products.id, score, products.vendor)
        self._uncut = Uncut(self._route.stages[0], len(products.id.steps)) if len(self._route.stages) == 1 else None
        self._by_place = products.quality == "organic"
        self._product = Path(rule.layout.product.steps)
        self._id = Path(products.id.steps)
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
            has_mark = body.startswith(_BOM)
            if len(body) >= LONG and not has_mark and (long := self._long_listing(body)):
                return Page(body, (long,))
            begin: Piece = memoryview(body)[3:] if has_mark else body
            return Page(body, tuple(map(self._listing, self._route.listings(begin, body, Whereabouts(body)))))
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

    def id_of(self, item: bytes) -> str | None:
        """The catalogue id of an item that is in no listing."""
        found = self._id.first(item)
        text = None if found is None else text_of(found)
        return matched([text], self._pattern)[0] if self._pattern else text

    def vendor_of(self, item: bytes) -> str | None:
        """The vendor of an item that is in no listing."""
        found = self._vendor.first(item) if self._vendor else None
        return None if found is None else text_of(found)

    def _listing(self, found: Found) -> Listing:
        ids, positions, scores, vendors = self._told(self._items.read(found.begin, found.items))
        return Listing(found.items, found.span, found.gaps, ids, positions, scores, vendors, None, found.place)

    def _long_listing(self, body: bytes) -> LongListing | None:
        """The listing of a body of which few items will be wanted by themselves; None where it must be cut."""
        found = self._items.read_uncut(body) if self._uncut else None
        return self._uncut.listing(body, found[0], *self._told(found[1])) if self._uncut and found else None

    def _told(self, columns: Columns) -> Told:
        known, scores, vendors = columns
        if self._pattern:
            known = matched(known, self._pattern)
        count = len(known)
        positions = [n for n, each in enumerate(known) if each is not None] if None in known else range(count)
        if scores is not None:
            quality: list[float] | None = measured(scores)
        else:
            quality = falling(range(count), count) if self._by_place else None
        ids: list[str] = _at(positions, known)  # type: ignore[arg-type]
        return ids, positions, quality and _at(positions, quality), vendors and _at(positions, vendors)


def _at(positions: Sequence[int], values: list[T]) -> list[T]:
    return values if len(positions) == len(values) else [values[n] for n in positions]
