"""Clocks: the real one goes forward, the manual one stands until it is moved."""

from proxy.clock import ManualClock, SystemClock


def test_a_manual_clock_moves_only_when_it_is_moved() -> None:
    clock = ManualClock(now=5, wall=100)
    assert (clock.now(), clock.wall()) == (5, 100)
    clock.advance(1.5)
    assert (clock.now(), clock.wall()) == (6.5, 101.5)


def test_the_systems_clock_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.now() for _ in range(100)]
    assert readings == sorted(readings)
    assert clock.wall() > 1_600_000_000
