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
from typing import Final

from proxy.search.path import Piece
from proxy.search.scan import COMMA

_FEW: Final = 4  # up to here a search through the list is cheaper than an index of it


class NotAListing(ValueError):
    """The body is not what the rule describes; the text says in which way."""


class Listing:
    """One result array.

    Items are counted from 0, organic order. An item without an id (or that is no object) has its place among
    `items`, is never sent to an auction and never moved for one.

    Attributes:
        items: every item, as the bytes it is.
        ids: the catalogue ids of the items that have one, in organic order; the same id may stand twice (variants).
        positions: for each of `ids`, which item it is.
        scores: for each of `ids`, its quality in (0, 1]; None where the rule wants none.
        vendors: for each of `ids`, its vendor or None; None as a whole where the rule does not ask.
        start: the first byte of the first item in the body (0 in an empty listing).
        end: the byte behind the last item (0 in an empty listing).
    """

    def __init__(
        self,
        body: bytes,
        items: Sequence[Piece],
        span: tuple[int, int],
        ids: list[str],
        positions: Sequence[int],
        scores: list[float] | None = None,
        vendors: list[str | None] | None = None,
    ) -> None:
        self._body: Final = body
        self.items: Final = items
        self.start, self.end = span
        self.ids: Final = ids
        self.positions: Final = positions
        self.scores: Final = scores
        self.vendors: Final = vendors

    def __repr__(self) -> str:
        return f"Listing({len(self.items)} items, bytes {self.start}-{self.end})"

    def __len__(self) -> int:
        return len(self.items)

    def item(self, n: int) -> bytes:
        """An item's own bytes."""
        return bytes(self.items[n])

    def places_of(self, wanted: Sequence[str]) -> list[int | None]:
        """Where each id stands in `ids` (and so in `positions`, `scores`, `vendors`); of equal ids the first."""
        if len(wanted) > _FEW:
            places = dict(zip(reversed(self.ids), range(len(self.ids) - 1, -1, -1), strict=True))
            return [places.get(each) for each in wanted]
        return [self._place_of(each) for each in wanted]

    def _place_of(self, wanted: str) -> int | None:
        try:
            return self.ids.index(wanted)
        except ValueError:
            return None

    @cached_property
    def id_of(self) -> dict[int, str]:
        """Item -> id, for those that have one; for telling people what stands where."""
        return dict(zip(self.positions, self.ids, strict=True))

    @cached_property
    def gaps(self) -> list[bytes]:
        """What stands between the items, one less than there are: a comma and blanks. One only, where all are equal.

        Every byte from the first item to the last is compared with the body on the way, so that
        whoever puts items and gaps together again can trust both.
        """
        if len(self.items) < 2:
            if self._body[self.start : self.end] != b"".join(self.items):
                raise LookupError("an item is not where it was found")
            return []
        gap = self._gap(self.start + len(bytes(self.items[0])))
        joined = gap.join(self.items)
        if self.start + len(joined) == self.end and self._body.startswith(joined, self.start):
            return [gap]
        return self._walked()

    def _walked(self) -> list[bytes]:
        gaps = []
        at = self.start
        for item in self.items:
            own = bytes(item)
            if not self._body.startswith(own, at):
                raise LookupError("an item is not where it was found")
            gaps.append(gap := self._gap(at + len(own)))
            at += len(own) + len(gap)
        if at != self.end:
            raise LookupError("the items end elsewhere")
        return gaps[:-1]

    def _gap(self, at: int) -> bytes:
        found = COMMA.match(self._body, at)
        return found[0] if found else b""


class Page:
    """A body with at least one listing in it."""

    def __init__(self, body: bytes, listings: tuple[Listing, ...]) -> None:
        self.body: Final = body
        self.listings: Final = listings
