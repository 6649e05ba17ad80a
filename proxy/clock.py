"""Time as something handed in.

Whoever needs the time takes a `Clock`; nobody calls `time` from inside a
decision. Tests hand in a `ManualClock` and move it by hand, so that no test
waits for seconds to pass.

Two readings, never mixed: `now()` is monotonic, for durations and deadlines;
`wall()` is the calendar, for what people and other systems read.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """What the time is."""

    def now(self) -> float:
        """Seconds on a clock that only goes forward; its zero means nothing."""
        ...

    def wall(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z."""
        ...


class SystemClock:
    """The machine's own clocks."""

    now = staticmethod(time.monotonic)
    wall = staticmethod(time.time)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 0.0, wall: float = 1_700_000_000.0) -> None:
        self._now = now
        self._wall = wall

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._wall

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        self._now += seconds
        self._wall += seconds
