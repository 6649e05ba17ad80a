"""The trading floor: a question in, winners out, in either version's words.

It gathers who may take part (product bids, vendor campaigns, keyword campaigns
for products that were never sent), lets `auction.py` decide, and seals each won
bid. A request's messages are already known to keep the contract.

Banners and sponsored brands will be held here too; until campaigns for them
exist, a banner auction has no winners.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from proxy.sandbox.auction import Contender, Won, decide
from proxy.sandbox.budget import money_left, why_silent
from proxy.sandbox.campaigns import Bid, Campaign, Market, Product
from proxy.sandbox.seal import Seal, SealedBid
from proxy.sandbox.store import Store
from proxy.topsort import v1, v2

_UNKNOWN = Product.model_construct(id="", vendor=None, categories=(), quality=1.0)


@dataclass(frozen=True, slots=True)
class Listing:
    """One listings auction, in neither version's words. `ids` is None where a category was asked for."""

    slots: int
    ids: Sequence[str] | None
    scores: Sequence[float] | None = None
    category: v2.Category | None = None
    search_query: str | None = None
    location: str | None = None
    user: str | None = None


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

    def answer_v2(self, request: v2.AuctionsRequest) -> list[v2.Result]:
        """A result for each auction, in their order."""
        return [self._result(auction) for auction in request.auctions or ()]

    def answer_v1(self, request: v1.AuctionRequest) -> v1.AuctionAnswer:
        """An outcome for each promotion type that was asked for."""
        slots = request.slots or v1.Slots()
        listings = banners = None
        if slots.listings is not None:
            auction, sold = self._hold(_listing_of_v1(request, slots.listings))
            winners = [_winner_v1(won, bid_id) for won, bid_id in sold]
            listings = v1.Outcome(auction_id=str(auction), winners=winners)
        if slots.banner_ads is not None:
            banners = v1.Outcome(auction_id=str(self._new_id()), winners=[])
        return v1.AuctionAnswer(v1.Outcomes(listings=listings, banner_ads=banners))

    def campaigns(self) -> Iterator[tuple[Campaign, str | None]]:
        """Every campaign, with why it is silent now."""
        now = self.wall()
        for campaign in self.market.campaigns:
            yield campaign, why_silent(campaign, self._store.spent(str(campaign.uuid), now), now)

    def _result(self, auction: v2.Auction) -> v2.Result:
        if auction.type != v2.LISTINGS:
            return v2.Result(result_type=v2.BANNERS, winners=[])
        _, sold = self._hold(_listing_of_v2(auction))
        return v2.Result(result_type=v2.LISTINGS, winners=[_winner_v2(won, bid_id) for won, bid_id in sold])

    def _hold(self, listing: Listing) -> tuple[UUID, list[tuple[Won, str]]]:
        """The auction's id, and each winner with its sealed bid."""
        auction, now = self._new_id(), self.wall()
        wins = decide(self._contenders(listing, now), listing.slots, self.market.reserve)
        return auction, [(won, self._sealed(won, auction, now, listing.user)) for won in wins]

    def _contenders(self, listing: Listing, now: float) -> Iterator[Contender]:
        asked = self._asked(listing)
        for campaign in self.market.campaigns:
            if campaign.wants_query(listing.search_query) and campaign.wants_location(listing.location):
                spent = self._store.spent(str(campaign.uuid), now)
                if why_silent(campaign, spent, now) is None:
                    left = money_left(campaign, spent)
                    affordable = [bid for bid in campaign.bids if left is None or bid.bid <= left]
                    yield from self._of(campaign, affordable, asked, listing)

    def _of(
        self, campaign: Campaign, bids: Sequence[Bid], asked: Mapping[str, float], listing: Listing
    ) -> Iterator[Contender]:
        # With a search query, a keyword campaign may win with a product that was never sent (as with the vendor's own).
        anywhere = bool(campaign.keywords) and listing.search_query is not None
        for bid in bids:
            if bid.vendor is not None:
                yield from self._vendor(campaign, bid, asked)
            for product in bid.product_ids:
                if product in asked or anywhere:
                    quality = asked.get(product, self._product(product).quality)
                    yield Contender(str(campaign.uuid), "product", product, product, bid.bid, quality)

    def _vendor(self, campaign: Campaign, bid: Bid, asked: Mapping[str, float]) -> Iterator[Contender]:
        """A vendor takes part with each of its products; at most one of them wins."""
        for product, quality in asked.items():
            if self._product(product).vendor == bid.vendor:
                yield Contender(str(campaign.uuid), "vendor", str(bid.vendor), product, bid.bid, quality)

    def _asked(self, listing: Listing) -> Mapping[str, float]:
        """Who may be shown, and its quality: the catalogue's times the request's."""
        if listing.ids is None:
            return {
                product.id: product.quality for product in self.market.products if _is_in(product, listing.category)
            }
        scores = listing.scores or [1.0] * len(listing.ids)
        asked: dict[str, float] = {}
        for product, score in zip(listing.ids, scores, strict=True):
            asked.setdefault(product, self._product(product).quality * score)
        return asked

    def _product(self, product: str) -> Product:
        return self.market.by_id.get(product, _UNKNOWN)

    def _sealed(self, won: Won, auction: UUID, now: float, user: str | None) -> str:
        contender = won.contender
        return self._seal.close(
            SealedBid(
                auction=auction.bytes,
                campaign=UUID(contender.campaign).bytes,
                kind=v2.LISTINGS,
                type=contender.type,
                id=contender.id,
                product=contender.product,
                rank=won.rank,
                price=won.price,
                at=now,
                user=user,
            )
        )


def _listing_of_v2(auction: v2.Auction) -> Listing:
    return Listing(
        slots=auction.slots or 0,
        ids=auction.products.ids if auction.products else None,
        scores=auction.products.quality_scores if auction.products else None,
        category=auction.category,
        search_query=auction.search_query,
        location=auction.geo_targeting.location if auction.geo_targeting else None,
        user=auction.opaque_user_id,
    )


def _listing_of_v1(request: v1.AuctionRequest, slots: int) -> Listing:
    products = [product for product in request.products or () if product.product_id is not None]
    return Listing(
        slots=slots,
        ids=[product.product_id or "" for product in products],
        scores=[1.0 if product.quality is None else product.quality for product in products],
        location=request.geo_targeting.location if request.geo_targeting else None,
        user=request.session.session_id if request.session else None,
    )


def _winner_v2(won: Won, bid_id: str) -> v2.Winner:
    contender = won.contender
    return v2.Winner(
        rank=won.rank, type=contender.type, id=contender.id, resolved_bid_id=bid_id, campaign_id=contender.campaign
    )


def _winner_v1(won: Won, bid_id: str) -> v1.Winner:
    contender = won.contender
    return v1.Winner(
        rank=won.rank,
        product_id=contender.product,
        winner_type=contender.type,
        winner_id=contender.id,
        resolved_bid_id=bid_id,
    )


def _is_in(product: Product, category: v2.Category | None) -> bool:
    if category is None:
        return False
    has = set(product.categories)
    if category.id is not None:
        return category.id in has
    if category.ids is not None:
        return has.issuperset(category.ids)
    return all(not has.isdisjoint(either) for either in category.disjunctions or [[]])
