"""Puts, many in one call.

What comes in while Redis is busy goes along in the next call: one script, and
one sync of its disk, for all requests that wait. Each request is kept whole or
not at all, and is answered when Redis has answered.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxy.events.event import Event
from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.streams.connection import PATIENCE, Connection
from proxy.events.keeping.streams.records import record_of
from proxy.events.keeping.streams.scripts import PUT

MOST_TOGETHER: Final = 1000
"""Events in a call: a script stops everybody else, so it must be short."""
_ANSWERS: Final = {1: Put.TAKEN, 2: Put.SEEN, 3: Put.CONFLICT}


@dataclass(eq=False)
class _Request:
    events: Sequence[Event]
    done: "asyncio.Future[Sequence[Put]]"


class Taker:
    """Takes the events of one process.

    Args:
        connection: to Redis.
        limit: `--outbox-size`, bytes.
        patience: seconds for which a sender waits.
    """

    def __init__(self, connection: Connection, limit: int, patience: float = PATIENCE) -> None:
        self._connection = connection
        self._limit = limit
        self._patience = patience
        self._requests: deque[_Request] = deque()
        self._taking: asyncio.Task[None] | None = None

    async def put(self, events: Sequence[Event]) -> Sequence[Put]:
        """Keep events; whoever is cancelled leaves what is under way alone.

        Raises:
            OutboxTrouble: they were not acknowledged.
        """
        request = _Request(events, asyncio.get_running_loop().create_future())
        request.done.add_done_callback(_look_at)
        self._requests.append(request)
        if self._taking is None:
            self._taking = asyncio.create_task(self._take(), name="outbox")
        try:
            return await asyncio.wait_for(asyncio.shield(request.done), self._patience)
        except TimeoutError:
            if request in self._requests:
                self._requests.remove(request)
            raise OutboxTrouble("unreachable", f"Redis: it does not answer within {self._patience:g} s") from None

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._taking is not None:
            await self._taking

    async def _take(self) -> None:
        try:
            while self._requests:
                await self._take_some(self._some())
        finally:
            self._taking = None

    def _some(self) -> list[_Request]:
        """As many requests as fit into a call; one at least."""
        some, events = [self._requests.popleft()], 0
        while self._requests and events + len(self._requests[0].events) <= MOST_TOGETHER:
            events += len(self._requests[0].events)
            some.append(self._requests.popleft())
        return some

    async def _take_some(self, requests: Sequence[_Request]) -> None:
        try:
            size, answers = await self._connection.run(PUT, lambda now: self._arguments(requests, now))
        except Exception as trouble:
            for request in requests:
                _end(request, trouble)
            return
        for request, said in zip(requests, answers, strict=True):
            fits = len(said) == len(request.events)
            _end(request, [_ANSWERS[word] for word in said] if fits else self._full(size))

    def _arguments(self, requests: Sequence[_Request], now: float) -> list[Any]:
        words: list[Any] = [repr(now), self._limit]
        for request in requests:
            words.append(len(request.events))
            words += [record_of(event, now) for event in request.events]
        return words

    def _full(self, size: int) -> OutboxTrouble:
        return OutboxTrouble("full", f"--outbox-size is {self._limit} bytes, and {size} wait already")


def _end(request: _Request, outcome: Sequence[Put] | Exception) -> None:
    if request.done.done():
        return
    if isinstance(outcome, Exception):
        request.done.set_exception(outcome)
    else:
        request.done.set_result(outcome)


def _look_at(done: "asyncio.Future[Any]") -> None:
    if not done.cancelled():
        done.exception()  # its sender may be gone; that is no error of anybody's
