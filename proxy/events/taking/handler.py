"""The door for events: a request in, an answer out.

    POST <prefix>/v2/events     checked, kept, answered 204; delivered later
    POST <prefix>/v1/events     checked, handed on at once, the ad platform's answer handed back
    POST <prefix>/v2/auctions   banner widgets' auctions, where they are wanted

These paths byte for byte; every other one is the marketplace's. A request is
taken whole or not at all. Nothing of its header goes on: not the sender's
Authorization, no cookie; the key is added by whoever delivers. Nothing of an
event is ever written to a log.

What a body is called does not matter, only what it is: a beacon says
text/plain, others say nothing, and an event must not be lost over it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from aiohttp import web

from proxy.clock import Clock
from proxy.events.keeping.outbox import Outbox
from proxy.events.taking import replies
from proxy.events.taking.batch import NotTaken, read_batch, read_v1
from proxy.events.taking.doorway import Doorway, Terms
from proxy.events.taking.guard import Guard, why_invalid
from proxy.events.taking.intake import Forwarding, Intake
from proxy.events.taking.origins import Origins
from proxy.events.taking.replies import Refusal, Told
from proxy.events.taking.sender import PATIENCE, Fields
from proxy.topsort import v1, v2

_Found = TypeVar("_Found")

MOST_BYTES: Final = 256 * 1024
"""Of a request, as it came and decoded: two hundred events of more than a kilobyte."""


def paths_of(prefix: str, *, widgets: bool) -> Sequence[str]:
    """The paths that are ours.

    Args:
        prefix: in front of them ("/topsort", or "").
        widgets: whether banner widgets' auctions are ours.
    """
    paths = (v2.EVENTS, v1.EVENTS, v2.AUCTIONS) if widgets else (v2.EVENTS, v1.EVENTS)
    return tuple(prefix + path for path in paths)


class Asking(Protocol):
    """Who answers a widget's auctions."""

    async def ask(self, body: bytes) -> tuple[int, bytes]:
        """Status and JSON body for the widget."""
        ...


class EventsDoor:
    """Takes events.

    Args:
        outbox: where they are kept.
        forward: where those of version 1 go.
        widgets: who answers banner widgets' auctions; None where they are the marketplace's business.
        prefix: in front of the paths ("/topsort", or "").
        origins: which pages may send.
        guard: how much a client may send.
        clock: the time.
        client_of: the sender's address, as far as trusted proxies let us know it.
        host_of: the host, with its port, by which the sender reached us.
        patience: seconds in which a body must come.
    """

    def __init__(
        self,
        outbox: Outbox,
        forward: Forwarding,
        widgets: Asking | None,
        *,
        prefix: str,
        origins: Origins,
        guard: Guard,
        clock: Clock,
        client_of: Callable[[web.BaseRequest], str],
        host_of: Callable[[web.BaseRequest], str],
        patience: float = PATIENCE,
    ) -> None:
        self.counts: Counter[str] = Counter()
        """What happened, "what" or "what|which": what `Intake` counts, and rejected, faults, gone."""
        self._intake = Intake(outbox, forward, clock, self.counts)
        self._widgets = widgets
        paths = paths_of(prefix, widgets=widgets is not None)
        self._doorway = Doorway(
            dict(zip(paths, (self._take, self._hand_on, self._ask), strict=False)),
            self.counts,
            MOST_BYTES,
            Terms(origins, guard, clock, client_of, host_of, patience),
        )
        self.owns = self._doorway.owns
        self.handle = self._doorway.handle

    async def close(self) -> None:
        """Wait for what is under way though its sender has left."""
        await self._intake.close()

    # -- the rooms behind it ------------------------------------------------

    async def _take(self, request: web.BaseRequest, fields: Fields, body: bytes) -> Told:
        received = self._read(read_batch, body)
        self._doorway.pays(request, len(received))
        await self._intake.keep(received, why_invalid(fields))
        return replies.TAKEN

    async def _hand_on(self, request: web.BaseRequest, fields: Fields, body: bytes) -> Told:
        return await self._intake.hand_on(self._read(read_v1, body), why_invalid(fields))

    async def _ask(self, request: web.BaseRequest, fields: Fields, body: bytes) -> Told:
        assert self._widgets is not None
        return replies.for_widget(*await self._widgets.ask(body))

    def _read(self, read: Callable[[bytes], _Found], body: bytes) -> _Found:
        try:
            return read(body)
        except NotTaken as trouble:
            for fault in trouble.faults:
                self.counts[f"faults|{fault.code}"] += 1
            raise Refusal("invalid", replies.not_events(trouble.faults)) from None
