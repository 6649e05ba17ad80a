"""What becomes of events that came in: kept, handed on, or set aside.

Whoever reads a request of events, in whatever spelling, gives them here. All
that happens is counted; what cannot be kept is refused, with nothing of the
request kept.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final, Protocol

from proxy.clock import Clock
from proxy.events.event import Event
from proxy.events.keeping.outbox import Outbox, OutboxTrouble, Put
from proxy.events.taking import replies
from proxy.events.taking.batch import Received
from proxy.events.taking.guard import INTERACTIONS, odd_clock
from proxy.events.taking.replies import Refusal, Told

_KEPT: Final = replies.in_json(HTTPStatus.ACCEPTED, b"{}")


class Forwarding(Protocol):
    """How an event of version 1 goes on at once (`delivering/forward.py`)."""

    async def send(self, event: Event) -> tuple[int, bytes]:
        """Status and JSON body for the sender; may raise `OutboxTrouble`."""
        ...


class Intake:
    """Takes events that were read.

    Args:
        outbox: where they are kept.
        forward: where those of version 1 go; None where none of them come.
        clock: the calendar, for times that cannot be right.
        counts: "what" or "what|which": taken, seen, conflicts, filtered, clock.
    """

    def __init__(self, outbox: Outbox, forward: Forwarding | None, clock: Clock, counts: Counter[str]) -> None:
        self._outbox = outbox
        self._forward = forward
        self._clock = clock
        self._counts = counts
        self._under_way: set[asyncio.Future[Any]] = set()

    async def keep(self, received: Sequence[Received], why: str | None) -> None:
        """Keep the events of one request, to be delivered.

        Args:
            received: the events.
            why: why impressions and clicks among them count for nobody (`guard.why_invalid`); None where they count.

        Raises:
            Refusal: the outbox cannot keep them; nothing was kept.
        """
        wanted = received if why is None else [one for one in received if one.type not in INTERACTIONS]
        if wanted:
            await self._put(wanted)
        if why is not None:
            await self.set_aside([one for one in received if one.type in INTERACTIONS], why)

    async def set_aside(self, received: Sequence[Received], why: str, said: str = "") -> None:
        """Keep what is not sent on, for people to look at; no room for it is no trouble of the sender's.

        Args:
            received: the events.
            why: one word, for the metrics.
            said: the reason in full, where one word does not say it.
        """
        if received:
            self._counts[f"filtered|{why}"] += len(received)
            with suppress(OutboxTrouble):
                await self._outbox.filter([one.event for one in received], said or why)

    async def hand_on(self, one: Received, why: str | None) -> Told:
        """Hand an event of version 1 on at once; what its sender is told. Args and errors as of `keep`."""
        assert self._forward is not None
        if why is not None and one.type in INTERACTIONS:
            await self.set_aside([one], why)
            return _KEPT
        try:
            status, said = await self._to_its_end(self._forward.send(one.event))
        except OutboxTrouble as trouble:
            raise Refusal(trouble.why, replies.not_kept()) from None
        if status < HTTPStatus.BAD_REQUEST:
            self._taken(one)
        return replies.in_json(status, said)

    async def close(self) -> None:
        """Wait for what is under way though its sender has left."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _put(self, received: Sequence[Received]) -> None:
        try:
            puts = await self._outbox.put([one.event for one in received])
        except OutboxTrouble as trouble:
            raise Refusal(trouble.why, replies.not_kept()) from None
        for one, put in zip(received, puts, strict=True):
            if put is Put.SEEN:
                self._counts["seen"] += 1
                continue
            if put is Put.CONFLICT:
                self._counts["conflicts"] += 1
            self._taken(one)

    async def _to_its_end(self, work: Coroutine[Any, Any, tuple[int, bytes]]) -> tuple[int, bytes]:
        """What it comes to; it goes on, too, when the sender leaves: half a forwarding is nobody's wish."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    def _taken(self, one: Received) -> None:
        self._counts[f"taken|{one.type}"] += 1
        if odd := odd_clock(one.moment, self._clock.wall()):
            self._counts[f"clock|{odd}"] += 1
