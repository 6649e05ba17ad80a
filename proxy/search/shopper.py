"""The shopper's end of the line: aiohttp's request in, ready bytes out.

aiohttp's server parses and keeps the connection; what we answer is written
straight to its transport, so that no header is built twice and no body is
copied. It reads and writes on aiohttp's inside (`RequestHandler.transport`,
`.writing_paused`, `._drain_helper`; `BaseRequest._message`, `._headers`,
`._protocol`), which `server/connection.py` keeps to the version that has it so.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from aiohttp import web
from aiohttp.http import HttpVersion11

from proxy.ask import Ask
from proxy.errors import ShopperGone, ShopperTrouble
from proxy.search.answer import SHOPPER_GONE, Answer, Reply
from proxy.sent import Sent, end_of_head
from proxy.wire.chunked import LAST_CHUNK, chunk

# Nobody needs a minute to send the next piece of a body, or to take one: a connection held open so is a slow attack.
STALLED: Final = 60.0
# Below this, one write of a copy costs no more than one write of two pieces.
_JOINED: Final = 8 * 1024

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_EXPECTED: Final = "100-continue"


def ask_of(request: web.BaseRequest, client: str) -> Ask:
    """The request as rules and auctions see it.

    Raises:
        ShopperTrouble: a target or a Host that no honest client sends.
    """
    message = request._message
    target, headers = message.path, message.raw_headers
    if not target.isascii():
        target = target.encode("utf-8", "surrogateescape").decode("latin-1")
    if not target.startswith("/"):
        target = _origin_form(target, message.method, headers)
    if "#" in target:
        raise ShopperTrouble(400, "A request target has no fragment")
    return Ask(message.method, target, headers, None, client)


def _origin_form(target: str, method: str, headers: tuple[tuple[bytes, bytes], ...]) -> str:
    """RFC 9112 section 3.2: absolute form is taken where it names the host that `Host` names, `*` for OPTIONS."""
    if target == "*" and method == "OPTIONS":
        return target
    scheme, colon, rest = target.partition("://")
    if not colon or scheme.lower() not in ("http", "https"):
        raise ShopperTrouble(400, "The request target is neither a path nor a URL")
    authority, slash, path = rest.partition("/")
    if not slash:
        authority, question, query = rest.partition("?")
        path = question + query
    hosts = [value for name, value in headers if name.lower() == b"host"]
    if [authority.lower().encode("latin-1", "replace")] != [host.lower() for host in hosts]:
        raise ShopperTrouble(421, "The request target and Host name different hosts")
    return "/" + path


def has_body(request: web.BaseRequest) -> bool:
    """Whether the request says that it has a body; `Content-Length: 0` is one too, and stays one."""
    return request._message.chunked or "Content-Length" in request._headers


class ShopperBody:
    """A request body that is sent on as it comes. An `Upload` of the wire.

    `Expect: 100-continue` is answered when the first byte is wanted, not before.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self._invited = False
        self.prefix = bytearray()
        message = request._message
        self.length: int | None = None if message.chunked else int(message.headers["Content-Length"])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._invite()
        while piece := await self._next():
            yield piece

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(STALLED):
                return await self._request.content.readany()
        except TimeoutError:
            raise ShopperTrouble(408, "The request's body stalled") from None
        except web.RequestPayloadError as error:
            raise ShopperTrouble(400, "The request's body is not framed as its header says") from error
        except ConnectionError as error:
            raise ShopperGone("the shopper left within the request's body") from error

    async def read(self, limit: int) -> bytes | None:
        """The whole body, or None where it has more than `limit` bytes; then `prefix` holds what was read."""
        if self.length is not None and self.length > limit:
            return None
        async for piece in self:
            self.prefix += piece
            if len(self.prefix) > limit:
                return None
        return bytes(self.prefix)

    def _invite(self) -> None:
        """Answer `Expect: 100-continue` (RFC 9110 section 10.1.1), once."""
        transport = self._request.transport
        if not self._invited and transport is not None and self._request.headers.get("Expect", "").lower() == _EXPECTED:
            transport.write(_CONTINUE)
        self._invited = True


