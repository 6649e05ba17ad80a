"""Listings seen lately, and which pages may guess by them."""

from dataclasses import replace

import pytest

from proxy.auction.foresight import MOST_IDS, OLDEST, Foresight, Gate, key_of, sets_of
from proxy.auction.question import Candidates
from proxy.clock import ManualClock
from proxy.rules.rule import Cache
from proxy.rules.sources import Sources
from tests.builders import a_rule, an_ask


def a_foresight():
    clock = ManualClock()
    return Foresight(clock.now), clock


def varied():
    cache = Cache(ttl=30.0, vary=Sources.parse("header.accept-language"))
    return replace(a_rule(), cache=cache)


def key(rule=None, captures=None, **ask):
    return key_of(rule or a_rule(), an_ask(**ask), captures or {})


@pytest.mark.parametrize(
    ("past", "is_open"),
    [
        ([True] * 9, False),
        ([True] * 10, True),
        ([True] * 9 + [False], True),
        ([True] * 8 + [False] * 2, False),
        ([False] * 10 + [True] * 9, True),
        ([False] * 10 + [True] * 8, False),
    ],
)
def test_a_page_may_guess_while_nine_of_the_last_ten_were_right(past, is_open):
    gate = Gate()
    for right in past:
        gate.note(right)
    assert gate.is_open is is_open


def test_a_listing_is_remembered_by_what_decides_it():
    rule = varied()
    one = key(rule, target="/api/search?q=a", headers=[("accept-language", "de"), ("cookie", "tsuid=1")])
    assert one == key(rule, target="/api/search?q=a", headers=[("accept-language", "de"), ("cookie", "tsuid=2")])
    assert one != key(rule, target="/api/search?q=b", headers=[("accept-language", "de")])
    assert one != key(rule, target="/api/search?q=a", headers=[("accept-language", "en")])
    assert key(method="POST", body=b"{}") != key(method="POST", body=b"[]")
    assert key(headers=[("host", "a.example")]) != key(headers=[("host", "b.example")])


def test_a_body_that_nobody_read_decides_what_nobody_knows():
    assert key(method="POST", body=None) is None


def test_the_same_products_in_another_order_are_the_same():
    assert sets_of([Candidates(["a", "b"]), Candidates(["c"])]) == sets_of([Candidates(["b", "a"]), Candidates(["c"])])
    assert sets_of([Candidates(["a", "b"])]) != sets_of([Candidates(["a"]), Candidates(["b"])])


def test_what_is_too_old_or_was_read_by_another_rule_is_no_guess():
    foresight, clock = a_foresight()
    rule = a_rule()
    foresight.remember(rule, key(rule), [Candidates(["a"])])
    assert foresight.of(rule, key(rule)).listings == (Candidates(["a"]),)
    assert foresight.of(a_rule(), key(rule)) is None
    clock.advance(OLDEST + 1)
    assert foresight.of(rule, key(rule)) is None


def test_the_memory_has_an_end():
    foresight, _ = a_foresight()
    rule = a_rule()
    many = [str(number) for number in range(MOST_IDS // 4)]
    for number in range(20):
        foresight.remember(rule, key(rule, target=f"/api/search?q={number}"), [Candidates(many)])
    assert len(foresight) == 3
    foresight.remember(rule, key(rule, target="/huge"), [Candidates([str(number) for number in range(MOST_IDS)])])
    assert len(foresight) == 3
