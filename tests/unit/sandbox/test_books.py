"""The books: every event once, its price, its sale, in one transaction."""

from itertools import permutations
from uuid import UUID

import pytest

from proxy.sandbox.books import Books
from proxy.sandbox.config import parse_market
from proxy.sandbox.reported import Event, Item
from proxy.sandbox.seal import SealedBid
from proxy.sandbox.store import Store

NOON = 1_700_049_600.0 + 43_200 - 1_700_049_600.0 % 86_400
DAY = "2023-11-15"
MARKET = parse_market("""
campaigns:
  - {name: lamps, bids: [{products: [p1, p2], bid: 1}], budget: {daily: 1.00}}
  - {name: mugs, bids: [{product: p3, bid: 1}]}
""")
LAMPS, MUGS = (str(campaign.uuid) for campaign in MARKET.campaigns)
BIDS = {
    name: SealedBid(b"\0" * 16, UUID(campaign).bytes, "listings", "product", product, product, 1, 400_000, NOON, "u")
    for name, campaign, product in (("lamp", LAMPS, "p1"), ("mug", MUGS, "p3"))
}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def books(store):
    return Books(store, MARKET)


def an_event(kind: str, id: str, bid: str | None = None, user: str = "u", at: float = NOON, **more) -> Event:
    fields = {"product": None, "items": (), **more}
    return Event(kind, id, at, DAY, f"{kind}[0]", user, bid, written=b"{}", **fields)


def a_click(id: str, bid: str = "lamp", **more) -> Event:
    return an_event("clicks", id, bid, **more)


def a_sale(id: str, product: str = "p1", amount: float = 20_000_000, **more) -> Event:
    return an_event("purchases", id, items=[Item(product, amount, 1)], at=NOON + 60, **more)


def enter(books: Books, *events: Event) -> None:
    books.enter(events, BIDS, NOON)


def lines(books: Books) -> dict[tuple[str, str], tuple]:
    return {
        (line.campaign, line.product): (line.impressions, line.clicks, line.spend, line.sold, line.sales)
        for line in books.report()
    }


def test_what_comes_in_is_counted_and_listed_newest_first(books):
    enter(books, an_event("impressions", "a", "lamp"), an_event("pageviews", "a"))
    enter(books, a_click("a", product=None))
    assert books.counts() == {
        "impressions": 1,
        "clicks": 1,
        "purchases": 0,
        "pageviews": 1,
        "unique": 3,
        "duplicates": 0,
        "requests": 2,
    }
    assert [(one.kind, one.id, one.product) for one in books.latest(2)] == [
        ("clicks", "a", "p1"),
        ("pageviews", "a", None),
    ]
    assert [one.kind for one in books.latest(9, kind="impressions")] == ["impressions"]
    assert len(list(books.latest(9, id="a"))) == 3


def test_an_id_counts_once_within_its_kind(books, store):
    enter(books, a_click("a"), a_click("a"), an_event("impressions", "a", "lamp"))
    enter(books, a_click("a", bid="mug"))
    assert (books.counts()["unique"], books.counts()["duplicates"]) == (2, 2)
    assert store.spent(LAMPS, NOON).total == 400_000
    assert store.spent(MUGS, NOON).total == 0


def test_a_click_costs_its_price_and_never_more_than_what_is_left(books, store):
    enter(books, a_click("1"), a_click("2"), a_click("3"), a_click("4"))
    assert [one.charged for one in books.latest(4)] == [0, 200_000, 400_000, 400_000]
    assert store.spent(LAMPS, NOON).today == 1_000_000
    assert lines(books)[LAMPS, "p1"] == (0, 4, 1_000_000, 0, 0)


def test_a_click_for_a_campaign_that_left_the_file_costs_its_price(store):
    books = Books(store, parse_market("{}"))
    enter(books, *(a_click(str(number)) for number in range(4)))
    assert store.spent(LAMPS, NOON).total == 1_600_000


def test_an_organic_event_is_kept_and_costs_nobody(books):
    enter(books, an_event("clicks", "o", product="p1"), a_sale("s"))
    assert books.report() == []
    assert [one.product for one in books.latest(2)] == ["p1", "p1"]


def test_a_sale_is_owed_to_the_last_click_in_whatever_order_they_are_told(tmp_path):
    others = [a_click("somebody else's", user="w"), a_click("another thing", bid="mug", at=NOON + 50)]
    told = [a_click("first"), a_click("second", at=NOON + 30), a_click("too late", at=NOON + 90), a_sale("s")]
    reports = set()
    for number, order in enumerate(permutations(told)):
        store = Store(tmp_path / str(number))
        books = Books(store, MARKET)
        for event in (*others, *order):
            enter(books, event)
        reports.add(str(lines(books)))
        assert store.db.execute("SELECT clicked, click_at FROM sales").fetchall() == [("p1", NOON + 30)]
        store.close()
    assert len(reports) == 1


def test_a_sale_moves_to_a_later_click_of_another_campaign_and_takes_its_money_along(store):
    market = parse_market(
        "campaigns: [{name: lamps, bids: [{product: p1, bid: 1}]}, {name: mugs, bids: [{products: [p1, p3], bid: 1}]}]"
    )
    books = Books(store, market)
    enter(books, a_click("a"), a_sale("s"))
    assert lines(books)[LAMPS, "p1"][3:] == (1, 20_000_000)
    enter(books, a_click("b", bid="mug", at=NOON + 5))
    assert lines(books)[LAMPS, "p1"][3:] == (0, 0)
    assert lines(books)[MUGS, "p3"][3:] == (1, 20_000_000)


def test_the_report_can_be_of_one_campaign_or_one_day(books):
    enter(books, an_event("impressions", "a", "lamp"), an_event("impressions", "b", "mug"))
    assert [line.campaign for line in books.report(campaign=MUGS)] == [MUGS]
    assert len(books.report(day=DAY)) == 2
    assert books.report(day="2023-11-16") == []


def test_all_of_a_request_or_nothing(books, store):
    enter(books, a_click("before"))
    broken = an_event("purchases", "p", items=[Item("p1", 1.0, 1), Item("p1", 1.0, None)])
    with pytest.raises(Exception, match="NOT NULL"):
        enter(books, a_click("a"), an_event("impressions", "b", "lamp"), broken)
    assert [one.id for one in books.latest(9)] == ["before"]
    assert store.spent(LAMPS, NOON).total == 400_000
    assert (books.counts()["unique"], books.counts()["requests"]) == (1, 1)
    enter(books, a_click("a"))
    assert books.counts()["clicks"] == 2


def test_a_restart_forgets_nothing(books, store, tmp_path):
    enter(books, a_click("a"), a_sale("s"), a_click("a"))
    other = Store(tmp_path)
    again = Books(other, MARKET)
    assert again.counts() == books.counts()
    assert again.report() == books.report()
    enter(again, a_click("a"))
    assert again.counts()["duplicates"] == 2
    other.close()


def test_a_store_of_the_first_days_is_taken_over(tmp_path):
    old = Store(tmp_path)
    old.charge(LAMPS, 7, NOON)
    old.close()
    store = Store(tmp_path)
    enter(Books(store, MARKET), a_click("a"))
    assert store.spent(LAMPS, NOON).total == 400_007
    store.close()
