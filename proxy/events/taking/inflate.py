"""A gzipped request of events, inflated within a bound. Pure.

A bomb is never inflated past the bound: 100 kB that would become 100 MB cost
what the bound costs.
"""

from typing import Any, Final

from isal import isal_zlib

# What the library raises for bytes that are not its own (it types it as a value, not as a class).
_CORRUPT: Final[Any] = isal_zlib.error
_GZIP: Final = 31


class NotGzip(Exception):
    """The bytes are no gzip, or end too early."""


def inflate(body: bytes, limit: int) -> bytes | None:
    """What was gzipped, or None where that is more than `limit` bytes.

    Raises:
        NotGzip: it is no gzip (RFC 1952), or not all of it.
    """
    inflated = bytearray()
    while True:  # members may follow each other (RFC 1952 section 2.2)
        member = isal_zlib.decompressobj(wbits=_GZIP)
        try:
            inflated += member.decompress(body, limit + 1 - len(inflated))
        except _CORRUPT as error:
            raise NotGzip(str(error)) from error
        if len(inflated) > limit:
            return None
        if not member.eof:
            raise NotGzip("it ends too early")
        body = member.unused_data
        if not body.strip(b"\0"):
            return bytes(inflated)
