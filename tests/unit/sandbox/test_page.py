"""The page for people, as text."""

import re
from html.parser import HTMLParser

from proxy.sandbox.books import Kept
from proxy.sandbox.budget import Spent
from proxy.sandbox.config import parse_market
from proxy.sandbox.page import Account, render
from proxy.sandbox.report import Day

EVIL = '</td><script>alert("&1")</script>'
MARKET = parse_market("""
currency: EUR
campaigns:
  - {name: lamps, bids: [{product: p1, bid: 1}], budget: {daily: 10.00}}
  - {name: "<b>mugs</b>", bids: [{product: p3, bid: 1}], active: false}
""")
LAMPS, MUGS = MARKET.campaigns
LINES = [Day(str(LAMPS.uuid), "p1", "2026-01-31", 1000, 40, 12_340_000, 3, 99_000_000.0)]
COUNTS = {"unique": 1043, "requests": 20, "duplicates": 2}


class Elements(HTMLParser):
    """Every element and all text of a page; fails where one is not closed."""

    VOID = ("meta", "link", "br", "img", "input")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names, self.open, self.text = set(), [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def page(lines=LINES, latest=(), accounts=None, chosen=(None, None)) -> str:
    accounts = [Account(LAMPS, None, Spent(20_000_000, 4_000_000))] if accounts is None else accounts
    return render(MARKET, accounts, lines, latest, COUNTS, chosen)


def test_it_shows_the_sums_the_campaigns_and_the_days():
    text = " ".join(Elements(page()).text)
    for shown in (
        "1,043 events in 20 requests, 2 came again",
        "4.0 %",
        "12.34",
        "0.31",
        "8.0",
        "4.00 of 10.00",
        "2026-01-31",
    ):
        assert shown in text


def test_before_anything_happened_it_says_so():
    text = " ".join(Elements(page(lines=[])).text)
    assert "No ad was seen yet." in text
    assert "Nothing came in yet." in text


def test_what_came_from_outside_is_text():
    event = Kept(1, "clicks", EVIL, 0.0, EVIL, EVIL, None, EVIL, 0, b"{}")
    shown = page(
        [Day(EVIL, EVIL, EVIL, 1, 0, 0, 0, 0.0)], [event], [Account(MUGS, "not active", Spent())], (EVIL, EVIL)
    )
    elements = Elements(shown)
    assert "script" not in elements.names
    assert "b" not in elements.names
    assert EVIL in elements.text


def test_it_fetches_nothing():
    assert re.findall(r"(?:src|url|@import|https?:)[^\n]{0,30}", page()) == []


def test_what_was_chosen_stays_chosen():
    assert "<option selected>lamps</option>" in page(chosen=("lamps", None))
    assert "<option selected>2026-02-01</option>" in page(chosen=(None, "2026-02-01"))
