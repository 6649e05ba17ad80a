"""What the vendor refuses, code by code."""

import json

import pytest

from proxy.topsort import contract
from proxy.topsort.errors import ErrorCode, Refused

GOOD = {"type": "listings", "slots": 2, "products": {"ids": ["p_1", "p_2"]}}
BANNER = {"type": "banners", "slots": 1, "slotId": "ribbon"}
BRAND = {"winners": 2, "placementId": "top", "triggers": {"searchQuery": "yogurt"}}
BID = {"chargeType": "CPC", "entity": {"type": "product", "id": "p_1"}, "bidAmount": 0.5}
V1 = {"slots": {"listings": 2}, "products": [{"productId": "p_1"}]}


def without(message, *names):
    return {name: value for name, value in message.items() if name not in names}


def demand(*bids, source="criteo"):
    return {"demandSources": [{"source": source, "bids": list(bids)}]}


V2_CASES = [
    (b"", "empty_request"),
    (b"  \n", "empty_request"),
    (b"{", "bad_request"),
    (b"[" * 100_000, "bad_request"),
    ({}, "missing_auctions"),
    ({"auctions": None}, "missing_auctions"),
    ({"auctions": []}, "missing_auctions"),
    ({"auctions": {}}, "bad_request"),
    ([GOOD] * 6, "too_many_auctions"),
    ([without(GOOD, "type")], "missing_promotion_type"),
    ([GOOD | {"type": "video"}], "invalid_promotion_type"),
    ([without(GOOD, "slots")], "missing_slots"),
    ([GOOD | {"slots": 0}], "too_few_slots"),
    ([GOOD | {"slots": 41}], "bad_request"),
    ([GOOD | {"slots": "2"}], "bad_request"),
    ([without(GOOD, "products")], "no_products"),
    ([GOOD | {"products": {"ids": []}}], "no_products"),
    ([GOOD | {"products": {}}], "bad_request"),
    ([GOOD | {"products": {"ids": ["a", ""]}}], "missing_product_id"),
    ([GOOD | {"products": {"ids": ["p"] * 10_001}}], "bad_request"),
    ([GOOD | {"products": {"ids": ["p"], "qualityScores": [0.5, 0.5]}}], "bad_request"),
    ([GOOD | {"products": {"ids": ["p"], "qualityScores": [0]}}], "bad_request"),
    ([GOOD | {"products": {"ids": ["p"], "qualityScores": [1.1]}}], "bad_request"),
    ([GOOD | {"category": {"id": "c"}}], "bad_request"),
    ([without(GOOD, "products") | {"category": {}}], "bad_request"),
    ([without(GOOD, "products") | {"category": {"id": "c", "ids": ["d"]}}], "bad_request"),
    ([without(GOOD, "products") | {"category": {"disjunctions": [["a"]] * 6}}], "bad_request"),
    ([without(GOOD, "products") | {"category": {"ids": [""]}}], "bad_request"),
    ([GOOD | {"placementId": 2**31}], "bad_request"),
    ([GOOD | {"page": {"type": "shop", "pageId": "/"}}], "bad_request"),
    ([GOOD | {"page": {"type": "search"}}], "bad_request"),
    ([GOOD | {"page": {"type": "search", "pageId": "/", "value": ["a"]}}], "bad_request"),
    ([GOOD | {"filter": {"operator": "xor"}}], "bad_request"),
    ([GOOD | {"filter": {"attributes": ["a:b"] * 6}}], "bad_request"),
    ([GOOD | demand(BID, source="other")], "invalid_demand_source"),
    ([GOOD | demand(*[BID] * 101)], "too_many_external_bids"),
    ([GOOD | demand(BID | {"chargeType": "CPM"})], "invalid_external_bid"),
    ([BANNER | demand(BID)], "invalid_external_demand_ad_type"),
    ([without(BANNER, "slotId")], "missing_slot_id"),
    ([BANNER | {"device": "tv"}], "bad_request"),
]


def body_of(message):
    if isinstance(message, bytes):
        return message
    return json.dumps({"auctions": message} if isinstance(message, list) else message).encode()


@pytest.mark.parametrize(("message", "code"), V2_CASES, ids=lambda value: str(value)[:70])
def test_version_2_refuses(message, code):
    with pytest.raises(Refused) as refused:
        contract.read_auctions(body_of(message))
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert refused.value.message


@pytest.mark.parametrize(
    "auction",
    [
        GOOD,
        GOOD | {"products": {"ids": ["p"], "qualityScores": [1]}} | demand(BID),
        without(GOOD, "products") | {"category": {"ids": ["a", "b"]}},
        without(GOOD, "products") | {"category": {"disjunctions": [["a"], ["b", "c"]]}},
        GOOD | {"page": {"type": "cart", "pageId": "/cart", "value": ["a"]}},
        BANNER,
        BANNER | {"category": {"id": "c"}, "searchQuery": "q", "device": "mobile"},
    ],
    ids=lambda value: str(value)[:70],
)
def test_version_2_takes(auction):
    assert len(contract.read_auctions(body_of([auction] * 5)).auctions or ()) == 5


@pytest.mark.parametrize(
    ("auction", "code"),
    [
        (without(BRAND, "winners"), "missing_slots"),
        (BRAND | {"winners": 0}, "too_few_slots"),
        (without(BRAND, "placementId"), "missing_placement"),
        (without(BRAND, "triggers"), "missing_context"),
        (BRAND | {"triggers": {}}, "missing_context"),
        (BRAND | {"triggers": {"searchQuery": "a", "category": {"id": "c"}}}, "bad_request"),
        (BRAND | {"triggers": {"category": {"ids": ["c"]}}}, "bad_request"),
        (BRAND | {"triggers": {"products": {"ids": []}}}, "no_products"),
    ],
    ids=str,
)
def test_sponsored_brands_refuse(auction, code):
    with pytest.raises(Refused) as refused:
        contract.read_brand_auctions(body_of([auction]))
    assert refused.value.code == code


def test_sponsored_brands_take():
    assert contract.read_brand_auctions(body_of([BRAND])).auctions


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (without(V1, "slots"), "missing_slots"),
        (V1 | {"slots": {}}, "missing_promotion_type"),
        (V1 | {"slots": {"listings": 0}}, "too_few_slots"),
        (without(V1, "products"), "no_products"),
        (V1 | {"products": []}, "no_products"),
        (V1 | {"products": [{}]}, "missing_product_id"),
        (V1 | {"products": [{"productId": "p", "quality": 0}]}, "bad_request"),
        (V1 | {"session": {}}, "invalid_session"),
        (V1 | {"geoTargeting": {"location": ""}}, "bad_request"),
        (V1 | {"slots": {"bannerAds": 1}}, "missing_placement"),
        (V1 | {"slots": {"bannerAds": 1}, "bannerOptions": {"placement": "Sofa"}}, "bad_request"),
    ],
    ids=str,
)
def test_version_1_refuses(message, code):
    with pytest.raises(Refused) as refused:
        contract.read_v1_auction(body_of(message))
    assert refused.value.code == code


def test_version_1_takes():
    message = V1 | {"session": {"sessionId": "s"}, "geoTargeting": {"location": "New York"}}
    assert contract.read_v1_auction(body_of(message)).slots
    assert contract.read_v1_auction(
        body_of(
            {"slots": {"bannerAds": 1}, "vendors": [{"vendorId": "v"}], "bannerOptions": {"placement": "Home-page"}}
        )
    )


def test_every_code_is_the_vendors():
    assert len(ErrorCode) == 29
