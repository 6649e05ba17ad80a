"""How an answer goes out: late, as a failure, as a lie, as bytes of our own on the connection.

aiohttp answers truthfully; what breaks HTTP is written past it, straight to the
connection. Whose turn it is to lie is kept here, for auctions and events apart.
"""

import asyncio
import socket
import struct
from random import Random

import msgspec
from aiohttp import web

from proxy.sandbox.behaviour import Behaviour
from proxy.sandbox.lies import Bare, failure

_encode = msgspec.json.Encoder().encode


class Giver:
    """Gives the answers of one endpoint; `chance` draws delays and failures."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._lies_told = 0

    async def hesitate(self, behaviour: Behaviour) -> Bare | None:
        """Wait as long as it takes just now. A failure, where this answer is to be one."""
        shortest, longest = behaviour.delay
        if longest:
            await asyncio.sleep(self._chance.uniform(shortest, longest))
        return failure(self._chance.random()) if self._chance.random() < behaviour.fail_rate else None

    def lie(self, behaviour: Behaviour) -> str:
        """The lie whose turn it is, or "truth"."""
        if not behaviour.lies:
            return "truth"
        self._lies_told += 1
        return behaviour.lies[(self._lies_told - 1) % len(behaviour.lies)]


def as_json(value: object, status: int = 200) -> web.Response:
    """An answer of the back door."""
    return web.Response(status=status, body=_encode(value) + b"\n", content_type="application/json")


class _AlreadySent(web.Response):
    """What was written to the connection by hand; aiohttp adds nothing to it."""

    @property
    def keep_alive(self) -> bool:
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return None


async def send_bare(request: web.Request, wire: Bare) -> web.StreamResponse:
    """Write `wire` to the connection, and end that as it says."""
    transport = request.transport
    answer = _AlreadySent()
    if transport is None:
        return answer
    transport.write(wire.start)
    if wire.pause:
        for place in range(len(wire.body)):
            await asyncio.sleep(wire.pause)
            if transport.is_closing():
                return answer
            transport.write(wire.body[place : place + 1])
    elif wire.body:
        transport.write(wire.body)
    if wire.end == "reset":
        _reset(transport)
    elif wire.end == "close":
        transport.close()
    return answer


def _reset(transport: asyncio.Transport) -> None:
    with socket.fromfd(transport.get_extra_info("socket").fileno(), socket.AF_INET, socket.SOCK_STREAM) as twin:
        # Lingering for no time makes the kernel send RST instead of FIN.
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
