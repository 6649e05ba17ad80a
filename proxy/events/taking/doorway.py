"""What every request of events goes through before anybody reads it, whatever its spelling.

Its path is ours, its page may send, it is a POST, its client is not too fast,
and its body is here. Then the room of its path takes it; what any of them
refuses is said in the spelling of those who send there, and counted.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from aiohttp import web

from proxy.clock import Clock
from proxy.events.taking import replies
from proxy.events.taking.guard import Guard
from proxy.events.taking.origins import PREFLIGHT, Origins
from proxy.events.taking.replies import Refusal, Told
from proxy.events.taking.sender import PATIENCE, Fields, body_of, cut, fields_of, send

_log = logging.getLogger(__name__)

Room: TypeAlias = Callable[[web.BaseRequest, Fields, bytes], Awaitable[Told]]
"""Takes a request with its header and its body; may raise `Refusal`."""

_PREFLIGHT: Final = Told(204, replies.TAKEN.head + PREFLIGHT)
_OPTIONS: Final = Told(204, replies.TAKEN.head + b"Allow: POST, OPTIONS\r\n")


class Terms(NamedTuple):
    """On which terms requests come in.

    Attributes:
        origins: which pages may send.
        guard: how much a client may send.
        clock: the time.
        client_of: the sender's address, as far as trusted proxies let us know it.
        host_of: the host, with its port, by which the sender reached us.
        patience: seconds in which a body must come.
    """

    origins: Origins
    guard: Guard
    clock: Clock
    client_of: Callable[[web.BaseRequest], str]
    host_of: Callable[[web.BaseRequest], str]
    patience: float = PATIENCE


def as_it_is(_why: str, told: Told) -> Told:
    """A refusal in the ad platform's own spelling."""
    return told


class Doorway:
    """The way to some rooms.

    Args:
        rooms: by path, byte for byte.
        counts: "what" or "what|which": rejected, gone.
        most: bytes that a body may have, as it came and decoded.
        terms: on which terms requests come in.
        spelled: a refusal (why, and what is told) as those who send here read it.
    """

    def __init__(
        self,
        rooms: Mapping[str, Room],
        counts: Counter[str],
        most: int,
        terms: Terms,
        spelled: Callable[[str, Told], Told] = as_it_is,
    ) -> None:
        self._rooms = rooms
        self._paths = tuple(rooms)
        self._counts = counts
        self._most = most
        self._terms = terms
        self._spelled = spelled

    def owns(self, target: str) -> bool:
        """Whether a request target, as sent, is one of ours; asked for every request that comes in."""
        return target.startswith(self._paths) and target.partition("?")[0] in self._rooms

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request that is ours."""
        fields = fields_of(request)
        welcome = self._terms.origins.welcome(fields, lambda: self._terms.host_of(request))
        try:
            return send(request, await self._answer(request, fields, welcome), welcome or b"")
        except Refusal as refusal:
            self._counts[f"rejected|{refusal.why}"] += 1
            told = self._spelled(refusal.why, refusal.told)
            return send(request, told, welcome or b"", last=refusal.last or _still_waits(request, fields))
        except ConnectionError:
            self._counts["gone"] += 1
            return cut(request)
        except asyncio.CancelledError:  # what was handed to the outbox is kept whole, though nobody hears of it
            self._counts["gone"] += 1
            raise
        except Exception:
            _log.exception("a mistake of ours: a request of events has failed")
            self._counts["rejected|bug"] += 1
            return send(request, self._spelled("bug", replies.OUR_MISTAKE), welcome or b"", last=True)

    def pays(self, request: web.BaseRequest, events: int) -> None:
        """For the events beside the first one, which was paid for at the door."""
        if self._terms.guard.limits and events > 1:
            self._terms.guard.charge(self._terms.client_of(request), events - 1, self._terms.clock.now())

    async def _answer(self, request: web.BaseRequest, fields: Fields, welcome: bytes | None) -> Told:
        if welcome is None:
            raise Refusal("origin", replies.NOT_WELCOME)
        method = request._message.method
        if method == "OPTIONS":
            return _PREFLIGHT if b"access-control-request-method" in fields else _OPTIONS
        if method != "POST":
            raise Refusal("method", replies.NOT_ALLOWED)
        self._may_send(request)
        body = await body_of(request, fields, self._most, self._terms.patience)
        return await self._rooms[request._message.path.partition("?")[0]](request, fields, body)

    def _may_send(self, request: web.BaseRequest) -> None:
        if self._terms.guard.limits:
            wait = self._terms.guard.wait(self._terms.client_of(request), self._terms.clock.now())
            if wait:
                raise Refusal("rate", replies.too_fast(wait))


def _still_waits(request: web.BaseRequest, fields: Fields) -> bool:
    """Whether the sender still waits to be told that its body may come; after a refusal it need not send it."""
    return b"expect" in fields and not request.content.is_eof()
