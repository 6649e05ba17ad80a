"""WebSockets, passed through: after the handshake, bytes both ways and nothing else.

We do not speak the protocol; we carry it. So extensions, close codes and
broken frames reach the other side as they were sent. Only `websocket` is
carried on: an upgrade to anything else (h2c) would open a door past the rules.
"""

import asyncio
from contextlib import suppress
from typing import Final, cast

from aiohttp import web
from aiohttp._websocket.reader import WebSocketReader

from proxy.ask import Ask
from proxy.errors import MarketplaceTrouble, ShopperGone
from proxy.search import answer
from proxy.search.headers import Peer, first, for_shopper
from proxy.search.shopper import ShopperSink, send
from proxy.search.upstream import Upstream
from proxy.sent import Sent
from proxy.wire.errors import WireTrouble
from proxy.wire.response import Response
from proxy.wire.upload import Tunnel

SWITCHING: Final = 101
UPGRADE: Final = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"


def asks_for_upgrade(request: web.BaseRequest) -> bool:
    """Whether a request wants to become a WebSocket (RFC 6455 section 4.1)."""
    message = request._message
    # The parser says whether it asks for any upgrade: by `Upgrade`, and by `Connection` that names it.
    return message.upgrade and message.method == "GET" and message.headers["Upgrade"].strip().lower() == "websocket"


async def tunnel(request: web.BaseRequest, ask: Ask, peer: Peer, upstream: Upstream) -> Sent:
    """Carry a WebSocket to its end; or, where the marketplace refuses it, pass on what it says to the handshake.

    Raises:
        ShopperGone: the handshake came to nothing.
    """
    try:
        response = await upstream.send(ask, peer, None, for_ads=False, search=False, upgrade=UPGRADE)
    except MarketplaceTrouble as trouble:
        return await send(request, answer.for_trouble(trouble))
    if response.status != SWITCHING:
        return await send(request, answer.relayed(response, for_shopper(response.raw_headers), ask.method))
    protocol = (first(response.raw_headers, b"upgrade") or b"").strip().lower()
    if protocol != b"websocket" or request.transport is None:
        response.abandon()
        raise ShopperGone("the handshake came to nothing")
    await _carry(request, response)
    return Sent(SWITCHING, keep_alive=False)


async def _carry(request: web.BaseRequest, response: Response) -> None:
    sink = ShopperSink(request, chunked=False)
    sink.write(answer.status_line(response) + for_shopper(response.raw_headers) + UPGRADE + b"\r\n")
    there = FromShopper(request, response.tunnel())
    request.protocol.set_parser(cast(WebSocketReader, there))
    try:
        with suppress(WireTrouble, ShopperGone):
            await response.relay(sink)
    finally:
        there.close()
        response.abandon()
        if request.transport is not None:
            request.transport.close()


class FromShopper:
    """What the shopper sends, handed to the marketplace as it comes. aiohttp calls it like its WebSocket parser."""

    def __init__(self, request: web.BaseRequest, marketplace: Tunnel) -> None:
        self._request = request
        self._marketplace = marketplace
        self._waiting: asyncio.Task[None] | None = None

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Takes bytes from the shopper; says to aiohttp that the connection goes on and nothing is left over."""
        self._marketplace.write(data)
        if self._marketplace.is_full() and self._waiting is None:
            self._request.protocol.pause_reading()
            self._waiting = asyncio.get_running_loop().create_task(self._go_on())
        return False, b""

    def feed_eof(self) -> None:
        """The shopper's side has ended."""
        self._marketplace.close()

    def close(self) -> None:
        self._marketplace.close()
        if self._waiting is not None:
            self._waiting.cancel()

    async def _go_on(self) -> None:
        await self._marketplace.drained()
        self._waiting = None
        self._request.protocol.resume_reading()
