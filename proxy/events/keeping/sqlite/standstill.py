"""The time that does not count.

While delivery stands still because the set-up is at fault, no event grows older.
So ages are taken on a clock of their own: the calendar's time, less all the time
that delivery has stood still. `event.born` is on it, and so is its reading now.

Whoever delivers says every few seconds that it stands still; that is written
down, so a restart in the middle changes nothing. Silence longer than `FRESH`
means that nobody stands still any more: the process is gone.
"""

import sqlite3
from typing import Final, NamedTuple

FRESH: Final = 60.0
"""Seconds for which a word that delivery stands still holds."""


class Standstill(NamedTuple):
    """How long delivery has stood still.

    Attributes:
        stood: seconds, all together, until `since`.
        since: when it was last said that it stands still; None when it goes on.
        why: the reason.
    """

    stood: float
    since: float | None
    why: str

    def until(self, wall: float) -> float:
        """Seconds that it has stood still in all, at `wall`."""
        return self.stood + self._lasting(wall)

    def clock(self, wall: float) -> float:
        """The clock of ages, at `wall`."""
        return wall - self.until(wall)

    def is_on(self, wall: float) -> bool:
        """Whether it stands still at `wall`."""
        return self.since is not None and wall - self.since <= FRESH

    def _lasting(self, wall: float) -> float:
        if self.since is None or not 0 < wall - self.since <= FRESH:
            return 0.0
        return wall - self.since


def standstill(connection: sqlite3.Connection) -> Standstill:
    """What is written down."""
    return Standstill(*connection.execute("SELECT stood, still_since, still_why FROM state").fetchone())


def stand_still(connection: sqlite3.Connection, wall: float, why: str) -> None:
    """Write down that delivery stands still at `wall`. Saying it twice in a moment is saying it once."""
    until = standstill(connection).until(wall)
    connection.execute("UPDATE state SET stood = ?, still_since = ?, still_why = ?", (until, wall, why))


def go_on(connection: sqlite3.Connection, wall: float) -> None:
    """Write down that delivery goes on."""
    until = standstill(connection).until(wall)
    connection.execute("UPDATE state SET stood = ?, still_since = NULL, still_why = ''", (until,))
