"""Who takes part in a listing's auction, and with which product. Pure.

Product bids for the products that were sent, bids on any product for all of
them, vendors with any of theirs, and keyword campaigns, which may bring a
product that nobody sent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from proxy.sandbox.auction import Contender
from proxy.sandbox.campaigns import Bid, Campaign, Market, is_in
from proxy.topsort import v1, v2


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


def contenders(
    bidding: Iterable[tuple[Campaign, Sequence[Bid]]], listing: Listing, market: Market
) -> Iterator[Contender]:
    """Every bid that takes part, of the campaigns that may bid now with what they can afford."""
    asked = _asked(listing, market)
    for campaign, bids in bidding:
        if campaign.wants_query(listing.search_query) and campaign.wants_location(listing.location):
            # With a search query, a keyword campaign may win with a product that was never sent (as at the vendor's).
            anywhere = bool(campaign.keywords) and listing.search_query is not None
            for bid in bids:
                yield from _of_products(campaign, bid, asked, market, anywhere)
                yield from _of_vendor(campaign, bid, asked, market)


def _of_products(
    campaign: Campaign, bid: Bid, asked: Mapping[str, float], market: Market, anywhere: bool
) -> Iterator[Contender]:
    for product in asked if bid.any_product else bid.product_ids:
        if product in asked or anywhere:
            quality = asked.get(product, market.quality(product))
            yield Contender(str(campaign.uuid), "product", product, product, bid.on(product), quality)


def _of_vendor(campaign: Campaign, bid: Bid, asked: Mapping[str, float], market: Market) -> Iterator[Contender]:
    """A vendor takes part with each of its products; at most one of them wins."""
    for product, quality in asked.items() if bid.vendor is not None else ():
        if market.vendor(product) == bid.vendor:
            yield Contender(str(campaign.uuid), "vendor", str(bid.vendor), product, bid.bid, quality)


def _asked(listing: Listing, market: Market) -> Mapping[str, float]:
    """Who may be shown, and its quality: the catalogue's times the request's."""
    if listing.ids is None:
        return {
            product.id: product.quality for product in market.products if is_in(product.categories, listing.category)
        }
    scores = listing.scores or [1.0] * len(listing.ids)
    asked: dict[str, float] = {}
    for product, score in zip(listing.ids, scores, strict=True):
        asked.setdefault(product, market.quality(product) * score)
    return asked


def listing_of_v2(auction: v2.Auction) -> Listing:
    """A listing's auction of version 2."""
    return Listing(
        slots=auction.slots or 0,
        ids=auction.products.ids if auction.products else None,
        scores=auction.products.quality_scores if auction.products else None,
        category=auction.category,
        search_query=auction.search_query,
        location=auction.geo_targeting.location if auction.geo_targeting else None,
        user=auction.opaque_user_id,
    )


def listing_of_v1(request: v1.AuctionRequest, slots: int) -> Listing:
    """A listing's auction of version 1."""
    products = [product for product in request.products or () if product.product_id is not None]
    return Listing(
        slots=slots,
        ids=[product.product_id or "" for product in products],
        scores=[1.0 if product.quality is None else product.quality for product in products],
        location=request.geo_targeting.location if request.geo_targeting else None,
        user=request.session.session_id if request.session else None,
    )
