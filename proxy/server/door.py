"""The door: connections are let in here, and counted.

Workers share one listening socket that the parent bound, so that no queued
connection is lost when a worker comes or goes (SO_REUSEPORT would lose them).
A full worker stops taking; the others, or the queue, have the connection then.
Closing takes in whoever stands in the queue already, and only then closes.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Final

_log = logging.getLogger(__name__)

# One at a time, the workers share evenly; a few at a time, a burst costs fewer turns of the loop.
_AT_ONCE: Final = 4
_HANDSHAKE_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 0.1


class Door:
    """Lets connections in from a listening socket.

    Args:
        listener: bound and listening; the door owns it from now on.
        protocol: makes the protocol of a connection.
        room: how many connections there may be at a time.
        inside: how many there are.
        make_room: ends some of those that wait for nothing; called when there is no room left.
        tls: the context for HTTPS, or None.
    """

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        *,
        room: int,
        inside: Callable[[], int],
        make_room: Callable[[], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._protocol = protocol
        self._room = room
        self._inside = inside
        self._make_room = make_room
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._entering: set[asyncio.Task[None]] = set()
        self._open = False

    def open(self) -> None:
        """Let them in."""
        self._open = True
        self._loop.add_reader(self._listener.fileno(), self._let_in)

    @property
    def entering(self) -> int:
        """How many are in the doorway: let in, and not yet inside (a TLS handshake takes a while)."""
        return len(self._entering)

    def close(self) -> None:
        """Take in those who stand in the queue, then no one."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._listener.fileno())
            while self._take_one():
                pass
        self._listener.close()

    def _let_in(self) -> None:
        for taken in range(_AT_ONCE):
            if self._inside() + len(self._entering) >= self._room:
                if not taken:  # somebody knocks, or we would not have been called
                    self._make_room()
                self._pause()
                return
            if not self._take_one():
                return

    def _take_one(self) -> bool:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as trouble:  # out of descriptors or memory: the queue keeps them for a moment
            _log.error("cannot take connections: %s", trouble.strerror)
            self._pause()
            return False
        connection.setblocking(False)
        task = self._loop.create_task(self._enter(connection))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)
        return True

    async def _enter(self, connection: socket.socket) -> None:
        seconds = _HANDSHAKE_SECONDS if self._tls else None
        try:
            await self._loop.connect_accepted_socket(
                self._protocol, connection, ssl=self._tls, ssl_handshake_timeout=seconds
            )
        except OSError:  # a timeout too: it left, or its handshake failed: nobody to tell
            connection.close()

    def _pause(self) -> None:
        if self._open:
            self._loop.remove_reader(self._listener.fileno())
            self._loop.call_later(_RETRY_SECONDS, self._resume)

    def _resume(self) -> None:
        if self._open:
            self._loop.add_reader(self._listener.fileno(), self._let_in)
