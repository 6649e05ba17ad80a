"""A file that was set aside, to be looked into. Nothing in it is changed."""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from proxy.clock import Clock
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import OutboxTrouble, Status
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.damage import has_shape, opened_as_it_is, rows
from proxy.events.keeping.sqlite.deciding import kept


class SetAside:
    """What can be read of a file: the part of an outbox (`proxy.events.keeping.outbox.Outbox`) that looks.

    Args:
        file: a database of the outbox, sound or damaged.
        clock: for ages.

    Raises:
        OutboxTrouble: nothing of it can be read.
    """

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self.is_whole = True
        """Whether everything could be read, so far."""
        try:
            opened_as_it_is(file).close()
        except sqlite3.Error as error:
            raise OutboxTrouble("damaged", f"{file}: {error}") from error

    async def status(self) -> Status:
        """What is in it, counted."""
        counts: dict[Shelf, dict[str, int]] = {shelf: {} for shelf in Shelf}
        sizes = dict.fromkeys(Shelf, 0)
        oldest = None
        for one in self._all():
            counts[one.shelf][one.event.kind] = counts[one.shelf].get(one.event.kind, 0) + 1
            sizes[one.shelf] += schema.OVERHEAD + len(one.event.body)
            if one.shelf is Shelf.WAITING:
                oldest = max(one.age, oldest or 0.0)
        return Status(
            waiting=counts[Shelf.WAITING],
            dead=counts[Shelf.DEAD],
            filtered=counts[Shelf.FILTERED],
            oldest=oldest,
            size=sizes[Shelf.WAITING],
            limit=0,
            dead_size=sizes[Shelf.DEAD],
            trouble="" if self.is_whole else "not everything in this file can be read",
            set_aside=str(self._file),
        )

    async def each(self, shelf: Shelf) -> AsyncIterator[Kept]:
        """All events of a shelf that can be read."""
        for one in self._all():
            if one.shelf is shelf:
                yield one

    async def find(self, name: str) -> Sequence[Kept]:
        """Those with this `ref`, else those with this event id."""
        named = [one for one in self._all() if name in (one.ref, one.event.id)]
        return [one for one in named if one.ref == name] or named

    async def retry(self, ref: str, event: Event | None = None) -> bool:
        """Nothing here is sent."""
        raise self._only_read()

    async def drop(self, ref: str) -> bool:
        """Nothing here is changed."""
        raise self._only_read()

    def _only_read(self) -> OutboxTrouble:
        return OutboxTrouble(
            "damaged", f"{self._file} was set aside, and is only read; export what is to be sent again"
        )

    def _all(self) -> Iterator[Kept]:
        wall = self._clock.wall()
        for row in rows(self._file):
            if row is None or not has_shape(row):
                self.is_whole = False
            else:
                yield kept(row[:-1], wall)
