"""What is due, and what became of it.

A due time is on the deliverer's own clock, and only one process of a machine
delivers: a jump of the calendar's clock, forward or back, moves nothing. After a
restart the clock begins anew from the calendar's; a due time that is further away
than any pause can be was written before a jump, and is due now.
"""

import sqlite3
from collections.abc import Collection, Sequence
from typing import Final

from proxy.events.backoff import LONGEST, most_together
from proxy.events.event import Kept
from proxy.events.keeping.complaint import OF_THE_EVENT
from proxy.events.keeping.outbox import Again, Dead, Delivered, Settlement
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.deciding import kept, row_of
from proxy.events.keeping.sqlite.standstill import standstill
from proxy.events.keeping.sqlite.taking import forget, remember, size_on

_YOUNG: Final = 3600.0
"""Seconds after which a delivered event is remembered anew, from its delivery."""

_SELECT: Final = f"SELECT {schema.EVENT_COLUMNS} FROM event"
_UNTRIED: Final = f"{_SELECT} WHERE shelf = {schema.WAITING} AND attempts = 0 AND kind = ? ORDER BY ref LIMIT ?"
_TRIED: Final = f"{_SELECT} WHERE shelf = {schema.WAITING} AND attempts > 0 AND kind = ? AND due"


def due(
    connection: sqlite3.Connection, kind: str, most: int, claimed: Collection[str], *, now: float, wall: float
) -> Sequence[Kept]:
    """Up to `most` events of a kind that are due and not claimed, oldest first.

    Args:
        connection: where they are.
        kind: theirs.
        most: how many at most; fewer where one of them was tried often.
        claimed: their refs.
        now: seconds on the deliverer's clock, for due times.
        wall: seconds since 1970, for ages.
    """
    enough = most + len(claimed)
    rows = connection.execute(_UNTRIED, (kind, enough)).fetchall()
    rows += connection.execute(f"{_TRIED} <= ? ORDER BY due LIMIT ?", (kind, now, enough))
    rows += connection.execute(f"{_TRIED} > ? ORDER BY due LIMIT ?", (kind, now + LONGEST, enough))
    clock = standstill(connection).clock(wall)
    found = [kept(row, clock) for row in sorted(rows, key=lambda row: row[0])]
    return _together([one for one in found if one.ref not in claimed][:most])


def untried(connection: sqlite3.Connection, kind: str, claimed: Collection[str], *, wall: float) -> Sequence[Kept]:
    """The oldest event of a kind that was never posted and is not claimed, if there is one."""
    clock = standstill(connection).clock(wall)
    rows = connection.execute(_UNTRIED, (kind, 1 + len(claimed)))
    return [one for one in (kept(row, clock) for row in rows) if one.ref not in claimed][:1]


def _together(events: Sequence[Kept]) -> Sequence[Kept]:
    """As many of them, from the first, as each of those allows."""
    most = len(events)
    for number, one in enumerate(events):
        if number >= min(most, most_together(one.attempts)):
            return events[:number]
        most = min(most, most_together(one.attempts))
    return events


def settle(
    connection: sqlite3.Connection, settlements: Sequence[Settlement], dead_limit: int, *, now: float, wall: float
) -> bool:
    """Write down what became of events. Those that are gone, or were moved by a person, are left alone.

    Returns:
        Whether the dead letters had no room for one, so that it goes on waiting.
    """
    said = {row: one for one in settlements if (row := row_of(one.ref)) is not None}
    clock = standstill(connection).clock(wall)
    query = f"{_SELECT} WHERE ref IN ({schema.marks(len(said))}) AND shelf = {schema.WAITING}"
    here = [(kept(row, clock), said[row[0]]) for row in connection.execute(query, list(said)).fetchall()]
    _delivered(connection, [one for one, end in here if isinstance(end, Delivered)], wall)
    for _, end in here:
        if isinstance(end, Again):
            _again(connection, end, now)
    died = [_dies(connection, one, end, dead_limit, now) for one, end in here if isinstance(end, Dead)]
    return not all(died)


def _delivered(connection: sqlite3.Connection, events: Sequence[Kept], wall: float) -> None:
    if events:
        refs = [row_of(one.ref) for one in events]
        connection.execute(f"DELETE FROM event WHERE ref IN ({schema.marks(len(refs))})", refs)
        remember(connection, [one.event for one in events if wall - one.taken_at > _YOUNG], wall)


def _dies(connection: sqlite3.Connection, one: Kept, end: Dead, limit: int, now: float) -> bool:
    """Move it to the dead letters; False where they have no room."""
    size = connection.execute("SELECT size FROM event WHERE ref = ?", (row_of(one.ref),)).fetchone()[0]
    if size_on(connection, schema.DEAD) + size > limit:
        said = f"{end.said}{OF_THE_EVENT}"
        _again(connection, Again(end.ref, LONGEST, said), now)
        return False
    forget(connection, [one.event])
    connection.execute(
        "UPDATE event SET shelf = ?, attempts = attempts + 1, said = ? WHERE ref = ?",
        (schema.DEAD, schema.clean(end.said), row_of(end.ref)),
    )
    return True


def _again(connection: sqlite3.Connection, end: Again, now: float) -> None:
    # Never beyond LONGEST, or the pause would look like a due time from before a jump.
    connection.execute(
        "UPDATE event SET attempts = attempts + 1, due = ?, said = ? WHERE ref = ?",
        (now + min(end.pause, LONGEST), schema.clean(end.said), row_of(end.ref)),
    )
