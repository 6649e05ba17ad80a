"""The thread that reads, so that the event loop never waits for the disk.

It sees the file as of the last commit, whoever is writing.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite.connection import Connection, translated
from proxy.events.keeping.sqlite.place import Place

T = TypeVar("T")


class Reader:
    """Reads the file of a place."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._connection = Connection(place, writes=False)
        self._thread = ThreadPoolExecutor(1, "outbox-reader")

    async def run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """What `read` finds, in one look at the file.

        Raises:
            OutboxTrouble: it cannot be read.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, read)
        except RuntimeError as closed:
            raise OutboxTrouble("disk", "it is closed") from closed

    def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        with translated(self._place.file):
            connection = self._connection.get()
            connection.execute("BEGIN")
            try:
                return read(connection)
            finally:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """End; a reading that is under way is waited for."""
        self._thread.shutdown()
        self._connection.close()
