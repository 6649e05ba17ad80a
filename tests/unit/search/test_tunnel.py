"""WebSockets are carried, not spoken: text, large frames, close codes, and a refusal."""

import asyncio

import pytest
import websockets
from websockets.asyncio.server import ServerConnection, serve

from tests.in_process import OK, a_proxy


async def echo(socket: ServerConnection) -> None:
    async for message in socket:
        if message == "bye":
            await socket.close(4000, "as you like")
            return
        await socket.send(message)


async def test_a_websocket_is_carried_both_ways_and_keeps_its_close_code() -> None:
    async with serve(echo, "127.0.0.1", 0, max_size=None) as origin:
        port = next(iter(origin.sockets)).getsockname()[1]
        async with (
            a_proxy(lambda request: OK, upstream=f"http://127.0.0.1:{port}") as proxy,
            websockets.connect(f"ws://127.0.0.1:{proxy.port}/ws?a=b", max_size=None) as socket,
        ):
            await socket.send("hello")
            assert await socket.recv() == "hello"
            large = bytes(3_000_000)
            await socket.send(large)
            assert await socket.recv() == large
            await socket.send("bye")
            with pytest.raises(websockets.ConnectionClosed):
                await socket.recv()
            assert (socket.close_code, socket.close_reason) == (4000, "as you like")


async def test_a_handshake_that_the_marketplace_refuses_is_refused() -> None:
    async with a_proxy(lambda request: b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno") as proxy:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://127.0.0.1:{proxy.port}/ws")
        assert refused.value.response.status_code == 403
        assert b"Upgrade: websocket\r\n" in proxy.seen[0]


async def test_an_upgrade_to_anything_else_is_not_asked_for() -> None:
    async with a_proxy(lambda request: OK) as proxy:
        status, _, _ = await proxy.get("/", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n")
        assert status == 200
        assert b"pgrade" not in proxy.seen[0]


async def test_a_marketplace_that_is_gone_is_a_502_for_a_handshake_too() -> None:
    async with a_proxy(lambda request: OK, upstream="http://127.0.0.1:1") as proxy:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await asyncio.wait_for(websockets.connect(f"ws://127.0.0.1:{proxy.port}/ws"), 10)
        assert refused.value.response.status_code == 502
