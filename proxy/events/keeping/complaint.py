"""What is said where the dead letters have no room, wherever they are kept: of the event, and in the log.

It lasts until somebody makes room, and every settlement meets it again: so the
log is told at once, and after that once in a while.
"""

import logging
from typing import Final

from proxy.clock import Clock

EVERY: Final = 300.0
"""Seconds between two complaints."""

OF_THE_EVENT: Final = " (it waits still, since the dead letters have no room: retry, export or drop some)"
"""What an event's own story ends with."""

_log = logging.getLogger(__name__)


class Complaint:
    """What the log is told where the dead letters have no room.

    Args:
        dead_size: bytes that they may take.
        clock: what passes.
    """

    def __init__(self, dead_size: int, clock: Clock) -> None:
        self._dead_size = dead_size
        self._clock = clock
        self._next = float("-inf")

    def say(self) -> None:
        """Say it, unless it was said a short while ago."""
        if self._clock.now() >= self._next:
            self._next = self._clock.now() + EVERY
            _log.error("the dead letters have no room (%d bytes): what is refused goes on waiting", self._dead_size)
