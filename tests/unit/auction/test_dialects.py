"""A question in the words of each API."""

import json

from proxy.auction.dialects import DIALECTS
from proxy.topsort import contract, v2

AUCTION = v2.Auction(
    type="listings",
    slots=2,
    products=v2.Products(ids=["p_1", "p_2"], quality_scores=[1.0, 0.5]),
    search_query="shoes",
    geo_targeting=v2.GeoTargeting(location="New York"),
    opaque_user_id="u-1",
    placement_id=7,
    page=v2.Page(type="search", page_id="/search"),
)


def test_version_2_takes_five_auctions_in_one_call():
    dialect = DIALECTS["v2"]
    body = dialect.write([AUCTION] * dialect.most)
    assert contract.read_auctions(body).auctions == [AUCTION] * 5
    assert dialect.path == "/v2/auctions"


def test_version_1_takes_one_auction_and_says_less_of_it():
    dialect = DIALECTS["v1"]
    body = dialect.write([AUCTION])
    assert json.loads(body) == {
        "slots": {"listings": 2},
        "products": [{"productId": "p_1", "quality": 1.0}, {"productId": "p_2", "quality": 0.5}],
        "session": {"sessionId": "u-1"},
        "geoTargeting": {"location": "New York"},
    }
    assert contract.read_v1_auction(body)
    assert (dialect.path, dialect.most, dialect.banners) == ("/v1/auctions", 1, False)


def test_version_1_without_a_user_or_scores_says_products_only():
    body = DIALECTS["v1"].write([v2.Auction(type="listings", slots=1, products=v2.Products(ids=["p_1"]))])
    assert json.loads(body) == {"slots": {"listings": 1}, "products": [{"productId": "p_1"}]}
