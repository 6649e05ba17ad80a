"""`python -m benchmarks.wire_micro`: our client of the marketplace beside aiohttp's, on one core each side.

What one request costs in the process that asks: CPU microseconds, median of
paired rounds, over connections that are kept. `ClientSession` is set up as the
fast ones are (no cookies, no decoding, no environment, its C parser). Both
read the body whole, or pass it on piece by piece as a proxy does.
"""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import uvloop

from proxy.wire import Client, Origin

SIZES = (12_000, 50_000, 400_000)
HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: shop\r\nDate: Sun, 22 Nov 2026 10:42:33 GMT\r\nContent-Type: application/json\r\n"
    b"Vary: Accept-Encoding\r\nCache-Control: no-store\r\nX-Request-Id: 0f1e2d3c4b5a69788796a5b4c3d2e1f0\r\n"
)
REQUEST_FIELDS = {"accept": "application/json", "accept-encoding": "gzip", "user-agent": "bench"}
Ask = Callable[[str], Awaitable[int]]


class Shop(asyncio.Protocol):
    """Answers `/length/N`, `/chunked/N`: a body of N bytes, ready-made."""

    ready: dict[bytes, bytes] = {}  # noqa: RUF012

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(self.ready[data.split(b" ", 2)[1]])


def prepare() -> None:
    for size in SIZES:
        body = b"x" * size
        pieces = [body[at : at + 8192] for at in range(0, size, 8192)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        Shop.ready[b"/length/%d" % size] = HEAD + b"Content-Length: %d\r\n\r\n" % size + body
        Shop.ready[b"/chunked/%d" % size] = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


def serve(told: Any) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Shop, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    prepare()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    uvloop.run(run())


class Drain:
    """A sink that is never full."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)

    def is_full(self) -> bool:
        return False

    async def drained(self) -> None: ...


def ours(client: Client) -> dict[str, Ask]:
    fields = b"".join(f"{name}: {value}\r\n".encode() for name, value in REQUEST_FIELDS.items())

    async def send(path: str) -> Any:
        head = b"GET %b HTTP/1.1\r\nhost: shop\r\n%b\r\n" % (path.encode(), fields)
        return await client.send(head, method="GET", first_byte=60.0)

    async def read(path: str) -> int:
        return len(await (await send(path)).read(1 << 22))

    async def relay(path: str) -> int:
        drain = Drain()
        await (await send(path)).relay(drain)
        return drain.size

    return {"read": read, "relay": relay}


def theirs(session: aiohttp.ClientSession, base: str) -> dict[str, Ask]:
    async def read(path: str) -> int:
        async with session.get(base + path, headers=REQUEST_FIELDS) as response:
            return len(await response.read())

    async def relay(path: str) -> int:
        drain = Drain()
        async with session.get(base + path, headers=REQUEST_FIELDS) as response:
            async for piece in response.content.iter_any():
                drain.write(piece)
        return drain.size

    return {"read": read, "relay": relay}


async def cost(ask: Ask, path: str, size: int, times: int) -> float:
    """CPU microseconds a request."""
    began = time.process_time()
    for _ in range(times):
        assert await ask(path) == size
    return (time.process_time() - began) / times * 1e6


async def measure(port: int, rounds: int) -> None:
    client = Client(Origin.parse(f"http://127.0.0.1:{port}"))
    session = aiohttp.ClientSession(
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=30),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=60),
    )
    mine, other = ours(client), theirs(session, f"http://127.0.0.1:{port}")
    print("CPU µs a request, median of paired rounds     ours   ClientSession   ratio")
    for kind in ("length", "chunked"):
        for size in SIZES:
            for way in ("read", "relay"):
                path, times = f"/{kind}/{size}", max(60, 6_000_000 // size)
                pairs = []
                for _ in range(rounds):
                    pairs.append((await cost(mine[way], path, size, times), await cost(other[way], path, size, times)))
                us, them = (statistics.median(pair[which] for pair in pairs) for which in (0, 1))
                ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
                print(f"{size // 1000:>4} KB, {kind:<8} {way:<6} {us:>26.0f} {them:>15.0f} {ratio:>7.1f}")
    await client.close()
    await session.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    here, there = multiprocessing.Pipe(duplex=False)
    shop = multiprocessing.get_context("fork").Process(target=serve, args=(there,), daemon=True)
    shop.start()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        uvloop.run(measure(here.recv(), rounds))
    finally:
        shop.terminate()


if __name__ == "__main__":
    main()
