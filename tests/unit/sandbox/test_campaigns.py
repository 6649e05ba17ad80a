from uuid import UUID

import pytest

from proxy.sandbox.campaigns import Campaign, Market, Product, micros
from proxy.topsort.v2 import Category


@pytest.mark.parametrize(("written", "amount"), [("0.35", 350_000), ("1", 1_000_000), ("0.000001", 1), ("0", 0)])
def test_money_is_exact(written, amount):
    assert micros(written) == amount


@pytest.mark.parametrize("written", ["-1", "a lot", "0.0000001", "NaN", "Infinity", "1e99", ""])
def test_what_is_no_money_is_refused(written):
    with pytest.raises(ValueError, match="write it like"):
        micros(written)


def a_campaign(**keys: object) -> Campaign:
    return Campaign.model_validate({"name": "c", "bids": [{"product": "p", "bid": "1"}], **keys})


def test_a_campaign_without_an_id_has_the_same_one_after_a_restart():
    assert a_campaign(name="x").uuid == a_campaign(name="x").uuid != a_campaign(name="y").uuid
    given = "82588593-85c5-47c0-b125-07e315b7f2b3"
    assert a_campaign(id=given).uuid == UUID(given)


@pytest.mark.parametrize(
    ("query", "wanted"), [("desk lamp", True), ("LAMP for my Desk", True), ("lamp", False), ("", False), (None, False)]
)
def test_a_keyword_wants_all_its_words(query, wanted):
    assert a_campaign(keywords=["desk lamp"]).wants_query(query) is wanted


def test_without_keywords_and_locations_a_campaign_bids_everywhere():
    assert a_campaign().wants_query(None)
    assert a_campaign().wants_location(None)


def test_locations_narrow_a_campaign():
    campaign = a_campaign(locations=["New York"])
    assert campaign.wants_location("new york")
    assert not campaign.wants_location("Oslo")
    assert not campaign.wants_location(None)


def test_a_product_that_nobody_described_has_quality_one_and_no_vendor():
    assert Product(id="p").quality == 1
    market = Market(products=(Product(id="p", vendor="v", quality=0.5),))
    assert [(market.quality(each), market.vendor(each)) for each in ("p", "q")] == [(0.5, "v"), (1.0, None)]


BANNER = {"slots": ["ribbon"], "assets": [{"url": "/a.svg"}]}
BRAND = {"placements": ["top"], "content": {"headline": "x"}}


@pytest.mark.parametrize(
    ("keys", "kind"), [({}, "listings"), ({"banner": BANNER}, "banners"), ({"sponsored_brand": BRAND}, "brand")]
)
def test_a_section_of_its_own_says_what_a_campaign_is_for(keys, kind):
    assert a_campaign(**keys).kind == kind


def test_a_bid_says_what_it_is_for():
    bids = [{"products": ["a", "b"], "bid": "1"}, {"vendor": "v", "bid": "1"}, {"url": "/x", "bid": "1"}]
    assert [bid.targets for bid in a_campaign(bids=bids, banner=BANNER).bids] == [
        (("product", "a"), ("product", "b")),
        (("vendor", "v"),),
        (("url", "/x"),),
    ]


@pytest.mark.parametrize(
    ("categories", "asked", "met"),
    [
        (["a", "b"], Category(id="a"), True),
        (["a", "b"], Category(ids=["a", "b"]), True),
        (["a"], Category(ids=["a", "b"]), False),
        (["a", "c"], Category(disjunctions=[["a", "b"], ["c"]]), True),
        (["a"], Category(disjunctions=[["a", "b"], ["c"]]), False),
        (["a"], None, False),
        ([], Category(id="a"), True),
        ([], None, True),
    ],
)
def test_categories_narrow_a_banner(categories, asked, met):
    assert a_campaign(banner=BANNER, categories=categories).wants_category(asked) is met


@pytest.mark.parametrize("keys", [{"banner": BANNER}, {"sponsored_brand": BRAND}])
def test_any_product_is_no_target_of_a_banner_or_a_brand(keys):
    with pytest.raises(ValueError, match="`any_product` bids in listings alone"):
        a_campaign(bids=[{"any_product": "true", "bid": "1"}], **keys)


def test_the_least_bid_on_any_product_is_still_money():
    (bid,) = a_campaign(bids=[{"any_product": "true", "bid": "0.000001"}]).bids
    assert {bid.on(f"p{number}") for number in range(50)} == {1}
