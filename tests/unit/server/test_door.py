import asyncio
import socket
import ssl
from typing import ClassVar

import pytest

from proxy.server.door import Door
from tests.patience import until
from tests.unit.server.test_read_settings import certificate_in


class Guest(asyncio.Protocol):
    inside: ClassVar[list] = []

    def connection_made(self, transport):
        self.transport = transport
        Guest.inside.append(self)

    def connection_lost(self, exc):
        Guest.inside.remove(self)


@pytest.fixture
def listener():
    Guest.inside = []
    made = socket.create_server(("127.0.0.1", 0))
    yield made
    made.close()


def a_door(listener, room=100, tls=None, make_room=lambda: None):
    return Door(listener, Guest, room=room, inside=lambda: len(Guest.inside), make_room=make_room, tls=tls)


async def guests(number):
    await until(lambda: len(Guest.inside) == number)


async def knock(port):
    return await asyncio.open_connection("127.0.0.1", port)


async def test_who_knocks_is_let_in(listener):
    door = a_door(listener)
    door.open()
    port = listener.getsockname()[1]
    shoppers = [await knock(port) for _ in range(10)]
    await guests(10)
    for _, writer in shoppers:
        writer.close()
    await guests(0)
    door.close()


async def test_a_full_house_lets_them_wait_in_line(listener):
    door = a_door(listener, room=2)
    door.open()
    shoppers = [await knock(listener.getsockname()[1]) for _ in range(3)]
    await guests(2)
    shoppers[0][1].close()
    await until(lambda: shoppers[0][1].is_closing() and len(Guest.inside) == 2)
    door.close()


async def test_a_full_house_makes_room_for_whoever_comes(listener):
    def show_the_first_out():
        Guest.inside[0].transport.abort()

    door = a_door(listener, room=2, make_room=show_the_first_out)
    door.open()
    shoppers = [await knock(listener.getsockname()[1]) for _ in range(3)]
    assert await asyncio.wait_for(shoppers[0][0].read(), 10) == b""
    await guests(2)
    door.close()


async def test_closing_takes_in_who_stands_in_line_and_then_no_one(listener):
    door = a_door(listener)
    address = listener.getsockname()
    waiting = [socket.create_connection(address) for _ in range(5)]
    door.open()
    door.close()
    await guests(5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    for shopper in waiting:
        shopper.close()


async def test_who_cannot_shake_hands_is_shown_out_and_the_next_comes_in(listener, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate_in(tmp_path))
    door = a_door(listener, tls=context)
    door.open()
    port = listener.getsockname()[1]
    reader, writer = await knock(port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    async with asyncio.timeout(10):
        await reader.read()
    shopper = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    shopper.check_hostname = False
    _, welcome = await asyncio.open_connection("127.0.0.1", port, ssl=shopper)
    await guests(1)
    welcome.close()
    writer.close()
    door.close()
