"""Every way in which an ad platform or a marketplace can fail, as parts to be played.

The first list is what an ad platform does to an auction; each way has the
reasons that may be given for the first visit that meets it. The second is what
a marketplace does to a search.
"""

import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.integration.faults import shop
from tests.integration.faults.launch import KEY
from tests.integration.faults.stage import JSON, Exchange, Part, head

CREATED = "201 Created"


@dataclass(frozen=True)
class Way:
    """One way to fail, and the reasons that name it rightly."""

    name: str
    part: Part
    reasons: tuple[str, ...]


def says(body: bytes, status: str = CREATED, *headers: tuple[str, str]) -> Part:
    """A whole answer."""

    async def part(exchange: Exchange) -> None:
        await exchange.answer(body, status, [*JSON, *headers])

    return part


def raw(*pieces: bytes, end: Callable[[Exchange], Awaitable[None] | None] = Exchange.close) -> Part:
    """These bytes, and then an end of some kind."""

    async def part(exchange: Exchange) -> None:
        for piece in pieces:
            await exchange.send(piece)
        ended = end(exchange)
        if ended is not None:
            await ended

    return part


def resetting(*pieces: bytes) -> Part:
    """These bytes, and a TCP reset."""
    return raw(*pieces, end=Exchange.reset)


async def silent(exchange: Exchange) -> None:
    """Takes the request and never answers."""
    await exchange.hang()


async def slow_head(exchange: Exchange) -> None:
    """The head, a byte at a time."""
    await exchange.drip(head(CREATED, [*JSON, ("Content-Length", "2")]) * 50)


async def dripping_body(exchange: Exchange) -> None:
    """The head at once, the body a byte at a time."""
    body = shop.winners("p4", "p2")
    await exchange.send(head(CREATED, [*JSON, ("Content-Length", str(len(body)))]))
    await exchange.drip(body)


async def fifty_megabytes(exchange: Exchange) -> None:
    """Far more than any auction's answer."""
    await exchange.send(head(CREATED, [*JSON, ("Content-Length", str(50 << 20))]))
    for _ in range(50):
        await exchange.send(b" " * (1 << 20))


async def endless_head(exchange: Exchange) -> None:
    """Header lines without end (32 MB, as far as anybody reads them)."""
    await exchange.send(f"HTTP/1.1 {CREATED}\r\n".encode())
    for _ in range(512):
        await exchange.send(b"X-More: " + b"y" * 65528 + b"\r\n")
    exchange.close()


def bomb(megabytes: int) -> bytes:
    """A small gzip body of so many megabytes of blanks."""
    packer = zlib.compressobj(1, wbits=31)
    return b"".join([packer.compress(b" " * (1 << 20)) for _ in range(megabytes)]) + packer.flush()


def _winner(**fields: object) -> dict[str, object]:
    return {"rank": 1, "type": "product", "id": "p4", "resolvedBidId": "bid-p4", "campaignId": "c"} | fields


def _head(length: int, status: str = CREATED) -> bytes:
    return head(status, [*JSON, ("Content-Length", str(length))])


GOOD = shop.winners("p4", "p2")
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome to the network</body></html>"

BROKEN_OFF = ("ads_down", "ads_invalid")
NOT_THE_CONTRACT = ("ads_invalid",)

