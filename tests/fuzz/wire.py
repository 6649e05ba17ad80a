"""Any bytes as an origin's answer: the same end in whatever pieces they come, and never whole where they broke off.

The first byte says what was asked and how the connection ends, the next two how the bytes are cut.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

import httptools

from proxy.wire.errors import BrokenAnswer, HeadTooLarge
from proxy.wire.framing import Ends, Framing, idle_seconds
from proxy.wire.head import Head, are_fields
from proxy.wire.reader import MAX_HEAD, Reader

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_CHUNKED: Final = _OK + b"Transfer-Encoding: chunked\r\n"
_SMALL: Final = 300
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]+)[^\r]*\r\n")
WORDS: Final = (
    b"HTTP/1.1 200 OK\r\n|HTTP/1.0 |HTTP/1.1 |HTTP/1.1 100 Continue\r\n\r\n|HTTP/1.1 101 Switching Protocols\r\n"
    b"| 204 | 304 \r\n| 206 |Content-Length: |Content-Length: 0\r\n|content-length: 5\r\n|Transfer-Encoding: chunked\r\n"
    b"|Transfer-Encoding: gzip, chunked\r\n|Connection: close\r\n|Connection: keep-alive\r\n|Keep-Alive: timeout=5\r\n"
    b"|Upgrade: websocket\r\n|\r\n|\r\n\r\n|\n|\n\n|\r|0\r\n\r\n|0\r\n|5\r\nhello\r\n|a;b=c\r\n|\r\n folded|\t|\x00|\xff|fffffffffffffffff"
).split(b"|")


class End(NamedTuple):
    """What came of reading."""

    body: bytes
    done: bool
    extra: bool
    error: str
    reusable: bool
    head: Head | None
    framing: Framing | None


class Asked(NamedTuple):
    """How the reader is made, and how the connection ends."""

    method: str
    upgrade: bool
    max_head: int
    clean: bool


def seeds() -> Iterator[bytes]:
    for start in (b"\x00\x03\x07", b"\x0f\x01\x02", b"\x08\x09\x01"):
        yield start + _OK + b"Content-Length: 5\r\nX: y\r\n\r\nhello"
        yield start + _CHUNKED + b"\r\n5\r\nhello\r\n10;a=b\r\n0123456789abcdef\r\n0\r\nX-T: y\r\n\r\n"
        yield (
            start + b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + _OK + b"\r\nhello"
        )
    yield b"\x04\x01\x01HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello"
    yield b"\x00\x01\x01HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5, max=9\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nab"
    yield b"\x00\x01\x01" + _CHUNKED + b"Content-Length: 5\r\n\r\n1 \r\na\r\n0\r\n\r\nx"
    yield b"\x00\x01\x01" + _OK + b"A: b\r\n c\r\n\td\r\nSet-Cookie: a=b; c\r\nSet-Cookie: d\r\n\r\n"
    yield b"\x00\x01\x01HTTP/1.1 204\r\n\r\n"
    yield b"\x01\x01\x01HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n"
    yield b"\x00\x01\x01HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"


def check(data: bytes) -> None:
    if len(data) < 3:
        return
    flags, first, second, stream = data[0], data[1], data[2], data[3:]
    asked = Asked("HEAD" if flags & 1 else "GET", bool(flags & 4), _SMALL if flags & 2 else MAX_HEAD, bool(flags & 8))
    whole = read(asked, [stream])
    holds(asked, whole)
    for pieces in (cut(stream, 1, 1), cut(stream, first, second), cut(stream, second, 1 + first % 7)):
        again = read(asked, pieces)
        assert same(whole) == same(again), f"in pieces {again}, at once {whole}"
    if whole.done:
        never_whole_when_cut(asked, whole, stream, first)
    agrees_with_another_reader(asked, whole, stream)


def read(asked: Asked, pieces: list[bytes]) -> End:
    reader = Reader(asked.method, asked.max_head, asked.upgrade)
    body = b"".join([reader.feed(piece) for piece in pieces])
    reader.end(asked.clean)
    error = type(reader.error).__name__ if reader.error else ""
    assert reader.error is None or isinstance(reader.error, BrokenAnswer | HeadTooLarge)
    return End(body, reader.done, reader.extra, error, reader.reusable, reader.head, reader.framing)


def same(end: End) -> End:
    """What must be the same in any pieces: behind an error nobody counts what else came."""
    return end._replace(extra=end.extra and end.done)


def cut(stream: bytes, first: int, second: int) -> list[bytes]:
    """Pieces of sizes between 1 and 64 that the two numbers choose."""
    pieces, at, state = [], 0, first * 257 + second
    while at < len(stream):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        size = 1 if first == second == 1 else 1 + (state >> 8) % (1 + second % 64)
        pieces.append(stream[at : at + size])
        at += size
    return pieces


def holds(asked: Asked, end: End) -> None:
    """What is true of every answer."""
    assert not (end.done and end.error)
    assert end.done or end.error
    assert not (end.reusable and (end.extra or not end.done))
    if end.head is None:
        assert end.error
        assert not end.body
        return
    assert end.framing
    assert 100 <= end.head.status <= 999
    assert are_fields(b"".join(b"%b:%b\r\n" % field for field in end.head.fields))
    for _, value in end.head.fields:
        idle_seconds(value)
        assert value == value.strip(b" \t")
    if end.framing.ends is Ends.AT_ONCE:
        assert end.done
        assert not end.body
    if end.framing.ends is Ends.BY_LENGTH and end.framing.length is not None:
        assert len(end.body) <= end.framing.length
        assert end.done == (len(end.body) == end.framing.length)
    if end.framing.ends is Ends.BY_CLOSE:
        assert end.done == asked.clean
        assert not end.reusable


def never_whole_when_cut(asked: Asked, whole: End, stream: bytes, where: int) -> None:
    """Where its length is known, an answer that lacks one byte is an error, whatever the end of the connection."""
    assert whole.framing
    if whole.framing.ends is Ends.BY_CLOSE:
        return
    reader = Reader(asked.method, asked.max_head, asked.upgrade)
    size = next(n for n in range(1, len(stream) + 1) if (reader.feed(stream[n - 1 : n]), reader.done)[1])
    for end in {size - 1, where * size // 256, size - 2, size - 3} - {-1, -2}:
        broken = read(asked._replace(clean=True), [stream[:end]])
        assert broken.error, f"whole without the last {size - end} bytes"
        assert whole.body.startswith(broken.body)


class _Theirs:
    """llhttp's reading of the final answer."""

    def __init__(self) -> None:
        self.body = b""
        self.done = 0

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.done += 1


def agrees_with_another_reader(asked: Asked, ours: End, stream: bytes) -> None:
    """Two readers who both find the answer whole find the same body in it."""
    if asked.method == "HEAD" or not ours.done or ours.extra or stream.count(b"HTTP/1.") != 1:
        return
    theirs = _Theirs()
    with suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        httptools.HttpResponseParser(theirs).feed_data(stream)
        assert theirs.body == ours.body
        assert theirs.done <= 1
