"""What the shopper is answered, as ready bytes. Pure.

An `Answer` is a status line, header lines, and a body that is either whole or
still to come from the marketplace. How it is framed on the shopper's own
connection is `shopper.py`'s business.
"""

from collections.abc import Coroutine, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol

import msgspec

from proxy.errors import MarketplaceTrouble, ShopperTrouble
from proxy.wire.sink import Sink

HTTP: Final = b"HTTP/1.1 %d %b\r\n"
# What nginx writes into its log for an answer that nobody received whole.
SHOPPER_GONE: Final = 499
BODYLESS: Final = frozenset({204, 304})


class Reply(Protocol):
    """What the marketplace said: `wire.response.Response` while it comes, `caching.reply.KeptReply` from memory.

    `length` is as announced, None where it was not; `raw_headers` are the bytes that were sent, in their order.
    """

    @property
    def status(self) -> int: ...

    @property
    def reason(self) -> bytes: ...

    @property
    def raw_headers(self) -> Sequence[tuple[bytes, bytes]]: ...

    @property
    def length(self) -> int | None: ...

    @property
    def complete(self) -> bool:
        """Whether all of it has come; then `take` has the rest of the body."""
        ...

    def header(self, name: bytes, /) -> bytes | None:
        """The value of the first field of this lower-case name."""
        ...

    def read(self, limit: int) -> Coroutine[Any, Any, bytes]:
        """The rest of the body; raises BodyTooLarge, WireTrouble."""
        ...

    def take(self) -> bytes:
        """What has come of the rest of the body; `relay` goes on behind it."""
        ...

    def relay(self, sink: Sink) -> Coroutine[Any, Any, None]:
        """Write the rest of the body into `sink`; raises WireTrouble."""
        ...

    def abandon(self) -> None:
        """The rest is not wanted."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """An answer to the shopper.

    Args:
        status: the status code.
        head: status line and header lines, without framing and without the last empty line.
        body: the body, or its first part.
        rest: where the rest of the body comes from; None where `body` is all.
        length: bytes of the whole body; None where it is not known beforehand.
        bodyless: the answer has no body whatever its headers say (HEAD, 204, 304).
    """

    status: int
    head: bytes
    body: bytes = b""
    rest: Reply | None = None
    length: int | None = None
    bodyless: bool = False


def status_line(response: Reply) -> bytes:
    """The marketplace's own status and reason phrase."""
    return HTTP % (response.status, response.reason)


def whole(status: int, head: bytes, body: bytes) -> Answer:
    """An answer whose body is here."""
    return Answer(status, head, body, length=len(body))


def relayed(response: Reply, lines: bytes, method: str, prefix: bytes = b"") -> Answer:
    """The marketplace's answer, passed on as it comes.

    Args:
        response: its head, and the body that is still to come.
        lines: the header lines to send.
        method: of the request; a HEAD has no body to come.
        prefix: what of the body was read already.
    """
    bodyless = method == "HEAD" or response.status in BODYLESS
    rest = None if bodyless else response
    return Answer(response.status, status_line(response) + lines, prefix, rest, response.length, bodyless)


def options() -> Answer:
    """What we answer to an OPTIONS that must go no further (RFC 9110 section 7.6.2)."""
    return whole(204, HTTP % (204, b"No Content") + b"Allow: GET, HEAD, POST, OPTIONS\r\n", b"")


def problem(status: int, title: str, detail: str = "", lines: bytes = b"") -> Answer:
    """A problem of ours to tell, as JSON (RFC 9457), with no detail of the house.

    Args:
        status: the status code.
        title: what went wrong, for the one who asked.
        detail: what they can do about it.
        lines: further header lines.
    """
    body = msgspec.json.encode(
        {"type": "about:blank", "title": title, "status": status} | ({"detail": detail} if detail else {})
    )
    head = HTTP % (status, HTTPStatus(status).phrase.encode())
    head += b"Content-Type: application/problem+json\r\nCache-Control: no-store\r\n" + lines
    return whole(status, head, body)


def refusal(trouble: ShopperTrouble) -> Answer:
    """What a sender is told whose request we refuse; who asked too much at a time may come again in a second."""
    return problem(trouble.status, trouble.title, lines=b"Retry-After: 1\r\n" if trouble.status == 429 else b"")


_TOLD: Final = {
    502: ("The search backend could not be reached", "Please try again."),
    504: ("The search backend did not answer in time", "Please try again."),
}


def for_trouble(trouble: MarketplaceTrouble, lines: bytes = b"") -> Answer:
    """What the shopper is told when the marketplace gives no answer: 502 or 504, and nothing about the house."""
    return problem(trouble.status, *_TOLD[trouble.status], lines=lines)
