"""Which click a sale is owed to."""

import pytest

from proxy.sandbox.attribution import WINDOW, Click, owed_to
from proxy.sandbox.config import parse_market

MARKET = parse_market("""
products: [{id: p9, vendor: v1}]
campaigns:
  - {name: lamps, bids: [{products: [p1, p2], bid: 1}]}
  - {name: a seller, bids: [{vendor: v1, bid: 1}]}
  - {name: all, bids: [{any_product: true, bid: 1}]}
""")
LAMPS, SELLER, ANY = (str(campaign.uuid) for campaign in MARKET.campaigns)
AT = 1_000_000_000.0


def click(event: int, before: float, product: str = "p1", campaign: str = LAMPS) -> Click:
    return Click(event, campaign, product, AT - before)


def test_the_last_click_before_the_sale_counts():
    clicks = [click(1, 300), click(3, 60), click(2, 120), click(4, -1)]
    assert owed_to("p1", AT, clicks, MARKET).event == 3


def test_of_two_clicks_in_one_moment_the_one_that_was_told_later_counts():
    assert owed_to("p1", AT, [click(2, 5), click(1, 5)], MARKET).event == 2


@pytest.mark.parametrize(("before", "counts"), [(WINDOW, True), (WINDOW + 1, False), (0, True)])
def test_a_click_counts_for_fourteen_days(before, counts):
    assert (owed_to("p1", AT, [click(1, before)], MARKET) is not None) is counts


@pytest.mark.parametrize(
    ("sold", "clicked", "campaign", "counts"),
    [
        ("p1", "p1", LAMPS, True),
        ("p2", "p1", LAMPS, True),
        ("p3", "p1", LAMPS, False),
        ("p9", "p8", SELLER, True),
        ("p8", "p8", SELLER, True),
        ("p1", "p8", SELLER, False),
        ("p1", "p8", ANY, True),
        ("p5", "p5", "gone from the file", True),
        ("p6", "p5", "gone from the file", False),
    ],
)
def test_what_was_clicked_counts_and_what_its_campaign_bids_for_as_well(sold, clicked, campaign, counts):
    assert (owed_to(sold, AT, [click(1, 5, clicked, campaign)], MARKET) is not None) is counts


def test_a_sale_without_a_click_is_owed_to_nobody():
    assert owed_to("p1", AT, [], MARKET) is None
