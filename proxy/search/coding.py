"""Content codings taken off and put on again, within a bound. Pure.

A merged page goes on in the coding in which it came. Whatever cannot be
decoded within the bound raises, and the page goes on untouched: a bomb is
never inflated past `limit`, a coding that we do not know is never guessed.
"""

import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import brotli
import zstandard
from isal import igzip, isal_zlib

# What the libraries raise for bytes that are not theirs (isal types its own as a value, not as a class).
_CORRUPT: Final[Any] = (zlib.error, isal_zlib.error, brotli.error, zstandard.ZstdError, EOFError)


class CodingTrouble(Exception):
    """A body that is not what its Content-Encoding says, or in a coding that we do not know."""


class TooLarge(CodingTrouble):
    """A body that is larger than the bound once decoded."""


def decode(body: bytes, coding: bytes, limit: int) -> bytes:
    """The body without its coding.

    Args:
        body: as it came.
        coding: the value of Content-Encoding; empty and `identity` leave the body as it is.
        limit: bytes that the decoded body may have.

    Raises:
        TooLarge: it has more.
        CodingTrouble: it is corrupt, truncated, or its coding is unknown.
    """
    name = coding.strip().lower()
    if name in (b"", b"identity"):
        if len(body) > limit:
            raise TooLarge(f"{len(body)} bytes")
        return body
    decoder = _DECODERS.get(name)
    if decoder is None:
        raise CodingTrouble(f"Content-Encoding {coding.decode('latin-1')!r} is none that we can read")
    try:
        decoded = decoder(body, limit)
    except _CORRUPT as error:
        raise CodingTrouble(f"the body is not {name.decode()}: {error}") from error
    if len(decoded) > limit:
        raise TooLarge(f"over {limit} bytes once decoded")
    return decoded


def encode(body: bytes, coding: bytes) -> bytes:
    """The body in a coding that `decode` knows."""
    name = coding.strip().lower()
    return body if name in (b"", b"identity") else _ENCODERS[name](body)


def knows(coding: bytes) -> bool:
    """Whether a value of Content-Encoding is one that `decode` and `encode` know."""
    name = coding.strip().lower()
    return name in _DECODERS or name in (b"", b"identity")


def _inflate(body: bytes, limit: int, make: Callable[[], Any]) -> bytes:
    """Deflate streams one after the other (gzip may have several members, RFC 1952 section 2.2)."""
    decoded = bytearray()
    while body:
        stream = make()
        decoded += stream.decompress(body, limit + 1 - len(decoded))
        if len(decoded) > limit:
            break
        if not stream.eof:
            raise EOFError("it ends too early")
        body = stream.unused_data
        if body.strip(b"\0") == b"":
            break
    return bytes(decoded)


def _from_gzip(body: bytes, limit: int) -> bytes:
    return _inflate(body, limit, lambda: isal_zlib.decompressobj(wbits=31))


def _from_deflate(body: bytes, limit: int) -> bytes:
    # "deflate" means zlib's format (RFC 9110 section 8.4.1.2), but some servers send it bare.
    bare = len(body) < 2 or (body[0] & 0x0F) != 8 or (body[0] << 8 | body[1]) % 31
    return _inflate(body, limit, lambda: isal_zlib.decompressobj(wbits=-15 if bare else 15))


def _from_brotli(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    decoded = decoder.process(body, output_buffer_limit=limit + 1)
    while len(decoded) <= limit and not decoder.is_finished():
        more = decoder.process(b"", output_buffer_limit=limit + 1 - len(decoded))
        if not more:
            raise EOFError("it ends too early")
        decoded += more
    return bytes(decoded)


def _from_zstd(body: bytes, limit: int) -> bytes:
    # 8 MiB of window is what a browser accepts at most (RFC 9659).
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 23)
    # A frame that says its size, and nothing behind it: what nearly every server sends, and the fastest to read.
    if body and 0 < zstandard.frame_content_size(body) <= limit:
        with suppress(zstandard.ZstdError):
            return decompressor.decompress(body, allow_extra_data=False)
    decoded = decompressor.stream_reader(body, read_across_frames=True).read(limit + 1)
    if len(decoded) <= limit and not _whole_zstd(body):
        raise EOFError("it ends too early")
    return decoded


def _whole_zstd(body: bytes) -> bool:
    """Whether the frames end where the body does; the stream reader does not tell."""
    while body:
        frame = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
        frame.decompress(body)
        if not frame.eof:
            return False
        body = frame.unused_data
    return True


def _to_gzip(body: bytes) -> bytes:
    return igzip.compress(body, compresslevel=2, mtime=0)


def _to_deflate(body: bytes) -> bytes:
    return bytes(isal_zlib.compress(body, 2))


def _to_brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=4))


def _to_zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(body)


_DECODERS: Final[dict[bytes, Callable[[bytes, int], bytes]]] = {
    b"gzip": _from_gzip,
    b"x-gzip": _from_gzip,
    b"deflate": _from_deflate,
    b"br": _from_brotli,
    b"zstd": _from_zstd,
}
_ENCODERS: Final[dict[bytes, Callable[[bytes], bytes]]] = {
    b"gzip": _to_gzip,
    b"x-gzip": _to_gzip,
    b"deflate": _to_deflate,
    b"br": _to_brotli,
    b"zstd": _to_zstd,
}
