"""Which winners a listing shows. Pure.

A winner is dropped where its product came already, is neither in the listing
nor fetched, has no place for the tag, or is one too many of its vendor. What
is left is cut to the slots, so that a winner that cannot be shown never takes
the place of one that can.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

from proxy.auction.winners import Winner
from proxy.search.layout import room
from proxy.search.listing import Listing
from proxy.search.plan import Plan


class Ad(NamedTuple):
    """A winner that is shown: the organic item that it is (None: it was fetched), and its bytes, tagged."""

    winner: Winner
    item: int | None
    text: bytes


def chosen(plan: Plan, listing: Listing, winners: Iterable[Winner], fetched: Mapping[str, bytes]) -> list[Ad]:
    """The ads of a listing, best rank first.

    Args:
        fetched: product id -> item, for winners that are not in the listing.
    """
    candidates = once(winners)
    if not candidates or not len(listing):  # nothing is fetched for an empty listing: it has no place to write to
        return []
    layout = plan.rule.layout
    slots = room(layout, plan.rule.auction.slots, len(listing))
    vendors = _Vendors(layout.max_per_vendor) if layout.max_per_vendor is not None else None
    ads: list[Ad] = []
    for product_id, place in zip(candidates, listing.places_of([*candidates]), strict=True):
        if len(ads) == slots:
            break
        winner = candidates[product_id]
        ad = _in_listing(plan, listing, winner, place) if place is not None else _fetched(plan, winner, fetched)
        if ad and (vendors is None or vendors.take(_vendor(plan, listing, ad, place))):
            ads.append(ad)
    return ads


def once(winners: Iterable[Winner]) -> dict[str, Winner]:
    """By product, the best rank first; of each product the best."""
    first: dict[str, Winner] = {}
    for winner in sorted(winners, key=_rank):
        first.setdefault(winner.product_id, winner)
    return first


def missing(plan: Plan, listing: Listing, winners: Iterable[Winner]) -> list[str]:
    """The products that `missing: fetch` has to get: not in the listing, and within the slots."""
    if not plan.fetches or not len(listing):
        return []
    wanted = once(winners)
    places = zip(wanted.values(), listing.places_of([*wanted]), strict=True)
    shown = [(winner, place) for winner, place in places if place is not None or winner.type == "product"]
    return [winner.product_id for winner, place in shown[: plan.rule.auction.slots] if place is None]


def _in_listing(plan: Plan, listing: Listing, winner: Winner, place: int) -> Ad | None:
    item = listing.positions[place]
    text = plan.tag.on(listing.item(item), winner)
    return None if text is None else Ad(winner, item, text)


def _fetched(plan: Plan, winner: Winner, fetched: Mapping[str, bytes]) -> Ad | None:
    own = fetched.get(winner.product_id)
    if own is None or plan.rule.layout.place == "in_place":
        return None
    text = plan.tag.on(own, winner)
    return None if text is None else Ad(winner, None, text)


def _vendor(plan: Plan, listing: Listing, ad: Ad, place: int | None) -> str | None:
    if place is None:
        return plan.vendor_of(ad.text)
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


_rank = attrgetter("rank")
