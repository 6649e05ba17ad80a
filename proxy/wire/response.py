"""An answer: its head, and its body as it comes.

Made when the request goes out, handed to the caller once the head is there.
The caller then does exactly one of these: `read` it whole, `relay` it, or
`abandon` it (which does nothing to an answer that is complete, so it may stand
in a `finally`). Until then at most `UNREAD` bytes wait here, the origin is held
back, and the connection is taken. Who wants what is here already takes it
(`take`) and relays the rest, if there is one. Who does not wait in a coroutine
is told by a call (`tell`) and takes the `body`.
"""

import asyncio
import math
from collections.abc import Callable

from proxy.wire.connection import Connection
from proxy.wire.errors import BodyTooLarge, BrokenAnswer, FirstByteTimeout, NoAnswer
from proxy.wire.framing import idle_seconds
from proxy.wire.reader import Reader
from proxy.wire.sink import Sink
from proxy.wire.upload import Sending, Tunnel

UNREAD = 256 * 1024
STILL = 60.0  # seconds between two pieces of a body
_NO_FIELDS: dict[bytes, bytes] = {}


class Response(Reader):
    """One answer, and who waits for it. Header names and values are the bytes that were sent, in their order."""

    __slots__ = (
        "_connection",
        "_held",
        "_paused",
        "_room",
        "_sink",
        "_size",
        "_still",
        "_told",
        "_trouble",
        "_waiter",
        "complete",
        "header",
        "length",
        "raw_headers",
        "reason",
        "sending",
        "status",
    )

    def __init__(
        self,
        connection: Connection,
        method: str,
        upgrade: bool,
        max_head: int,
        still: float,
        room: int = UNREAD,
        told: "Callable[[Response], None] | None" = None,
    ) -> None:
        Reader.__init__(self, method, max_head, upgrade)
        self.status = 0  # until the head is there
        self.reason = b""
        self.raw_headers: list[tuple[bytes, bytes]] = []
        self.header: Callable[[bytes], bytes | None] = _NO_FIELDS.get
        """The value of the first field of a lower-case name."""
        self.length: int | None = None  # as announced (also for HEAD and 304); None: chunked, or until the close
        self.complete = False  # the whole answer has arrived
        self.sending: Sending | None = None  # what still sends the request's body
        self._connection: Connection | None = connection
        self._still = still
        self._held: list[bytes] = []
        self._size = 0
        self._room = room
        self._paused = False
        self._sink: Sink | None = None
        self._trouble: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._told = told

    # -- for the caller

    async def read(self, limit: int) -> bytes:
        """The whole body, without its transfer coding (but with its content coding).

        Raises `BodyTooLarge` as soon as it is known to be longer than `limit` bytes; what came so far is in it, and
        `relay` goes on behind that.
        """
        try:
            while not self.complete and not self._is_over(limit):
                self._room = limit
                await self.changed()
        except asyncio.CancelledError:
            self.abandon()
            raise
        return self.body(limit)

    def tell(self, limit: int, told: Callable[["Response"], None]) -> None:
        """Call `told` once, as soon as `body(limit)` has something to say; at once where it has already.

        It is called from the very callback that received the last byte, and must not raise.
        """
        self._room = limit
        self._told = told
        self._wake()
        if self._paused and self._connection is not None:
            self._go_on(self._connection)

    def body(self, limit: int) -> bytes:
        """The whole body of an answer that is complete; raises as `read` does."""
        if self._trouble is not None and not self._is_over(limit):
            raise self._fault(self._trouble)
        body = self.take()
        if not self.complete or len(body) > limit:
            raise BodyTooLarge(body)
        return body

    def take(self) -> bytes:
        """What has come of the body, or nothing; `read` and `relay` go on behind it."""
        held = self._held
        if not held:
            return b""
        body = held[0] if len(held) == 1 else b"".join(held)
        self._held = []
        self._size = 0
        return body

    async def relay(self, sink: Sink) -> None:
        """Write the rest of the body into `sink` as it arrives; returns at its end, raises where it has none."""
        held = self.take()
        try:
            if held:
                sink.write(held)
            self._sink = sink
            while not self.complete:
                if sink.is_full():
                    self._hold_back()
                    await sink.drained()
                if not self.complete:
                    await self.changed()
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """The rest is not wanted: the connection is closed, unless the answer is complete."""
        if self._connection is not None:
            self._fail(BrokenAnswer("the answer was abandoned"))

    def tunnel(self) -> Tunnel:
        """The way to the origin after a 101; what comes from there goes to `relay`."""
        if self.status != 101 or self._connection is None:
            raise BrokenAnswer("there is no tunnel")
        return Tunnel(self._connection)

    # -- for the client

    def changed(self) -> "asyncio.Future[None]":
        """Done once something has changed; raises what has gone wrong before. Who is cancelled in it abandons."""
        if self._trouble is not None:
            raise self._fault(self._trouble)
        if self._paused and self._connection is not None:
            self._go_on(self._connection)
        waiter: asyncio.Future[None] = asyncio.Future()
        self._waiter = waiter
        return waiter

    def failed(self, error: BaseException) -> None:
        """The exchange cannot go on, for a reason that is not the connection's."""
        self._fail(error)

    # -- for the connection

    def received(self, data: bytes) -> None:
        """Take what arrived."""
        body = self.feed(data)
        begins = not self.status and self.head is not None
        if begins:
            self._start()
        if body:
            if self._connection is not None:
                self._connection.moved = True  # a head that drips moves nothing: it has its time as a whole
            if self._sink is None:
                self._held.append(body)
                self._size += len(body)
                if self._size > self._room and not self.done:
                    self._hold_back()
                    self._wake()
            else:
                self._pass_on(body, self._sink)
        if self.done:
            self._finish()
        elif self.error is not None:
            self._fail(self.error)
        elif begins:
            self._wake()

    def lost(self, error: Exception | None, unread: bytes) -> None:
        """The connection ended; `unread` is what still came of it."""
        self._connection = None
        if unread:
            self.received(unread)
        if not self.started:
            self._fail(NoAnswer("the connection ended before an answer"))
            return
        self.end(clean=error is None)
        if self.done:
            self._finish()
        else:
            self._fail(self.error or BrokenAnswer("the connection ended"))

    def timed_out(self) -> None:
        """Nothing moved for too long."""
        if self.status:
            self._fail(BrokenAnswer("the body of the answer stood still"))
        else:
            self._fail(FirstByteTimeout("no answer in time"))

    # -- inside

    def _start(self) -> None:
        head, framing = self.head, self.framing
        assert head is not None
        assert framing is not None
        self.status = head.status
        self.reason = head.reason
        self.raw_headers = head.fields
        self.header = head.first.get
        self.length = framing.length
        connection = self._connection
        if connection is not None:
            connection.patience = math.inf if self.status == 101 else self._still
            connection.moved = True
        # An answer other than success to a body that is still being sent: the origin does not want it (9112, 9.3).
        if self.sending is not None and self.status >= 300:
            self.sending.stop()

    def _pass_on(self, body: bytes, sink: Sink) -> None:
        try:
            sink.write(body)
        except Exception as error:
            self._fail(error)
            return
        if sink.is_full():
            self._hold_back()
            self._wake()

    def _finish(self) -> None:
        """The answer is complete: give the connection back, or end it."""
        self.complete = True
        connection, self._connection = self._connection, None
        sent = self.sending is None or self.sending.done
        if not sent:
            self._stop_sending()
        if connection is not None:
            if self._paused:
                self._go_on(connection)
            transport = connection.transport
            sent = sent and transport is not None and not transport.get_write_buffer_size()
            if sent and self.reusable:
                hint = self.header(b"keep-alive")
                connection.finish(idle_seconds(hint) if hint else None)
            else:
                connection.exchange = None
                connection.close(gently=sent)
        self._wake()

    def _fail(self, error: BaseException) -> None:
        if self.complete or self._trouble is not None:
            return
        self._trouble = error
        self._stop_sending()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.exchange = None
            connection.close()
        self._wake()

    def _stop_sending(self) -> None:
        if self.sending is not None:
            self.sending.stop()

    def _hold_back(self) -> None:
        connection = self._connection
        if connection is not None and not self._paused and connection.transport is not None:
            self._paused = True
            connection.transport.pause_reading()
            if (
                self._sink is not None
            ):  # the origin waits for us; without a sink, it waits for a caller who may have left
                connection.moved = False
                connection.deadline = math.inf

    def _go_on(self, connection: Connection) -> None:
        if connection.transport is not None:
            self._paused = False
            connection.transport.resume_reading()
            connection.moved = True

    def _fault(self, error: BaseException) -> BaseException:
        """What went wrong, handed out once: where its own frames lead to it, they all wait for the collector."""
        self._trouble = BrokenAnswer("the answer had failed before")
        self.error = None
        return error

    def _is_over(self, limit: float) -> bool:
        """Whether the body is known to be longer than `limit`."""
        return self._size > limit or (self.length is not None and self.length > limit)

    def _wake(self) -> None:
        told, waiter = self._told, self._waiter
        if told is not None and (self.complete or self._trouble is not None or self._is_over(self._room)):
            self._told = None
            told(self)
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
