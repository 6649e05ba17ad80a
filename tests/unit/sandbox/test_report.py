"""Figures, and what they amount to."""

from proxy.sandbox.config import parse_market
from proxy.sandbox.report import Day, Figures, by_campaign, name_of, told, total

MARKET = parse_market("{currency: EUR, campaigns: [{name: lamps, bids: [{product: p1, bid: 1}]}]}")
LAMPS = str(MARKET.campaigns[0].uuid)
LINES = [
    Day(LAMPS, "p1", "2026-01-31", 100, 4, 2_000_000, 3, 30_000_000.0),
    Day(LAMPS, "p1", "2026-01-30", 100, 0, 0, 0, 0.0),
    Day("gone", "p7", "2026-01-30", 0, 1, 500_000, 0, 0.0),
]


def test_a_line_is_told_with_its_shares_in_major_units():
    assert told(LINES, MARKET)["rows"][0] == {
        "day": "2026-01-31",
        "campaign": LAMPS,
        "name": "lamps",
        "product": "p1",
        "impressions": 100,
        "clicks": 4,
        "ctr": 0.04,
        "spend": 2.0,
        "cpc": 0.5,
        "sold": 3,
        "sales": 30.0,
        "roas": 15.0,
    }


def test_a_share_of_nothing_is_none():
    nothing = Figures().told()
    assert [nothing[name] for name in ("ctr", "cpc", "roas")] == [None, None, None]


def test_lines_add_up_in_all_and_by_campaign():
    assert total(LINES) == Figures(200, 5, 2_500_000, 3, 30_000_000.0)
    assert by_campaign(LINES) == {LAMPS: Figures(200, 4, 2_000_000, 3, 30_000_000.0), "gone": LINES[2].figures}
    assert told(LINES, MARKET)["total"]["spend"] == 2.5
    assert told(LINES, MARKET)["currency"] == "EUR"


def test_a_campaign_that_left_the_file_goes_by_its_id():
    assert (name_of(LAMPS, MARKET), name_of("gone", MARKET)) == ("lamps", "gone")
