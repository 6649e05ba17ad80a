"""proxy/wire/response.py: a body read, relayed or left."""

import asyncio
import os

import pytest

from proxy.clock import ManualClock
from proxy.wire import BodyTooLarge, BrokenAnswer, Client, Response, WireTrouble
from proxy.wire.response import UNREAD
from tests.unit.wire.scripted import Cup, Talk, answer, get, playing, saying

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


async def asked(client: Client) -> Response:
    return await client.send(get(), method="GET", first_byte=5)


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
@pytest.mark.parametrize("kind", ["length", "chunked", "close"])
async def test_a_body_of_any_size_is_read_and_relayed_whole(kind: str, size: int) -> None:
    body = os.urandom(size)
    heads = {"length": OK + b"Content-Length: %d\r\n\r\n" % size, "chunked": CHUNKED, "close": OK + b"\r\n"}
    parts = [body[at : at + 10_000] for at in range(0, size, 10_000)]
    framed = body if kind != "chunked" else b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"
    async with playing(saying(heads[kind] + framed, close=kind == "close")) as origin:
        client = origin.client()
        assert await (await asked(client)).read(size) == body
        cup = Cup()
        response = await asked(client)
        await response.relay(cup)
        assert cup.body == body
        assert response.complete
        assert origin.connections == (2 if kind == "close" else 1)


@pytest.mark.parametrize(
    "said",
    [
        OK + b"Content-Length: 100\r\n\r\nhello",
        CHUNKED + b"5\r\nhello\r\n",
        CHUNKED + b"5\r\nhello\r\nX\r\n",
        CHUNKED + b"6\r\nhello",
    ],
)
async def test_a_body_cut_short_raises_behind_the_bytes_that_came(said: bytes) -> None:
    async with playing(saying(said, close=True)) as origin:
        client = origin.client()
        with pytest.raises(BrokenAnswer):
            await (await asked(client)).read(1000)
        cup = Cup()
        with pytest.raises(BrokenAnswer):
            await (await asked(client)).relay(cup)
        assert cup.body == b"hello"
        assert client.pool.size == 0


async def test_a_body_without_framing_that_ends_in_a_reset_is_cut_short() -> None:
    cup = Cup()

    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(OK + b"\r\nhello")
        await origin.until(lambda: cup.body == b"hello")
        talk.writer.get_extra_info("socket").setsockopt(1, 13, b"\x01\0\0\0\0\0\0\0")  # SO_LINGER 0: a reset
        talk.abort()

    async with playing(script) as origin:
        with pytest.raises(BrokenAnswer):
            await (await asked(origin.client())).relay(cup)


async def test_our_own_end_never_completes_a_body_without_framing() -> None:
    cup = Cup()

    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(OK + b"\r\nhello")
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()
        relaying = asyncio.create_task((await asked(client)).relay(cup))
        await origin.until(lambda: cup.body == b"hello")
        await client.close()
        with pytest.raises(BrokenAnswer):
            await relaying


async def test_a_body_over_the_limit_says_so_at_once_and_can_be_relayed_behind_what_was_read() -> None:
    body = os.urandom(500_000)
    more = asyncio.Event()
    for head in (OK + b"Content-Length: 500000\r\n\r\n", OK + b"\r\n"):
        more.clear()

        async def script(talk: Talk, head: bytes = head) -> None:
            await talk.request()
            await talk.say(head + body[:2000])
            await more.wait()
            await talk.say(body[2000:])

        async with playing(script) as origin:
            response = await asked(origin.client())
            with pytest.raises(BodyTooLarge) as large:
                await response.read(1000)
            more.set()
            cup = Cup()
            await response.relay(cup)
            assert large.value.prefix + cup.body == body


async def test_a_complete_body_over_the_limit_is_too_large_as_well() -> None:
    async with playing(saying(answer(b"x" * 100))) as origin:
        client = origin.client()
        response = await asked(client)
        assert response.complete
        with pytest.raises(BodyTooLarge) as large:
            await response.read(99)
        assert large.value.prefix == b"x" * 100
        assert await (await asked(client)).read(100) == b"x" * 100


