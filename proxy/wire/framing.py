"""How the body of an answer ends, and whether the connection may serve again. Pure.

RFC 9112, 6.3, with the strict reading wherever it leaves a choice, since two
readings of one answer are what response splitting is made of: any
`Content-Length` that is not one field of digits is refused, any
`Transfer-Encoding` that is not just `chunked` is refused, and an answer with
both is read as chunked on a connection that is closed afterwards.
"""

import re
from enum import Enum

import msgspec

from proxy.wire.errors import BrokenAnswer
from proxy.wire.head import Head

_TIMEOUT = re.compile(rb"(?:^|[,\t ])timeout=([0-9]{1,6})(?:$|[,;\t ])", re.IGNORECASE)
MAX_DIGITS = 18  # far beyond any body, and within 64 bits for whoever reads it after us


class Ends(Enum):
    """What ends a body."""

    AT_ONCE = "there is none"
    BY_LENGTH = "after so many bytes"
    BY_CHUNKS = "with the chunk of size 0"
    BY_CLOSE = "with the connection"


# By names of their own: an enum's member is slow to look up (Python 3.11), and every answer asks.
AT_ONCE, BY_LENGTH, BY_CHUNKS, BY_CLOSE = Ends


class Framing(msgspec.Struct, frozen=True):
    """`length` is the announced length of the body (also where none follows, as for HEAD), or None."""

    ends: Ends
    length: int | None
    keep_alive: bool


def framing_of(head: Head, method: str) -> Framing:
    """The framing of the answer to a request with this method; raises `BrokenAnswer` where it has none."""
    first, length = head.first, None
    if b"content-length" in first:
        digits = first[b"content-length"]
        if not digits.isdigit() or len(digits) > MAX_DIGITS:
            raise BrokenAnswer("the answer's Content-Length is not a number")
        if len(first) != len(head.fields) and len(head.every(b"content-length")) > 1:
            raise BrokenAnswer("the answer has more than one Content-Length")
        length = int(digits)
    keep = _keeps_alive(head) if b"connection" in first or not head.minor else True
    if b"transfer-encoding" in first:
        _check_coding(head)
        # Not to be trusted with a next answer: HTTP/1.0 has no chunks, and both framings at once is an attack (6.1).
        keep = keep and length is None and head.minor == 1
        length, ends = None, BY_CHUNKS
    elif length is None:
        ends = BY_CLOSE
    else:
        ends = BY_LENGTH if length else AT_ONCE
    if method == "HEAD" or head.status in (204, 304):
        return Framing(AT_ONCE, length, keep)
    return Framing(ends, length, keep and ends is not BY_CLOSE)


def _check_coding(head: Head) -> None:
    codings = b",".join(head.every(b"transfer-encoding"))
    if codings.strip(b"\t ").lower() != b"chunked":
        raise BrokenAnswer("the answer has a Transfer-Encoding other than chunked")


def _keeps_alive(head: Head) -> bool:
    options = {option.strip(b"\t ").lower() for option in b",".join(head.every(b"connection")).split(b",")}
    if b"close" in options:
        return False
    return head.minor == 1 or b"keep-alive" in options


def idle_seconds(keep_alive: bytes) -> float | None:
    """How long the origin says it keeps an idle connection (`Keep-Alive: timeout=N`), or None."""
    match = _TIMEOUT.search(keep_alive)
    return float(match.group(1)) if match else None
