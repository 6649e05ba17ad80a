"""Events in, and what was seen before.

All requests that wait are taken in one transaction, with a handful of statements
however many there are: each statement hands the interpreter's lock to and fro, and
that is what would cost, not the rows.

An id is known for seven days by a fingerprint, in the file: so that races between
processes, restarts and replays come to the same.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple, TypeVar

from proxy.events.event import Event
from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.standstill import standstill

KNOWN_FOR: Final = 7 * 24 * 3600
"""Seconds for which an id is known."""
MOST_FILTERED: Final = 10_000
MOST_FILTERED_BYTES: Final = 64 * 1024 * 1024
_ROWS: Final = 500
# Never all contents of a name: a shop whose events all have one id ("undefined") must not wait longer for each of them.
_ASK: Final = """
WITH asked (name, content) AS (VALUES {marks})
SELECT name, content,
    EXISTS (SELECT 1 FROM seen WHERE seen.name = asked.name AND seen.content = asked.content AND at > ?),
    (SELECT content FROM seen WHERE seen.name = asked.name AND at > ? LIMIT 1)
FROM asked
"""
_NONE: Final = frozenset[bytes]()
_COLUMNS: Final = "shelf, kind, id, digest, body, size, taken_at, born, said"

T = TypeVar("T")
Known = dict[bytes, set[bytes]]
"""Fingerprints of contents, by that of a kind and an id: of those in the file only what was asked for, and one more."""


class Fingerprint(NamedTuple):
    """An event in short: two with one name have one kind and one id, two that are equal are one event."""

    name: bytes
    content: bytes


def fingerprint(event: Event) -> Fingerprint:
    """Short, whatever length an id has; and by a hash, so that nobody can make two that collide."""
    name = blake2b(f"{event.kind}\0{event.id}".encode("utf-8", "surrogatepass"), digest_size=16)
    return Fingerprint(name.digest(), blake2b(event.digest, digest_size=12).digest())


def size_of(event: Event) -> int:
    """Bytes that an event counts for."""
    return schema.OVERHEAD + len(_blob(event.id)) + len(event.body)


def put(
    connection: sqlite3.Connection, requests: Sequence[Sequence[Event]], wall: float, limit: int
) -> list[Sequence[Put] | OutboxTrouble]:
    """Keep the events of many requests, each with all of its events or none; one answer for each request."""
    known = _known(connection, (event for events in requests for event in events), wall)
    room = limit - waiting_size(connection)
    answers: list[Sequence[Put] | OutboxTrouble] = []
    fresh: list[Event] = []
    for events in requests:
        said, new = judge(events, known)
        size = sum(map(size_of, new))
        if new and size > room:
            answers.append(OutboxTrouble("full", f"--outbox-size is {limit} bytes, and {limit - room} wait already"))
            continue
        room -= size
        fresh += new
        _remember(known, new)
        answers.append(said)
    _write(connection, schema.WAITING, fresh, wall, "")
    remember(connection, fresh, wall)
    return answers


def judge(events: Sequence[Event], known: Mapping[bytes, set[bytes]]) -> tuple[list[Put], list[Event]]:
    """What becomes of the events of one request, and those of them to keep."""
    here: Known = {}
    answers, new = [], []
    for event in events:
        name, content = fingerprint(event)
        before = (known.get(name, _NONE), here.get(name, _NONE)) if event.id else ()
        answer = Put.SEEN if any(content in some for some in before) else Put.CONFLICT if any(before) else Put.TAKEN
        answers.append(answer)
        if answer is not Put.SEEN:
            new.append(event)
            here.setdefault(name, set()).add(content)
    return answers, new


def filter(connection: sqlite3.Connection, events: Sequence[Event], wall: float, why: str) -> None:
    """Keep events that are not sent on; of more than `MOST_FILTERED` (or of too large ones) the oldest go."""
    _write(connection, schema.FILTERED, events, wall, why)
    number, size = connection.execute(
        "SELECT total(events), total(bytes) FROM total WHERE shelf = ?", (schema.FILTERED,)
    ).fetchone()
    if number <= MOST_FILTERED and size <= MOST_FILTERED_BYTES:
        return
    gone = []
    for ref, its_size in connection.execute(
        "SELECT ref, size FROM event WHERE shelf = ? ORDER BY ref", (schema.FILTERED,)
    ):
        if number <= MOST_FILTERED and size <= MOST_FILTERED_BYTES:
            break
        number, size = number - 1, size - its_size
        gone.append((ref,))
    connection.executemany("DELETE FROM event WHERE ref = ?", gone)


def waiting_size(connection: sqlite3.Connection) -> int:
    """Bytes that wait."""
    return size_on(connection, schema.WAITING)


def size_on(connection: sqlite3.Connection, shelf: int) -> int:
    """Bytes on a shelf."""
    return int(connection.execute("SELECT total(bytes) FROM total WHERE shelf = ?", (shelf,)).fetchone()[0])


def remember(connection: sqlite3.Connection, events: Sequence[Event], wall: float) -> None:
    """From now on these are known, for seven days."""
    for part in _parts([fingerprint(event) for event in events if event.id]):
        values = [value for one in part for value in (*one, int(wall))]
        connection.execute(f"REPLACE INTO seen VALUES {schema.marks(len(part), 3)}", values)


def forget(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """They may come again."""
    for event in events:
        connection.execute("DELETE FROM seen WHERE name = ? AND content = ?", fingerprint(event))


def text_of(id: bytes) -> str:
    """An id as it came in."""
    return id.decode("utf-8", "surrogatepass")


def _known(connection: sqlite3.Connection, events: Iterable[Event], wall: float) -> Known:
    known: Known = {}
    since = wall - KNOWN_FOR
    for part in _parts(list({fingerprint(event) for event in events if event.id})):
        query = _ASK.format(marks=schema.marks(len(part), 2))
        asked = [word for one in part for word in one]
        for name, content, is_known, another in connection.execute(query, (*asked, since, since)):
            if another is not None:
                known.setdefault(name, set()).update((content, another) if is_known else (another,))
    return known


def _remember(known: Known, events: Iterable[Event]) -> None:
    for event in events:
        if event.id:
            name, content = fingerprint(event)
            known.setdefault(name, set()).add(content)


def _write(connection: sqlite3.Connection, shelf: int, events: Sequence[Event], wall: float, said: str) -> None:
    if not events:
        return
    born = standstill(connection).clock(wall)
    for part in _parts(events):
        values = [value for event in part for value in _row(event, shelf, wall, born, said)]
        connection.execute(f"INSERT INTO event ({_COLUMNS}) VALUES {schema.marks(len(part), 9)}", values)


def _row(event: Event, shelf: int, wall: float, born: float, said: str) -> tuple[object, ...]:
    return shelf, event.kind, _blob(event.id), event.digest, event.body, size_of(event), wall, born, said


def _blob(id: str) -> bytes:
    return id.encode("utf-8", "surrogatepass")


def _parts(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[at : at + _ROWS] for at in range(0, len(values), _ROWS))
