"""So many bytes and no more, and what was not asked for longest goes first."""

import json

from proxy.search.caching.store import MOST_VARIANTS, Store
from proxy.search.plan import Plan
from tests.unit.search.caching.answers import RULE, asked, kept


def test_what_was_put_is_found_by_its_url() -> None:
    store = Store(1 << 20)
    one = kept()
    store.put(one)
    assert store.find(asked()) is one
    assert store.find(asked(target="/api/search?q=y")) is None
    assert (len(store), store.bytes) == (1, one.weight)


def test_the_latest_of_several_that_fit_is_given() -> None:
    store = Store(1 << 20)
    store.put(kept("Vary: X-A", ask=[("X-A", "1")]))
    late = kept(at=200)
    store.put(late)
    assert store.find(asked(("X-A", "1"))) is late
    assert len(store) == 2


def test_what_was_not_asked_for_longest_goes_first() -> None:
    one = kept(target="/api/search?q=1", body=b"x" * 10_000)
    store = Store(3 * one.weight)
    for n in "123":
        store.put(kept(target=f"/api/search?q={n}", body=b"x" * 10_000))
    store.find(asked(target="/api/search?q=1"))
    store.put(kept(target="/api/search?q=4", body=b"x" * 10_000))
    assert [n for n in "1234" if store.find(asked(target=f"/api/search?q={n}"))] == ["1", "3", "4"]
    assert store.bytes <= 3 * one.weight


def test_what_is_too_large_alone_is_not_kept_and_takes_the_old_one_with_it() -> None:
    store = Store(20_000)
    store.put(kept())
    store.put(kept(body=b"x" * 20_000))
    assert store.find(asked()) is None
    assert store.bytes == 0


def test_the_variants_of_one_url_have_a_bound_in_number_and_bytes() -> None:
    store = Store(1 << 20)
    for n in range(MOST_VARIANTS + 5):
        store.put(kept("Vary: X-A", ask=[("X-A", str(n))]))
    assert len(store) == MOST_VARIANTS
    assert store.find(asked(("X-A", "4"))) is None
    assert store.find(asked(("X-A", "5"))) is not None
    small = Store(3 * kept().weight)
    for n in range(9):
        small.put(kept("Vary: X-A", ask=[("X-A", str(n))]))
    assert 0 < small.bytes <= 3 * kept().weight
    assert small.find(asked(("X-A", "8"))) is not None


def test_what_was_read_of_an_answer_is_weighed_and_let_go_where_it_is_too_heavy() -> None:
    body = json.dumps({"products": [{"id": f"p{n}"} for n in range(500)]}).encode()
    plan = Plan(RULE)
    for most, remembers in ((1 << 20, True), (kept(body=body).weight + 1000, False)):
        store = Store(most)
        one = kept(body=body)
        store.put(one)
        one.remember(plan, plan.read(body))
        assert (one.page_of(plan) is not None) is remembers
        assert store.find(asked()) is one
        assert store.bytes == one.weight <= most


def test_what_is_kept_no_more_is_not_weighed() -> None:
    store = Store(1 << 20)
    one = kept()
    store.put(one)
    store.forget(one.uri)
    store.weigh(one)
    assert (len(store), store.bytes) == (0, 0)


def test_a_store_without_room_keeps_nothing() -> None:
    store = Store(0)
    assert not store.keeps
    store.put(kept())
    assert len(store) == 0
