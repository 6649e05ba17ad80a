"""The trading floor: a question in, winners out, in either version's words.

Who takes part is said by `listings.py` and `banners.py` (of sponsored brands, too),
who of them wins and at what price by `auction.py`; here is who may bid just now,
and each won bid is sealed. A request's messages are already known to keep the
contract.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec import structs

from proxy.sandbox import banners, listings
from proxy.sandbox.auction import Contender, Won, decide
from proxy.sandbox.banners import Slot
from proxy.sandbox.budget import money_left, why_silent
from proxy.sandbox.campaigns import Bid, Campaign, Market
from proxy.sandbox.listings import Listing
from proxy.sandbox.seal import Seal, SealedBid
from proxy.sandbox.store import Store
from proxy.topsort import v1, v2


@dataclass(frozen=True, slots=True)
class Sale:
    """A slot that was sold: to whom, in whose campaign, and the bid, sealed."""

    won: Won
    campaign: Campaign
    bid_id: str


class Exchange:
    """Holds auctions on a market.

    Args:
        market: campaigns and catalogue.
        store: what is spent.
        seal: makes the `resolvedBidId`s.
        wall: the time, seconds since 1970.
        new_id: a fresh UUID for each auction.
    """

    def __init__(
        self, market: Market, store: Store, seal: Seal, wall: Callable[[], float], new_id: Callable[[], UUID]
    ) -> None:
        self.market = market
        self._store = store
        self._seal = seal
        self.wall = wall
        self._new_id = new_id

    # -- answers ------------------------------------------------------------

    def answer_v2(self, request: v2.AuctionsRequest) -> list[v2.Result]:
        """A result for each auction, in their order."""
        return [self._result(auction) for auction in request.auctions or ()]

    def answer_brands(self, request: v2.BrandAuctionsRequest) -> list[v2.Result]:
        """A result for each auction of sponsored brands, in their order."""
        slots = [banners.slot_of_brand(auction) for auction in request.auctions or ()]
        return [_results(v2.BRAND, self._slot(slot)[1], _brand) for slot in slots]

    def answer_v1(self, request: v1.AuctionRequest) -> v1.AuctionAnswer:
        """An outcome for each promotion type that was asked for."""
        wanted = request.slots or v1.Slots()
        listing = banner = None
        if wanted.listings is not None:
            listing = _outcome(*self._listing(listings.listing_of_v1(request, wanted.listings)))
        if wanted.banner_ads is not None:
            banner = _outcome(*self._slot(banners.slot_of_v1(request, wanted.banner_ads)))
        return v1.AuctionAnswer(v1.Outcomes(listings=listing, banner_ads=banner))

    def campaigns(self) -> Iterator[tuple[Campaign, str | None]]:
        """Every campaign, with why it is silent now."""
        now = self.wall()
        for campaign in self.market.campaigns:
            yield campaign, why_silent(campaign, self._store.spent(str(campaign.uuid), now), now)

    def _result(self, auction: v2.Auction) -> v2.Result:
        if auction.type == v2.LISTINGS:
            return _results(v2.LISTINGS, self._listing(listings.listing_of_v2(auction))[1], _winner)
        slot = banners.slot_of_v2(auction)
        return _results(v2.BANNERS, self._slot(slot)[1], lambda sale: _banner(sale, slot.device))

    # -- auctions: the auction's id, and what was sold in it -------------------

    def _listing(self, listing: Listing) -> tuple[UUID, list[Sale]]:
        contenders = listings.contenders(self._bidding(v2.LISTINGS), listing, self.market)
        return self._hold(v2.LISTINGS, contenders, listing.slots, listing.user)

    def _slot(self, slot: Slot) -> tuple[UUID, list[Sale]]:
        contenders = banners.contenders(self._bidding(slot.kind), slot, self.market)
        return self._hold(slot.kind, contenders, slot.winners, slot.user)

    def _bidding(self, kind: str) -> Iterator[tuple[Campaign, Sequence[Bid]]]:
        """The campaigns of a kind that may bid now, each with the bids that it can afford."""
        now = self.wall()
        for campaign in self.market.campaigns:
            if campaign.kind == kind:
                spent = self._store.spent(str(campaign.uuid), now)
                if why_silent(campaign, spent, now) is None:
                    left = money_left(campaign, spent)
                    yield campaign, [bid for bid in campaign.bids if left is None or bid.bid <= left]

    def _hold(
        self, kind: str, contenders: Iterable[Contender], slots: int, user: str | None
    ) -> tuple[UUID, list[Sale]]:
        auction, now = self._new_id(), self.wall()
        return auction, [
            Sale(won, self.market.by_uuid[won.contender.campaign], self._sealed(won, kind, auction, now, user))
            for won in decide(contenders, slots, self.market.reserve)
        ]

    def _sealed(self, won: Won, kind: str, auction: UUID, now: float, user: str | None) -> str:
        contender = won.contender
        return self._seal.close(
            SealedBid(
                auction=auction.bytes,
                campaign=UUID(contender.campaign).bytes,
                kind=kind,
                type=contender.type,
                id=contender.id,
                product=contender.product,
                rank=won.rank,
                price=won.price,
                at=now,
                user=user,
            )
        )


# -- what was sold, in the words of each answer -----------------------------------


def _results(kind: str, sales: Iterable[Sale], winner: Callable[[Sale], v2.Winner]) -> v2.Result:
    return v2.Result(result_type=kind, winners=[winner(sale) for sale in sales])


def _winner(sale: Sale) -> v2.Winner:
    contender = sale.won.contender
    return v2.Winner(
        rank=sale.won.rank,
        type=contender.type,
        id=contender.id,
        resolved_bid_id=sale.bid_id,
        campaign_id=contender.campaign,
    )


def _banner(sale: Sale, device: str) -> v2.Winner:
    return structs.replace(_winner(sale), asset=v2.raw(banners.files(sale.campaign, device)))


def _brand(sale: Sale) -> v2.Winner:
    brand = sale.campaign.sponsored_brand
    assert brand is not None
    return structs.replace(
        _winner(sale),
        title=brand.title,
        vendor_id=brand.vendor,
        product_ids=banners.promoted_by(sale.campaign) or None,
        content=v2.raw(brand.content),
    )


def _outcome(auction: UUID, sales: Iterable[Sale]) -> v1.Outcome:
    return v1.Outcome(auction_id=str(auction), winners=[_winner_v1(sale) for sale in sales])


def _winner_v1(sale: Sale) -> v1.Winner:
    contender = sale.won.contender
    files = banners.files(sale.campaign, banners.DEFAULT_DEVICE)
    return v1.Winner(
        rank=sale.won.rank,
        product_id=contender.product,
        winner_type=contender.type,
        winner_id=contender.id,
        resolved_bid_id=sale.bid_id,
        asset_url=files[0].url if files else None,
    )
