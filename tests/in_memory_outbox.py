"""An outbox in memory: keeps every promise of `proxy/events/keeping/outbox.py` but the one of durability.

outbox = InMemoryOutbox(clock)
outbox.broken = OutboxTrouble("disk", "a test says so")     # every method raises it from now on
outbox.leads = False                                         # another process delivers: nothing can be claimed
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import msgspec

from proxy.clock import Clock
from proxy.events.backoff import most_together
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import Again, Dead, Delivered, OutboxTrouble, Put, Settlement, Status, Untouched

SEVEN_DAYS = 7 * 86400.0
STILL_FOR = 10.0
"""Seconds for which one `stand_still` counts."""
LOOK = 0.002


@dataclass
class Entry:
    kept: Kept
    due: float
    born: float  # on the clock of ages
    claimed: bool = False


class InMemoryOutbox:
    """Lives as long as the test."""

    def __init__(self, clock: Clock, limit: int = 1 << 30) -> None:
        self.broken: Exception | None = None
        self.leads = True
        self.settled: list[Settlement] = []
        self.stood_still: list[str] = []
        self._clock = clock
        self._limit = limit
        self._entries: dict[str, Entry] = {}
        self._seen: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._news = asyncio.Event()
        self._number = 0
        self._why = ""
        self._still_until = self._looked = clock.now()
        self._stood = 0.0

    async def open(self) -> None: ...

    async def close(self) -> None:
        for entry in self._entries.values():
            entry.claimed = False

    # -- taking ---------------------------------------------------------------

    async def put(self, events: Sequence[Event]) -> Sequence[Put]:
        self._check()
        if self._size() + sum(len(event.body) for event in events) > self._limit:
            raise OutboxTrouble("full", f"{self._limit} bytes wait")
        return [self._put(event) for event in events]

    def _put(self, event: Event) -> Put:
        found, now = Put.TAKEN, self._clock.wall()
        seen = self._seen.get((event.kind, event.id))
        if event.id and seen is not None and now - seen[1] < SEVEN_DAYS:
            if seen[0] == event.digest:
                return Put.SEEN
            found = Put.CONFLICT
        self._seen[event.kind, event.id] = (event.digest, now)
        self._keep(event, Shelf.WAITING)
        return found

    async def filter(self, events: Sequence[Event], why: str) -> None:
        self._check()
        for event in events:
            self._keep(event, Shelf.FILTERED, why)

    def _keep(self, event: Event, shelf: Shelf, said: str = "") -> None:
        self._number += 1
        ref = f"m{self._number}"
        kept = Kept(ref=ref, event=event, shelf=shelf, taken_at=self._clock.wall(), said=said)
        self._entries[ref] = Entry(kept, self._clock.now(), self._age())
        self._news.set()

    # -- delivering -----------------------------------------------------------

    async def claim(self, kind: str, most: int) -> Sequence[Kept]:
        self._check()
        part: list[Entry] = []
        for entry in self._due(kind):
            most = min(most, most_together(entry.kept.attempts))
            if len(part) >= most:
                break
            part.append(entry)
        return [self._claim(entry) for entry in part]

    async def claim_untried(self, kind: str) -> Sequence[Kept]:
        self._check()
        return [self._claim(entry) for entry in [one for one in self._due(kind) if not one.kept.attempts][:1]]

    def _due(self, kind: str) -> list[Entry]:
        now = self._clock.now()
        return [
            entry
            for entry in self._entries.values()
            if self.leads
            and entry.kept.shelf is Shelf.WAITING
            and entry.kept.event.kind == kind
            and not entry.claimed
            and entry.due <= now
        ]

    def _claim(self, entry: Entry) -> Kept:
        entry.claimed = True
        return self._shown(entry)

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        self._check()
        for one in settlements:
            self.settled.append(one)
            entry = self._entries.get(one.ref)
            if entry is not None:
                self._settle(entry, one)
        self._news.set()

    def _settle(self, entry: Entry, one: Settlement) -> None:
        entry.claimed = False
        kept = entry.kept
        match one:
            case Delivered():
                del self._entries[one.ref]
            case Again():
                entry.due = self._clock.now() + one.pause
                entry.kept = msgspec.structs.replace(kept, attempts=kept.attempts + 1, said=one.said)
            case Dead():
                entry.kept = msgspec.structs.replace(kept, shelf=Shelf.DEAD, said=one.said)
                self._seen.pop((kept.event.kind, kept.event.id), None)
            case Untouched():
                pass

    async def wait(self, seconds: float) -> None:
        """By the outbox's clock, which a test may move."""
        self._check()
        until = self._clock.now() + seconds
        while not self._news.is_set() and self._clock.now() < until:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK)
        self._news.clear()

    async def stand_still(self, why: str) -> None:
        self._check()
        self._age()
        self._why, self._still_until = why, self._clock.now() + STILL_FOR
        self.stood_still.append(why)

    async def go_on(self) -> None:
        self._check()
        self._age()
        self._why, self._still_until = "", self._clock.now()

    # -- watching -------------------------------------------------------------

    async def status(self) -> Status:
        on = {shelf: self._of(shelf) for shelf in Shelf}
        waiting = on[Shelf.WAITING]
        return Status(
            waiting=_by_kind(waiting),
            dead=_by_kind(on[Shelf.DEAD]),
            filtered=_by_kind(on[Shelf.FILTERED]),
            oldest=max((self._shown(entry).age for entry in waiting), default=None),
            size=self._size(),
            limit=self._limit,
            dead_size=sum(len(entry.kept.event.body) for entry in on[Shelf.DEAD]),
            paused=self._why if self._clock.now() < self._still_until else "",
            trouble=str(self.broken or ""),
        )

    async def each(self, shelf: Shelf) -> AsyncIterator[Kept]:
        for entry in self._of(shelf):
            yield self._shown(entry)

    async def find(self, name: str) -> Sequence[Kept]:
        found = [self._shown(entry) for entry in self._entries.values()]
        return [one for one in found if one.ref == name] or [one for one in found if one.event.id == name]

    async def retry(self, ref: str, event: Event | None = None) -> bool:
        entry = self._entries.pop(ref, None)
        if entry is not None:
            self._keep(event or entry.kept.event, Shelf.WAITING)
        return entry is not None

    async def drop(self, ref: str) -> bool:
        return self._entries.pop(ref, None) is not None

    # -- inside ---------------------------------------------------------------

    @property
    def claimed(self) -> int:
        """How many are claimed now."""
        return sum(entry.claimed for entry in self._entries.values())

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken

    def _of(self, shelf: Shelf) -> list[Entry]:
        return [entry for entry in self._entries.values() if entry.kept.shelf is shelf]

    def _size(self) -> int:
        return sum(len(entry.kept.event.body) for entry in self._of(Shelf.WAITING))

    def _shown(self, entry: Entry) -> Kept:
        return msgspec.structs.replace(entry.kept, age=self._age() - entry.born)

    def _age(self) -> float:
        """The clock of ages, which stands while delivery stands still."""
        now = self._clock.now()
        self._stood += max(0.0, min(now, self._still_until) - self._looked)
        self._looked = now
        return now - self._stood


def _by_kind(entries: list[Entry]) -> dict[str, int]:
    kinds = [entry.kept.event.kind for entry in entries]
    return {kind: kinds.count(kind) for kind in set(kinds)}
