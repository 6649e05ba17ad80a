"""Who takes part in a listing; what an exchange makes of it is in test_exchange.py."""

import pytest

from proxy.sandbox.config import parse_market
from proxy.sandbox.listings import Listing, contenders, listing_of_v1, listing_of_v2
from proxy.topsort import v1, v2

MARKET = parse_market("""
products: [{id: p1, vendor: v1, categories: [lamps], quality: 0.5}, {id: p2, vendor: v1}]
campaigns:
  - {name: a, bids: [{product: p1, bid: 1}, {vendor: v1, bid: 2}]}
  - {name: b, keywords: [lamp], bids: [{product: p9, bid: 3}]}
""")


def taking_part(listing):
    bidding = [(campaign, campaign.bids) for campaign in MARKET.campaigns]
    return [(each.type, each.product, each.quality) for each in contenders(bidding, listing, MARKET)]


@pytest.mark.parametrize(
    ("listing", "found"),
    [
        (Listing(1, ["p1"]), [("product", "p1", 0.5), ("vendor", "p1", 0.5)]),
        (Listing(1, ["p2"], [0.25]), [("vendor", "p2", 0.25)]),
        (Listing(1, ["p3"]), []),
        (Listing(1, None, category=v2.Category(id="lamps")), [("product", "p1", 0.5), ("vendor", "p1", 0.5)]),
        (Listing(1, ["p3"], search_query="lamp"), [("product", "p9", 1.0)]),
        (Listing(1, ["p9"]), []),  # a keyword's campaign waits for its word
    ],
)
def test_products_vendors_and_words_say_who_takes_part(listing, found):
    assert taking_part(listing) == found


def test_both_versions_ask_for_the_same():
    question = v2.Auction(
        type="listings", slots=2, products=v2.Products(ids=["p1"], quality_scores=[0.5]), opaque_user_id="u"
    )
    older = v1.AuctionRequest(products=[v1.Product(product_id="p1", quality=0.5)], session=v1.Session(session_id="u"))
    assert listing_of_v2(question) == listing_of_v1(older, 2) == Listing(2, ["p1"], [0.5], user="u")


def prices_of(ids):
    market = parse_market("campaigns: [{name: all, bids: [{any_product: true, bid: 0.50}]}]")
    (campaign,) = market.campaigns
    bidding = [(campaign, campaign.bids)]
    return {each.product: each.bid for each in contenders(bidding, Listing(1, ids), market)}


def test_a_bid_on_any_product_takes_part_with_all_of_them_at_prices_that_follow_from_their_ids():
    ids = [f"p{number}" for number in range(500)]
    prices = prices_of(ids)
    assert list(prices) == ids
    assert all(50_000 <= price <= 500_000 for price in prices.values())
    assert len(set(prices.values())) > 300
    assert prices_of(ids[::-2]) == {id: prices[id] for id in ids[::-2]}
