"""The door for events on a real socket, in the test's own process.

    async with a_door() as door:
        answer = await door.post(b'{"impressions": [...]}')
        assert answer.status == 204 and door.ids() == ["e1"]

What is not its own is answered 404 here; in the proxy it is the marketplace's.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from proxy.clock import Clock, ManualClock
from proxy.events.event import Event, Shelf
from proxy.events.taking.guard import Guard, Rate
from proxy.events.taking.handler import EventsDoor
from proxy.events.taking.origins import Origins
from proxy.server.connection import Server
from tests.in_memory_outbox import InMemoryOutbox

WHEN = "2023-11-14T22:13:19.123Z"  # a second before a ManualClock's zero
PATH = "/topsort/v2/events"
V1 = "/topsort/v1/events"
WIDGETS = "/topsort/v2/auctions"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


def an_event(id: str = "e1", **more: Any) -> dict[str, Any]:
    """An impression or a click."""
    return {"id": id, "occurredAt": WHEN, "opaqueUserId": "u1", "resolvedBidId": "b1", **more}


def a_purchase(id: str = "p1", **more: Any) -> dict[str, Any]:
    items = [{"productId": "x", "unitPrice": 19.99, "quantity": 1}]
    return {"id": id, "occurredAt": WHEN, "opaqueUserId": "u1", "items": items, **more}


def a_pageview(id: str = "v1") -> dict[str, Any]:
    return {"id": id, "occurredAt": WHEN, "opaqueUserId": "u1", "page": {"type": "home", "pageId": "h"}}


def a_v1_click(**more: Any) -> dict[str, Any]:
    placement = {"page": "search"}
    return {"eventType": "Click", "session": {"sessionId": "s"}, "placement": placement, "productId": "x", **more}


def request(**kinds: list[dict[str, Any]]) -> bytes:
    return json.dumps(kinds).encode()


def one(id: str = "e1", **more: Any) -> bytes:
    """A request of one impression, as analytics.js sends it."""
    return request(impressions=[an_event(id, **more)])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @classmethod
    async def read(cls, reader: asyncio.StreamReader, method: str = "POST") -> "Answer":
        """The next answer of a connection; a 1xx is one, too."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        status = int(head[0].split(" ")[1])
        length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        return cls(status, headers, await reader.readexactly(length))


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a port of this machine, for 20 s at most."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()


async def post(port: int, body: bytes = b"", headers: str = "", path: str = PATH, method: str = "POST") -> Answer:
    """The answer to one request on a connection of its own."""
    length = f"Content-Length: {len(body)}\r\n" if "transfer-encoding" not in headers.lower() else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: shop.example\r\n{length}{headers}\r\n"
    async with connected(port) as (reader, writer):
        writer.write(head.encode("latin-1") + body)
        return await Answer.read(reader, method)


class Handing:
    """What stands behind version 1 and the widgets: answers what a test says, and keeps what it was given."""

    def __init__(self, status: int, body: bytes) -> None:
        self.says: tuple[int, bytes] | Exception = (status, body)
        self.waits: asyncio.Event | None = None
        self.given: list[bytes] = []

    async def send(self, event: Event) -> tuple[int, bytes]:
        return await self.ask(event.body)

    async def ask(self, body: bytes) -> tuple[int, bytes]:
        self.given.append(body)
        if self.waits is not None:
            await self.waits.wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@dataclass
class Door:
    """A door that listens on `port`."""

    port: int
    events: EventsDoor
    outbox: Any
    clock: Any
    forward: Handing
    widgets: Handing
    problems: list[dict[str, Any]] = field(default_factory=list)

    def connection(self) -> contextlib.AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        return connected(self.port)

    async def post(self, *what: Any, **how: Any) -> Answer:
        """The answer to one request (`post`)."""
        return await post(self.port, *what, **how)

    def on(self, shelf: Shelf) -> list[Any]:
        """What lies on a shelf of an outbox in memory."""
        return [entry.kept for entry in self.outbox._entries.values() if entry.kept.shelf is shelf]

    def ids(self, shelf: Shelf = Shelf.WAITING) -> list[str]:
        return [kept.event.id for kept in self.on(shelf)]


@contextlib.asynccontextmanager
async def a_door(
    outbox: Any = None,
    *,
    clock: Clock | None = None,
    origins: list[str] | None = None,
    rate: tuple[int, float] | None = None,
    prefix: str = "/topsort",
    widgets: bool = False,
    patience: float = 60.0,
) -> AsyncIterator[Door]:
    """A door with settings of its own; `X-Client` in a request says whose it is."""
    clock = clock or ManualClock()
    outbox = outbox if outbox is not None else InMemoryOutbox(clock)
    forward, asked = Handing(200, b'{"clickId":"c","id":"x"}'), Handing(200, b'{"results":[]}')
    events = EventsDoor(
        outbox,
        forward,
        asked if widgets else None,
        prefix=prefix,
        origins=Origins(origins),
        guard=Guard(Rate(*rate) if rate else None),
        clock=clock,
        client_of=lambda request: request.headers.get("X-Client", "127.0.0.1"),
        host_of=lambda request: request.headers.get("Host", ""),
        patience=patience,
    )

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await events.handle(request) if events.owns(request._message.path) else web.Response(status=404)

    problems: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: problems.append(context))
    server = Server(answer, 75)
    listening = await loop.create_server(server, "127.0.0.1", 0)
    try:
        yield Door(listening.sockets[0].getsockname()[1], events, outbox, clock, forward, asked, problems)
    finally:
        listening.close()
        await server.shutdown(1)
        await events.close()
        loop.set_exception_handler(None)
        assert not problems, "somebody's exception was lost"
