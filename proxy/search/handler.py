"""The front door: aiohttp in, aiohttp out.

Every request comes in here. One that a rule takes goes down the corridor
(`page.py`); every other one passes through to the marketplace and back,
untouched, as a stream. What is answered by us alone is little: requests that
no proxy may pass on, and the marketplace's silence.
"""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Final, cast

from aiohttp import web

from proxy.ask import Ask
from proxy.errors import MarketplaceTrouble, ShopperGone, ShopperTrouble
from proxy.reasons import Reason
from proxy.search import answer
from proxy.search.answer import Answer
from proxy.search.headers import Peer, first, for_shopper
from proxy.search.page import Corridor, View
from proxy.search.plans import Found, Plans
from proxy.search.shopper import ShopperBody, ask_of, has_body, peer_of, send
from proxy.search.trust import TrustedProxies
from proxy.search.tunnel import asks_for_upgrade, tunnel
from proxy.search.upstream import Body, Upstream
from proxy.wire.errors import WireTrouble

log = logging.getLogger(__name__)

# A body that a rule must read is read this far; a longer request is not matched.
MAX_READ_BODY: Final = 1024 * 1024

# TRACE echoes credentials (RFC 9110 section 9.3.8), CONNECT would make us an open proxy.
_NEVER_PASSED_ON: Final = frozenset({"TRACE", "CONNECT"})


class FrontDoor:
    """Answers every request.

    Args:
        plans: gives the plans in force.
        corridor: the way of a page view.
        upstream: the marketplace, for everything else.
        trusted: which peers may speak for others.
        scheme: b"http" or b"https", as shoppers reach us.
        count: is told the status of each answer that passed through.
        closing: whether connections end with their answer, as while draining.
    """

    def __init__(
        self,
        plans: Callable[[], Plans],
        corridor: Corridor,
        upstream: Upstream,
        trusted: TrustedProxies,
        *,
        scheme: bytes,
        count: Callable[[int], None],
        closing: Callable[[], bool],
    ) -> None:
        self._plans = plans
        self._corridor = corridor
        self._upstream = upstream
        self._trusted = trusted
        self._scheme = scheme
        self._count = count
        self._closing = closing

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; aiohttp calls this for each."""
        try:
            reply = await self._answer(request)
            sent = await send(request, reply, closing=self._closing())
        except ShopperTrouble as trouble:
            sent = await send(request, answer.problem(trouble.status, trouble.title), closing=True)
        except (ShopperGone, WireTrouble) as trouble:
            # The answer is cut, and the connection with it: visibly so for the shopper, and nobody is left to tell.
            log.info("%s %s was cut: %s", request.method, request.path, trouble)
            raise ConnectionResetError(str(trouble)) from None
        return cast(web.StreamResponse, sent)

    async def _answer(self, request: web.BaseRequest) -> Answer:
        address = peer_of(request)
        peer = Peer(address, self._trusted.holds(address), self._scheme)
        ask = ask_of(request, self._trusted.client(address, request.headers.getall("X-Forwarded-For", ())))
        if request.method in _NEVER_PASSED_ON:
            raise ShopperTrouble(405, "This method is not passed on")
        if request.method == "OPTIONS" and first(ask.headers, b"max-forwards") == b"0":
            return answer.whole(204, answer.HTTP % (204, b"No Content") + b"Allow: GET, HEAD, POST, OPTIONS\r\n", b"")
        if asks_for_upgrade(request):
            return await tunnel(request, ask, peer, self._upstream)
        body: Body = ShopperBody(request) if has_body(request) else None
        found, ask, body = await self._find(ask, body)
        if found is not None:
            try:
                return await self._corridor.view(View(ask, peer, body, found))
            except Exception:
                # Only a mistake of ours comes out here. A search may be asked again, so the page is still served.
                log.exception("page %s: a bug (%s); passed through instead", found.rule.page, Reason.BUG)
        return await self._pass_through(ask, peer, body)

    async def _find(self, ask: Ask, body: Body) -> tuple[Found | None, Ask, Body]:
        """The rule that takes the request; its body is read only where a rule must see it."""
        plans = self._plans()
        if not isinstance(body, ShopperBody) or not plans.needs_body(ask):
            return plans.find(ask), ask, body
        text = await body.read(MAX_READ_BODY)
        if text is None:
            return None, ask, Rejoined(body)
        ask = ask.with_body(text)
        return plans.find(ask), ask, text

    async def _pass_through(self, ask: Ask, peer: Peer, body: Body) -> Answer:
        try:
            response = await self._upstream.send(ask, peer, body, for_ads=False, search=False)
        except MarketplaceTrouble as trouble:
            log.warning("%s %s: %s", ask.method, ask.path, trouble)
            self._count(trouble.status)
            return answer.for_trouble(trouble)
        self._count(response.status)
        return answer.relayed(response, for_shopper(response.raw_headers), ask.method)


class Rejoined:
    """A body of which a part was read already, sent on whole after all."""

    def __init__(self, body: ShopperBody) -> None:
        self._body = body
        self.length = body.length

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._body.prefix:
            yield bytes(self._body.prefix)
        async for chunk in self._body:
            yield chunk