def endless(sent: list[int]) -> object:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(OK + b"Content-Length: 1000000000000\r\n\r\n")
        while True:
            await talk.say(b"x" * 65536)
            sent[0] += 65536

    return script


async def test_an_origin_is_held_back_while_nobody_reads() -> None:
    sent = [0]
    async with playing(endless(sent)) as origin:  # type: ignore[arg-type]
        response = await asked(origin.client())
        await origin.until(lambda: response._paused)
        assert sum(map(len, response._held)) <= UNREAD + 300_000
        response.abandon()
        await origin.until(lambda: origin.ended == 1)


async def test_an_answer_that_nobody_reads_is_given_up_in_time() -> None:
    clock = ManualClock()
    async with playing(endless([0])) as origin:  # type: ignore[arg-type]
        client = origin.client(clock=clock, still=30)
        response = await asked(client)
        await origin.until(lambda: response._paused)
        client.pool.look()
        clock.advance(31)
        client.pool.look()
        assert client.pool.size == 0
        await origin.until(lambda: origin.ended == 1)


async def test_an_origin_is_held_back_while_the_sink_is_full_and_goes_on_when_it_is_not() -> None:
    sent = [0]
    async with playing(endless(sent)) as origin:  # type: ignore[arg-type]
        response = await asked(origin.client())
        cup = Cup(room=100_000)
        relaying = asyncio.create_task(response.relay(cup))
        await origin.until(lambda: response._paused)
        assert 100_000 <= len(cup.body) < 1_000_000
        cup.empty(room=1_000_000)
        await origin.until(lambda: len(cup.body) >= 1_000_000)
        relaying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await relaying
        await origin.until(lambda: origin.ended == 1)


async def test_the_end_of_a_body_may_come_while_the_sink_is_full() -> None:
    async with playing(saying(answer(b"x" * 200_000))) as origin:
        client = origin.client()
        for _ in range(2):
            cup = Cup(room=1)
            relaying = asyncio.create_task((await asked(client)).relay(cup))
            await origin.until(lambda cup=cup, task=relaying: cup.waits > 0 or task.done())
            cup.empty()
            await relaying
            assert len(cup.body) == 200_000
        assert origin.connections == 1
        assert client.pool.idle == 1


async def test_a_sink_that_breaks_ends_the_connection_and_is_heard_of() -> None:
    class Broken(Cup):
        def write(self, data: bytes) -> None:
            raise ConnectionResetError("the shopper is gone")

    async with playing(endless([0])) as origin:  # type: ignore[arg-type]
        client = origin.client()
        with pytest.raises(ConnectionResetError):
            await (await asked(client)).relay(Broken())
        assert client.pool.size == 0


async def test_each_piece_is_passed_on_as_it_comes() -> None:
    seen = Cup()

    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(CHUNKED)
        for number in range(3):
            await talk.say(b"7\r\ndata: %d\r\n" % number)
            await origin.until(lambda number=number: len(seen.body) == 7 * (number + 1))  # not before it was passed on
        await talk.say(b"0\r\n\r\n")

    async with playing(script) as origin:
        await (await asked(origin.client())).relay(seen)
        assert seen.parts == [b"data: 0", b"data: 1", b"data: 2"]


async def test_a_body_that_stands_still_is_given_up_but_not_while_we_hold_it_back() -> None:
    clock = ManualClock()

    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(OK + b"Content-Length: 10\r\n\r\nhello")
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client(clock=clock, still=30)
        response = await client.send(get(), method="GET", first_byte=5)
        cup = Cup(room=5)
        relaying = asyncio.create_task(response.relay(cup))
        await origin.until(lambda: cup.waits == 1)
        clock.advance(1000)
        client.pool.look()
        assert client.pool.size == 1
        cup.empty()
        await origin.until(lambda: not response._paused)
        client.pool.look()
        clock.advance(29)
        client.pool.look()
        assert client.pool.size == 1
        clock.advance(2)
        with pytest.raises(BrokenAnswer):
            await relaying
        await origin.until(lambda: origin.ended == 1)


