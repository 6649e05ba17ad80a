"""The connections to one origin: which one serves next, how many there are, when one has had its time.

The connection used last is used first, so that the others grow old and go.
At most `limit` connections exist or are being made; who finds none free waits
in a queue, first come first served. One coarse tick looks at all deadlines (of
idle connections, heads and bodies): limits are seconds long, and a timer for
each request would cost more than all of this.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from proxy.clock import Clock
from proxy.wire.connection import Connection
from proxy.wire.errors import ConnectTimeout, Refused

TICK = 0.05
# A connection takes no new request after two to three minutes, so that changed addresses are noticed under load too;
# the ages differ, so that connections made together do not end together.
OLD_AFTER = 120.0
OLD_SPREAD = 60

Dial = Callable[[Connection], Awaitable[None]]
_Waiter = tuple["asyncio.Future[Connection | None]", bool]


class Pool:
    """Connections of one client. Counts are for the metrics: plain numbers, read by whoever is handed the pool."""

    def __init__(self, dial: Dial, clock: Clock, *, limit: int, connect_timeout: float, idle: float) -> None:
        self.opened = 0
        self.reused = 0
        self._dial = dial
        self._clock = clock
        self._limit = limit
        self._connect_timeout = connect_timeout
        self._idle_for = idle
        self._taken = 0  # places: connections that count, open or being made
        self._open: set[Connection] = set()
        self._apart: set[Connection] = set()  # tunnels: open, but of no use to others
        self._idle: list[Connection] = []
        self._waiting: deque[_Waiter] = deque()
        self._ticking: asyncio.TimerHandle | None = None
        self._shut = False

    @property
    def size(self) -> int:
        """Connections that exist or are being made, tunnels included."""
        return self._taken + len(self._apart)

    @property
    def idle(self) -> int:
        """Connections that wait for a request."""
        return len(self._idle)

    @property
    def queued(self) -> int:
        """Requests that wait for a connection."""
        return len(self._waiting)

    def kept(self, now: float) -> Connection | None:
        """An idle connection that can be believed in, if there is one."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.old_at > now and connection.fit():
                self.reused += 1
                return connection
            connection.close(gently=True)
        return None

    async def take(self, may_be_kept: bool) -> Connection:
        """A new connection, or (where that is good enough) the first that comes free.

        Raises `Refused`, or `ConnectTimeout` where neither was to be had in time.
        """
        try:
            async with asyncio.timeout(self._connect_timeout):
                while True:
                    connection = await self._place(may_be_kept)
                    if connection is None:
                        return await self._make()
                    if connection.fit():
                        self.reused += 1
                        return connection
                    connection.close()
        except TimeoutError:
            raise ConnectTimeout(f"no connection within {self._connect_timeout:g} s") from None

    def set_apart(self, connection: Connection) -> None:
        """The connection became a tunnel: it stays open, and its place goes to another."""
        if connection in self._open:
            self._open.discard(connection)
            self._apart.add(connection)
            self._free()

    def look(self) -> None:
        """Look at all deadlines, and end what has outlived its own. The tick does this."""
        now = self._clock.now()
        for connection in tuple(self._open):
            if connection.moved:
                connection.moved = False
                connection.deadline = now + connection.patience
            elif connection.deadline <= now and not connection.is_closed:
                if connection.exchange is not None:
                    connection.exchange.timed_out()
                else:
                    connection.close(gently=True)

    async def close(self) -> None:
        """End all connections, whatever they are doing; nothing can be taken any more."""
        self._shut = True
        while self._waiting:
            waiter, _ = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(Refused("the client is closed"))
        for connection in (*self._open, *self._apart):
            connection.close(gently=connection.exchange is None)
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        await asyncio.sleep(0)

    # -- for the connections

    def finished(self, connection: Connection, idle: float | None) -> None:
        """It may serve again: hand it on, or keep it."""
        while self._waiting:
            waiter, may_be_kept = self._waiting.popleft()
            if waiter.done():
                continue
            if may_be_kept:
                waiter.set_result(connection)
                return
            self._waiting.appendleft((waiter, may_be_kept))
            connection.close(gently=True)  # its place goes to the waiter, who needs a new one
            return
        keep = self._idle_for if idle is None else min(self._idle_for, idle - 1.0)
        if self._shut or keep <= 0:
            connection.close(gently=True)
            return
        connection.patience = keep
        connection.moved = True  # so that the next tick, which knows the time, sets the deadline
        self._idle.append(connection)

    def closed(self, connection: Connection) -> None:
        """It has ended."""
        if connection in self._apart:
            self._apart.discard(connection)
        elif connection in self._open:
            self._open.discard(connection)
            if connection in self._idle:
                self._idle.remove(connection)
            self._free()

    # -- inside

    async def _place(self, may_be_kept: bool) -> Connection | None:
        """Wait for a place (None), or for a connection that comes free."""
        if self._shut:
            raise Refused("the client is closed")
        if self._idle and (not may_be_kept or self._taken >= self._limit):
            # The oldest makes room: also below the limit, or each request that must have a new connection would leave
            # one more behind, up to as many as fit into the idle time.
            self._idle[0].close(gently=True)
        if self._taken < self._limit:
            self._taken += 1
            return None
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((waiter, may_be_kept))
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():  # it was given something in the same moment: hand it on
                self._give_back(waiter)
            raise

    def _give_back(self, waiter: "asyncio.Future[Connection | None]") -> None:
        if waiter.exception() is not None:
            return
        connection = waiter.result()
        if connection is None:
            self._free()
        elif not connection.is_closed:
            self.finished(connection, None)

    async def _make(self) -> Connection:
        spread = self.opened * 7 % OLD_SPREAD
        connection = Connection(self, self._clock.now() + OLD_AFTER + spread)
        try:
            await self._dial(connection)
            if connection.is_closed or self._shut:
                connection.close()
                raise Refused("the connection ended at once")
        except BaseException:
            self._free()
            raise
        self.opened += 1
        self._open.add(connection)
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)
        return connection

    def _free(self) -> None:
        """A place is free: give it to the first who waits."""
        while self._waiting:
            waiter, _ = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._taken -= 1

    def _tick(self) -> None:
        self._ticking = None
        self.look()
        if self._open:
            self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)
