"""Waits that end in time, with one timer for all of them.

Nearly all waits are as long as each other, and nearly all are over long before
their time: a timer each would be made and unmade for nothing. The one timer is
due when the first of those that wait now is, so that each ends at its own time.
"""

import asyncio
import math
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)

GRAIN: Final = 0.001
"""Seconds; uvloop counts in whole milliseconds, and a timer that comes a part of one early must not come again."""


class Patience(Generic[T]):
    """Everyone who waits, and until when.

    Args:
        over: is called with each whose time is over; it waits no longer.
    """

    def __init__(self, over: Callable[[T], None]) -> None:
        self._over = over
        self._until: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf

    def __len__(self) -> int:
        return len(self._until)

    def begin(self, waiting: T, seconds: float) -> None:
        """From now on `waiting` waits, for so long at most."""
        loop = asyncio.get_running_loop()
        until = self._until[waiting] = loop.time() + seconds
        if until < self._due:
            self._set(loop, until)

    def shorten(self, waiting: T, seconds: float) -> float:
        """`waiting`, who waits already, does so for `seconds` more at most; by how much that is less than before."""
        before = self._until[waiting]
        self.begin(waiting, min(seconds, before - asyncio.get_running_loop().time()))
        return before - self._until[waiting]

    def end(self, waiting: T) -> bool:
        """It waits no longer; whether it did until now."""
        return self._until.pop(waiting, None) is not None

    def end_all(self) -> list[T]:
        """Nobody waits any longer; who did until now."""
        waiting = [*self._until]
        self._until.clear()
        self._unset()
        return waiting

    def _look(self) -> None:
        """End the waits whose time is over, and come back for the next."""
        loop = asyncio.get_running_loop()
        now = loop.time() + GRAIN
        over = [waiting for waiting, until in self._until.items() if until <= now]
        for waiting in over:
            del self._until[waiting]
        self._unset()
        if self._until:
            self._set(loop, min(self._until.values()))
        for waiting in over:
            self._over(waiting)

    def _set(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._unset()
        self._due = due
        self._timer = loop.call_at(due, self._look)

    def _unset(self) -> None:
        self._due = math.inf
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
