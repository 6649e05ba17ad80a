"""The outbox on Redis: one for all proxies of a marketplace, on however many machines.

Here is the door; what Redis does is in `streams/`, one script for each thing
that must hold whatever dies in between. Every process delivers. What one has
claimed stays its own for as long as it says that it lives; a dead one's goes
back to the others after `LEASE`.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from proxy.clock import Clock
from proxy.events.backoff import LONGEST, most_together
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.complaint import OF_THE_EVENT, Complaint
from proxy.events.keeping.outbox import (
    DEAD_SIZE,
    Again,
    Dead,
    Delivered,
    OutboxTrouble,
    Put,
    Settlement,
    Status,
    Untouched,
)
from proxy.events.keeping.streams import scripts
from proxy.events.keeping.streams.connection import Calendar, Connection, redis_time
from proxy.events.keeping.streams.records import kept, number_of, record_of, text
from proxy.events.keeping.streams.taking import Taker

LEASE: Final = 30.0
"""Seconds after its last word, then a process is taken for dead; what it was about to post may go out twice."""
_WORDS_IN_A_LEASE: Final = 4
_LOST: Final = 10.0
"""Seconds after which an answer that named claimed events will not come any more."""
_LOOK_SECONDS: Final = 0.1
"""How often to look for events of other processes."""
_UPKEEP_SECONDS: Final = 1.0
_PAGE: Final = 200
_PARTS: Final = [most_together(attempts) for attempts in range(12)]
_WORDS: Final = {Delivered: "delivered", Again: "again", Dead: "dead", Untouched: "untouched"}

_log = logging.getLogger(__name__)


class RedisOutbox:
    """An outbox (`proxy.events.keeping.outbox.Outbox`) on Redis.

    Args:
        url: redis:// or rediss://, with user, password and database; never shown.
        size: `--outbox-size`, bytes that may wait. 0 for one who only looks and decides: nothing can be put.
        dead_size: bytes of the dead letters.
        clock: what passes.
        calendar: the time that all machines share; Redis's own, unless a test moves it.
        lease: seconds after which a silent process is taken for dead.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int,
        dead_size: int = DEAD_SIZE,
        clock: Clock,
        calendar: Calendar = redis_time,
        lease: float = LEASE,
    ) -> None:
        self._connection = Connection(url, clock, calendar)
        self._size, self._dead_size = size, dead_size
        self._clock = clock
        self._complaint = Complaint(dead_size, clock)
        self._lease = lease
        self._taker = Taker(self._connection, size)
        self._name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(6)}"
        self._claimed: set[str] = set()
        self._owed: dict[str, Settlement] = {}
        self._paying = asyncio.Lock()
        self._news = asyncio.Event()
        self._last = b""
        self._mark = b""
        self._living: asyncio.Task[None] | None = None
        self._next_upkeep = float("-inf")

    async def open(self) -> None:
        """Begin; a Redis that is not there now is no error here."""
        if self._size:
            self._living = asyncio.create_task(self._live(), name="outbox")
            with contextlib.suppress(OutboxTrouble):  # said and logged; the next call tries again
                await self._connection.run(scripts.LIMITS, lambda _: [self._size, self._dead_size])

    async def close(self) -> None:
        """Let go of it; what was claimed is there for the others at once."""
        if self._living is not None:
            self._living.cancel()
            await asyncio.gather(self._living, return_exceptions=True)
        await self._taker.close()
        if self._claimed or self._mark:
            with contextlib.suppress(OutboxTrouble):  # they get it when our lease is over
                await self._connection.run(scripts.RELEASE, lambda _: [self._name])
        self._claimed.clear()
        await self._connection.close()

    # -- for those who take events

    async def put(self, events: Sequence[Event]) -> Sequence[Put]:
        """Keep events, acknowledged by Redis when it returns."""
        if not events:
            return []
        answers = await self._taker.put(events)
        self._news.set()
        return answers

    async def filter(self, events: Sequence[Event], why: str) -> None:
        """Keep events that are not sent on."""
        await self._connection.run(
            scripts.FILTER, lambda now: [repr(now), text(why), *(record_of(event, now) for event in events)]
        )

    # -- for those who deliver

    async def claim(self, kind: str, most: int) -> Sequence[Kept]:
        """Up to `most` events of a kind that are due, oldest first."""
        return await self._claim(kind, most, "")

    async def claim_untried(self, kind: str) -> Sequence[Kept]:
        """One event that was never posted."""
        return await self._claim(kind, 1, "untried")

    async def _claim(self, kind: str, most: int, which: str) -> Sequence[Kept]:
        await self._pay()
        await self._upkeep()
        clock, found = await self._connection.run(
            scripts.CLAIM, lambda now: [repr(now), kind, most, self._name, self._lease_ms, which, *_PARTS]
        )
        events = [kept(one, Shelf.WAITING, float(clock)) for one in found]
        self._claimed.update(one.ref for one in events)
        return events

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Say what became of claimed events.

        Where that cannot be written down, it is not forgotten: nothing more is claimed until it is.
        """
        self._owed |= {one.ref: one for one in settlements if number_of(one.ref)}
        await self._pay()

    async def _pay(self) -> None:
        """Write down what became of events and is not written down yet. Said twice it counts once: see settle.lua."""
        async with self._paying:
            owed = [*self._owed.values()]
            if not owed:
                return
            refused = await self._connection.run(
                scripts.SETTLE,
                lambda now: [
                    *(repr(now), self._name, self._dead_size, LONGEST, OF_THE_EVENT),
                    *(word for one in owed for word in _told(one)),
                ],
            )
            for one in owed:
                if self._owed.get(one.ref) is one:
                    del self._owed[one.ref]
                    self._claimed.discard(one.ref)
        if refused:
            self._complaint.say()

    async def wait(self, seconds: float) -> None:
        """Return when there may be something new to claim, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._news.is_set() and not await self._is_changed():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), _LOOK_SECONDS)
                self._news.clear()

    async def _is_changed(self) -> bool:
        """Whether anything came since we looked."""
        before, self._last = self._last, await self._connection.run(scripts.NEWS, lambda _: [])
        return before != self._last

    async def stand_still(self, why: str) -> None:
        """Delivery stands still; nothing that waits grows older."""
        await self._connection.run(scripts.STAND, lambda now: [repr(now), text(why)])

    async def go_on(self) -> None:
        """Delivery goes on."""
        await self._connection.run(scripts.STAND, lambda now: [repr(now), ""])

    # -- living

    @property
    def _lease_ms(self) -> int:
        return int(self._lease * 1000)

    async def _live(self) -> None:
        """Say again and again that we live, so that what we have claimed stays ours."""
        while True:
            await asyncio.sleep(self._lease / _WORDS_IN_A_LEASE)
            with contextlib.suppress(OutboxTrouble):
                await self._say_that_we_live()

    async def _upkeep(self) -> None:
        if self._clock.now() >= self._next_upkeep:
            self._next_upkeep = self._clock.now() + _UPKEEP_SECONDS
            await self._say_that_we_live()

    async def _say_that_we_live(self) -> None:
        new = secrets.token_hex(8)
        mark: bytes = await self._connection.run(
            scripts.UPKEEP,
            lambda now: [
                *(repr(now), self._name, self._lease_ms, int(_LOST * 1000), new),
                *(number_of(ref) for ref in self._claimed),
            ],
        )
        if self._mark and self._mark != mark:
            _log.error("Redis has lost the events that waited: it was emptied, or began anew without its files")
        self._mark = mark

    # -- for those who watch and decide

    async def status(self) -> Status:
        """How it is; a Redis that cannot be asked says so in `trouble`."""
        try:
            status = _status(await self._connection.run(scripts.STATUS, lambda now: [repr(now)]))
        except OutboxTrouble as unreachable:
            return msgspec.structs.replace(
                _UNKNOWN, limit=self._size, dead_limit=self._dead_size, trouble=str(unreachable)
            )
        limit, dead_limit = (self._size, self._dead_size) if self._size else (status.limit, status.dead_limit)
        full = OutboxTrouble("full", f"--outbox-size is {limit} bytes, and {status.size} wait already")
        trouble = full if limit and status.size + _ONE_MORE > limit else await self._refusal(limit, dead_limit)
        return msgspec.structs.replace(
            status, limit=limit, dead_limit=dead_limit, trouble=str(trouble or ""), warning=self._connection.warning
        )

    async def _refusal(self, *limits: int) -> OutboxTrouble | None:
        """Why Redis lets nothing be written, though it can be read: its memory or its disk is full, it is a replica."""
        if not all(limits):  # nobody has kept anything there yet
            return None
        try:
            await self._connection.run(scripts.LIMITS, lambda _: [*limits])
        except OutboxTrouble as trouble:
            return trouble
        return None

    async def each(self, shelf: Shelf) -> AsyncIterator[Kept]:
        """All events of a shelf, oldest first."""
        after = "0"
        while page := await self._page(shelf, after):
            for one in page:
                yield one
            after = number_of(page[-1].ref)

    async def _page(self, shelf: Shelf, after: str) -> Sequence[Kept]:
        clock, found = await self._connection.run(scripts.PAGE, lambda now: [repr(now), shelf.value, after, _PAGE])
        return [kept(one, shelf, float(clock)) for one in found]

    async def find(self, name: str) -> Sequence[Kept]:
        """Those with this `ref`, else those with this event id."""
        if number_of(name):
            found, _ = await self._find(number_of(name))
            if found:
                return found
        everything: dict[str, Kept] = {}
        cursor = b"0"
        while True:
            found, cursor = await self._find(name.encode("utf-8", "surrogatepass"), cursor)
            everything |= {one.ref: one for one in found}
            if cursor == b"0":
                return sorted(everything.values(), key=lambda one: int(number_of(one.ref)))

    async def _find(self, name: str | bytes, *cursor: bytes) -> tuple[list[Kept], bytes]:
        clock, found, shelves, after = await self._connection.run(scripts.FIND, lambda now: [repr(now), name, *cursor])
        return [
            kept(one, Shelf(shelf.decode()), float(clock)) for one, shelf in zip(found, shelves, strict=True)
        ], after

    async def retry(self, ref: str, event: Event | None = None) -> bool:
        """Let it be delivered as if it were new."""
        found = (await self._find(number_of(ref)))[0] if number_of(ref) else []
        if not found:
            return False
        record = record_of(event or found[0].event, found[0].taken_at)
        return bool(await self._connection.run(scripts.RETRY, lambda now: [repr(now), number_of(ref), record]))

    async def drop(self, ref: str) -> bool:
        """Forget it for good."""
        if not number_of(ref):
            return False
        return bool(await self._connection.run(scripts.DROP, lambda _: [number_of(ref)]))