def peer_of(request: web.BaseRequest) -> str:
    """The address at the other end of the connection."""
    name = request._protocol.peername
    return name[0] if isinstance(name, tuple) else "unknown"


def forwarded_for(request: web.BaseRequest) -> Sequence[str]:
    """The values of `X-Forwarded-For`: whom the peer speaks for, if it may be believed."""
    return request._headers.getall("X-Forwarded-For", ())


class ShopperSink:
    """Where a relayed body goes: a `Sink` of the wire, on the shopper's transport."""

    def __init__(self, request: web.BaseRequest, *, chunked: bool) -> None:
        transport = request.transport
        if transport is None:
            raise ShopperGone("the shopper left before the answer")
        self._write = transport.write
        self._transport = transport
        self._protocol = request._protocol
        self._chunked = chunked

    def write(self, data: bytes) -> None:
        if self._chunked:
            self._write(chunk(data))
        else:
            self._write(data)

    def is_full(self) -> bool:
        return self._protocol.writing_paused

    async def drained(self) -> None:
        """Returns when the shopper has taken enough of what was written.

        Raises:
            ShopperGone: it took nothing for a minute, or left.
        """
        try:
            async with asyncio.timeout(STALLED):
                await self._protocol._drain_helper()
        except (TimeoutError, ConnectionError) as error:
            raise ShopperGone("the shopper no longer reads") from error


async def send(request: web.BaseRequest, answer: Answer, *, last: bool = False) -> Sent:
    """Write an answer to the shopper.

    Args:
        request: what is answered.
        answer: the answer.
        last: whether the connection ends with it in any case; while a worker drains, `keep_alive` says so.

    Raises:
        ShopperGone: nobody is there to read it.
        WireTrouble: the marketplace broke off; the shopper's connection is cut, so that the answer is visibly cut too.
    """
    transport = request._protocol.transport
    rest = answer.rest
    if transport is None:
        if rest is not None:
            rest.abandon()
        raise ShopperGone("the shopper left before the answer")
    modern = request._message.version >= HttpVersion11
    measured = answer.length is not None or answer.bodyless
    keep = request.keep_alive and not last and (modern or measured)
    head = answer.head + _framing(answer, modern) + end_of_head(keep, modern)
    # What is here goes in one write with the head: for a short answer, all of it.
    body = answer.body
    if rest is not None:
        body = body + rest.take() if body else rest.take()
        if rest.complete:
            rest = None
    chunked = modern and not measured
    if chunked:
        body = _in_chunks(body, last=rest is None)
    if len(body) < _JOINED:
        transport.write(head + body)
    else:
        transport.writelines((head, body))
    if rest is not None:
        await _relay(request, transport, rest, chunked=chunked)
    return Sent(answer.status, keep)


def _framing(answer: Answer, modern: bool) -> bytes:
    if answer.length is not None:
        return b"" if answer.status == 204 else b"Content-Length: %d\r\n" % answer.length
    return b"Transfer-Encoding: chunked\r\n" if modern and not answer.bodyless else b""


def _in_chunks(data: bytes, *, last: bool) -> bytes:
    """Some of a body (or nothing) as it goes in chunks; with the `last` of it, the end of the body."""
    framed = chunk(data) if data else b""
    return framed + LAST_CHUNK if last else framed


async def _relay(request: web.BaseRequest, transport: asyncio.Transport, rest: Reply, *, chunked: bool) -> None:
    """Pass on what is still to come; whatever ends it early cuts both connections."""
    try:
        await rest.relay(ShopperSink(request, chunked=chunked))
    except BaseException:
        rest.abandon()
        transport.abort()
        raise
    if chunked:
        transport.write(LAST_CHUNK)


def cut(request: web.BaseRequest) -> Sent:
    """End the shopper's connection in the middle of an answer, so that it cannot be taken for a whole one."""
    if request.transport is not None:
        request.transport.abort()
    return Sent(SHOPPER_GONE, keep_alive=False)
