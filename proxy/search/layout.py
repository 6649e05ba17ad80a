"""Where the winners go among the organic items: places only, no bytes. Pure.

The list that comes out has its ads at the places of the rule, the best rank
first, and the organic items around them in the order in which they were. A
place behind the end is the end. What holds for every layout: no item is lost
but the last ones where `keep_organic` meets `page_size: keep`, and none is
there twice unless `keep_organic` wants it.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from proxy.rules.rule import Layout

T = TypeVar("T")


class Seating:
    """A rule's layout, made ready.

    Args:
        layout: the rule's.
        slots: how many ads a listing has at most.

    Attributes:
        in_place: whether ads stay where their items are; then none is from outside the listing.
    """

    def __init__(self, layout: Layout, slots: int) -> None:
        self.in_place: Final = layout.place == "in_place"
        self._keeps_organic = layout.keep_organic and not self.in_place
        self._keeps_size = self._keeps_organic and layout.page_size == "keep"
        self._wished = _wished(layout, slots)

    def room(self, count: int) -> int:
        """How many ads there can be among `count` items, at most."""
        wished = len(self._wished)
        return min(wished, count) if self._keeps_size else wished

    def seats(self, items: Sequence[int | None], count: int) -> list[int]:
        """The place of each ad in the merged list, from 0.

        Args:
            items: for each ad, in rank order, which organic item it is; None for one from outside the listing.
            count: organic items in the listing.
        """
        if self.in_place:
            return [item for item in items if item is not None]
        length = self._length(items, count)
        # Both sides of `min` rise with n (`check` sees to the places of a rule), so no two ads get one seat.
        return [*map(min, self._wished, range(length - len(items), length))]

    def arranged(self, organic: Sequence[T], ads: Sequence[T], items: Sequence[int | None]) -> list[T]:
        """The merged list: of bytes, of ids, of whatever stands for an item.

        Args:
            organic: the listing, in organic order.
            ads: what stands for each ad, in rank order.
            items: as for `seats`.
        """
        places = self.seats(items, len(organic))
        merged = list(organic)
        if self.in_place:
            for place, ad in zip(places, ads, strict=True):
                merged[place] = ad
            return merged
        if not self._keeps_organic:
            for item in sorted([item for item in items if item is not None], reverse=True):
                del merged[item]
        elif self._keeps_size:
            del merged[len(organic) - len(ads) :]
        for place, ad in zip(places, ads, strict=True):
            merged.insert(place, ad)
        return merged

    def runs(self, items: Sequence[int | None], count: int) -> list[int | range]:
        """The merged list as parts: an ad, by its rank from 0, or neighbours of the organic list that stay so."""
        parts: list[int | range] = []
        done = at = 0
        gone = [] if self._keeps_organic else sorted([item for item in items if item is not None])
        for place, ad in sorted(zip(self.seats(items, count), range(len(items)), strict=True)):
            at = _take(parts, at, place - done, gone)
            parts.append(ad)
            done = place + 1
        _take(parts, at, self._length(items, count) - done, gone)
        return parts

    def _length(self, items: Sequence[int | None], count: int) -> int:
        """How many items the merged list has."""
        if self._keeps_organic:
            return count if self._keeps_size else count + len(items)
        return count + items.count(None)


def _take(parts: list[int | range], at: int, length: int, gone: list[int]) -> int:
    """Add so many organic items from `at` on, but for those that are `gone`; returns how far that came."""
    while length:
        if gone and gone[0] == at:
            at = gone.pop(0) + 1
            continue
        stop = at + length if not gone else min(at + length, gone[0])
        parts.append(range(at, stop))
        length -= stop - at
        at = stop
    return at


def _wished(layout: Layout, slots: int) -> Sequence[int]:
    """The places that the rule names for the ads, from 0."""
    if layout.place == "positions":
        return [place - 1 for place in layout.positions[:slots]]
    if layout.place == "every":
        return range(layout.first - 1, layout.first - 1 + slots * layout.step, layout.step)
    return range(slots)