_ONE_MORE: Final = 1024
"""Bytes of an event as they mostly are."""
_UNKNOWN: Final = Status(waiting={}, dead={}, filtered={}, oldest=None, size=0, limit=0, dead_size=0, unread=True)


def _told(one: Settlement) -> tuple[Any, ...]:
    pause = one.pause if isinstance(one, Again) else 0.0
    said = one.said if isinstance(one, Again | Dead) else ""
    return number_of(one.ref), _WORDS[type(one)], pause, text(said)


def _status(answer: Sequence[Any]) -> Status:
    pairs, oldest, why, limit, dead_limit = answer
    counts: dict[str, dict[str, int]] = {shelf.value: {} for shelf in Shelf}
    sizes = dict.fromkeys(counts, 0)
    for name, number in zip(pairs[::2], pairs[1::2], strict=True):
        shelf, _, kind = name.decode().partition(":")
        if not kind:
            sizes[shelf] = int(number)
        elif int(number):
            counts[shelf][kind] = int(number)
    return Status(
        waiting=counts[Shelf.WAITING],
        dead=counts[Shelf.DEAD],
        filtered=counts[Shelf.FILTERED],
        oldest=float(oldest) if oldest else None,
        size=sizes[Shelf.WAITING],
        limit=int(limit),
        dead_size=sizes[Shelf.DEAD],
        dead_limit=int(dead_limit),
        paused=why.decode(),
    )
