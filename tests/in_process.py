"""The whole proxy in the test's own process, between real sockets: for tests of its edges.

    async with a_proxy(origin, rules=RULE) as proxy:
        status, headers, body = await proxy.get("/api/search?q=x")

The origin is a coroutine function that is handed each request as raw bytes and
returns raw bytes; what it saw is in `proxy.seen`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from proxy.clock import Clock, SystemClock
from proxy.search.plans import Plans
from proxy.search.visit import Visit
from proxy.server.app import App
from proxy.server.connection import Server
from proxy.server.read_settings import read_settings

Origin = Callable[[bytes], Awaitable[bytes] | bytes]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Proxy:
    """A proxy that listens on `port`."""

    port: int
    app: App
    seen: list[bytes] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)

    async def raw(self, request: bytes) -> bytes:
        """Everything that comes back for raw bytes, until the connection ends; ask for `Connection: close`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return answer

    async def get(self, target: str, headers: str = "", method: str = "GET") -> tuple[int, bytes, bytes]:
        """Status, head and body of a request that closes its connection."""
        answer = await self.raw(
            f"{method} {target} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n{headers}\r\n".encode("latin-1")
        )
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), head, body


@contextlib.asynccontextmanager
async def an_origin(answer: Origin, seen: list[bytes]) -> AsyncIterator[int]:
    """An origin that answers one request a connection; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        request = head + await reader.readexactly(length)
        if b"transfer-encoding: chunked" in head.lower():
            request += await reader.readuntil(b"0\r\n\r\n")
        seen.append(request)
        said = answer(request)
        writer.write(said if isinstance(said, bytes) else await said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextlib.asynccontextmanager
async def a_proxy(
    answer: Origin, rules: str = "", upstream: str = "", clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Proxy]:
    """A proxy in front of `answer`, or in front of the server at `upstream`.

    It takes no events, and so writes nothing, unless a test says `no_events=None` and where its `data` is.
    """
    seen: list[bytes] = []
    visits: list[Visit] = []
    async with an_origin(answer, seen) as port:
        flags = {
            "upstream": upstream or f"http://127.0.0.1:{port}",
            "ads_url": "http://127.0.0.1:1",
            "no_events": "true",
            **settings,
        }
        told = read_settings(flags, {"SPONSORED_PROXY_ADS_KEY": "TSE_canary"})
        app = App(told, clock or SystemClock(), lambda visit, in_full: visits.append(in_full()))
        assert app.live.offer({"rule.yaml": (rules or NO_RULE).encode()}, Plans), app.live.problems
        await app.start()
        server = Server(app.handler, 75)
        listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
        try:
            yield Proxy(listening.sockets[0].getsockname()[1], app, seen, visits)
        finally:
            listening.close()
            await server.shutdown(1)
            await app.close()


NO_RULE = """
page: nowhere
match: {path: /nowhere}
products: {list: $.products, id: $.id}
auction: {slots: 1}
"""
