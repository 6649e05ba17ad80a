"""What Topsort refuses of a question, code by code. Pure.

`v2.py` and `v1.py` say how a message is spelled; here is what makes it a good
one: limits, what must be there, what must not stand together. The sandbox
answers with these refusals, and the tests hold our own questions against them.
The first fault ends the reading, as at the vendor. Which code goes with which
fault is read from the codes' names; the vendor's file lists them without words.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from proxy.topsort import v1, v2
from proxy.topsort.errors import ErrorCode, Refused

T = TypeVar("T")

LONGEST_ATTRIBUTE: Final = 81
MOST_ATTRIBUTES: Final = 5
MOST_DISJUNCTIONS: Final = 5


def read_auctions(body: bytes) -> v2.AuctionsRequest:
    """The question in the body of `POST /v2/auctions`.

    Raises:
        Refused: with the vendor's code.
    """
    request = _read(v2.read_request, body)
    for place, auction in enumerate(_one_to_five(request.auctions)):
        _check_auction(auction, f"auctions[{place}]")
    return request


def read_brand_auctions(body: bytes) -> v2.BrandAuctionsRequest:
    """The question in the body of `POST /v2/auctions/sponsored-brand`.

    Raises:
        Refused: with the vendor's code.
    """
    request = _read(v2.read_brand_request, body)
    for place, auction in enumerate(_one_to_five(request.auctions)):
        _check_brand(auction, f"auctions[{place}]")
    return request


def read_v1_auction(body: bytes) -> v1.AuctionRequest:
    """The question in the body of `POST /v1/auctions`.

    Raises:
        Refused: with the vendor's code.
    """
    request = _read(v1.read_request, body)
    _check_v1_slots(request.slots)
    if not request.products and not request.vendors:
        raise Refused(ErrorCode.NO_PRODUCTS, "products is missing or empty")
    _check_v1_products(request.products or ())
    if request.session is not None and not request.session.session_id:
        raise Refused(ErrorCode.INVALID_SESSION, "session.sessionId is missing or empty")
    if request.geo_targeting is not None and not request.geo_targeting.location:
        raise _bad("geoTargeting.location is empty")
    if request.slots is not None and request.slots.banner_ads is not None:
        _check_v1_banner(request.banner_options)
    return request


# -- the envelope -----------------------------------------------------------


def _read(read: Callable[[bytes], T], body: bytes) -> T:
    if not body.strip():
        raise Refused(ErrorCode.EMPTY_REQUEST, "the request has no body")
    try:
        return read(body)
    except (ValueError, RecursionError) as broken:
        raise _bad(str(broken)) from None


def _one_to_five(auctions: Sequence[T] | None) -> Sequence[T]:
    if not auctions:
        raise Refused(ErrorCode.MISSING_AUCTIONS, "auctions is missing or empty")
    if len(auctions) > v2.MOST_AUCTIONS:
        raise Refused(ErrorCode.TOO_MANY_AUCTIONS, f"{len(auctions)} auctions; {v2.MOST_AUCTIONS} are allowed")
    return auctions


def _bad(message: str) -> Refused:
    return Refused(ErrorCode.BAD_REQUEST, message)


# -- version 2 --------------------------------------------------------------


def _check_auction(auction: v2.Auction, at: str) -> None:
    if auction.type is None:
        raise Refused(ErrorCode.MISSING_PROMOTION_TYPE, f"{at}.type is missing")
    if auction.type not in (v2.LISTINGS, v2.BANNERS):
        raise Refused(ErrorCode.INVALID_PROMOTION_TYPE, f"{at}.type is neither listings nor banners")
    _check_slots(auction.slots, f"{at}.slots")
    if auction.type == v2.LISTINGS:
        _check_listings(auction, at)
    else:
        _check_banners(auction, at)
    _check_context(auction, at)
    _check_filter(auction.filter, f"{at}.filter")


def _check_listings(auction: v2.Auction, at: str) -> None:
    if auction.products is None and auction.category is None:
        raise Refused(ErrorCode.NO_PRODUCTS, f"{at} has neither products nor category")
    if auction.products is not None and auction.category is not None:
        raise _bad(f"{at} has both products and category")
    _check_products(auction.products, f"{at}.products")
    _check_category(auction.category, f"{at}.category")
    _check_demand(auction.demand_sources or (), f"{at}.demandSources")


def _check_banners(auction: v2.Auction, at: str) -> None:
    if not auction.slot_id:
        raise Refused(ErrorCode.MISSING_SLOT_ID, f"{at}.slotId is missing or empty")
    if auction.device not in (None, *v2.DEVICES):
        raise _bad(f"{at}.device is neither desktop nor mobile")
    if auction.demand_sources:
        raise Refused(ErrorCode.INVALID_EXTERNAL_DEMAND_AD_TYPE, f"{at}.demandSources is for listings only")
    _check_products(auction.products, f"{at}.products")
    _check_category(auction.category, f"{at}.category")


def _check_brand(auction: v2.BrandAuction, at: str) -> None:
    _check_slots(auction.winners, f"{at}.winners")
    if not auction.placement_id:
        raise Refused(ErrorCode.MISSING_PLACEMENT, f"{at}.placementId is missing or empty")
    triggers = auction.triggers or v2.Triggers()
    given = [one for one in (triggers.category, triggers.products, triggers.search_query) if one is not None]
    if not given:
        raise Refused(ErrorCode.MISSING_CONTEXT, f"{at}.triggers names no category, products or searchQuery")
    if len(given) > 1:
        raise _bad(f"{at}.triggers names more than one of category, products and searchQuery")
    if triggers.category is not None and not triggers.category.id:
        raise _bad(f"{at}.triggers.category.id is missing or empty")
    _check_products(triggers.products, f"{at}.triggers.products")
    _check_context(auction, at)


def _check_slots(slots: int | None, at: str) -> None:
    if slots is None:
        raise Refused(ErrorCode.MISSING_SLOTS, f"{at} is missing")
    if slots < 1:
        raise Refused(ErrorCode.TOO_FEW_SLOTS, f"{at} is under 1")
    if slots > v2.MOST_SLOTS:
        raise _bad(f"{at} is over {v2.MOST_SLOTS}")


def _check_products(products: v2.Products | None, at: str) -> None:
    if products is None:
        return
    if not products.ids:
        raise Refused(ErrorCode.NO_PRODUCTS, f"{at}.ids is empty")
    if len(products.ids) > v2.MOST_PRODUCTS:
        raise _bad(f"{at}.ids has over {v2.MOST_PRODUCTS} ids")
    if "" in products.ids:
        raise Refused(ErrorCode.MISSING_PRODUCT_ID, f"{at}.ids[{list(products.ids).index('')}] is empty")
    scores = products.quality_scores
    if scores is None:
        return
    if len(scores) != len(products.ids):
        raise _bad(f"{at}.qualityScores has {len(scores)} scores for {len(products.ids)} ids")
    if not all(0 < score <= 1 for score in scores):
        raise _bad(f"{at}.qualityScores has one that is not over 0 and at most 1")


def _check_category(category: v2.Category | None, at: str) -> None:
    if category is None:
        return
    given = [one for one in (category.id, category.ids, category.disjunctions) if one is not None]
    if len(given) != 1 or not given[0]:
        raise _bad(f"{at} needs exactly one of id, ids and disjunctions, not empty")
    disjunctions = category.disjunctions or ()
    if len(disjunctions) > MOST_DISJUNCTIONS or not all(disjunctions):
        raise _bad(f"{at}.disjunctions has over {MOST_DISJUNCTIONS}, or an empty one")
    if "" in (category.ids or ()) or any("" in one for one in disjunctions):
        raise _bad(f"{at} has an empty id")


def _check_context(auction: v2.Auction | v2.BrandAuction, at: str) -> None:
    page = auction.page
    if page is None:
        return
    if page.type not in v2.PAGE_TYPES:
        raise _bad(f"{at}.page.type is none of {', '.join(v2.PAGE_TYPES)}")
    if page.value is not None and not isinstance(page.value, str) and (page.type != "cart" or not page.value):
        raise _bad(f"{at}.page.value is a list; only a cart's may be, and not an empty one")


def _check_filter(attributes: v2.Filter | None, at: str) -> None:
    if attributes is None:
        return
    if attributes.operator not in (None, "and", "or"):
        raise _bad(f"{at}.operator is neither and nor or")
    listed = attributes.attributes or ()
    if len(listed) > MOST_ATTRIBUTES or any(len(one) > LONGEST_ATTRIBUTE for one in listed):
        raise _bad(f"{at}.attributes has over {MOST_ATTRIBUTES}, or one over {LONGEST_ATTRIBUTE} characters")


def _check_demand(sources: Sequence[v2.DemandSource], at: str) -> None:
    if sum(len(source.bids) for source in sources) > v2.MOST_EXTERNAL_BIDS:
        raise Refused(ErrorCode.TOO_MANY_EXTERNAL_BIDS, f"{at} has over {v2.MOST_EXTERNAL_BIDS} bids")
    for source in sources:
        if source.source != "criteo":
            raise Refused(ErrorCode.INVALID_DEMAND_SOURCE, f"{at}: the only source known is criteo")
        for bid in source.bids:
            if bid.charge_type != "CPC" or bid.entity.type != "product" or not bid.entity.id or bid.bid_amount < 0:
                raise Refused(ErrorCode.INVALID_EXTERNAL_BID, f"{at}: a bid is a CPC bid for a product, not below 0")


# -- version 1 --------------------------------------------------------------


def _check_v1_slots(slots: v1.Slots | None) -> None:
    if slots is None:
        raise Refused(ErrorCode.MISSING_SLOTS, "slots is missing")
    wanted = [one for one in (slots.listings, slots.banner_ads) if one is not None]
    if not wanted:
        raise Refused(ErrorCode.MISSING_PROMOTION_TYPE, "slots names neither listings nor bannerAds")
    if min(wanted) < 1:
        raise Refused(ErrorCode.TOO_FEW_SLOTS, "slots has a number under 1")


def _check_v1_products(products: Sequence[v1.Product]) -> None:
    for place, product in enumerate(products):
        if not product.product_id:
            raise Refused(ErrorCode.MISSING_PRODUCT_ID, f"products[{place}].productId is missing or empty")
        if product.quality is not None and not 0 < product.quality <= 1:
            raise _bad(f"products[{place}].quality is not over 0 and at most 1")


def _check_v1_banner(options: v1.BannerOptions | None) -> None:
    if options is None or not options.placement:
        raise Refused(ErrorCode.MISSING_PLACEMENT, "bannerOptions.placement is missing")
    if options.placement not in v1.PLACEMENTS:
        raise _bad(f"bannerOptions.placement is none of {', '.join(v1.PLACEMENTS)}")
