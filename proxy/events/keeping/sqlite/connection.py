"""A connection to the outbox's file, and what SQLite's errors mean.

Each thread has one of its own. It is opened when it is needed, and again when
the file was replaced under it (somebody put another data folder there): to write
on into a file without a name would lose what was accepted.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.place import Place

_BUSY_SECONDS: Final = 5.0
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY: Final = 0xFF  # the low byte of an extended result code

# FULL: a commit is on the disk when it returns. cell_size_check finds damage before it is read as data.
_TO_WRITE: Final = """
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA journal_size_limit = 67108864;
PRAGMA cell_size_check = ON;
"""


class Connection:
    """One thread's way to the file.

    Args:
        place: where the file lies.
        writes: whether it may write; if so, it makes the file where there is none.
    """

    def __init__(self, place: Place, *, writes: bool) -> None:
        self._place = place
        self._writes = writes
        self._open: sqlite3.Connection | None = None
        self._file: os.stat_result | None = None

    def get(self) -> sqlite3.Connection:
        """The connection, opened if need be.

        Raises:
            OutboxTrouble: it cannot be.
        """
        with translated(self._place.file):
            if self._open is not None and self._is_the_same():
                return self._open
            self.close()
            if self._writes:
                self._place.make()
            self._file = os.stat(self._place.file)
            self._open = opened_to_write(self._place.file) if self._writes else opened_to_read(self._place.file)
            return self._open

    @property
    def which(self) -> tuple[int, int] | None:
        """Which file was opened last, whatever its name; None before the first time."""
        return None if self._file is None else (self._file.st_dev, self._file.st_ino)

    def _is_the_same(self) -> bool:
        try:
            return self._file is not None and os.path.samestat(self._file, os.stat(self._place.file))
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Close it. The next `get` opens another one."""
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()


def opened_to_write(file: Path) -> sqlite3.Connection:
    """A connection that writes; the tables are made where the file is new.

    Raises:
        OutboxTrouble: the file is of a newer version.
        sqlite3.Error: it cannot be opened.
    """
    connection = _connected(file)
    try:
        connection.executescript(_TO_WRITE)
        if _version_of(connection, file) < schema.VERSION:
            # Both are written into the first page, so they come before everything else.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN; {schema.TABLES} PRAGMA user_version = {schema.VERSION}; COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def opened_to_read(file: Path) -> sqlite3.Connection:
    """A connection that only reads.

    Raises:
        OutboxTrouble: the file is of a newer version, or has no tables yet.
        sqlite3.Error: it cannot be opened.
    """
    connection = _connected(file)
    try:
        connection.execute("PRAGMA query_only = ON")
        if _version_of(connection, file) < schema.VERSION:
            raise OutboxTrouble("disk", f"{file} is not an outbox yet")
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(file: Path) -> sqlite3.Connection:
    # Not through a thread check: a connection goes from the thread that opened it to the one that closes it.
    return sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _version_of(connection: sqlite3.Connection, file: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.VERSION:
        raise OutboxTrouble(
            "newer",
            f"{file} was written by a newer sponsored-proxy (format {version}, this one knows {schema.VERSION}); "
            "run that one, or give this one a data folder of its own",
        )
    return version


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """What SQLite and the system say of a file, as trouble of the outbox.

    Raises:
        OutboxTrouble: "damaged" or "disk". What a mistake of ours makes SQLite say is not translated.
    """
    try:
        yield
    except sqlite3.Error as error:
        why = _meaning(error)
        if why is None:
            raise
        raise OutboxTrouble(why, f"{file}: {error}") from error
    except OSError as error:
        raise OutboxTrouble("disk", f"{error.filename or file}: {error.strerror}") from error


def _meaning(error: sqlite3.Error) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & _PRIMARY in (sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_INTERRUPT):
        return None
    if code & _PRIMARY in _DAMAGED:
        return "damaged"
    if code & _PRIMARY == sqlite3.SQLITE_ERROR:  # a table that is not there: the file was emptied, or a mistake of ours
        return "damaged" if str(error).startswith("no such") else None
    return "disk"
