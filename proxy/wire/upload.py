"""What goes to the origin piece by piece: a request's body, or one way of a tunnel.

Both mind what the transport can take. A body is sent beside the wait for the
answer, since an origin may answer (and refuse) before it has read all of it.
"""

import asyncio
from collections.abc import Callable

from proxy.wire.chunked import LAST_CHUNK, chunk
from proxy.wire.connection import Connection
from proxy.wire.errors import BrokenUpload
from proxy.wire.sink import Upload


class Sending:
    """Sends one body; `done` once the last of it is with the transport."""

    __slots__ = ("_connection", "_failed", "_task", "done")

    def __init__(self, connection: Connection, upload: Upload, failed: Callable[[BaseException], None]) -> None:
        self.done = False
        self._connection = connection
        self._failed = failed
        self._task = asyncio.get_running_loop().create_task(self._run(upload))

    def stop(self) -> None:
        """The rest is not wanted."""
        if not self.done and self._task is not asyncio.current_task():
            self._task.cancel()

    async def _run(self, upload: Upload) -> None:
        try:
            if upload.length is None:
                await self._in_chunks(upload)
            else:
                await self._by_length(upload, upload.length)
        except Exception as error:  # of the upload itself: whoever waits for the answer must hear of it
            self._failed(error)
        else:
            self.done = not self._connection.is_closed

    async def _in_chunks(self, upload: Upload) -> None:
        async for piece in upload:
            if piece:
                await self._write(chunk(piece))
        await self._write(LAST_CHUNK)

    async def _by_length(self, upload: Upload, left: int) -> None:
        if left:
            async for piece in upload:
                left -= len(piece)
                if left < 0:
                    raise BrokenUpload("the request's body is longer than announced")
                await self._write(piece)
                if not left:
                    return
            raise BrokenUpload("the request's body is shorter than announced")

    async def _write(self, data: bytes) -> None:
        connection = self._connection
        if connection.has_unread():
            # Perhaps a refusal: hear it before the next write meets a reset. The loop learns of it in one turn, and
            # tells us in the next.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        if connection.transport is None or connection.transport.is_closing():
            raise asyncio.CancelledError
        connection.transport.write(data)
        connection.moved = True
        await connection.drained()


class Tunnel:
    """The way to the origin of an upgraded connection: a `Sink`, and its end."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        """Send `data`; silently nothing where the origin has gone (the other way tells)."""
        if not self._connection.is_closed and self._connection.transport is not None:
            self._connection.transport.write(data)

    def is_full(self) -> bool:
        """Whether to wait for `drained`."""
        return self._connection.choked and not self._connection.is_closed

    async def drained(self) -> None:
        """Returns once there is room, or the connection has ended."""
        await self._connection.drained()

    def close(self) -> None:
        """End the tunnel; what was written is still sent."""
        self._connection.close(gently=True)
