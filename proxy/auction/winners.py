"""The ad platform's answer read: winners, or the reason why there are none. Pure.

The envelope must be the contract; an answer that is not raises. Within it one
bad winner costs only itself: it is dropped and counted, the others stand. The
spelling is `topsort`'s; here are the values that merging and tagging use.
"""

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.topsort import v1, v2

NULL = b"null"
_rank = attrgetter("rank")


class Winner(msgspec.Struct, frozen=True, kw_only=True):
    """One winner of one listing or banner.

    Attributes:
        rank: the platform's, from 1; rank 1 won.
        type: product, vendor, brand or url.
        id: what to look for in the listing, where a vendor's, brand's or url's is simply not found; in version 1 always
            a product's id.
        resolved_bid_id: what an event must carry to be counted for this ad.
        campaign_id: whose campaign; None where the platform does not say.
        winner_id: the id of what won where that is not `id`: of the vendor, where a vendor's campaign won.
        demand_source: who brought the bid (topsort, criteo), where more than one may bid.
        metadata: a JSON object of an outside bidder's, as it came.
        asset: a JSON array of a banner's files, as it came.
    """

    rank: int
    type: str
    id: str
    resolved_bid_id: str
    campaign_id: str | None = None
    winner_id: str | None = None
    demand_source: str | None = None
    metadata: bytes | None = None
    asset: bytes | None = None


class _Plain(Winner, frozen=True, kw_only=True, rename=v2.SPELLING):
    """A winner as nearly all are, so that it is decoded at once; one that says more is not."""

    rank: v2.Rank
    type: v2.Text = "product"
    id: v2.Text
    resolved_bid_id: v2.Text
    campaign_id: str | None = None
    winner_id: None = None
    demand_source: str | None = None
    metadata: None = None
    asset: None = None


_plain = v2.reader_of(_Plain)


class Result(msgspec.Struct, frozen=True):
    """One auction's outcome.

    Attributes:
        winners: by rank, the best first; of one rank, as they came.
        error: the platform could not hold this auction.
        skipped: winners that were dropped, since they could not be read.
    """

    winners: tuple[Winner, ...] = ()
    error: bool = False
    skipped: int = 0


NOTHING = Result()
NOT_HELD = Result(error=True)


def read_v2(body: bytes, asked: int) -> tuple[Result, ...]:
    """The results of `asked` auctions, in their order.

    Raises:
        AdPlatformTrouble: ADS_INVALID, the answer is not the contract, or has fewer results than were asked for.
    """
    try:
        results = _read_v2(body)
    except (ValueError, RecursionError) as broken:
        raise _invalid(str(broken)) from None
    if len(results) < asked:
        raise _invalid(f"{len(results)} results for {asked} auctions")
    return tuple(results[:asked])


def _read_v2(body: bytes) -> list[Result]:
    try:
        return [_result(one.winners, one.error) for one in _plain(body).results]
    except msgspec.ValidationError:
        return [_result(map(_of_v2, one.winners), one.error, one.dropped) for one in v2.read_answer(body)]


def read_v1(body: bytes, asked: int) -> tuple[Result, ...]:
    """As `read_v2`; a call of version 1 holds one auction."""
    try:
        result = v1.read_answer(body)
    except (ValueError, RecursionError) as broken:
        raise _invalid(str(broken)) from None
    return (_result(map(_of_v1, result.winners), result.error, result.dropped),)


def _invalid(detail: str) -> AdPlatformTrouble:
    return AdPlatformTrouble(Reason.ADS_INVALID, detail)


def _result(winners: Iterable[Winner], error: bool, dropped: int = 0) -> Result:
    return NOT_HELD if error else Result(tuple(sorted(winners, key=_rank)), False, dropped)


def _of_v2(winner: v2.Winner) -> Winner:
    return Winner(
        rank=winner.rank,
        type=winner.type or "product",
        id=winner.id,
        resolved_bid_id=winner.resolved_bid_id,
        campaign_id=winner.campaign_id,
        demand_source=winner.demand_source,
        metadata=_bytes(winner.metadata),
        asset=_bytes(winner.asset),
    )


def _of_v1(winner: v1.Winner) -> Winner:
    return Winner(
        rank=winner.rank,
        type=winner.winner_type or "product",
        id=winner.product_id,
        resolved_bid_id=winner.resolved_bid_id,
        winner_id=winner.winner_id,
    )


def _bytes(raw: msgspec.Raw) -> bytes | None:
    found = bytes(raw)
    return None if found in (b"", NULL) else found
