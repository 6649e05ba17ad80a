"""The outbox in the data folder: one file of SQLite's for all workers of a machine.

Here is the door, for the event loop; the work is done in `sqlite/`. What is
claimed is known to the claiming process alone: whatever ends it, everything that
was not settled is there for the next one. So only one process of a machine
delivers, whichever asks first.
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from proxy.clock import Clock
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.complaint import Complaint
from proxy.events.keeping.outbox import DEAD_SIZE, OutboxTrouble, Put, Settlement, Status
from proxy.events.keeping.sqlite import deciding, delivering, schema, standstill, taking, upkeep
from proxy.events.keeping.sqlite.ballast import Ballast
from proxy.events.keeping.sqlite.claims import Claims
from proxy.events.keeping.sqlite.damage import prepare
from proxy.events.keeping.sqlite.locks import Deliverer
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.reader import Reader
from proxy.events.keeping.sqlite.writer import Writer

__all__ = ["SqliteOutbox", "prepare"]

_LOOK_SECONDS: Final = 0.1
"""How often to look for events of other processes."""
_UPKEEP_SECONDS: Final = 1.0
_ONE_MORE: Final = 1024
"""Bytes of an event as they mostly are."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class SqliteOutbox:
    """An outbox (`proxy.events.keeping.outbox.Outbox`) in a folder.

    Args:
        folder: the data folder; made where it is missing.
        size: `--outbox-size`, bytes that may wait. 0 for one who only looks and decides: nothing can be put.
        dead_size: bytes of the dead letters.
        clock: the time.
    """

    def __init__(self, folder: Path, *, size: int, dead_size: int = DEAD_SIZE, clock: Clock) -> None:
        self._place = Place(folder)
        self._size, self._dead_size = size, dead_size
        self._clock = clock
        self._complaint = Complaint(dead_size, clock)
        # The deliverer's own clock: the calendar's, as it was when we began, moved on by what passes. It never jumps.
        self._began = clock.wall() - clock.now()
        self._writer = Writer(self._place, size, clock)
        self._reader = Reader(self._place)
        self._ballast = Ballast(self._place)
        self._deliverer = Deliverer(self._place)
        self._delivers = False
        self._claims = Claims()
        self._paying = asyncio.Lock()
        self._news = asyncio.Event()
        self._version = -1
        self._swept: tuple[bytes, bytes] | None = None
        self._next_upkeep = float("-inf")

    async def open(self) -> None:
        """Start; the file is made where there is none."""
        self._writer.start()
        with contextlib.suppress(OutboxTrouble):  # said and logged; `put` tries again
            await self._writer.run(_nothing, keeps=self._size > 0)

    async def close(self) -> None:
        """Do what is under way, and let another process deliver."""
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._reader.close)
        self._deliverer.close()
        self._delivers = False

    # -- for those who take events

    async def put(self, events: Sequence[Event]) -> Sequence[Put]:
        """Keep events, on the disk when it returns."""
        answers = await self._writer.put(events)
        self._news.set()
        return answers

    async def filter(self, events: Sequence[Event], why: str) -> None:
        """Keep events that are not sent on."""
        wall = self._clock.wall()
        await self._writer.run(lambda file: taking.filter(file, events, wall, schema.clean(why)), keeps=True)

    # -- for those who deliver

    async def claim(self, kind: str, most: int) -> Sequence[Kept]:
        """Up to `most` events of a kind that are due, oldest first."""
        if not await self._is_deliverer():
            return ()
        await self._pay()
        await self._upkeep()
        now, wall, claimed = self._now(), self._clock.wall(), self._claims.now()
        return self._claims.hand_out(
            await self._read(lambda file: delivering.due(file, kind, most, claimed, now=now, wall=wall))
        )

    async def claim_untried(self, kind: str) -> Sequence[Kept]:
        """One event that was never posted."""
        if not await self._is_deliverer():
            return ()
        wall, claimed = self._clock.wall(), self._claims.now()
        return self._claims.hand_out(await self._read(lambda file: delivering.untried(file, kind, claimed, wall=wall)))

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Say what became of claimed events.

        Where that cannot be written down, it is not forgotten: nothing more is claimed until it is.
        """
        self._claims.owe(settlements)
        await self._pay()

    async def _pay(self) -> None:
        """Write down what became of events and is not written down yet.

        One at a time: who claims meanwhile would write the same once more, and count an attempt twice.
        """
        async with self._paying:
            owed = self._claims.owed()
            if not owed:
                return
            now, wall = self._now(), self._clock.wall()
            no_room = await self._writer.run(
                lambda file: delivering.settle(file, owed, self._dead_size, now=now, wall=wall)
            )
            self._claims.paid(owed)
        if no_room:
            self._complaint.say()

    async def wait(self, seconds: float) -> None:
        """Return when there may be something new to claim, or after so many seconds."""
        if not self._delivers:  # until the other one has ended nothing is there for us, whoever puts it
            return await asyncio.sleep(seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._upkeep()
                await self._wait_for_news()
        return None

    async def _wait_for_news(self) -> None:
        """Since the last time: whoever waits may have claimed one kind before, and another one after what came."""
        while not self._news.is_set():
            if await self._is_changed():
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _LOOK_SECONDS)
        self._news.clear()

    async def _is_changed(self) -> bool:
        """Whether anybody has written since we looked."""
        try:
            before, self._version = self._version, await self._read(_version)
        except OutboxTrouble:
            return False
        return before != self._version

    async def stand_still(self, why: str) -> None:
        """Delivery stands still; nothing that waits grows older."""
        wall = self._clock.wall()
        await self._writer.run(lambda file: standstill.stand_still(file, wall, schema.clean(why)))

    async def go_on(self) -> None:
        """Delivery goes on."""
        wall = self._clock.wall()
        await self._writer.run(lambda file: standstill.go_on(file, wall))

    async def _is_deliverer(self) -> bool:
        """Whether this process delivers; it begins to where no other does."""
        try:
            delivers = self._deliverer.is_us()
        except OSError as error:
            raise OutboxTrouble("disk", f"{error.filename}: {error.strerror}") from error
        if delivers and not self._delivers:
            limits = (self._size, self._dead_size)
            await self._writer.run(lambda file: file.execute("UPDATE state SET size_limit = ?, dead_limit = ?", limits))
            _log.info("this process delivers the events")
        self._delivers = delivers
        return delivers

    async def _upkeep(self) -> None:
        if not self._delivers or self._clock.now() < self._next_upkeep:
            return
        self._next_upkeep = self._clock.now() + _UPKEEP_SECONDS
        after, wall = self._swept, self._clock.wall()
        with contextlib.suppress(OutboxTrouble):
            bite = await self._read(lambda file: upkeep.look(file, after, wall))
            if not bite.is_empty:
                await self._writer.run(lambda file: upkeep.take(file, bite))
            self._swept = bite.next

    # -- for those who watch and decide

    async def status(self) -> Status:
        """How it is; an outbox that cannot be read says so in `trouble`."""
        aside = next(iter(reversed(self._place.those_set_aside())), "")
        wall = self._clock.wall()
        try:
            status = await self._read(lambda file: deciding.status(file, wall))
            trouble = await self._trouble(status)
        except OutboxTrouble as unreadable:
            status, trouble = _UNKNOWN, str(unreadable)
        limit, dead_limit = (self._size, self._dead_size) if self._size else (status.limit, status.dead_limit)
        return msgspec.structs.replace(
            status, limit=limit, dead_limit=dead_limit, trouble=trouble, set_aside=str(aside)
        )

    async def _trouble(self, status: Status) -> str:
        """Why nothing new can be kept now. Who looks need not be who takes: so it is found out, and not remembered."""
        if self._size or self._writer.trouble is not None:
            with contextlib.suppress(OutboxTrouble):
                await self._writer.run(_nothing, keeps=True)
        limit = self._size or status.limit
        if self._writer.trouble is None and limit and status.size + _ONE_MORE > limit:
            return str(OutboxTrouble("full", f"--outbox-size is {limit} bytes, and {status.size} wait already"))
        free = await self._read(lambda file: upkeep.spare(file, slack=0))
        if self._writer.trouble is None and not self._ballast.has_room_beside_it(free * upkeep.PAGE):
            return str(OutboxTrouble("disk", f"{self._place.folder}: the disk is full, or may only be read"))
        return str(self._writer.trouble or "")

    async def each(self, shelf: Shelf) -> AsyncIterator[Kept]:
        """All events of a shelf, oldest first."""
        after, wall = "", self._clock.wall()
        while page := await self._page(shelf, after, wall):
            for one in page:
                yield one
            after = page[-1].ref

    async def _page(self, shelf: Shelf, after: str, wall: float) -> Sequence[Kept]:
        return await self._read(lambda file: deciding.page(file, shelf, after, wall))

    async def find(self, name: str) -> Sequence[Kept]:
        """Those with this `ref`, else those with this event id."""
        wall = self._clock.wall()
        return await self._read(lambda file: deciding.find(file, name, wall))

    async def retry(self, ref: str, event: Event | None = None) -> bool:
        """Let it be delivered as if it were new."""
        wall = self._clock.wall()
        return bool(await self._writer.run(lambda file: deciding.retry(file, ref, event, wall)))

    async def drop(self, ref: str) -> bool:
        """Forget it for good."""
        return bool(await self._writer.run(lambda file: deciding.drop(file, ref)))

    # --

    def _now(self) -> float:
        return self._began + self._clock.now()

    async def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._reader.run(read)
        except OutboxTrouble as trouble:
            if trouble.why == "damaged":
                self._writer.distrust(trouble)
            raise


_UNKNOWN: Final = Status(waiting={}, dead={}, filtered={}, oldest=None, size=0, limit=0, dead_size=0, unread=True)


def _nothing(file: sqlite3.Connection) -> None:
    """Work that only finds out whether there is a file and room in it."""


def _version(file: sqlite3.Connection) -> int:
    """A number that is another one when somebody else has written."""
    return int(file.execute("PRAGMA data_version").fetchone()[0])
