"""What a sender of events is answered, as ready bytes. Pure.

Either nothing, which is good news, or JSON: the vendor's client reads JSON on
every status but 204, and forgets to try again where it finds none. Refusals
have the vendor's shape (`errCode`, `message`, `docUrl`); its codes know nothing
of methods, origins and rates, so those are a `bad_request` with their own
status and a message for the person who looks.
"""

from collections.abc import Sequence
from http import HTTPStatus
from math import ceil
from typing import Final

import msgspec

from proxy.topsort.errors import ErrorCode, write_error
from proxy.topsort.event_faults import Fault, refusal_of

_LINE: Final = b"HTTP/1.1 %d %b\r\n"
_NO_ADS: Final = 5
"""Seconds after which a widget may ask again: when the ad platform is asked again, at the earliest."""
_TRY_AGAIN: Final = 10
"""Seconds after which a sender may come again whose events we cannot keep now."""


class Told(msgspec.Struct, frozen=True):
    """An answer.

    Attributes:
        status: the status code.
        head: status line and header lines, all but the sender's own (CORS, connection) and the last empty line.
        body: the body.
        lines: those header lines that say something of their own (`Retry-After`), for who tells it in other words.
    """

    status: int
    head: bytes
    body: bytes = b""
    lines: bytes = b""


class Refusal(Exception):
    """The events of a request are not taken.

    Args:
        why: one word, for the metrics.
        told: what the sender is told.
        last: whether the connection ends with it.
    """

    def __init__(self, why: str, told: Told, *, last: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.told = told
        self.last = last


TAKEN: Final = Told(204, _LINE % (204, b"No Content"))


def in_json(status: int, body: bytes, lines: bytes = b"") -> Told:
    """An answer of JSON; without a body where the status has none.

    Args:
        status: the status code, whoever chose it.
        body: the JSON.
        lines: further header lines.
    """
    line = _LINE % (status, _phrase(status))
    if status == 204:
        return Told(status, line + lines)
    head = b"%bContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: %d\r\n"
    return Told(status, head % (line, len(body)) + lines, body, lines)


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


def _refused(status: int, message: str, lines: bytes = b"") -> Told:
    code = ErrorCode.INTERNAL_SERVER_ERROR if status >= 500 else ErrorCode.BAD_REQUEST
    return in_json(status, write_error(code, message), lines)


# -- refusals that are always the same ------------------------------------------

NOT_WELCOME: Final = _refused(403, "events from this origin are not taken; --events-origins says which are")
NOT_ALLOWED: Final = _refused(405, "events are sent with POST", b"Allow: POST, OPTIONS\r\n")
STALLED: Final = _refused(408, "the request's body did not come in time")
MISFRAMED: Final = _refused(400, "the request's body is not framed as its header says")
NOT_GZIP: Final = _refused(400, "the request's body is not the gzip that Content-Encoding says")
UNKNOWN_CODING: Final = _refused(415, "Content-Encoding may be gzip", b"Accept-Encoding: gzip\r\n")
OUR_MISTAKE: Final = _refused(500, "a mistake of the proxy's; please try again")


def too_large(limit: int) -> Told:
    """The body is longer than `limit` bytes, as it came or once decoded."""
    return _refused(413, f"the request has more than {limit} bytes")


def too_fast(seconds: float) -> Told:
    """The client may come again in so many seconds."""
    return _refused(429, "too many events from this client; --events-rate says how many", _after(ceil(seconds)))


def not_kept() -> Told:
    """The outbox cannot keep the events, nothing of the request was kept."""
    return _refused(503, "events cannot be kept now; please try again", _after(_TRY_AGAIN))


def for_widget(status: int, body: bytes) -> Told:
    """What a widget's question came to; one that got no ads may come again soon."""
    return in_json(status, body, _after(_NO_ADS) if status == HTTPStatus.SERVICE_UNAVAILABLE else b"")


def not_events(faults: Sequence[Fault]) -> Told:
    """Not a request of events: the first fault's code, and every fault in the message."""
    refused = refusal_of(faults)
    return in_json(refused.status, refused.body)


def _after(seconds: int) -> bytes:
    return b"Retry-After: %d\r\n" % max(1, seconds)
