"""An origin that plays a script: raw bytes over a real socket on port 0, one coroutine a connection.

    async with playing(script) as origin:      # async def script(talk): ...
        client = origin.client()

`origin.seen` holds every request as it came, `origin.connections` how many there were.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from proxy.wire import Client, Origin

OK = b"HTTP/1.1 200 OK\r\n"


def answer(body: bytes = b"hello", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole answer with a Content-Length."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields, b"", body]
    return b"\r\n".join(lines)


def get(path: str = "/") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: origin.test\r\n\r\n".encode()


def post(body: bytes = b"{}", path: str = "/") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: origin.test\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Talk:
    """One connection, seen from the origin."""

    def __init__(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, play: "Play") -> None:
        self.number = number
        self.reader = reader
        self.writer = writer
        self._play = play

    async def head(self) -> bytes:
        """The next request's head; raises `IncompleteReadError` where there is none."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self._play.seen.append(head)
        return head

    async def request(self) -> bytes:
        """The next request, with its body."""
        head = await self.head()
        body = b""
        lower = head.lower()
        if b"content-length:" in lower:
            body = await self.reader.readexactly(int(lower.split(b"content-length:")[1].split(b"\r\n")[0]))
        elif b"transfer-encoding: chunked" in lower:
            while True:
                size = int(await self.reader.readuntil(b"\r\n"), 16)
                body += (await self.reader.readexactly(size + 2))[:-2]
                if not size:
                    break
        self._play.seen[-1] = head + body
        return head + body

    async def say(self, data: bytes, pieces: int = 0) -> None:
        """Send `data`; with `pieces`, so many bytes at a time, each in a packet of its own."""
        for at in range(0, len(data), pieces or len(data) or 1):
            self.writer.write(data[at : at + (pieces or len(data))])
            await self.writer.drain()
            if pieces:
                await asyncio.sleep(0)

    async def gone(self) -> None:
        """Wait until the client has ended the connection."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass

    def abort(self) -> None:
        """End it with a reset."""
        self.writer.transport.abort()


Script = Callable[[Talk], Awaitable[None]]


class Play:
    """A running origin."""

    def __init__(self, script: Script, scheme: str) -> None:
        self.seen: list[bytes] = []
        self.connections = 0
        self.ended = 0  # connections whose script is over
        self.problems: list[BaseException] = []
        self.port = 0
        self._script = script
        self._scheme = scheme
        self._clients: list[Client] = []
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        return f"{self._scheme}://localhost:{self.port}"

    def client(self, **keys: Any) -> Client:
        """A client of this origin, closed at the end."""
        client = Client(Origin.parse(keys.pop("url", f"{self._scheme}://127.0.0.1:{self.port}")), **keys)
        self._clients.append(client)
        return client

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110  (what is waited for happens in other people's code)
                await asyncio.sleep(0.001)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            await self._script(Talk(self.connections, reader, writer, self))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError, ssl.SSLError):
            pass
        except BaseException as error:
            self.problems.append(error)
        finally:
            self.ended += 1
            with contextlib.suppress(Exception):
                writer.close()

    async def _end(self) -> None:
        for client in self._clients:
            await client.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.problems:
            raise self.problems[0]


@contextlib.asynccontextmanager
async def playing(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Play]:
    """Run an origin that plays `script` on each connection."""
    play = Play(script, "https" if tls else "http")
    server = await asyncio.start_server(play._talk, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
    play.port = server.sockets[0].getsockname()[1]
    try:
        yield play
    finally:
        server.close()
        await play._end()


def saying(*answers: bytes, pieces: int = 0, close: bool = False) -> Script:
    """Answer the requests of each connection with these, in turn, the last one for ever; `close` after the first."""

    async def script(talk: Talk) -> None:
        number = 0
        while True:
            await talk.request()
            await talk.say(answers[min(number, len(answers) - 1)], pieces)
            number += 1
            if close:
                return

    return script


class Cup:
    """A sink that keeps what it gets, and is full at `room` bytes until it is emptied."""

    def __init__(self, room: int = 1 << 62) -> None:
        self.parts: list[bytes] = []
        self.room = room
        self.waits = 0
        self._emptied = asyncio.Event()

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)

    def write(self, data: bytes) -> None:
        self.parts.append(data)

    def is_full(self) -> bool:
        return len(self.body) >= self.room

    async def drained(self) -> None:
        self.waits += 1
        await self._emptied.wait()

    def empty(self, room: int = 1 << 62) -> None:
        self.room = room
        self._emptied.set()
        self._emptied = asyncio.Event()


class Pieces:
    """An upload of these pieces; waits before the piece that is an `Event`."""

    def __init__(self, *pieces: bytes | asyncio.Event, length: int | None = None) -> None:
        self.pieces = pieces
        self.length = length
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, asyncio.Event):
                await piece.wait()
            else:
                self.given += 1
                yield piece
