"""A file that cannot be read, and what can be saved of it.

Called once before anybody opens the outbox. A damaged file is set aside, never
deleted, and a new one is begun; every event that can be read goes over into it,
for a while that a start can take. What is left behind stays in the file that was
set aside (`sponsored-proxy events list --file`). Nothing here keeps the proxy
from starting: the pages go on, whatever has become of the events.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from proxy.clock import Clock
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.connection import opened_to_write, translated
from proxy.events.keeping.sqlite.locks import Turns
from proxy.events.keeping.sqlite.place import Place

CHECK_SECONDS: Final = 10.0
"""How long a check may take; the rest of a very large file is then taken for sound."""
SAVE_SECONDS: Final = 20.0
_STEPS: Final = 100_000
_BLOCK: Final = 64
_UNREAD: Final = 200_000
"""So many refs in a row without an event end a reading: the last ref, too, may be what the damage made of it."""
_COLUMNS: Final = f"{schema.EVENT_COLUMNS}, size"
_TYPES: Final = (int, int, str, bytes, bytes, bytes, float, float, int, str, int)

_log = logging.getLogger(__name__)
Row = tuple[Any, ...]


def prepare(folder: Path, clock: Clock) -> str:
    """See that the outbox in a folder can be used; the file that was set aside, or "".

    Never raises: a folder that cannot be used is for `SqliteOutbox.put` to say.
    """
    place = Place(folder)
    turns = Turns(place)
    try:
        if not place.file.exists():
            return ""
        with turns.mine():
            return _mended(place, clock)
    except (OutboxTrouble, OSError, sqlite3.Error) as trouble:
        _log.error("the outbox was not looked into: %s", trouble)
        return ""
    finally:
        turns.close()


def _mended(place: Place, clock: Clock) -> str:
    damage = damage_of(place.file, clock)
    if not damage:
        return ""
    aside = place.set_aside(clock.wall())
    _log.error("the outbox was damaged (%s): it is set aside as %s, and a new one is begun", damage, aside)
    saved, whole = save(aside, place, clock)
    rest = "nothing that can be read is left behind" if whole else "there may be more in it"
    _log.error("%d events of %s were saved into the new outbox; %s", saved, aside, rest)
    return str(aside)


def damage_of(file: Path, clock: Clock) -> str:
    """What is wrong with a file; "" where nothing is, or where it cannot be told in time."""
    try:
        with translated(file):
            connection = opened_to_write(file)
            try:
                return _checked(connection, clock)
            finally:
                connection.close()
    except OutboxTrouble as trouble:
        if trouble.why == "damaged":
            return str(trouble)
        raise


def _checked(connection: sqlite3.Connection, clock: Clock) -> str:
    end = clock.now() + CHECK_SECONDS
    connection.set_progress_handler(lambda: clock.now() > end, _STEPS)
    try:
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if said == "ok" and connection.execute("SELECT count(*) FROM state").fetchone()[0] != 1:
            said = "its state is lost"
        return "" if said == "ok" else said
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        _log.warning("the outbox is large: after %g s of looking for damage it is taken for sound", CHECK_SECONDS)
        return ""


# -- what can be saved ----------------------------------------------------------


def save(aside: Path, place: Place, clock: Clock) -> tuple[int, bool]:
    """Take over what can be read; how many events, and whether that was all."""
    place.make()
    new = opened_to_write(place.file)
    try:
        new.execute("BEGIN IMMEDIATE")
        _save_state(aside, new)
        found = _Found(aside, clock)
        new.executemany(f"INSERT INTO event ({_COLUMNS}) VALUES ({schema.marks(len(_TYPES))})", found)
        new.execute("COMMIT")
    finally:
        new.close()
    return found.number, found.all


class _Found:
    """The events that can be saved, while there is time; how many there were, and whether that was all."""

    def __init__(self, aside: Path, clock: Clock) -> None:
        self._aside = aside
        self._clock = clock
        self._end = clock.now() + SAVE_SECONDS
        self.number = 0
        self.all = True

    def __iter__(self) -> Iterator[Row]:
        for row in rows(self._aside):
            if self._clock.now() > self._end:
                self.all = False
                return
            if row is None or not _is_whole(row):
                self.all = False
            else:
                self.number += 1
                yield row


def _is_whole(row: Row) -> bool:
    """Whether a row is what we wrote, as far as one can tell: damage may also read as data."""
    try:
        return has_shape(row) and isinstance(msgspec.json.decode(row[5]), dict)
    except (ValueError, RecursionError):
        return False


def has_shape(row: Row) -> bool:
    """Whether the values of a row are of the kinds that we write."""
    return all(map(isinstance, row, _TYPES)) and row[1] in schema.SHELF


def _save_state(aside: Path, new: sqlite3.Connection) -> None:
    """What was seen and how long delivery stood still, as far as it can be read in one go."""
    try:
        old = opened_as_it_is(aside)
    except sqlite3.Error:
        return
    try:
        state = old.execute("SELECT * FROM state").fetchone()
        if state is not None:
            new.execute(
                "UPDATE state SET (stood, still_since, still_why, size_limit, dead_limit) = (?, ?, ?, ?, ?)", state
            )
        new.executemany("REPLACE INTO seen VALUES (?, ?, ?)", old.execute("SELECT * FROM seen"))
    except sqlite3.Error as error:
        _log.warning("not all ids that were seen could be saved: %s", error)
    finally:
        old.close()


def opened_as_it_is(file: Path) -> sqlite3.Connection:
    """A connection that changes nothing in the file, whatever state it is in.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    refused: sqlite3.Error | None = None
    for how in ("mode=ro", "immutable=1"):  # the latter in a folder that cannot be written to; it reads no -wal
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
        connection.text_factory = _text
        try:
            # Else a file that is shorter than it was is not read at all. Nothing is written.
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error as error:
            connection.close()
            refused = error
        else:
            return connection
    assert refused is not None
    raise refused


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def rows(file: Path) -> Iterator[Row | None]:
    """Every event that can be read in a file, by `ref`: `schema.EVENT_COLUMNS` and the size. None where one cannot be.

    As long as reading goes well, many at a time; where it does not, one by one past the damage.
    """
    try:
        connection = opened_as_it_is(file)
    except sqlite3.Error:
        yield None
        return
    try:
        yield from _rows(connection)
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection) -> Iterator[Row | None]:
    last = _last_ref(connection)
    at = unread = 0
    while at < last and unread < _UNREAD:
        block = _read(connection, f"ref > {at} ORDER BY ref LIMIT {_BLOCK}")
        if block is not None and _grows(at, block):
            yield from block
            if not block:
                return
            at, unread = block[-1][0], 0
            continue
        for ref in range(at + 1, min(at + _BLOCK, last) + 1):
            found = _one(connection, ref)
            unread = 0 if any(found) else unread + 1
            yield from found
        at += _BLOCK


def _one(connection: sqlite3.Connection, ref: int) -> Sequence[Row | None]:
    """The event of a ref, none where there is none, None where that cannot be told."""
    found = _read(connection, f"ref = {ref}")
    return (None,) if found is None or any(row[0] != ref for row in found) else found


def _grows(at: int, block: Sequence[Row]) -> bool:
    """Whether rows are in their order: a page of zeros reads as rows too, and reading on from them never ends."""
    refs = [at, *(row[0] for row in block)]
    return all(before < after for before, after in pairwise(refs))


def _read(connection: sqlite3.Connection, where: str) -> Sequence[Row] | None:
    try:
        return connection.execute(f"SELECT {_COLUMNS} FROM event WHERE {where}").fetchall()
    except sqlite3.Error:
        return None


def _last_ref(connection: sqlite3.Connection) -> int:
    for query in ("SELECT seq FROM sqlite_sequence WHERE name = 'event'", "SELECT max(ref) FROM event"):
        try:
            found = connection.execute(query).fetchone()
        except sqlite3.Error:
            continue
        if found and isinstance(found[0], int):
            return found[0]
    return 0
