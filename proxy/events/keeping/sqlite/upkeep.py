"""What has had its time, taken away in small bites.

The deliverer does this about once a second. A bite is short, so that no request
waits for it; a whole round takes as many bites as it takes.
"""

import sqlite3
from typing import Final, NamedTuple

from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.taking import KNOWN_FOR

ROWS: Final = 2000
"""Rows of `seen` that are looked at in a bite."""
PAGES: Final = 256
"""Pages that are given back to the disk in a bite."""
PAGE: Final = 4096
"""Bytes of a page, SQLite's own choice."""
_SLACK: Final = 4096
"""Free pages that are kept, for the next surge."""


class Bite(NamedTuple):
    """What is to be taken away.

    Attributes:
        old: fingerprints whose time has passed.
        next: the fingerprint to go on from; None when the round is over.
        filtered: rows of filtered events whose time has passed.
        pages: how many free pages may be given back.
    """

    old: list[tuple[bytes, bytes]]
    next: tuple[bytes, bytes] | None
    filtered: list[int]
    pages: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.old or self.filtered or self.pages)


def look(connection: sqlite3.Connection, after: tuple[bytes, bytes] | None, wall: float) -> Bite:
    """Look for the next bite, behind `after`. It only reads."""
    before = wall - KNOWN_FOR
    query = f"SELECT name, content, at FROM seen WHERE (name, content) > (?, ?) ORDER BY name, content LIMIT {ROWS}"
    rows = connection.execute(query, after or (b"", b"")).fetchall()
    filtered = connection.execute(
        f"SELECT ref, taken_at FROM event WHERE shelf = {schema.FILTERED} ORDER BY ref LIMIT 100"
    )
    return Bite(
        old=[(name, content) for name, content, at in rows if at <= before],
        next=rows[-1][:2] if len(rows) == ROWS else None,
        filtered=[ref for ref, taken_at in filtered if taken_at <= before],
        pages=spare(connection, _SLACK),
    )


def take(connection: sqlite3.Connection, bite: Bite) -> None:
    """Take it away."""
    connection.executemany("DELETE FROM seen WHERE name = ? AND content = ?", bite.old)
    connection.executemany("DELETE FROM event WHERE ref = ?", [(ref,) for ref in bite.filtered])
    give_back(connection, bite.pages)


def give_back(connection: sqlite3.Connection, pages: int) -> None:
    """Give free pages back to the disk."""
    for _ in range(pages):  # one by one: Python's sqlite3 takes the first step of this statement only
        connection.execute("PRAGMA incremental_vacuum(1)")


def spare(connection: sqlite3.Connection, slack: int) -> int:
    """Free pages beyond `slack`, as many as make a bite."""
    free = int(connection.execute("PRAGMA freelist_count").fetchone()[0])
    return min(PAGES, max(0, free - slack))
