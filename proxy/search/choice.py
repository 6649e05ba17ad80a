"""Which winners a listing shows. Pure.

A winner is dropped where its product came already, is neither in the listing
nor fetched, has no place for the tag, or is one too many of its vendor. What
is left is cut to the slots, so that a winner that cannot be shown never takes
the place of one that can.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from proxy.auction.winners import Winner
from proxy.search.listing import Listing
from proxy.search.plan import Plan


class Ads(msgspec.Struct):
    """The winners that are shown, best rank first: three lists that go together.

    Attributes:
        winners: the winners.
        items: the organic item that each is; None for one that was fetched.
        texts: the bytes of each, tagged.
    """

    winners: list[Winner]
    items: list[int | None]
    texts: list[bytes]


def chosen(plan: Plan, listing: Listing, winners: Iterable[Winner], fetched: Mapping[str, bytes]) -> Ads:
    """The ads of a listing.

    Args:
        winners: best rank first, as in a `Result`.
        fetched: product id -> item, for winners that are not in the listing.
    """
    ads = Ads([], [], [])
    count = len(listing)
    candidates = once(winners)
    if not candidates or not count:  # nothing is fetched for an empty listing: it has no place to write to
        return ads
    slots = plan.seating.room(count)
    most = plan.rule.layout.max_per_vendor
    vendors = None if most is None else _Vendors(most)
    for winner, place in zip(candidates.values(), listing.places_of([*candidates]), strict=True):
        if len(ads.items) == slots:
            break
        if place is not None:
            item = listing.positions[place]
            own: bytes | None = listing.item(item)
        else:
            item, own = None, None if plan.seating.in_place else fetched.get(winner.id)
        text = None if own is None else plan.tag.on(own, winner)
        if text is not None and (vendors is None or vendors.take(_vendor(plan, listing, text, place))):
            ads.winners.append(winner)
            ads.items.append(item)
            ads.texts.append(text)
    return ads


def once(winners: Iterable[Winner]) -> dict[str, Winner]:
    """By product, of each the best rank.

    Args:
        winners: best rank first, as in a `Result`.
    """
    first: dict[str, Winner] = {}
    for winner in winners:
        if winner.id not in first:
            first[winner.id] = winner
    return first


def missing(plan: Plan, listing: Listing, winners: Iterable[Winner]) -> list[str]:
    """The products that `missing: fetch` has to get: not in the listing, and within the slots."""
    if not plan.fetches or not len(listing):
        return []
    wanted = once(winners)
    places = zip(wanted.values(), listing.places_of([*wanted]), strict=True)
    shown = [(winner, place) for winner, place in places if place is not None or winner.type == "product"]
    return [winner.id for winner, place in shown[: plan.rule.auction.slots] if place is None]


def _vendor(plan: Plan, listing: Listing, text: bytes, place: int | None) -> str | None:
    if place is None:
        return plan.vendor_of(text)
    return listing.vendors[place] if listing.vendors else None


class _Vendors:
    """How many ads each vendor has already. An item without a vendor is nobody's, so it may always be shown."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._shown: Counter[str] = Counter()

    def take(self, vendor: str | None) -> bool:
        """Whether one more of this vendor may be shown."""
        if vendor is None:
            return True
        self._shown[vendor] += 1
        return self._shown[vendor] <= self._most
