"""The front door: aiohttp in, aiohttp out.

Every request comes in here. One that a rule takes goes down the corridor
(`page.py`); every other one passes through to the marketplace and back,
untouched, as a stream. What is answered by us alone is little: requests that
no proxy may pass on, and the marketplace's silence.
"""

import logging
from collections.abc import AsyncIterator, Coroutine
from functools import lru_cache
from typing import Any, Final

from aiohttp import web

from proxy.ask import Ask
from proxy.errors import MarketplaceTrouble, ShopperGone, ShopperTrouble, Trouble
from proxy.reasons import Reason
from proxy.rules.live import Live
from proxy.search import answer
from proxy.search.answer import Answer
from proxy.search.coding import CodingTrouble, decode
from proxy.search.crowd import Crowd
from proxy.search.headers import Peer, first, for_shopper
from proxy.search.page import Corridor, View
from proxy.search.plans import Found, Plans
from proxy.search.shopper import ShopperBody, ask_of, cut, forwarded_for, has_body, peer_of, send
from proxy.search.trust import TrustedProxies
from proxy.search.tunnel import asks_for_upgrade, tunnel
from proxy.search.upstream import Body, Upstream
from proxy.sent import Sent
from proxy.wire.errors import WireTrouble

log = logging.getLogger(__name__)

# A body that a rule must read is read this far; a longer request is not matched.
MAX_READ_BODY: Final = 1024 * 1024

# TRACE echoes credentials (RFC 9110 section 9.3.8), CONNECT would make us an open proxy.
_NEVER_PASSED_ON: Final = frozenset({"TRACE", "CONNECT"})


class FrontDoor:
    """Answers every request.

    Args:
        live: the plans in force.
        corridor: the way of a page view.
        upstream: the marketplace, for everything else.
        trusted: which peers may speak for others.
        crowd: how many requests of one client may be under way.
        scheme: b"http" or b"https", as shoppers reach us.
    """

    def __init__(
        self,
        live: Live[Plans],
        corridor: Corridor,
        upstream: Upstream,
        trusted: TrustedProxies,
        crowd: Crowd,
        *,
        scheme: bytes,
    ) -> None:
        self._live = live
        self._corridor = corridor
        self._upstream = upstream
        self._trusted = trusted
        self._crowd = crowd if crowd.counts else None
        self._scheme = scheme
        self._peer = lru_cache(maxsize=4096)(self._peer_at)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; aiohttp calls this for each."""
        try:
            peer = self._peer(peer_of(request))
            forwarded = forwarded_for(request)
            ask = ask_of(request, self._trusted.client(peer.address, forwarded) if forwarded else peer.address)
            if self._crowd is None:
                sent = await self._served(request, ask, peer)
            else:
                sent = await self._in_the_crowd(self._crowd, request, ask, peer)
        except ShopperTrouble as trouble:
            sent = await send(request, answer.refusal(trouble), last=True)
        except (ShopperGone, WireTrouble) as trouble:
            # The answer is cut, and the connection with it: visibly so for the shopper, and nobody is left to tell.
            log.debug("%s %s was cut: %s", request.method, request.path, trouble)
            sent = cut(request)
        return sent  # type: ignore[return-value]  # it has what aiohttp asks an answer for

    def _peer_at(self, address: str) -> Peer:
        return Peer(address, self._trusted.holds(address), self._scheme)

    async def _in_the_crowd(self, crowd: Crowd, request: web.BaseRequest, ask: Ask, peer: Peer) -> Sent:
        crowd.enter(ask.client)
        try:
            return await self._served(request, ask, peer)
        finally:
            crowd.leave(ask.client)

    def _served(self, request: web.BaseRequest, ask: Ask, peer: Peer) -> Coroutine[Any, Any, Sent]:
        """The way that a request goes, to be awaited."""
        if ask.method in _NEVER_PASSED_ON:
            raise ShopperTrouble(501, "This method is not passed on")
        if ask.method == "OPTIONS" and first(ask.headers, b"max-forwards") == b"0":
            return send(request, answer.options())
        if asks_for_upgrade(request):
            return tunnel(request, ask, peer, self._upstream)
        return self._answered(request, ask, peer, ShopperBody(request) if has_body(request) else None)

    async def _answered(self, request: web.BaseRequest, ask: Ask, peer: Peer, body: ShopperBody | None) -> Sent:
        """Down the corridor where a rule takes the request; else on to the marketplace, and back as it comes."""
        sent: Body = body
        told: Answer | None = None
        try:
            if body is None:
                found = self._live.current.find(ask)
            else:
                found, ask, sent = await self._find(ask, body)
            if found is not None:
                told = await self._corridor.view(View(ask, peer, sent, found))
        except Trouble:
            raise
        except Exception:
            # Only a mistake of ours comes out here. The page is still served; of its body, what was read goes first.
            log.exception("%s %s: a bug (%s); passed through instead", ask.method, ask.path, Reason.BUG)
            sent = Rejoined(sent) if isinstance(sent, ShopperBody) else sent
        if told is None:
            try:
                response = await self._upstream.send(ask, peer, sent, for_ads=False, search=False)
                told = answer.relayed(response, for_shopper(response.raw_headers), ask.method)
            except MarketplaceTrouble as trouble:
                log.warning("%s %s: %s", ask.method, ask.path, trouble)
                told = answer.for_trouble(trouble)
        return await send(request, told)

    async def _find(self, ask: Ask, body: ShopperBody) -> tuple[Found | None, Ask, Body]:
        """The rule that takes the request, and its body: read where there is a rule that may want it, else a stream.

        A search whose body is here can be asked again where a connection broke. A body that is too long to be read
        is none that a rule can look into.
        """
        plans = self._live.current
        unread = plans.needs_body(ask)
        found = None if unread else plans.find(ask)
        if found is None and not unread:
            return None, ask, body
        text = await body.read(MAX_READ_BODY)
        if text is None:
            return found, ask, Rejoined(body)
        if unread:
            ask = ask.with_body(_uncoded(text, ask))
            found = plans.find(ask)
        return found, ask, text


def _uncoded(body: bytes, ask: Ask) -> bytes:
    """A request's body as a rule reads it; the marketplace gets it as it came.

    Elasticsearch's clients send gzip where they are told to compress. What cannot be decoded within the bound is
    read as it stands, and a rule finds nothing in it.
    """
    try:
        return decode(body, ask.fields.get(b"content-encoding", b""), MAX_READ_BODY)
    except CodingTrouble:
        return body


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
