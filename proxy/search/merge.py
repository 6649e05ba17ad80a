"""Organic and sponsored become one list, byte by byte. Pure.

Which winners are shown is choice.py's to say, and where, layout.py's; here
the slices are put together. An item moves as the bytes that it is; what stood
between two places stays between them (on a long page, where all seem alike:
between two neighbours, as long as they are); around the listing nothing
changes but what the rule wants written there. With nothing to place, the body
that comes out is the very object that went in.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

import msgspec

from proxy.auction.winners import Winner
from proxy.search.choice import Ad, chosen
from proxy.search.layout import arranged, runs, seats
from proxy.search.listing import Listing, Page, Pieces
from proxy.search.lossless.envelope import Envelope
from proxy.search.lossless.long import LongListing
from proxy.search.lossless.path import Piece
from proxy.search.plan import Plan
from proxy.search.tag import checked


class Placed(NamedTuple):
    """An ad's place in the merged list, and its product's in the organic one (None: it was not there); from 1."""

    winner: Winner
    position: int
    before: int | None


class Placement:
    """What became of one listing."""

    def __init__(self, plan: Plan, listing: Listing, ads: list[Ad]) -> None:
        self.listing = listing
        self.ads = ads
        self._layout = plan.rule.layout

    @property
    def _items(self) -> list[int | None]:
        return [ad.item for ad in self.ads]

    @property
    def placed(self) -> list[Placed]:
        """The ads, best rank first."""
        places = seats(self._layout, self._items, len(self.listing))
        return [
            Placed(ad.winner, place + 1, None if ad.item is None else ad.item + 1)
            for ad, place in zip(self.ads, places, strict=True)
        ]

    @property
    def order(self) -> tuple[tuple[str, int], ...]:
        """The merged list: for each place its product's id ("": it has none), and its rank (0: it is no ad)."""
        id_of = self.listing.id_of
        organic = [(id_of.get(n, ""), 0) for n in range(len(self.listing))]
        ads = [(ad.winner.product_id, ad.winner.rank) for ad in self.ads]
        return tuple(arranged(self._layout, organic, ads, self._items))

    def spliced(self) -> bytes | None:
        """The merged list, made of runs of the organic one, where it need not be put together item by item."""
        if not isinstance(self.listing, LongListing):
            return None
        return self.listing.with_ads(runs(self._layout, self._items, len(self.listing)), [ad.text for ad in self.ads])

    def pieces(self, organic: Sequence[Piece]) -> list[Piece]:
        """The merged list as bytes."""
        return arranged(self._layout, organic, [ad.text for ad in self.ads], self._items)


class Merged(NamedTuple):
    """A page with its ads.

    Attributes:
        body: the merged body; the page's own where nothing was placed.
        placed: how many ads stand in all listings.
        listings: what became of each listing, in order.
        banners: how many banners were written.
    """

    body: bytes
    placed: int
    listings: tuple[Placement, ...]
    banners: int = 0

    @property
    def ads(self) -> int:
        """How many ads the page has, banners included."""
        return self.placed + self.banners

    @property
    def order(self) -> tuple[tuple[tuple[str, int], ...], ...]:
        """The merged list of each listing, for people to read."""
        return tuple([each.order for each in self.listings])


def merge(
    plan: Plan,
    page: Page,
    results: Sequence[Sequence[Winner]],
    *,
    fetched: Mapping[str, bytes] | None = None,
    banners: Sequence[Sequence[Winner]] = (),
) -> Merged:
    """The page with its winners in it.

    Args:
        results: the winners of each listing, in the order of the listings; where there are too few, the rest has none.
        fetched: product id -> item, for winners that are not in their listing.
        banners: the winners of each of the rule's banners, in the rule's order.
    """
    placements = [
        Placement(plan, listing, chosen(plan, listing, winners or (), fetched or {}))
        for listing, winners in zip_longest(page.listings, results[: len(page.listings)])
    ]
    count = sum([len(each.ads) for each in placements])
    if not count and not any(banners):
        return Merged(page.body, 0, tuple(placements))
    body, written = _put_together(plan, page.body, placements, banners)
    return Merged(body, count, tuple(placements), written)


def _put_together(
    plan: Plan, body: bytes, placements: Sequence[Placement], banners: Sequence[Sequence[Winner]]
) -> tuple[bytes, int]:
    full = [each for each in placements if len(each.listing)]
    texts = [_text(plan, body, each) for each in full]
    if len(full) == 1 and not banners and not plan.rule.tag.summary:
        start, end = full[0].listing.span
        return b"".join((body[:start], *texts, body[end:])), 0
    envelope = Envelope(body, [each.listing.span for each in full])
    if plan.rule.tag.summary and any(each.ads for each in full):
        envelope.put(plan.rule.tag.summary.steps, _summary(full))
    written = _write_banners(plan, envelope, banners) if banners else 0
    return envelope.around(texts), written


def _text(plan: Plan, body: bytes, placement: Placement) -> bytes:
    """A listing's bytes, from its first item to its last."""
    listing = placement.listing
    if not placement.ads:
        return body[listing.span.start : listing.span.end]
    if not plan.organic:
        return placement.spliced() or _joined(placement.pieces(listing.items), listing.pieces)
    others = [plan.organic.on(bytes(item), listing.id_of.get(n)) for n, item in enumerate(listing.items)]
    return _joined(placement.pieces(others), listing.pieces)


def _joined(pieces: Sequence[Piece], organic: Pieces) -> bytes:
    """Pieces with the gaps between them where they were; a list that grew goes on with `more`."""
    _, gaps, more = organic
    if len(gaps) < 2 and (not gaps or gaps[0] == more):
        return more.join(pieces)
    between = [*gaps, *[more] * (len(pieces) - len(gaps))][: len(pieces) - 1]
    return b"".join(chain.from_iterable(zip(pieces, [*between, b""], strict=True)))


# -- around the listing -----------------------------------------------------------


def _summary(placements: Sequence[Placement]) -> bytes:
    ads = [ad.winner for each in placements for ad in each.ads]
    return msgspec.json.encode(
        [{"id": each.product_id, "rank": each.rank, "resolvedBidId": each.resolved_bid_id} for each in ads]
    )


def _write_banners(plan: Plan, envelope: Envelope, banners: Sequence[Sequence[Winner]]) -> int:
    written = 0
    for banner, winners in zip(plan.rule.banners, banners, strict=False):
        shown = winners[: banner.slots]
        if shown and envelope.put(banner.at.steps, b"[" + b",".join(map(_banner, shown)) + b"]"):
            written += len(shown)
    return written


def _banner(winner: Winner) -> bytes:
    fields = {
        "id": winner.id,
        "type": winner.type,
        "resolvedBidId": winner.resolved_bid_id,
        "asset": msgspec.Raw(checked(winner.asset)),
    }
    return msgspec.json.encode(fields)
