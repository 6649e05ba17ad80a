"""A body and the listings in it, with every byte still where it was. Pure.

Reading builds no product: an item is a view of the body's own bytes, and only
its id (and score and vendor, where a rule wants them) becomes a value. Who
moves items moves those bytes; what stands between two items belongs to the
place, not to the item, and stays.

A `Page` is whole or there is none: whatever makes a body unfit (it is no JSON,
no UTF-8, has no array where the rule says, or a key on the way stands twice)
is `NotAListing`, and nothing else is ever raised for a body.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from proxy.rules.bodies import Place
from proxy.search.lossless.path import Piece
from proxy.search.lossless.scan import COMMA, Span

_FEW: Final = 4  # up to here a search through the list is cheaper than an index of it


class NotAListing(ValueError):
    """The body is not what the rule describes; the text says in which way."""


class Pieces(NamedTuple):
    """A listing item by item.

    Attributes:
        items: every item, as the bytes it is.
        gaps: what stands between the items: a comma and blanks; one only where all are equal, else one less than items.
        more: what stands before an item beyond those; for JSON as the last gap.
    """

    items: Sequence[Piece]
    gaps: Sequence[bytes]
    more: bytes


class Listing:
    """One result array.

    Items are counted from 0, organic order. An item without an id (or that is no object) has its place among
    `items`, is never sent to an auction and never moved for one.

    Attributes:
        ids: the catalogue ids of the items that have one, in organic order; the same id may stand twice (variants).
        positions: for each of `ids`, which item it is.
        scores: for each of `ids`, its quality in (0, 1]; None where the rule wants none.
        vendors: for each of `ids`, its vendor or None; None as a whole where the rule does not ask.
        span: from the first item's first byte in the body to the one behind the last item's.
        place: which element of an array of listings it is in (`[*]` in `products.list`), or None.
    """

    def __init__(
        self,
        items: Sequence[Piece],
        span: Span,
        gaps: Sequence[bytes],
        ids: list[str],
        positions: Sequence[int],
        scores: list[float] | None = None,
        vendors: list[str | None] | None = None,
        more: bytes | None = None,
        place: Place | None = None,
    ) -> None:
        self.span: Final = span
        self.ids: Final = ids
        self.positions: Final = positions
        self.scores: Final = scores
        self.vendors: Final = vendors
        self.place: Final = place
        self._items = items
        self._gaps = gaps
        self._more = more

    def __repr__(self) -> str:
        return f"Listing({len(self)} items, bytes {self.span.start}-{self.span.end})"

    def __len__(self) -> int:
        return len(self._items)

    @cached_property
    def pieces(self) -> Pieces:
        """Every item, and what stands between them."""
        gaps, more = self._gaps, self._more
        return Pieces(self._items, gaps, more if more is not None else gaps[-1] if gaps else b",")

    @property
    def items(self) -> Sequence[Piece]:
        """Every item, as the bytes it is."""
        return self.pieces.items

    def item(self, n: int) -> bytes:
        """An item's own bytes."""
        return bytes(self._items[n])

    @property
    def copied(self) -> int:
        """Bytes of its items that are no views of the body."""
        return sum([len(item) for item in self.items if isinstance(item, bytes)])

    def places_of(self, wanted: Sequence[str]) -> list[int | None]:
        """Where each id stands in `ids` (and so in `positions`, `scores`, `vendors`); of equal ids the first."""
        if len(wanted) > _FEW:
            places = dict(zip(reversed(self.ids), range(len(self.ids) - 1, -1, -1), strict=True))
            return [places.get(each) for each in wanted]
        found: list[int | None] = []
        for each in wanted:
            try:
                found.append(self.ids.index(each))
            except ValueError:
                found.append(None)
        return found

    @cached_property
    def id_of(self) -> dict[int, str]:
        """Item -> id, for those that have one; for telling people what stands where."""
        return dict(zip(self.positions, self.ids, strict=True))


def gaps_between(body: bytes, items: Sequence[Piece], start: int, first: int) -> tuple[Span, Sequence[bytes]] | None:
    """Span and gaps of items of which the first, `first` bytes long, should stand at `start`; None where they do not.

    Every byte from the first item to the last is compared with the body on the way, so that whoever puts items and
    gaps together again can trust both.
    """
    gap = _gap(body, start + first) if len(items) > 1 else b""
    joined = gap.join(items)
    if body.startswith(joined, start):
        return Span(start, start + len(joined)), [gap] if gap else ()
    gaps: list[bytes] = []
    at = start
    for item in items:
        own = bytes(item)
        if not body.startswith(own, at):
            return None
        gaps.append(_gap(body, at + len(own)))
        at += len(own) + len(gaps[-1])
    return (Span(start, at), gaps[:-1]) if gaps and not gaps[-1] else None


def _gap(body: bytes, at: int) -> bytes:
    found = COMMA.match(body, at)
    return found[0] if found else b""


class Page:
    """A body with at least one listing in it."""

    def __init__(self, body: bytes, listings: tuple[Listing, ...]) -> None:
        self.body: Final = body
        self.listings: Final = listings
