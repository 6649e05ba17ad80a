"""What the parent and a worker say to each other, and the channel they say it on.

A message is a frozen struct; on the wire it is its length and its msgpack.
The channel is a socket pair that the worker inherits: its end is how each
notices the other's death. The key goes this way, never on a command line.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from typing import Final

import msgspec

_LENGTH: Final = struct.Struct("!I")
# A folder of rules is a few MiB at most; anything near this is a broken channel, not a message.
_LARGEST: Final = 256 * 1024 * 1024


class Start(msgspec.Struct, frozen=True, tag=True):
    """Parent: who you are, what to serve, by which rules."""

    number: int
    told: dict[str, str]
    key: str
    generation: int
    texts: dict[str, bytes]


class Rules(msgspec.Struct, frozen=True, tag=True):
    """Parent: another folder of rules, already checked."""

    generation: int
    texts: dict[str, bytes]


class NewKey(msgspec.Struct, frozen=True, tag=True):
    """Parent: the ad platform's key was rotated."""

    key: str


class Refresh(msgspec.Struct, frozen=True, tag=True):
    """Parent: read again what is read from files (certificates)."""


class Report(msgspec.Struct, frozen=True, tag=True):
    """Parent: say how you are, now."""


class Drain(msgspec.Struct, frozen=True, tag=True):
    """Parent: take no more connections, end what is under way within so many seconds, go."""

    within: float


class Serving(msgspec.Struct, frozen=True, tag=True):
    """Worker: I serve by this generation. `trouble` says why I do not where a new one could not be taken."""

    generation: int
    trouble: str = ""


class News(msgspec.Struct, frozen=True, tag=True):
    """Worker: my counters, and the visits since the last news (each encoded by `ops`)."""

    metrics: bytes
    visits: tuple[bytes, ...] = ()


ToWorker = Start | Rules | NewKey | Refresh | Report | Drain
ToParent = Serving | News
Message = ToWorker | ToParent

_decoder: Final = msgspec.msgpack.Decoder(Message)
_encoder: Final = msgspec.msgpack.Encoder()


def framed(message: Message) -> bytes:
    """A message as on the wire."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


class Channel:
    """One end of the socket pair."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> "Channel":
        """The channel over a connected socket, which it owns from now on."""
        return cls(*await asyncio.open_connection(sock=end))

    def say(self, message: Message) -> None:
        """Send, without waiting; to one who is gone it is said in vain."""
        if not self._writer.is_closing():
            self._writer.write(framed(message))

    async def flush(self) -> None:
        """Wait until what was said has left us."""
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    async def messages(self) -> AsyncIterator[Message]:
        """What the other side says, until it is gone."""
        try:
            while True:
                (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
                if length > _LARGEST:
                    return
                yield _decoder.decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            return

    def close(self) -> None:
        self._writer.close()
