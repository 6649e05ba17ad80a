"""Stop asking one who cannot answer. Pure: the time and the chance are handed in.

    closed --- five failures in a row, or half of at least twenty calls within 10 s,
               or a refused key, or a 429 ---> open
    open ----- its time is over ---> one probe at a time
    probe ---- answered ---> closed;  failed ---> open, for twice as long (60 s at most)

Every call holds a ticket. A ticket from before the breaker last changed its
mind says nothing about now, so its outcome changes nothing: a hundred calls
that were under way when it opened do not double the wait a hundred times.

The same machine watches a page's late calls: there only the share counts, over
the last 10 s and over the last twenty calls where the 10 s hold fewer.
"""

from collections import deque
from enum import StrEnum
from typing import Final

FAILURES_IN_A_ROW: Final = 5
LEAST_CALLS: Final = 20
SHARE: Final = 0.5
WINDOW: Final = 10.0
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 60.0
SPREAD: Final = 0.2
# Calls are counted by tenths of a second: a window costs a hundred small counters at most, at any rate of calls.
GRAIN: Final = 0.1


class State(StrEnum):
    """What the breaker does with the next call."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


# An enum's member is slow to look up (Python 3.11), and every call asks.
_CLOSED: Final = State.CLOSED


class Share:
    """How many of the calls of late went wrong.

    Args:
        seconds: how far back it looks.
        keep: so many calls at least are remembered, however old they are.
    """

    def __init__(self, seconds: float = WINDOW, keep: int = 0) -> None:
        self._grains = round(seconds / GRAIN)
        self._keep = keep
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._counts: deque[list[int]] = deque()  # [grain, calls, bad]
        self.calls = 0
        self.bad = 0

    def add(self, now: float, bad: bool) -> None:
        """One more call, which ended at `now`."""
        grain, counts = int(now / GRAIN), self._counts
        if not counts or counts[-1][0] != grain:
            counts.append([grain, 0, 0])
        last = counts[-1]
        last[1] += 1
        last[2] += bad
        self.calls += 1
        self.bad += bad
        oldest = grain - self._grains
        while counts[0][0] <= oldest and self.calls - counts[0][1] >= self._keep:
            self._drop_first()

    def _drop_first(self) -> None:
        _, calls, bad = self._counts.popleft()
        self.calls -= calls
        self.bad -= bad

    @property
    def too_many(self) -> bool:
        """Half of at least twenty."""
        return self.calls >= LEAST_CALLS and self.bad >= self.calls * SHARE


class Breaker:
    """Whether to ask, and what each outcome means for the next one.

    Args:
        in_a_row: so many failures in a row open it; None where only the share counts.
        share: the window over which the share is counted.

    All times are seconds of one monotonic clock; every `chance` is in [0, 1).
    """

    def __init__(self, in_a_row: int | None = FAILURES_IN_A_ROW, share: Share | None = None) -> None:
        self._in_a_row = in_a_row
        self._share = share or Share()
        self._run = 0
        self._pauses = 0
        self._until = 0.0
        self._generation = 0
        self._probe_out = False
        self._key_refused = False
        self.state = State.CLOSED
        self.opened = 0
        """How often it has opened, for whoever watches."""

    def enter(self, now: float) -> int | None:
        """A ticket for one call, or None: do not ask. Every ticket must come back, by exactly one of the four below."""
        if self.state is _CLOSED:
            return self._generation
        if self._probe_out or now < self._until:
            return None
        self.state = State.PROBING
        self._probe_out = True
        return self._generation

    def would_let(self, now: float) -> bool:
        """What `enter` would say, without taking a ticket."""
        return self.state is _CLOSED or not (self._probe_out or now < self._until)

    # -- the four ends of a call ----------------------------------------------

    def answered(self, ticket: int, now: float, chance: float) -> None:
        """An answer that keeps the contract, or a refusal that is ours to mend: the run ends."""
        if ticket != self._generation:
            return
        if self.state is not _CLOSED:
            self._close()
            return
        self._run = 0
        share = self._share
        share.add(now, bad=False)
        if share.bad and share.too_many:
            self._open(now, self._pause(chance))

    def failed(self, ticket: int, now: float, chance: float) -> None:
        """Network trouble, no answer in time, 5xx, 408, or not the contract."""
        if ticket != self._generation:
            return
        if self.state is not _CLOSED:
            self._open(now, self._pause(chance))
            return
        self._run += 1
        self._share.add(now, bad=True)
        if self._share.too_many or (self._in_a_row is not None and self._run >= self._in_a_row):
            self._open(now, self._pause(chance))

    def refused(self, ticket: int, now: float, chance: float) -> None:
        """401 or 403: every further call would be refused too, until the key or its rights change."""
        if ticket == self._generation:
            self._open(now, self._pause(chance))
            self._key_refused = True

    def told_to_wait(self, ticket: int, now: float, seconds: float | None, chance: float) -> None:
        """429. `seconds` is its Retry-After; without one the pause is our own."""
        told = None if seconds is None else min(max(seconds, 0.0), LONGEST_PAUSE)
        if ticket == self._generation:
            pauses = self._pauses
            self._open(now, self._pause(chance) if told is None else told)
            self._pauses = self._pauses if told is None else pauses
        elif told is not None and self.state is State.OPEN:
            self._until = max(self._until, now + told)

    def withdrawn(self, ticket: int) -> None:
        """The call ended without telling anything about the ad platform."""
        if ticket == self._generation and self._probe_out:
            self._probe_out = False
            self.state = State.OPEN

    # -- what changes its mind ------------------------------------------------

    def new_key(self) -> None:
        """There is another key: a refusal of the old one no longer holds, everything else does."""
        if self._key_refused:
            self._close()

    def _pause(self, chance: float) -> float:
        return min(FIRST_PAUSE * 2.0**self._pauses, LONGEST_PAUSE) * (1 - SPREAD + 2 * SPREAD * chance)

    def _open(self, now: float, seconds: float) -> None:
        self._change(State.OPEN)
        self._until = now + seconds
        self._pauses = min(self._pauses + 1, 10)
        self.opened += 1

    def _close(self) -> None:
        self._change(State.CLOSED)
        self._pauses = 0

    def _change(self, state: State) -> None:
        self.state = state
        self._generation += 1
        self._probe_out = False
        self._key_refused = False
        self._run = 0
        self._share.forget()
