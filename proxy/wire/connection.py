"""One connection to an origin: the asyncio protocol, and nothing of what is said on it.

It hands what arrives to the answer that is being waited for, knows whether it
may carry another request, and carries the deadline that the pool's tick looks
at. Bytes that nobody asked for end it. Whoever has it (an exchange, the pool)
ends it through `close`; its end is told exactly once to both.
"""

import asyncio
import contextlib
import math
import select
import socket
from collections.abc import Callable, Sequence
from typing import Protocol, cast


class Exchange(Protocol):
    """What a connection tells to the one request it is serving."""

    def received(self, data: bytes) -> None: ...
    def lost(self, error: Exception | None, unread: bytes) -> None: ...
    def timed_out(self) -> None: ...


class Keeper(Protocol):
    """What a connection tells to its pool."""

    def closed(self, connection: "Connection") -> None: ...
    def finished(self, connection: "Connection", idle: float | None) -> None: ...


# An end that is ours must not look like the origin's, which may be the proper end of a body.
_BY_US = ConnectionAbortedError("closed by us")


def _nothing_waits(timeout: int) -> Sequence[object]:
    """Where nobody can say what waits in a socket."""
    return ()


class Connection(asyncio.Protocol):
    """A connection; `exchange` is the request it is serving, None while it is idle."""

    def __init__(self, keeper: Keeper, old_at: float) -> None:
        self.transport: asyncio.Transport | None = None
        self._sock: socket.socket | None = None
        self.exchange: Exchange | None = None
        self.uses = 0
        self.is_closed = False
        self.choked = False  # the transport has enough to write for now
        self.old_at = old_at  # from then on it takes no further request, so that changes of addresses are noticed
        # The pool's tick: where `moved`, the deadline becomes now + patience; else a deadline that is past is told.
        self.deadline = math.inf
        self.patience = math.inf
        self.moved = False
        self._keeper = keeper
        self._drain: asyncio.Future[None] | None = None
        self._poll: Callable[[int], Sequence[object]] = _nothing_waits

    # -- what the loop tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one, but does not inherit from it

    def stand_on(self, sock: socket.socket, secure: bool) -> None:
        """Told by who dials: the socket under the transport. `secure`: what is read from it is not for us."""
        self._sock = None if secure else sock
        if hasattr(select, "poll"):
            unread = select.poll()
            unread.register(sock, select.POLLIN)
            self._poll = unread.poll

    def data_received(self, data: bytes) -> None:
        if self.exchange is None:
            self.close()
            return
        self.exchange.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc, self._rescue() if exc is not None and self.exchange is not None else b"")

    def pause_writing(self) -> None:
        self.choked = True

    def resume_writing(self) -> None:
        self.choked = False
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)

    # -- what its owner does with it

    def begin(self, exchange: Exchange, now: float, patience: float) -> asyncio.Transport:
        """Serve `exchange` from now on; it is told when nothing moves for `patience` seconds."""
        assert self.transport is not None
        self.exchange = exchange
        self.uses += 1
        self.moved = False
        self.patience = patience
        self.deadline = now + patience
        return self.transport

    def finish(self, idle: float | None) -> None:
        """The exchange is over and the connection as good as new; `idle` is the origin's own idle limit."""
        self.exchange = None
        self._keeper.finished(self, idle)

    def fit(self) -> bool:
        """Whether an idle connection can be believed in: not ended, and not a byte (or an end) waiting unread."""
        return not (self.is_closed or self.transport is None or self.transport.is_closing() or self._poll(0))

    def has_unread(self) -> bool:
        """Whether bytes (or an end) wait that the loop has not told us yet: half a microsecond to ask."""
        return bool(self._poll(0))

    async def drained(self) -> None:
        """Wait until the transport takes more; returns at once where the connection has ended."""
        if self.choked and not self.is_closed:
            self._drain = asyncio.get_running_loop().create_future()
            await self._drain

    def close(self, gently: bool = False) -> None:
        """End it now: at once, or (`gently`) by the protocol's own farewell."""
        if self.transport is not None and not self.is_closed:
            if gently:
                self.transport.close()
            else:
                self.transport.abort()
        self._end(_BY_US)

    def _end(self, error: Exception | None, unread: bytes = b"") -> None:
        if self.is_closed:
            return
        self.is_closed = True
        self.deadline = math.inf
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.lost(error, unread)
        self.resume_writing()
        self._keeper.closed(self)

    def _rescue(self) -> bytes:
        """What the origin said before it broke off while we were writing.

        An origin that refuses a body says so and closes without reading it; the reset that follows ends our transport
        at its next write, with the answer still unread in the socket, which is closed only after this.
        """
        parts = []
        with contextlib.suppress(OSError):
            while self._sock is not None and (data := self._sock.recv(65536)):
                parts.append(data)
        return b"".join(parts)
