"""The breaker as a table of days: what happens when, and whether the next call may go."""

import pytest

from proxy.auction.breaker import Breaker, Share, State
from proxy.clock import ManualClock

MIDDLE = 0.5  # the chance that leaves a pause as it is


class Day:
    """A breaker and the clock beside it."""

    def __init__(self, breaker: Breaker | None = None) -> None:
        self.breaker = breaker or Breaker()
        self.clock = ManualClock(now=1000.0)

    def ticket(self) -> int:
        ticket = self.breaker.enter(self.clock.now())
        assert ticket is not None
        return ticket

    def end(self, how: str, ticket: int, chance: float = MIDDLE) -> None:
        now = self.clock.now()
        if how.startswith("429"):
            seconds = how.partition(" ")[2]
            self.breaker.told_to_wait(ticket, now, float(seconds) if seconds else None, chance)
        elif how == "gone":
            self.breaker.withdrawn(ticket)
        else:
            {"ok": self.breaker.answered, "bad": self.breaker.failed, "401": self.breaker.refused}[how](
                ticket, now, chance
            )

    def call(self, how: str, chance: float = MIDDLE) -> None:
        self.end(how, self.ticket(), chance)

    def asks(self) -> bool:
        return self.breaker.would_let(self.clock.now())

    def asks_after(self, seconds: float) -> bool:
        self.clock.advance(seconds)
        return self.asks()


def opened() -> Day:
    day = Day()
    for _ in range(5):
        day.call("bad")
    return day


CASES = [
    ("nothing has happened", [], True),
    ("four failures in a row", ["bad"] * 4, True),
    ("five failures in a row", ["bad"] * 5, False),
    ("an answer ends the run", ["bad"] * 4 + ["ok"] + ["bad"] * 4, True),
    ("five in a row after an answer", ["ok", *["bad"] * 5], False),
    ("half of nineteen calls", ["bad", "ok"] * 9 + ["bad"], True),
    ("half of twenty calls", ["bad", "ok"] * 10, False),
    ("less than half of twenty calls", ["bad", "ok"] * 9 + ["ok", "ok"], True),
    ("a refused key", ["401"], False),
    ("too many requests, with a time", ["429 7"], False),
    ("too many requests, without a time", ["429"], False),
    ("calls that say nothing", ["gone"] * 50, True),
]


@pytest.mark.parametrize(("calls", "asks"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_opens_the_breaker(calls, asks):
    day = Day()
    for how in calls:
        day.call(how)
    assert day.asks() is asks
    assert (day.breaker.state is State.CLOSED) is asks


@pytest.mark.parametrize(("gap", "asks"), [(0.49, False), (0.55, True)])
def test_only_the_last_ten_seconds_count_for_the_share(gap, asks):
    day = Day()
    for place in range(20):
        day.call("bad" if place % 2 else "ok")
        if place < 19:
            day.clock.advance(gap)
    assert day.asks() is asks


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 4.0), (0.5, 5.0), (1.0, 6.0)])
def test_the_first_pause_is_five_seconds_more_or_less_a_fifth(chance, pause):
    day = Day()
    for _ in range(5):
        day.call("bad", chance)
    assert not day.asks_after(pause - 0.01)
    assert day.asks_after(0.02)


def test_each_failed_probe_doubles_the_pause_up_to_a_minute():
    day = opened()
    for pause in (5, 10, 20, 40, 60, 60, 60):
        assert not day.asks_after(pause - 0.01)
        day.clock.advance(0.02)
        day.call("bad")
    assert day.breaker.opened == 8


def test_one_probe_at_a_time():
    day = opened()
    day.clock.advance(5.01)
    probe = day.ticket()
    assert day.breaker.state is State.PROBING
    assert day.breaker.enter(day.clock.now()) is None
    day.end("ok", probe)
    assert day.breaker.state is State.CLOSED
    assert day.asks()


def test_a_probe_that_says_nothing_leaves_its_place_to_the_next():
    day = opened()
    day.clock.advance(5.01)
    day.end("gone", day.ticket())
    assert day.breaker.state is State.OPEN
    day.end("ok", day.ticket())
    assert day.breaker.state is State.CLOSED


def test_after_a_good_probe_the_count_and_the_pause_begin_anew():
    day = opened()
    day.clock.advance(5.01)
    day.call("bad")
    day.clock.advance(10.01)
    day.call("ok")
    for _ in range(4):
        day.call("bad")
    assert day.asks()
    day.call("bad")
    assert not day.asks_after(4.99)
    assert day.asks_after(0.02)


@pytest.mark.parametrize("how", ["bad", "ok", "401", "gone"])
def test_calls_from_before_it_opened_change_nothing(how):
    day = Day()
    old = [day.ticket() for _ in range(100)]
    for _ in range(5):
        day.call("bad")
    for ticket in old:
        day.end(how, ticket)
    assert not day.asks_after(4.99)
    assert day.asks_after(0.02)


def test_a_late_429_still_prolongs_the_pause():
    day = Day()
    old = day.ticket()
    for _ in range(5):
        day.call("bad")
    day.end("429 30", old)
    assert not day.asks_after(29.9)
    assert day.asks_after(0.2)


@pytest.mark.parametrize(("told", "pause"), [("0", 0.0), ("7", 7.0), ("60", 60.0), ("86400", 60.0), ("-3", 0.0)])
def test_a_retry_after_is_kept_to_a_minute_at_most(told, pause):
    day = Day()
    day.call(f"429 {told}", chance=0.0)
    if pause:
        assert not day.asks_after(pause - 0.01)
    assert day.asks_after(0.02)


def test_a_new_key_asks_at_once():
    day = Day()
    day.call("401")
    assert not day.asks()
    day.breaker.new_key()
    assert day.asks()


def test_a_new_key_does_not_mend_the_network():
    day = opened()
    day.breaker.new_key()
    assert not day.asks()


def test_a_refused_key_is_probed_after_a_while():
    day = Day()
    day.call("401")
    day.clock.advance(5.01)
    day.call("401")
    assert not day.asks_after(9.99)
    assert day.asks_after(0.02)


# -- a page's late calls ------------------------------------------------------


def a_page() -> Day:
    return Day(Breaker(in_a_row=None, share=Share(keep=20)))


def test_a_page_does_not_mind_a_few_late_calls_in_a_row():
    day = a_page()
    for _ in range(19):
        day.call("bad")
    assert day.asks()
    day.call("bad")
    assert not day.asks()


def test_a_quiet_page_remembers_its_last_twenty_calls():
    day = a_page()
    for place in range(20):
        day.clock.advance(30)
        day.call("bad" if place % 2 else "ok")
    assert not day.asks()


def test_a_busy_page_forgets_what_is_older_than_ten_seconds():
    share = Share(keep=20)
    for _ in range(19):
        share.add(1000.0, bad=True)
    for _ in range(20):
        share.add(1011.0, bad=False)
    assert (share.calls, share.bad) == (20, 0)
