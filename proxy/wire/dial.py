"""How a connection is made: name, addresses, TCP, TLS.

Addresses are kept for a short while and asked for again, since they change;
while the name service fails, the old ones serve on. All of them are tried, the
next one a quarter of a second after the one before (RFC 8305). Whatever cannot
be done is `Refused`, in words that name no address.
"""

import asyncio
import os
import socket
import ssl
from typing import Any

import aiohappyeyeballs

from proxy.clock import Clock
from proxy.wire import tls
from proxy.wire.connection import Connection
from proxy.wire.errors import Refused
from proxy.wire.origin import Origin

ADDRESSES_FOR = 30.0
NEXT_AFTER = 0.25

_Addresses = list[tuple[Any, ...]]


class Dialer:
    """Makes connections to one origin."""

    def __init__(self, origin: Origin, clock: Clock, context: ssl.SSLContext | None = None) -> None:
        self._origin = origin
        self._clock = clock
        self._tls = (context or tls.context()) if origin.secure else None
        self._addresses: _Addresses = []
        self._good_until = 0.0
        self._asking: asyncio.Task[_Addresses] | None = None

    async def dial(self, connection: Connection) -> None:
        """Connect it; raises `Refused`."""
        loop = asyncio.get_running_loop()
        try:
            addresses = await self._resolve()
        except OSError:
            raise Refused("the name of the origin has no address") from None
        try:
            sock = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=NEXT_AFTER, loop=loop)
        except OSError as error:
            self._good_until = 0.0
            raise Refused(f"no connection: {_words(error)}") from None
        try:
            await self._shake_hands(loop, sock, connection)
        except ssl.SSLError as error:
            raise Refused(f"TLS: {getattr(error, 'verify_message', '') or error.reason or 'failed'}") from None
        except OSError as error:
            raise Refused(f"{'TLS' if self._tls else 'no connection'}: {_words(error)}") from None

    async def _shake_hands(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, connection: Connection) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.stand_on(sock, secure=self._tls is not None)
        try:
            if self._tls is None:
                await loop.create_connection(lambda: connection, sock=sock)
            else:
                name = self._origin.host
                await loop.create_connection(
                    lambda: connection, sock=sock, ssl=self._tls, server_hostname=name, ssl_shutdown_timeout=2.0
                )
        except BaseException:
            sock.close()
            raise

    async def _resolve(self) -> _Addresses:
        if self._clock.now() < self._good_until:
            return self._addresses
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask())
            self._asking.add_done_callback(self._answered)
        # Shielded: one who gives up must not take the answer from the others.
        return await asyncio.shield(self._asking)

    async def _look_up(self, host: str, port: int, **keys: Any) -> _Addresses:
        return list(await asyncio.get_running_loop().getaddrinfo(host, port, **keys))

    async def _ask(self) -> _Addresses:
        try:
            found = await self._look_up(self._origin.host, self._origin.port, type=socket.SOCK_STREAM)
        except OSError:
            if not self._addresses:
                raise
            return self._addresses
        self._addresses = found
        self._good_until = self._clock.now() + ADDRESSES_FOR
        return self._addresses

    def _answered(self, task: "asyncio.Task[_Addresses]") -> None:
        self._asking = None
        if not task.cancelled():
            task.exception()  # seen, also where nobody waits any more


def _words(error: OSError) -> str:
    # Not the exception's own text, which names the address.
    return os.strerror(error.errno) if error.errno else type(error).__name__
