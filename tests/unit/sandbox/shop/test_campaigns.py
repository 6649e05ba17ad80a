"""The demo's campaigns are for the demo's products."""

from importlib.resources import files

import pytest

from proxy.sandbox.auction import Contender, decide
from proxy.sandbox.campaigns import MICROS
from proxy.sandbox.config import parse_market
from proxy.sandbox.shop.catalogue import catalogue
from proxy.sandbox.shop.search import Search, Wish

MARKET = parse_market((files("proxy.sandbox.shop") / "campaigns.yaml").read_text("utf-8"), "campaigns.yaml")
BIDS = {id: bid.bid for campaign in MARKET.campaigns for bid in campaign.bids for id in bid.product_ids}


def test_every_product_that_is_bid_on_is_in_the_shop():
    assert set(BIDS) <= {item.id for item in catalogue()}
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
