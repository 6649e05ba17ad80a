"""Sales in the books, and the clicks to which they are owed."""

from itertools import permutations

import pytest

from proxy.sandbox.books import Books
from proxy.sandbox.config import parse_market
from proxy.sandbox.reported import Item
from proxy.sandbox.store import Store
from tests.unit.sandbox.bookkeeping import LAMPS, MARKET, MUGS, NOON, a_click, a_sale, enter, lines


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


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


def test_each_line_of_an_order_finds_its_own_click(store):
    books = Books(store, MARKET)
    enter(books, a_click("a"), a_click("b", bid="mug"))
    items = [Item("p1", 10_000_000.0, 1), Item("p3", 5_000_000.0, 2), Item("p7", 1.0, 1)]
    enter(books, a_sale("s", items=items))
    assert lines(books)[LAMPS, "p1"][3:] == (1, 10_000_000)
    assert lines(books)[MUGS, "p3"][3:] == (2, 5_000_000)
    assert len(lines(books)) == 2


def test_another_product_of_the_campaign_is_a_sale_of_what_was_clicked(store):
    books = Books(store, MARKET)
    enter(books, a_click("a"), a_sale("s", product="p2"))
    assert lines(books)[LAMPS, "p1"][3:] == (1, 20_000_000)
    assert store.db.execute("SELECT at FROM sales").fetchone()[0] > NOON
