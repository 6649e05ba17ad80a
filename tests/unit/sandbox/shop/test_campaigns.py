"""The demo's campaigns are for the demo's products."""

from importlib.resources import files

import pytest

from proxy.sandbox.auction import Contender, decide
from proxy.sandbox.banners import contenders, slot_of_v2
from proxy.sandbox.campaigns import MICROS
from proxy.sandbox.config import parse_market
from proxy.sandbox.shop.catalogue import catalogue
from proxy.sandbox.shop.drawings.ribbon import SHAPES
from proxy.sandbox.shop.search import Search, Wish
from proxy.topsort.v2 import Auction, Category

MARKET = parse_market((files("proxy.sandbox.shop") / "campaigns.yaml").read_text("utf-8"), "campaigns.yaml")
IN_LISTINGS = [campaign for campaign in MARKET.campaigns if campaign.kind == "listings"]
BIDS = {id: bid.bid for campaign in IN_LISTINGS for bid in campaign.bids for id in bid.product_ids}


def test_every_product_that_is_bid_on_is_in_the_shop():
    bids = [bid for campaign in MARKET.campaigns for bid in campaign.bids]
    assert {id for bid in bids for id in bid.product_ids} <= {item.id for item in catalogue()}
    vendors = {bid.vendor for campaign in MARKET.campaigns for bid in campaign.bids if bid.vendor}
    assert vendors <= {item.seller_id for item in catalogue()}


def test_every_bid_is_over_the_reserve():
    assert all(MARKET.reserve < bid <= 2 * MICROS for bid in BIDS.values())


@pytest.mark.parametrize("q", ["", "lamp", "chair", "shoes", "bag", "mug", "headphones", "plant", "sweater", "tea"])
def test_common_searches_have_an_auction_worth_looking_at(q):
    items = Search(catalogue()).find(Wish(q=q)).items
    bids = [Contender(item.brand, "product", item.id, item.id, BIDS[item.id], 1.0) for item in items if item.id in BIDS]
    winners = decide(bids, 3, MARKET.reserve)
    assert len(winners) >= 2
    assert winners[0].contender.product != items[0].id


@pytest.mark.parametrize("device", ["desktop", "mobile"])
@pytest.mark.parametrize(
    ("asked", "winner"),
    [
        ({"slot_id": "search-ribbon", "search_query": "desk lamp"}, "PL-1085"),
        ({"slot_id": "search-ribbon", "search_query": "boots"}, "BT-1050"),
        ({"slot_id": "search-ribbon", "search_query": "headphones"}, "/search?q=tonn"),
        ({"slot_id": "category-ribbon", "category": Category(id="garden")}, "PT-1057"),
        ({"slot_id": "category-ribbon", "category": Category(id="lighting")}, "s-northside"),
    ],
)
def test_the_ribbons_of_the_demos_rules_have_a_winner(asked, winner, device):
    slot = slot_of_v2(Auction(type="banners", slots=1, device=device, **asked))
    bidding = [(campaign, campaign.bids) for campaign in MARKET.campaigns if campaign.kind == "banners"]
    (won,) = decide(contenders(bidding, slot, MARKET), 1, MARKET.reserve)
    assert won.contender.id == winner


def test_every_file_of_a_banner_is_one_that_the_shop_draws():
    files = [file.url for campaign in MARKET.campaigns if campaign.banner for file in campaign.banner.assets]
    known = {item.id for item in catalogue()}
    for file in files:
        _, banners, shape, name = file.split("/")
        assert (banners, shape in SHAPES, name.removesuffix(".svg") in known) == ("banners", True, True), file