async def test_to_abandon_a_complete_answer_costs_nothing() -> None:
    async with playing(saying(answer())) as origin:
        client = origin.client()
        for _ in range(3):
            (await asked(client)).abandon()
        assert origin.connections == 1


async def test_to_abandon_an_incomplete_answer_ends_its_connection() -> None:
    async with playing(endless([0])) as origin:  # type: ignore[arg-type]
        client = origin.client()
        response = await asked(client)
        response.abandon()
        response.abandon()
        assert client.pool.size == 0
        with pytest.raises(BrokenAnswer):
            await response.read(1 << 50)
        await origin.until(lambda: origin.ended == 1)


async def test_an_answer_and_its_connection_do_not_hold_each_other() -> None:
    async with playing(saying(answer())) as origin:
        client = origin.client()
        response = await asked(client)
        assert response._connection is None
        assert all(connection.exchange is None for connection in client.pool._open)


# -- told by a call -----------------------------------------------------------


async def told_of(client: Client, limit: int = 1000) -> bytes:
    """The body as somebody has it who is told by a call; the second request goes out without a coroutine."""
    over: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    response = client.send_now(get(), method="GET", first_byte=5, limit=limit, told=over.set_result)
    if response is None:
        response = await asked(client)
        response.tell(limit, over.set_result)
    assert await over is response
    return response.body(limit)


@pytest.mark.parametrize("pieces", [0, 1])
@pytest.mark.parametrize("said", [answer(), CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", answer(b"")])
async def test_who_does_not_wait_is_told_once_the_body_is_whole(said: bytes, pieces: int) -> None:
    async with playing(saying(said, pieces=pieces)) as origin:
        client = origin.client()
        for _ in range(3):
            assert await told_of(client) == (b"hello" if b"hello" in said else b"")
        assert (origin.connections, client.pool.idle) == (1, 1)


@pytest.mark.parametrize(
    "said", [b"", b"HTT", OK + b"Content-Length: 9\r\n\r\nhello", OK + b"Content-Length: x\r\n\r\n"]
)
async def test_who_does_not_wait_is_told_that_there_is_no_answer(said: bytes) -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(answer())
        await talk.request()
        await talk.say(said)

    async with playing(script) as origin:
        client = origin.client()
        assert await told_of(client) == b"hello"
        with pytest.raises(WireTrouble):
            await told_of(client)
        assert client.pool.size == 0


@pytest.mark.parametrize("head", [OK + b"Content-Length: 500000\r\n\r\n", OK + b"\r\n"])
async def test_who_does_not_wait_is_told_as_soon_as_the_body_is_too_large(head: bytes) -> None:
    async with playing(saying(answer(), head + b"x" * 2000)) as origin:
        client = origin.client()
        assert await told_of(client) == b"hello"
        with pytest.raises(BodyTooLarge):
            await told_of(client)


async def test_a_body_that_waited_goes_on_once_somebody_wants_to_be_told() -> None:
    body = os.urandom(2 * UNREAD)
    async with playing(saying(answer(body))) as origin:
        client = origin.client()
        response = await asked(client)
        await origin.until(lambda: response._size > UNREAD)
        over: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        response.tell(len(body), over.set_result)
        assert (await over).body(len(body)) == body


async def test_to_abandon_an_answer_tells_whoever_wanted_to_be_told() -> None:
    async with playing(endless([0])) as origin:  # type: ignore[arg-type]
        told: list[Response] = []
        response = await asked(origin.client())
        response.tell(1 << 50, told.append)
        response.abandon()
        response.abandon()
        assert told == [response]
