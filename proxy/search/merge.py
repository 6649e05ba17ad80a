"""Organic and sponsored become one list, byte by byte. Pure.

Which winners are shown is choice.py's to say, and where, layout.py's; here
the slices are put together. An item moves as the bytes that it is; what stood
between two places stays between them (on a long page, where all seem alike:
between two neighbours, as long as they are); around the listing nothing
changes but what the rule wants written there. With nothing to place, the body
that comes out is the very object that went in.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from proxy.auction.winners import Winner
from proxy.search.choice import Ads, chosen
from proxy.search.layout import Seating
from proxy.search.listing import Listing, Page
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


class Placement(msgspec.Struct, frozen=True):
    """What became of one listing."""

    listing: Listing
    ads: Ads
    seating: Seating

    @property
    def placed(self) -> list[Placed]:
        """The ads, best rank first."""
        ads = self.ads
        seats = self.seating.seats(ads.items, len(self.listing))
        return [
            Placed(winner, seat + 1, None if item is None else item + 1)
            for winner, item, seat in zip(ads.winners, ads.items, seats, strict=True)
        ]

    @property
    def order(self) -> tuple[tuple[str, int], ...]:
        """The merged list: for each place its product's id ("": it has none), and its rank (0: it is no ad)."""
        id_of = self.listing.id_of
        organic = [(id_of.get(n, ""), 0) for n in range(len(self.listing))]
        ads = [(winner.id, winner.rank) for winner in self.ads.winners]
        return tuple(self.seating.arranged(organic, ads, self.ads.items))


class Merged(msgspec.Struct, frozen=True):
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
        results: the winners of each listing, best rank first, in the order of the listings; where there are too few,
            the rest has none.
        fetched: product id -> item, for winners that are not in their listing.
        banners: the winners of each of the rule's banners, in the rule's order.
    """
    placements: list[Placement] = []
    count = 0
    for n, listing in enumerate(page.listings):
        ads = chosen(plan, listing, results[n] if n < len(results) else (), fetched or {})
        placements.append(Placement(listing, ads, plan.seating))
        count += len(ads.items)
    if not count and not any(banners):
        return Merged(page.body, 0, tuple(placements))
    if len(placements) == 1 and not banners and not plan.rule.tag.summary:
        start, end = placements[0].listing.span
        body = b"".join((page.body[:start], *_parts(plan, page.body, placements[0]), page.body[end:]))
        return Merged(body, count, tuple(placements))
    body, written = _put_together(plan, page.body, placements, banners)
    return Merged(body, count, tuple(placements), written)


def _put_together(
    plan: Plan, body: bytes, placements: Sequence[Placement], banners: Sequence[Sequence[Winner]]
) -> tuple[bytes, int]:
    """The body with all its listings merged, and what is written around them; and how many banners were written."""
    full = [each for each in placements if len(each.listing)]
    envelope = Envelope(body, [each.listing.span for each in full])
    if plan.rule.tag.summary and any(each.ads.items for each in full):
        envelope.put(plan.rule.tag.summary.steps, _summary(full))
    written = _write_banners(plan, envelope, banners) if banners else 0
    return envelope.around([b"".join(_parts(plan, body, each)) for each in full]), written


def _parts(plan: Plan, body: bytes, placement: Placement) -> list[Piece]:
    """What a listing is made of, from its first item to its last."""
    listing, ads, seating = placement.listing, placement.ads, placement.seating
    if not ads.items:
        return [body[listing.span.start : listing.span.end]]
    if isinstance(listing, LongListing) and not plan.organic:
        uncut = listing.with_ads(seating.runs(ads.items, len(listing)), ads.texts)
        if uncut is not None:
            return _spaced(*uncut)
    organic: Sequence[Piece]
    organic, gaps, more = listing.pieces
    if plan.organic:
        organic = [plan.organic.on(bytes(item), listing.id_of.get(n)) for n, item in enumerate(organic)]
    return _spaced(seating.arranged(organic, ads.texts, ads.items), gaps, more)


def _spaced(pieces: Sequence[Piece], gaps: Sequence[bytes], more: bytes) -> list[Piece]:
    """Pieces with the gaps between them where they were; a list that grew goes on with `more`."""
    parts: list[Piece] = [more] * (2 * len(pieces) - 1)
    parts[::2] = pieces
    between = gaps[: len(pieces) - 1]
    parts[1 : 2 * len(between) : 2] = between
    return parts


# -- around the listing -----------------------------------------------------------


def _summary(placements: Sequence[Placement]) -> bytes:
    ads = [winner for each in placements for winner in each.ads.winners]
    return msgspec.json.encode(
        [{"id": each.id, "rank": each.rank, "resolvedBidId": each.resolved_bid_id} for each in ads]
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
