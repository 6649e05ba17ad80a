"""The books: every event once, its price, in one transaction."""

import pytest

from proxy.sandbox.books import Books
from proxy.sandbox.config import parse_market
from proxy.sandbox.reported import Item
from proxy.sandbox.store import Store
from tests.unit.sandbox.bookkeeping import DAY, LAMPS, MARKET, MUGS, NOON, a_click, a_sale, an_event, enter, lines


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def books(store):
    return Books(store, MARKET)


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
