"""proxy/wire/dial.py: names and addresses."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from proxy.clock import ManualClock
from proxy.wire import Origin, Refused
from proxy.wire.connection import Connection
from proxy.wire.dial import ADDRESSES_FOR, Dialer
from tests.unit.wire.test_connection import Keeper


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


class Names:
    """A name service: what it says next, and how often it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0
        self.wait: asyncio.Event | None = None

    async def getaddrinfo(self, host: str, port: int, **keys: Any) -> list[Any]:
        self.asked += 1
        if self.wait is not None:
            await self.wait.wait()
        if not self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.addresses]


def a_dialer(port: int, names: Names, monkeypatch: pytest.MonkeyPatch, clock: ManualClock | None = None) -> Dialer:
    dialer = Dialer(Origin.parse(f"http://search.example:{port}"), clock or ManualClock())
    monkeypatch.setattr(dialer, "_look_up", names.getaddrinfo)
    return dialer


async def dialled(dialer: Dialer) -> str:
    """Connect; the address that answered."""
    connection = Connection(Keeper(), 0.0)
    await dialer.dial(connection)
    assert connection.transport is not None
    address: str = connection.transport.get_extra_info("peername")[0]
    connection.close()
    return address


async def test_addresses_are_kept_for_a_while_and_then_asked_for_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, names = ManualClock(), Names("127.0.0.1")
    dialer = a_dialer(port, names, monkeypatch, clock)
    for _ in range(3):
        assert await dialled(dialer) == "127.0.0.1"
    assert names.asked == 1
    clock.advance(ADDRESSES_FOR + 1)
    await dialled(dialer)
    assert names.asked == 2


async def test_all_addresses_are_tried(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names("127.0.0.2", "127.0.0.3", "127.0.0.1")  # only the last one listens
    assert await dialled(a_dialer(port, names, monkeypatch)) == "127.0.0.1"


async def test_a_failed_connection_asks_for_the_addresses_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names("127.0.0.2")
    dialer = a_dialer(port, names, monkeypatch)
    with pytest.raises(Refused):
        await dialled(dialer)
    names.addresses = ("127.0.0.1",)
    assert await dialled(dialer) == "127.0.0.1"


async def test_while_the_name_service_fails_the_old_addresses_serve(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, names = ManualClock(), Names("127.0.0.1")
    dialer = a_dialer(port, names, monkeypatch, clock)
    await dialled(dialer)
    names.addresses = ()
    clock.advance(ADDRESSES_FOR + 1)
    assert await dialled(dialer) == "127.0.0.1"
    assert names.asked == 2


async def test_a_name_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused):
        await dialled(a_dialer(1, Names(), monkeypatch))


async def test_many_at_once_ask_once_and_one_who_leaves_takes_nothing_along(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names("127.0.0.1")
    names.wait = asyncio.Event()
    dialer = a_dialer(port, names, monkeypatch)
    dialling = [asyncio.create_task(dialled(dialer)) for _ in range(5)]
    await asyncio.sleep(0)
    dialling[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialling[0]
    names.wait.set()
    assert await asyncio.gather(*dialling[1:]) == ["127.0.0.1"] * 4
    assert names.asked == 1


async def test_a_real_name_is_looked_up(port: int) -> None:
    assert await dialled(Dialer(Origin.parse(f"http://localhost:{port}"), ManualClock())) == "127.0.0.1"
