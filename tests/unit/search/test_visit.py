"""A visit's times add up, and its story fits in two headers."""

from proxy.clock import ManualClock
from proxy.reasons import Reason
from proxy.search.visit import OpenVisit, status_headers


def a_visit(clock: ManualClock) -> OpenVisit:
    return OpenVisit("00ff", "search", 3, "GET", "/api/search", "9f2c", clock, clock.now())


def test_the_shoppers_wait_is_split_by_whom_it_waited_for() -> None:
    clock = ManualClock()
    visit = a_visit(clock)
    clock.advance(0.002)
    clock.advance(0.080)
    visit.marketplace_answered()
    clock.advance(0.001)
    visit.asks_for_ads(0.150)
    clock.advance(0.030)
    visit.has_ads()
    clock.advance(0.004)
    ended = visit.end(Reason.SERVED, 200)
    assert [round(ms, 6) for ms in (ended.upstream_ms, ended.ads_ms, ended.proxy_ms, ended.added_ms)] == [82, 30, 5, 35]


def test_the_budget_is_counted_from_the_marketplaces_answer() -> None:
    clock = ManualClock()
    visit = a_visit(clock)
    clock.advance(10)
    visit.marketplace_answered()
    assert visit.asks_for_ads(0.150) == 0.150
    clock.advance(0.1)
    assert round(visit.time_left(0.150), 6) == 0.050
    clock.advance(0.1)
    assert visit.asks_for_ads(0.150) < 0


def test_a_visit_that_never_reached_the_marketplace_has_no_negative_times() -> None:
    clock = ManualClock()
    visit = a_visit(clock)
    clock.advance(0.5)
    ended = visit.end(Reason.GONE, 499)
    assert (ended.upstream_ms, ended.ads_ms, ended.proxy_ms) == (0, 0, 500)


def test_the_headers_tell_the_visit() -> None:
    clock = ManualClock()
    visit = a_visit(clock)
    clock.advance(0.0804)
    visit.marketplace_answered()
    visit.winners = 2
    assert status_headers(visit.end(Reason.SERVED, 200)) == (
        b"Sponsored-Status: served; winners=2; visit=00ff\r\n"
        b"Server-Timing: search;dur=80.4, auction;dur=0.0, proxy;dur=0.0\r\n"
    )
