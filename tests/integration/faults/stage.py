"""Servers that misbehave as they are told, on real sockets, beside the tests.

A `Stage` is a thread with an event loop; its `Actor`s are servers on port 0. An
actor plays its `part` for every request: a coroutine that gets an `Exchange`
and may answer, drip, break off, reset or never answer. Tests change `part`
while the servers run, and read from `seen` what reached them. Nothing here
knows the proxy.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

T = TypeVar("T")
Headers = Sequence[tuple[str, str]]
JSON: Headers = [("Content-Type", "application/json")]


@dataclass(frozen=True)
class Request:
    """A request as it came: header names as sent, the body without its transfer coding."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Exchange:
    """One request, and the connection on which to answer it, well or badly."""

    def __init__(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, over: asyncio.Event
    ) -> None:
        self.request = request
        self.reader = reader
        self.writer = writer
        self.over = over

    async def send(self, data: bytes) -> None:
        """Raw bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes = b"", status: str = "200 OK", headers: Headers = JSON) -> None:
        """A whole answer with a right Content-Length."""
        await self.send(head(status, [*headers, ("Content-Length", str(len(body)))]) + body)

    async def drip(self, data: bytes, every: float = 0.05) -> None:
        """A byte at a time, until the peer has had enough."""
        for index in range(len(data)):
            await self.send(data[index : index + 1])
            await self.wait(every)

    async def wait(self, seconds: float) -> None:
        """Let time pass; less where the play is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)

    async def hang(self) -> None:
        """Say nothing until the peer closes or the play is over."""
        gone = asyncio.ensure_future(self.reader.read(1))
        over = asyncio.ensure_future(self.over.wait())
        await asyncio.wait({gone, over}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        over.cancel()
        self.close()

    def close(self) -> None:
        """End the connection in good order, whatever is still owed."""
        self.writer.close()

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Part = Callable[[Exchange], Awaitable[None]]


def head(status: str, headers: Headers) -> bytes:
    """The head of an answer."""
    lines = [f"HTTP/1.1 {status}", *[f"{name}: {value}" for name, value in headers], "", ""]
    return "\r\n".join(lines).encode("latin-1")


@dataclass
class Actor:
    """A server that plays `part`, and what it saw. Without `reads_bodies` the part reads each request's body itself."""

    part: Part
    reads_bodies: bool = True
    port: int = 0
    seen: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Begin to count anew."""
        self.seen.clear()
        self.connections = 0


class Stage:
    """An event loop in a thread of its own, with servers on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        """Run a coroutine on the stage's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def actor(self, part: Part, tls: ssl.SSLContext | None = None) -> Actor:
        """A new server on a port of its own."""
        actor = Actor(part)
        self.run(self._open(actor, tls))
        return actor

    def close(self) -> None:
        """End every exchange and every server."""
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self, actor: Actor, tls: ssl.SSLContext | None) -> None:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = cast(asyncio.Task[None], asyncio.current_task())
            self._tasks.add(task)
            actor.connections += 1
            actor.open += 1
            try:
                async for request in requests(reader, actor.reads_bodies):
                    actor.seen.append(request)
                    await actor.part(Exchange(request, reader, writer, self._over))
                    if writer.is_closing():
                        break  # what comes behind is read by nobody
            except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, asyncio.CancelledError):
                pass  # the peer has gone, or the play is over
            finally:
                actor.open -= 1
                writer.close()
                self._tasks.discard(task)

        server = await asyncio.start_server(connected, "127.0.0.1", actor.port, backlog=4096, limit=1 << 22, ssl=tls)
        actor.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    async def _close(self) -> None:
        self._over.set()
        for server in self._servers:
            server.close()
        while self._tasks:  # a part may be at a wait that swallows one cancellation
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=0.1)


async def requests(reader: asyncio.StreamReader, read_bodies: bool) -> AsyncIterator[Request]:
    """Every request of a connection, one after the other. Without `read_bodies` the part reads the body itself."""
    while True:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = text[:-4].split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        request = Request(method, target, headers, b"")
        if not read_bodies:
            body = b""
        elif (request.header("transfer-encoding") or "").lower() == "chunked":
            body = b"".join([chunk async for chunk in _chunks(reader)])
        else:
            body = await reader.readexactly(int(request.header("content-length") or 0))
        yield Request(method, target, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass


@contextlib.contextmanager
def refusing() -> Iterator[int]:
    """A port on which every connection is refused."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port that answers no SYN: its queue of one is full and nobody ever accepts."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):  # more than the queue holds; the last ones stay without an answer
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]
