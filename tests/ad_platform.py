"""An ad platform that does what a test tells it: raw bytes over a real socket on port 0.

    async with AdPlatform() as platform:
        platform.replies = winning(["p_1"])        # or: says(500), hangs, closes, raw(b"...")
        ...
        platform.requests[0].auctions

A reply is a coroutine function that is handed the request and the connection.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request as it came; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def auctions(self) -> list[dict[str, Any]]:
        return self.json["auctions"]


Reply = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class AdPlatform:
    """One ad platform; `held` is set while it answers, and cleared by a test that wants it to wait."""

    def __init__(self) -> None:
        self.replies: Reply = wins("p_1")
        self.requests: list[Request] = []
        self.connections = 0
        self.held = asyncio.Event()
        self.held.set()
        self._asked = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "AdPlatform":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def asked(self, times: int) -> None:
        """Wait until so many requests have come."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.requests) >= times)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        number, self.connections = self.connections, self.connections + 1
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while not writer.is_closing():
                    request = await _read(reader, number)
                    self.requests.append(request)
                    async with self._asked:
                        self._asked.notify_all()
                    await self.held.wait()
                    await self.replies(request, writer)
        finally:
            self._tasks.discard(task)
            writer.close()


async def _read(reader: asyncio.StreamReader, connection: int) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    line, *fields = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return Request(line, headers, await reader.readexactly(int(headers["content-length"])), connection)


# -- replies ------------------------------------------------------------------


def raw(data: bytes) -> Reply:
    """These bytes, whatever they are."""

    async def reply(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return reply


def says(status: int, body: bytes = b"", *fields: str) -> Reply:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/json", *fields, "", ""]
    return raw("\r\n".join(lines).encode() + body)


def results(*listings: list[str], error: bool = False) -> bytes:
    """The body of an answer: for each auction the ids that win it, by rank."""
    found = [
        {
            "resultType": "listings",
            "winners": [
                {"rank": place + 1, "type": "product", "id": one, "resolvedBidId": f"bid-{one}", "campaignId": "c"}
                for place, one in enumerate(ids)
            ],
            "error": error,
        }
        for ids in listings
    ]
    return json.dumps({"results": found}).encode()


def wins(*ids: str) -> Reply:
    """These ids win every auction of a call of version 2."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        await says(201, results(*[list(ids) for _ in request.auctions]))(request, writer)

    return reply


async def first_of_each(request: Request, writer: asyncio.StreamWriter) -> None:
    """The first product of each auction wins it; a banner's slot wins itself."""
    ids = [[one["slotId"]] if one["type"] == "banners" else one["products"]["ids"][:1] for one in request.auctions]
    await says(201, results(*ids))(request, writer)


async def closes(_: Request, writer: asyncio.StreamWriter) -> None:
    """The connection ends without an answer."""
    writer.close()


def breaks_off(data: bytes) -> Reply:
    """These bytes, and then the end of the connection."""

    async def reply(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return reply


async def hangs(_: Request, writer: asyncio.StreamWriter) -> None:
    """Nothing ever comes."""
    await asyncio.Event().wait()


async def drips(_: Request, writer: asyncio.StreamWriter) -> None:
    """A body that never ends, a byte at a time."""
    writer.write(b"HTTP/1.1 201 X\r\nContent-Length: 100000\r\n\r\n{")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.002)