AD_PLATFORM = [
    Way("no answer", silent, ("too_late",)),
    Way("slow headers", slow_head, ("too_late",)),
    Way("dripping body", dripping_body, ("too_late",)),
    Way("closes without an answer", raw(), ("ads_down",)),
    Way("reset before the headers", resetting(), ("ads_down",)),
    Way("reset within the headers", resetting(_head(len(GOOD))[:30]), BROKEN_OFF),
    Way("reset within the body", resetting(_head(len(GOOD)) + GOOD[:60]), BROKEN_OFF),
    Way("truncated", raw(_head(len(GOOD)) + GOOD[:60]), BROKEN_OFF),
    Way("truncated, chunked", raw(head(CREATED, [*JSON, ("Transfer-Encoding", "chunked")]) + b"ff\r\n{"), BROKEN_OFF),
    Way("length too short", raw(_head(60) + GOOD, end=silent), (*NOT_THE_CONTRACT, "ads_down")),
    Way("length too long", raw(_head(len(GOOD) + 60) + GOOD, end=silent), ("too_late",)),
    Way("not HTTP", raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), BROKEN_OFF),
    Way("invalid JSON", says(b'{"results": [{'), NOT_THE_CONTRACT),
    Way("empty body", says(b""), NOT_THE_CONTRACT),
    Way("no content", raw(head("204 No Content", [])), NOT_THE_CONTRACT),
    Way("not UTF-8", says(GOOD.replace(b"bid-p4", b"bid-\xff")), (*NOT_THE_CONTRACT, "no_winners", "no_match")),
    Way("100,000 deep", says(b'{"results":' + b"[" * 100_000), NOT_THE_CONTRACT),
    Way("HTML with 200", says(HTML, "200 OK", ("Content-Type", "text/html")), NOT_THE_CONTRACT),
    Way("50 MB", fifty_megabytes, NOT_THE_CONTRACT),
    Way("endless headers", endless_head, BROKEN_OFF),
    Way("gzip bomb", says(bomb(64), CREATED, ("Content-Encoding", "gzip")), NOT_THE_CONTRACT),
    Way("429 with Retry-After", says(b"{}", "429 Too Many Requests", ("Retry-After", "7")), ("ads_refused",)),
    Way("burst of 500", says(b"{}", "500 Internal Server Error"), ("ads_down",)),
    Way("burst of 503", says(HTML, "503 Service Unavailable", ("Retry-After", "1")), ("ads_down",)),
    Way("400", says(b'{"errCode":"bad_request","message":"m","docUrl":"u"}', "400 Bad Request"), ("ads_refused",)),
    Way("400 that echoes the key", says(f'{{"errCode":"x","message":"{KEY}"}}'.encode(), "400 No"), ("ads_refused",)),
    Way("HTML that echoes the key", says(KEY.encode(), f"500 {KEY}"), ("ads_down",)),
    Way("401", says(b'{"errCode":"invalid_api_key"}', "401 Unauthorized"), ("ads_refused",)),
    Way("no `results`", says(b"{}"), NOT_THE_CONTRACT),
    Way("`results` is null", says(b'{"results": null}'), NOT_THE_CONTRACT),
    Way("fewer results than auctions", says(shop.results()), NOT_THE_CONTRACT),
    Way("`winners` is a text", says(shop.results({"winners": "p4", "error": False})), NOT_THE_CONTRACT),
    Way("an error of its own", says(shop.results({"winners": [], "error": True})), ("no_winners",)),
    Way("no winners", says(shop.results({"winners": [], "error": False})), ("no_winners",)),
    Way("winners of unknown ids", says(shop.winners("x1", "x2")), ("no_match",)),
    Way(
        "winners of wrong types",
        says(shop.results({"winners": [_winner(id=4), _winner(rank="one"), 7, None], "error": False})),
        (*NOT_THE_CONTRACT, "no_winners", "no_match"),
    ),
]


# -- the marketplace ---------------------------------------------------------


def _page_head(length: int | None = None) -> bytes:
    framing = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
    return head("200 OK", [*shop.PAGE_HEADERS, framing])


@dataclass(frozen=True)
class Failure:
    """One way in which a marketplace fails, and the status that the shopper gets (0: an answer that breaks off)."""

    name: str
    part: Part
    status: int


HALF = shop.PAGE[: len(shop.PAGE) // 2]

MARKETPLACE = [
    Failure("closes without an answer", raw(), 502),
    Failure("resets without an answer", resetting(), 502),
    Failure("resets within the headers", resetting(_page_head(10)[:40]), 502),
    Failure("not HTTP", raw(b"220 mail.example ESMTP\r\n"), 502),
    Failure("two lengths", raw(head("200 OK", [("Content-Length", "2"), ("Content-Length", "3")]) + b"{}"), 502),
    Failure("never answers", silent, 504),
    Failure("resets within the body", resetting(_page_head(len(shop.PAGE)) + HALF), 0),
    Failure("truncated", raw(_page_head(len(shop.PAGE)) + HALF), 0),
    Failure("truncated, chunked", raw(_page_head() + b"%x\r\n%s\r\n" % (len(HALF), HALF)), 0),
    Failure("truncated within a chunk", raw(_page_head() + b"%x\r\n%s" % (len(shop.PAGE), HALF)), 0),
]
