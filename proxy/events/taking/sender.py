"""The sender's end of the line: aiohttp's request in, ready bytes out.

A body is read whole, within its bound, before anybody looks into it. Nothing
here knows what an event is.
"""

import asyncio
from collections.abc import Mapping
from typing import Final, cast

from aiohttp import StreamReader, web
from aiohttp.http import HttpVersion11

from proxy.events.taking.inflate import NotGzip, inflate
from proxy.events.taking.replies import MISFRAMED, NOT_GZIP, STALLED, UNKNOWN_CODING, Refusal, Told, too_large
from proxy.sent import Sent, end_of_head

PATIENCE: Final = 60.0
"""Seconds in which a body must come: 256 KiB at 35 kbit/s."""
GONE: Final = 499
"""What nginx writes into its log for an answer that nobody received."""

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_GZIP: Final = (b"gzip", b"x-gzip")
_AS_IT_IS: Final = (b"", b"identity")

# All that is ever read of a request's header: never Authorization, never a cookie.
_READ: Final = frozenset(
    {
        *(b"origin", b"sec-fetch-site", b"access-control-request-method"),
        *(b"content-encoding", b"content-length", b"expect"),
        *(b"user-agent", b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"),
    }
)

Fields = Mapping[bytes, bytes]


def fields_of(request: web.BaseRequest) -> Fields:
    """Header values by name in lower case, as sent; several of one name joined by commas (RFC 9110 section 5.3)."""
    fields: dict[bytes, bytes] = {}
    for name, value in request._message.raw_headers:
        low = name.lower()
        if low in _READ:
            fields[low] = fields[low] + b", " + value if low in fields else value
    return fields


async def body_of(request: web.BaseRequest, fields: Fields, limit: int, patience: float) -> bytes:
    """The body without its coding.

    Args:
        request: the request.
        fields: its header.
        limit: bytes that it may have, as it came and decoded.
        patience: seconds in which it must be here.

    Raises:
        Refusal: it is too long, in an unknown coding, broken, or late.
        ConnectionError: the sender has left.
    """
    coding = fields.get(b"content-encoding", b"").strip().lower()
    if coding not in _AS_IT_IS and coding not in _GZIP:
        raise Refusal("coding", UNKNOWN_CODING)
    if int(fields.get(b"content-length", b"0")) > limit:
        raise _too_large(limit)
    body = await _received(request, fields, limit, patience)
    return body if coding in _AS_IT_IS else _inflated(body, limit)


def _too_large(limit: int) -> Refusal:
    # What is still to come is not waited for: the connection ends.
    return Refusal("too_large", too_large(limit), last=True)


def _inflated(body: bytes, limit: int) -> bytes:
    try:
        inflated = inflate(body, limit)
    except NotGzip:
        raise Refusal("coding", NOT_GZIP) from None
    if inflated is None:
        raise _too_large(limit)
    return inflated


async def _received(request: web.BaseRequest, fields: Fields, limit: int, patience: float) -> bytes:
    content = request.content
    if content.is_eof():  # nearly always: it came together with its head
        body = content.read_nowait(-1)
    else:
        _invite(request, fields)
        body = await _awaited(content, limit, patience)
    if len(body) > limit:
        raise _too_large(limit)
    return body


async def _awaited(content: StreamReader, limit: int, patience: float) -> bytes:
    """The body as it comes, to its end, or to the first piece beyond the limit."""
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            while len(body) <= limit and (piece := await content.readany()):
                body += piece
    except TimeoutError:
        raise Refusal("stalled", STALLED, last=True) from None
    except web.RequestPayloadError:
        raise Refusal("framing", MISFRAMED, last=True) from None
    return bytes(body)


def _invite(request: web.BaseRequest, fields: Fields) -> None:
    """Answer `Expect: 100-continue` (RFC 9110 section 10.1.1)."""
    if fields.get(b"expect", b"").lower() == b"100-continue" and request.transport is not None:
        request.transport.write(_CONTINUE)


def send(request: web.BaseRequest, told: Told, lines: bytes, *, last: bool = False) -> web.StreamResponse:
    """Write an answer.

    Args:
        request: what is answered.
        told: the answer.
        lines: further header lines, the sender's own.
        last: whether the connection ends with it in any case.
    """
    transport = request.transport
    if transport is None:
        return cut(request)
    message = request._message
    keep = request.keep_alive and not last
    head = told.head + lines + end_of_head(keep, message.version >= HttpVersion11)
    transport.write(head if message.method == "HEAD" else head + told.body)
    if not keep and not request.content.is_eof() and transport.can_write_eof():
        # The sender sees the end at once; aiohttp goes on for a while to throw away what still comes, so that our
        # answer is not lost to a reset (RFC 9112 section 9.6).
        transport.write_eof()
    return cast(web.StreamResponse, Sent(told.status, keep))


def cut(request: web.BaseRequest) -> web.StreamResponse:
    """There is nobody to answer."""
    if request.transport is not None:
        request.transport.abort()
    return cast(web.StreamResponse, Sent(GONE, keep_alive=False))
