"""Who takes part in the auction of a banner or of a sponsored brand, and with what. Pure.

A campaign takes part where its slot (or placement) is auctioned, where it has a
file for the device, and where words, category, place and products are what it
wants. It wins at most once, with the best of its bids: two slots side by side
never show one banner twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from proxy.sandbox.auction import Contender
from proxy.sandbox.campaigns import Bid, Campaign, Market
from proxy.topsort import v1, v2

DEFAULT_DEVICE = "desktop"


@dataclass(frozen=True, slots=True)
class Slot:
    """One auction for a slot, in no version's words.

    Attributes:
        kind: banners, or brand for sponsored brands.
        names: what the slot may be called: its id, its placement.
        winners: how many are wanted, at most.
        products: the only ones that may win; None where all may.
        vendors: as `products`, for vendors.
    """

    kind: str
    names: Sequence[str]
    winners: int
    device: str = DEFAULT_DEVICE
    category: v2.Category | None = None
    search_query: str | None = None
    products: Sequence[str] | None = None
    vendors: Sequence[str] | None = None
    location: str | None = None
    user: str | None = None


def contenders(bidding: Iterable[tuple[Campaign, Sequence[Bid]]], slot: Slot, market: Market) -> Iterator[Contender]:
    """The best bid of every campaign that takes part, of those that may bid now with what they can afford."""
    for campaign, bids in bidding:
        if _wants(campaign, slot):
            standing = [each for bid in bids for each in _of(campaign, bid, slot, market)]
            if standing:
                yield max(standing, key=lambda each: (each.score, each.bid))


def files(campaign: Campaign, device: str) -> list[v2.Asset]:
    """A banner's files for a device; a campaign of another kind has none."""
    return [
        v2.Asset(url=file.url, content=v2.NOTHING if file.content is None else v2.raw(file.content))
        for file in (campaign.banner.assets if campaign.banner else ())
        if file.device in (None, device)
    ]


def promoted_by(campaign: Campaign) -> tuple[str, ...]:
    """The products that a sponsored brand shows beside itself."""
    own = campaign.sponsored_brand.products if campaign.sponsored_brand else ()
    return tuple(dict.fromkeys([*[id for bid in campaign.bids for id in bid.product_ids], *own]))


def slot_of_v2(auction: v2.Auction) -> Slot:
    """A banner's auction of version 2."""
    return Slot(
        v2.BANNERS,
        (auction.slot_id or "",),
        auction.slots or 0,
        auction.device or DEFAULT_DEVICE,
        auction.category,
        auction.search_query,
        auction.products.ids if auction.products else None,
        location=auction.geo_targeting.location if auction.geo_targeting else None,
        user=auction.opaque_user_id,
    )


def slot_of_v1(request: v1.AuctionRequest, winners: int) -> Slot:
    """A banner's auction of version 1, whose winners are of the products and vendors that were sent."""
    options = request.banner_options or v1.BannerOptions()
    return Slot(
        v2.BANNERS,
        [name for name in (options.slot_id, options.placement) if name],
        winners,
        category=v2.Category(id=options.category_id) if options.category_id else None,
        search_query=options.search_query,
        products=[product.product_id or "" for product in request.products or ()],
        vendors=[vendor.vendor_id or "" for vendor in request.vendors or ()],
        location=request.geo_targeting.location if request.geo_targeting else None,
        user=request.session.session_id if request.session else None,
    )


def slot_of_brand(auction: v2.BrandAuction) -> Slot:
    """A sponsored brand's auction."""
    triggers = auction.triggers or v2.Triggers()
    return Slot(
        v2.BRAND,
        (auction.placement_id or "",),
        auction.winners or 0,
        category=triggers.category,
        search_query=triggers.search_query,
        products=triggers.products.ids if triggers.products else None,
        location=auction.geo_targeting.location if auction.geo_targeting else None,
        user=auction.opaque_user_id,
    )


# -- who takes part -----------------------------------------------------------------


def _wants(campaign: Campaign, slot: Slot) -> bool:
    return (
        not set(_slots_of(campaign)).isdisjoint(slot.names)
        and (campaign.kind != v2.BANNERS or bool(files(campaign, slot.device)))
        and campaign.wants_query(slot.search_query)
        and campaign.wants_category(slot.category)
        and campaign.wants_location(slot.location)
        and (slot.kind != v2.BRAND or slot.products is None or not set(promoted_by(campaign)).isdisjoint(slot.products))
    )


def _slots_of(campaign: Campaign) -> Sequence[str]:
    if campaign.banner is not None:
        return campaign.banner.slots
    return campaign.sponsored_brand.placements if campaign.sponsored_brand else ()


def _of(campaign: Campaign, bid: Bid, slot: Slot, market: Market) -> Iterator[Contender]:
    for type, id in bid.targets:
        product = _about(type, id, slot, market)
        if product is not None:
            yield Contender(str(campaign.uuid), type, id, product, bid.bid, market.quality(product))


def _about(type: str, id: str, slot: Slot, market: Market) -> str | None:
    """What a click would be about, as the books name it; None where the auction is not for it."""
    if slot.kind == v2.BRAND or (slot.products is None and slot.vendors is None):
        return id
    sent = slot.products or ()
    if type == "product":
        return id if id in sent else None
    if type != "vendor":
        return None
    of_it = [one for one in sent if market.vendor(one) == id]
    if not of_it and id in (slot.vendors or ()):
        of_it = [product.id for product in market.products if product.vendor == id]
    return of_it[0] if of_it else None
