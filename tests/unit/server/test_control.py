import asyncio
import socket

import pytest

from proxy.server import control
from proxy.server.control import Channel, framed

MESSAGES = [
    control.Start(1, {"upstream": "http://x"}, "key", 3, {"a.yaml": b"page: a\xff"}),
    control.Rules(4, {}),
    control.NewKey("k"),
    control.Refresh(),
    control.Report(),
    control.Drain(2.5),
    control.Serving(4),
    control.Serving(0, "why"),
    control.News(b"\x00", (b"1", b"2")),
]


async def pair() -> tuple[Channel, Channel]:
    one, other = socket.socketpair()
    return await Channel.over(one), await Channel.over(other)


async def test_what_is_said_is_heard_in_order():
    here, there = await pair()
    for message in MESSAGES:
        here.say(message)
    await here.flush()
    here.close()
    assert [message async for message in there.messages()] == MESSAGES


async def test_a_large_folder_fits():
    here, there = await pair()
    message = control.Rules(1, {"a.yaml": b"x" * 3_000_000})
    here.say(message)
    assert await anext(there.messages()) == message


async def test_the_end_of_one_is_the_end_of_the_talk():
    here, there = await pair()
    here.close()
    assert [message async for message in there.messages()] == []
    there.close()
    there.say(control.Report())
    await there.flush()


@pytest.mark.parametrize("noise", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", framed(control.Drain(1))[:-1]])
async def test_noise_ends_the_talk(noise):
    one, other = socket.socketpair()
    there = await Channel.over(other)
    one.sendall(noise)
    one.close()
    async with asyncio.timeout(5):
        assert [message async for message in there.messages()] == []
