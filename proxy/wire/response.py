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


class Response:
    """One answer. Header names and values are the bytes that were sent, in their order."""

    def __init__(self, connection: Connection, reader: Reader, still: float) -> None:
        self.status = 0
        self.reason = b""
        self.raw_headers: list[tuple[bytes, bytes]] = []
        self.length: int | None = None  # as announced (also for HEAD and 304); None: chunked, or until the close
        self.complete = False  # the whole answer has arrived
        self.sending: Sending | None = None  # what still sends the request's body
        self._first: dict[bytes, bytes] = {}
        self._connection: Connection | None = connection
        self._reader = reader
        self._still = still
        self._held: list[bytes] = []
        self._size = 0
        self._room: float = UNREAD
        self._paused = False
        self._sink: Sink | None = None
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._told: Callable[[Response], None] | None = None

    # -- for the caller

    def header(self, name: bytes) -> bytes | None:
        """The value of the first field of this lower-case name."""
        return self._first.get(name)

    async def read(self, limit: int) -> bytes:
        """The whole body, without its transfer coding (but with its content coding).

        Raises `BodyTooLarge` as soon as it is known to be longer than `limit` bytes; what came so far is in it, and
        `relay` goes on behind that.
        """
        while not self.complete and not self._is_over(limit):
            self._room = limit
            await self.more()
        return self.body(limit)

    def tell(self, limit: int, told: Callable[["Response"], None]) -> None:
        """Call `told` once, as soon as `body(limit)` has something to say; at once where it has already.

        It is called from the very callback that received the last byte, and must not raise.
        """
        self._room = limit
        self._told = told
        self._tell()
        if self._paused and self._connection is not None:
            self._go_on(self._connection)

    def body(self, limit: int) -> bytes:
        """The whole body of an answer that is complete; raises as `read` does."""
        if self._error is not None and not self._is_over(limit):
            raise self._fault(self._error)
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
                    await self.more()
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

    async def more(self) -> None:
        """Wait until something has changed; raises what has gone wrong before."""
        if self._error is not None:
            raise self._fault(self._error)
        if self._paused and self._connection is not None:
            self._go_on(self._connection)
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.abandon()
            raise

    def failed(self, error: BaseException) -> None:
        """The exchange cannot go on, for a reason that is not the connection's."""
        self._fail(error)

    # -- for the connection

    def received(self, data: bytes) -> None:
        """Take what arrived."""
        reader = self._reader
        body = reader.feed(data)
        begins = not self.status and reader.head is not None
        if begins:
            self._begin(reader)
        if body:
            if self._connection is not None:
                self._connection.moved = True  # a head that drips moves nothing: it has its time as a whole
            self._take(body)
        if reader.done:
            self._finish()
        elif reader.error is not None:
            self._fail(reader.error)
        elif begins:
            self._wake()

    def lost(self, error: Exception | None, unread: bytes) -> None:
        """The connection ended; `unread` is what still came of it."""
        self._connection = None
        if unread:
            self.received(unread)
        if not self._reader.started:
            self._fail(NoAnswer("the connection ended before an answer"))
            return
        self._reader.end(clean=error is None)
        if self._reader.done:
            self._finish()
        else:
            self._fail(self._reader.error or BrokenAnswer("the connection ended"))

    def timed_out(self) -> None:
        """Nothing moved for too long."""
        if self.status:
            self._fail(BrokenAnswer("the body of the answer stood still"))
        else:
            self._fail(FirstByteTimeout("no answer in time"))

    # -- inside

    def _begin(self, reader: Reader) -> None:
        head, framing = reader.head, reader.framing
        assert head is not None
        assert framing is not None
        self.status = head.status
        self.reason = head.reason
        self.raw_headers = head.fields
        self.length = framing.length
        self._first = head.first
        connection = self._connection
        if connection is not None:
            connection.patience = math.inf if self.status == 101 else self._still
            connection.moved = True
        # An answer other than success to a body that is still being sent: the origin does not want it (9112, 9.3).
        if self.sending is not None and self.status >= 300:
            self.sending.stop()

    def _take(self, body: bytes) -> None:
        sink = self._sink
        if sink is None:
            self._held.append(body)
            self._size += len(body)
            if self._size > self._room:
                self._hold_back()
                self._wake()
            return
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
            if sent and self._reader.reusable:
                hint = self._first.get(b"keep-alive")
                connection.finish(idle_seconds(hint) if hint else None)
            else:
                connection.exchange = None
                connection.close(gently=sent)
        self._wake()

    def _fail(self, error: BaseException) -> None:
        if self.complete or self._error is not None:
            return
        self._error = error
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
        self._error = BrokenAnswer("the answer had failed before")
        self._reader.error = None
        return error

    def _is_over(self, limit: float) -> bool:
        """Whether the body is known to be longer than `limit`."""
        return self._size > limit or (self.length is not None and self.length > limit)

    def _tell(self) -> None:
        told = self._told
        if told is not None and (self.complete or self._error is not None or self._is_over(self._room)):
            self._told = None
            told(self)

    def _wake(self) -> None:
        if self._told is not None:
            self._tell()
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
