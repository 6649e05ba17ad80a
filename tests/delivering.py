"""A delivery at work between an outbox and a platform, with a clock that the test turns.

async with delivering() as work:
    await work.put(*events("impressions", 3))
    await until(lambda: len(work.platform.ids) == 3)
"""

import asyncio
import hashlib
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from proxy.clock import Clock, ManualClock
from proxy.events.delivering.delivery import Delivery
from proxy.events.delivering.flight import Posting
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import Outbox
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.event_platform import KEY, EventPlatform
from tests.in_memory_outbox import InMemoryOutbox
from tests.patience import until

LOOK = 0.003


def an_event(id: str, kind: str = "impressions", **fields: Any) -> Event:
    """An event with an id; its body is spelled as no serializer would, so that a changed byte shows."""
    told = {"id": id, "occurredAt": "2026-11-22T10:00:00+01:00", "opaqueUserId": "u", **fields}
    body = json.dumps(told, separators=(" ,", " :")).encode()
    return Event(kind=kind, id=id, body=body, digest=hashlib.sha256(body).digest())


def events(kind: str, number: int, begin: int = 0) -> list[Event]:
    """`impressions-0`, `impressions-1`, ..."""
    return [an_event(f"{kind}-{place}", kind) for place in range(begin, begin + number)]


class Work:
    """What a test holds."""

    def __init__(self, platform: EventPlatform, outbox: Outbox, clock: Clock, client: Client) -> None:
        self.platform = platform
        self.outbox: Any = outbox
        self.clock: Any = clock
        self.client = client
        self.key = KEY
        self.watched: list[Posting] = []
        self.chance = 0.5
        self.delivery = Delivery(
            outbox,
            client,
            lambda: self.key,
            clock,
            chance=lambda: self.chance,
            watch=self.watched.append,
            look=LOOK,
        )

    async def put(self, *given: Event) -> None:
        await self.outbox.put(given)

    async def dead(self) -> list[Kept]:
        return [one async for one in self.outbox.each(Shelf.DEAD)]

    async def waiting(self) -> list[Kept]:
        return [one async for one in self.outbox.each(Shelf.WAITING)]

    async def called(self, times: int) -> None:
        await until(lambda: len(self.platform.calls) >= times, f"never {times} calls")

    async def until_called(self, times: int, step: float = 0.05, most: float = 1000.0) -> float:
        """Turn the clock until so many calls have come and were settled; the seconds that it took."""
        passed = 0.0
        while len(self.platform.calls) < times:
            assert passed < most, f"no {times} calls within {passed} s"
            await self.settled()
            if len(self.platform.calls) >= times:
                break
            self.clock.advance(step)
            passed += step
            await self.rounds()
        return passed

    async def rounds(self, number: int = 3) -> None:
        """Let the loop look at everything so often."""
        for _ in range(number):
            seen = self.delivery.rounds
            await until(lambda seen=seen: self.delivery.rounds > seen, "the loop stands", every=0.001)

    async def settled(self) -> None:
        """No batch is under way, and the outbox knows what came of all."""
        await until(lambda: not self.delivery.in_flight, "a call does not end", every=0.001)

    async def empty_with_time(self, step: float = 1.0) -> None:
        """Turn the clock until nothing waits any more."""
        for _ in range(5000):
            await self.rounds(1)
            if not await self.waiting():
                return
            if not self.delivery.in_flight:
                self.clock.advance(step)
        raise AssertionError("events wait")

    async def empty(self) -> None:
        """Nothing waits any more."""
        await until(self._is_empty, "events wait")

    async def _is_empty(self) -> bool:
        return not await self.waiting()


@asynccontextmanager
async def delivering(
    *,
    clock: Clock | None = None,
    outbox: Outbox | None = None,
    tls: ssl.SSLContext | None = None,
    trusted: ssl.SSLContext | None = None,
    wire_clock: Clock | None = None,
    prepare: Callable[[Work], Any] = lambda work: None,
) -> AsyncIterator[Work]:
    """Everything, running. The wire has the machine's clock, unless `wire_clock` says otherwise: a call under way must
    not run out of time whenever a test lets hours pass."""
    async with EventPlatform(tls) as platform:
        origin = Origin.parse(platform.url)
        client = Client(origin, connections=16, clock=wire_clock, ssl=trusted, name="ad platform")
        clock = clock or ManualClock(now=1000.0)
        work = Work(platform, outbox or InMemoryOutbox(clock), clock, client)
        await work.outbox.open()
        prepare(work)
        async with running(work.delivery):
            yield work
        await client.close()
        await work.outbox.close()


@asynccontextmanager
async def running(delivery: Delivery) -> AsyncIterator[None]:
    """The loop, for as long as the block lasts; whatever ends it by itself is heard."""
    task = asyncio.create_task(delivery.run())
    try:
        yield
    finally:
        await delivery.close(5.0)
        await task
