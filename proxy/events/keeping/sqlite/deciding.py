"""What a person sees of the outbox, and decides."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import Status
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.standstill import standstill
from proxy.events.keeping.sqlite.taking import remember, size_of, text_of

PAGE: Final = 200
"""Events that are read at a time."""
_SELECT: Final = f"SELECT {schema.EVENT_COLUMNS} FROM event"


def ref_of(row: int) -> str:
    """The name of a row. The sign keeps it apart from the ids of senders who count: 17 is not @17."""
    return f"@{row}"


def row_of(ref: str) -> int | None:
    """The row of a name; None where it is none."""
    number = ref.removeprefix("@")
    return int(number) if ref.startswith("@") and number.isascii() and number.isdigit() and len(number) < 19 else None


def kept(row: Sequence[Any], clock: float) -> Kept:
    """A row of `schema.EVENT_COLUMNS`, with its age at `clock` (the clock of ages)."""
    ref, shelf, kind, id, digest, body, taken_at, born, attempts, said = row
    return Kept(
        ref=ref_of(ref),
        event=Event(kind=kind, id=text_of(id), body=body, digest=digest),
        shelf=schema.SHELF[shelf],
        taken_at=taken_at,
        age=max(0.0, clock - born),
        attempts=attempts,
        said=said,
    )


def status(connection: sqlite3.Connection, wall: float) -> Status:
    """How it is, from running totals alone."""
    still = standstill(connection)
    limit, dead_limit = connection.execute("SELECT size_limit, dead_limit FROM state").fetchone()
    counts: dict[int, dict[str, int]] = {number: {} for number in schema.SHELF}
    sizes = dict.fromkeys(schema.SHELF, 0)
    for shelf, kind, events, size in connection.execute("SELECT * FROM total WHERE events > 0"):
        counts[shelf][kind] = events
        sizes[shelf] += size
    first = connection.execute(
        "SELECT born FROM event WHERE shelf = ? ORDER BY ref LIMIT 1", (schema.WAITING,)
    ).fetchone()
    return Status(
        waiting=counts[schema.WAITING],
        dead=counts[schema.DEAD],
        filtered=counts[schema.FILTERED],
        oldest=None if first is None else max(0.0, still.clock(wall) - first[0]),
        size=sizes[schema.WAITING],
        limit=limit,
        dead_size=sizes[schema.DEAD],
        dead_limit=dead_limit,
        paused=still.why if still.is_on(wall) else "",
    )


def page(connection: sqlite3.Connection, shelf: Shelf, after: str, wall: float) -> Sequence[Kept]:
    """The next events of a shelf, behind the one with this ref ("" for the first page)."""
    clock = standstill(connection).clock(wall)
    query = f"{_SELECT} WHERE shelf = ? AND ref > ? ORDER BY ref LIMIT {PAGE}"
    return [kept(row, clock) for row in connection.execute(query, (schema.NUMBER[shelf], row_of(after) or 0))]


def find(connection: sqlite3.Connection, name: str, wall: float) -> Sequence[Kept]:
    """The event of this ref, else those of this id."""
    clock = standstill(connection).clock(wall)
    rows = connection.execute(f"{_SELECT} WHERE ref = ?", (row_of(name),)).fetchall() if row_of(name) else []
    if not rows:
        id = name.encode("utf-8", "surrogatepass")
        rows = connection.execute(f"{_SELECT} WHERE id = ? ORDER BY ref", (id,)).fetchall()
    return [kept(row, clock) for row in rows]


def retry(connection: sqlite3.Connection, ref: str, event: Event | None, wall: float) -> bool:
    """Let it wait as if it were new.

    It gets another ref: whoever has claimed it at this moment then settles one that is gone, and what a person
    wants sent is never taken for sent.
    """
    row = connection.execute(f"{_SELECT} WHERE ref = ?", (row_of(ref),)).fetchone()
    if row is None:
        return False
    old = kept(row, 0.0)
    new = event or old.event
    connection.execute("DELETE FROM event WHERE ref = ?", (row_of(ref),))
    _insert(connection, new, {"taken_at": old.taken_at, "born": standstill(connection).clock(wall)})
    remember(connection, [new], wall)
    return True


def _insert(connection: sqlite3.Connection, event: Event, times: Mapping[str, float]) -> None:
    values = {
        "shelf": schema.WAITING,
        "kind": event.kind,
        "id": event.id.encode("utf-8", "surrogatepass"),
        "digest": event.digest,
        "body": event.body,
        "size": size_of(event),
        **times,
    }
    connection.execute(
        f"INSERT INTO event ({', '.join(values)}) VALUES ({schema.marks(len(values))})", [*values.values()]
    )


def drop(connection: sqlite3.Connection, ref: str) -> bool:
    """Forget it. What is known of its id stays: a replay does not bring it back."""
    return connection.execute("DELETE FROM event WHERE ref = ?", (row_of(ref),)).rowcount > 0
