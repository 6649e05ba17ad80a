"""The door of this wing: one client for one origin.

    client = Client(Origin.parse("https://search.example"), connections=512, clock=SystemClock())
    response = await client.send(head, method="GET", first_byte=60.0)
    body = await response.read(limit)          # or: await response.relay(sink)

The head is sent as it is handed in; nothing is added to it, nothing is kept
between requests but connections. No proxy settings, no cookies, no redirects,
no decoding.

**What is sent twice.** An idle connection may be closed by the origin in the
very moment in which we use it; whether the request was acted on cannot be
known then. So only a request with a safe method goes out on a connection that
was used before, and only that one is sent once more, on a new connection,
where the old one ended before any byte of an answer. Any other goes out on a
new connection, once. A caller who knows better says so with `reuse` (an
auction: no harm in losing one) and `again` (a search that is a POST).
"""

import asyncio
import ssl
from collections.abc import Callable

from proxy.clock import Clock, SystemClock
from proxy.wire.connection import Connection
from proxy.wire.dial import Dialer
from proxy.wire.errors import NoAnswer
from proxy.wire.origin import Origin
from proxy.wire.pool import Pool
from proxy.wire.reader import MAX_HEAD
from proxy.wire.response import STILL, Response
from proxy.wire.sink import Upload
from proxy.wire.upload import Sending

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

# Below the idle limits that origins have (nginx 75 s, Apache 5 s, Node 5 s, most load balancers 60 s) where they say
# nothing; an origin that says `Keep-Alive: timeout=N` is left a second before it.
IDLE = 15.0


class Client:
    """Sends requests to one origin over connections that are kept. One event loop uses it."""

    def __init__(
        self,
        origin: Origin,
        *,
        connections: int = 512,
        connect_timeout: float = 3.0,
        idle: float = IDLE,
        still: float = STILL,
        max_head: int = MAX_HEAD,
        clock: Clock | None = None,
        ssl: ssl.SSLContext | None = None,
        name: str = "marketplace",
    ) -> None:
        """Times are seconds: `connect_timeout` for a place, the name, TCP and TLS together; `idle` for a connection
        without a request; `still` between two pieces of a body. `max_head` is bytes."""
        clock = clock or SystemClock()
        self.origin = origin
        self.name = name
        self.retried = 0
        self.pool = Pool(
            Dialer(origin, clock, ssl).dial, clock, limit=connections, connect_timeout=connect_timeout, idle=idle
        )
        self._now = clock.now
        self._still = still
        self._max_head = max_head

    async def send(
        self,
        head: bytes,
        *,
        method: str,
        first_byte: float,
        body: bytes | Upload | None = None,
        upgrade: bool = False,
        reuse: bool | None = None,
        again: bool | None = None,
    ) -> Response:
        """Send a request; returns as soon as the head of the answer is there.

        `first_byte`: seconds from sending until that head; while a body is being sent, seconds in which nothing
        moves. `upgrade`: a 101 is welcome (`Response.tunnel`). `reuse`: it may go out on a connection that was used
        before; `again`: it may be sent once more where such a connection ended without a byte. Both are by default
        true for safe methods without an `Upload`. Cancelling closes the connection. Raises `WireTrouble`, and what
        the `Upload` raises.
        """
        whole = body is None or isinstance(body, bytes)
        if reuse is None:
            reuse = whole and method in SAFE
        if again is None:
            again = whole and method in SAFE
        now = self._now()
        connection = self.pool.kept(now) if reuse else None
        if connection is None:
            connection = await self.pool.take(may_be_kept=reuse)
            now = self._now()
        until, left = now + first_byte, first_byte
        while True:
            used = connection.uses > 0
            response = self._begin(connection, head, method, body, upgrade, now, left)
            try:
                while not response.status:
                    await response.changed()
                break
            except NoAnswer:
                if not (used and again and whole):
                    raise
            except asyncio.CancelledError:
                response.abandon()
                raise
            self.retried += 1
            connection = await self.pool.take(may_be_kept=False)  # it was never used, so this is the last time
            now = self._now()
            left = max(0.0, until - now)
        if response.status == 101:
            self.pool.set_apart(connection)
        return response

    def send_now(
        self, request: bytes, *, method: str, first_byte: float, limit: int, told: Callable[[Response], None]
    ) -> Response | None:
        """Send a request, head and body, without a coroutine; None where no connection is kept (then `send` it).

        For requests that may go out on a connection that was used before, and are not sent again. `told`: see
        `Response.tell`.
        """
        now = self._now()
        connection = self.pool.kept(now)
        if connection is None:
            return None
        response = Response(connection, method, False, self._max_head, self._still, limit, told)
        connection.begin(response, now, first_byte).write(request)
        return response

    async def close(self) -> None:
        """End all connections. Whoever waits for an answer gets `NoAnswer` or `BrokenAnswer`."""
        await self.pool.close()

    def _begin(
        self,
        connection: Connection,
        head: bytes,
        method: str,
        body: bytes | Upload | None,
        upgrade: bool,
        now: float,
        left: float,
    ) -> Response:
        response = Response(connection, method, upgrade, self._max_head, self._still)
        transport = connection.begin(response, now, left)
        if body is None:
            transport.write(head)
        elif isinstance(body, bytes):
            transport.write(head + body)
        else:
            transport.write(head)
            response.sending = Sending(connection, body, response.failed)
        return response
