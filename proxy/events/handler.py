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

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeVar

from aiohttp import web

from proxy.clock import Clock
from proxy.events import replies
from proxy.events.batch import NotTaken, read_batch, read_v1
from proxy.events.guard import Guard, why_invalid
from proxy.events.intake import Forwarding, Intake
from proxy.events.origins import PREFLIGHT, Origins
from proxy.events.outbox import Outbox
from proxy.events.replies import Refusal, Told
from proxy.events.sender import PATIENCE, Fields, body_of, cut, fields_of, send
from proxy.topsort import v1, v2

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")

MOST_BYTES: Final = 256 * 1024
"""Of a request, as it came and decoded: two hundred events of more than a kilobyte."""

_PREFLIGHT: Final = Told(204, replies.TAKEN.head + PREFLIGHT)
_OPTIONS: Final = Told(204, replies.TAKEN.head + b"Allow: POST, OPTIONS\r\n")


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
        self._origins = origins
        self._guard = guard
        self._clock = clock
        self._client_of = client_of
        self._host_of = host_of
        self._patience = patience
        paths = paths_of(prefix, widgets=widgets is not None)
        self._rooms: dict[str, Callable[[web.BaseRequest, Fields, bytes], Awaitable[Told]]] = dict(
            zip(paths, (self._take, self._hand_on, self._ask), strict=False)
        )

    def owns(self, target: str) -> bool:
        """Whether a request target, as sent, is one of ours; asked for every request that comes in."""
        return target in self._rooms or ("?" in target and target.partition("?")[0] in self._rooms)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request that is ours."""
        fields = fields_of(request)
        welcome = self._origins.welcome(fields, lambda: self._host_of(request))
        try:
            return send(request, await self._answer(request, fields, welcome), welcome or b"")
        except Refusal as refusal:
            self.counts[f"rejected|{refusal.why}"] += 1
            return send(request, refusal.told, welcome or b"", last=refusal.last or _still_waits(request, fields))
        except ConnectionError:
            self.counts["gone"] += 1
            return cut(request)
        except asyncio.CancelledError:  # what was handed to the outbox is kept whole, though nobody hears of it
            self.counts["gone"] += 1
            raise
        except Exception:
            _log.exception("a mistake of ours: a request of events has failed")
            self.counts["rejected|bug"] += 1
            return send(request, replies.OUR_MISTAKE, welcome or b"", last=True)

    async def close(self) -> None:
        """Wait for what is under way though its sender has left."""
        await self._intake.close()

    # -- may it come in? ----------------------------------------------------

    async def _answer(self, request: web.BaseRequest, fields: Fields, welcome: bytes | None) -> Told:
        if welcome is None:
            raise Refusal("origin", replies.NOT_WELCOME)
        method = request._message.method
        if method == "OPTIONS":
            return _PREFLIGHT if b"access-control-request-method" in fields else _OPTIONS
        if method != "POST":
            raise Refusal("method", replies.NOT_ALLOWED)
        self._may_send(request)
        body = await body_of(request, fields, MOST_BYTES, self._patience)
        return await self._rooms[request._message.path.partition("?")[0]](request, fields, body)

    def _may_send(self, request: web.BaseRequest) -> None:
        if self._guard.limits:
            wait = self._guard.wait(self._client_of(request), self._clock.now())
            if wait:
                raise Refusal("rate", replies.too_fast(wait))

    def _pays(self, request: web.BaseRequest, events: int) -> None:
        """For the events beside the first one, which was paid for at the door."""
        if self._guard.limits and events > 1:
            self._guard.charge(self._client_of(request), events - 1, self._clock.now())

    # -- the rooms behind it ------------------------------------------------

    async def _take(self, request: web.BaseRequest, fields: Fields, body: bytes) -> Told:
        received = self._read(read_batch, body)
        self._pays(request, len(received))
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


def _still_waits(request: web.BaseRequest, fields: Fields) -> bool:
    """Whether the sender still waits to be told that its body may come; after a refusal it need not send it."""
    return b"expect" in fields and not request.content.is_eof()
