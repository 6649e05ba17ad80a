"""proxy/wire/client.py: a client and an origin on a real socket."""

import asyncio
import socket

import pytest

from proxy.clock import ManualClock
from proxy.wire import BrokenAnswer, Client, ConnectTimeout, FirstByteTimeout, HeadTooLarge, NoAnswer, Origin, Refused
from tests.unit.wire.scripted import Cup, Pieces, Talk, answer, get, playing, post, saying

OK = b"HTTP/1.1 200 OK\r\n"


async def test_the_head_is_sent_as_it_is_and_the_answer_comes_back_as_it_was() -> None:
    said = OK + b"x-wEiRd: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b\xe9=2\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello"
    async with playing(saying(said)) as origin:
        head = b"GET /a%2Fb?q=%27x%27&&c=\xc3\xa9 HTTP/1.1\r\nhOST: x\r\nX-L: caf\xe9\r\n\r\n"
        response = await origin.client().send(head, method="GET", first_byte=5)
        assert origin.seen == [head]
        assert (response.status, response.reason, response.length) == (200, b"OK", 5)
        assert response.raw_headers == [
            (b"x-wEiRd", b"1"),
            (b"Set-Cookie", b"a=1"),
            (b"Set-Cookie", b"b\xe9=2"),
            (b"X-Empty", b""),
            (b"Content-Length", b"5"),
        ]
        assert response.header(b"set-cookie") == b"a=1"
        assert response.header(b"missing") is None
        assert await response.read(100) == b"hello"


@pytest.mark.parametrize("pieces", [0, 1, 3])
@pytest.mark.parametrize(
    ("said", "body"),
    [
        (answer(b"hello"), b"hello"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"hello"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(b"hello"), b"hello"),
        (answer(b"", status=b"204 No Content"), b""),
    ],
)
async def test_one_connection_serves_one_request_after_another(said: bytes, body: bytes, pieces: int) -> None:
    async with playing(saying(said, pieces=pieces)) as origin:
        client = origin.client()
        for _ in range(3):
            assert await (await client.send(get(), method="GET", first_byte=5)).read(100) == body
        assert origin.connections == 1
        assert (client.pool.opened, client.pool.reused, client.pool.idle) == (1, 2, 1)


async def test_requests_side_by_side_have_connections_of_their_own() -> None:
    async def script(talk: Talk) -> None:
        while True:
            path = (await talk.request()).split()[1]
            await talk.say(answer(path))

    async with playing(script) as origin:
        client = origin.client()

        async def ask(number: int) -> bytes:
            return await (await client.send(get(f"/{number}"), method="GET", first_byte=5)).read(100)

        assert await asyncio.gather(*(ask(n) for n in range(20))) == [b"/%d" % n for n in range(20)]
        assert await asyncio.gather(*(ask(n) for n in range(20))) == [b"/%d" % n for n in range(20)]
        assert origin.connections == 20


async def test_the_answer_to_head_leaves_the_connection_usable() -> None:
    async with playing(saying(OK + b"Content-Length: 1234\r\n\r\n", answer(b"next"))) as origin:
        client = origin.client()
        head = await client.send(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", method="HEAD", first_byte=5)
        assert (head.length, head.complete, await head.read(0)) == (1234, True, b"")
        assert await (await client.send(get(), method="GET", first_byte=5)).read(9) == b"next"
        assert origin.connections == 1


@pytest.mark.parametrize(
    "said",
    [
        answer(b"hello") + b"EXTRA",
        answer(b"hello") + answer(b"smuggled"),
        answer(b"hello", b"Connection: close"),
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        answer(b"hello", b"Keep-Alive: timeout=1"),
    ],
)
async def test_a_connection_that_cannot_be_trusted_is_not_used_again(said: bytes) -> None:
    async with playing(saying(said)) as origin:
        client = origin.client()
        for number in range(1, 4):
            assert await (await client.send(get(), method="GET", first_byte=5)).read(100) == b"hello"
            assert origin.connections == number


async def test_bytes_that_come_while_a_connection_is_idle_reach_nobody() -> None:
    more = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(answer(b"own %d" % talk.number))
        await more.wait()
        await talk.say(answer(b"smuggled"))
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()
        assert await (await client.send(get(), method="GET", first_byte=5)).read(100) == b"own 1"
        more.set()
        await origin.until(lambda: client.pool.size == 0)
        assert await (await client.send(get(), method="GET", first_byte=5)).read(100) == b"own 2"


async def test_an_idle_connection_that_the_origin_closes_is_noticed() -> None:
    async with playing(saying(answer(), close=True)) as origin:
        client = origin.client()
        for _ in range(3):
            await (await client.send(get(), method="GET", first_byte=5)).read(100)
            await origin.until(lambda: client.pool.size == 0)
        assert client.retried == 0


async def test_a_get_that_meets_the_end_of_a_kept_connection_is_sent_once_more() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(answer(b"%d" % talk.number))
        await talk.request()  # read, and closed without a byte

    async with playing(script) as origin:
        client = origin.client()
        for number in range(1, 4):
            assert await (await client.send(get(), method="GET", first_byte=5)).read(9) == b"%d" % number
        assert client.retried == 2
        assert len(origin.seen) == 5


async def test_a_get_that_is_never_answered_is_seen_twice_at_most() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        if talk.number == 1:
            await talk.say(answer())
            await talk.request()

    async with playing(script) as origin:
        client = origin.client()
        await (await client.send(get("/first"), method="GET", first_byte=5)).read(100)
        with pytest.raises(NoAnswer):
            await client.send(get("/second"), method="GET", first_byte=5)
        assert len(origin.seen) == 3
        with pytest.raises(NoAnswer):
            await client.send(get("/third"), method="GET", first_byte=5)
        assert len(origin.seen) == 4  # on a new connection there is nothing to try again


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_request_with_an_effect_goes_out_once_on_a_new_connection(method: str) -> None:
    async def script(talk: Talk) -> None:
        while b"POST" not in (await talk.request()):
            await talk.say(answer())

    async with playing(script) as origin:
        client = origin.client()
        await (await client.send(get(), method="GET", first_byte=5)).read(100)
        with pytest.raises(NoAnswer):
            await client.send(post(), method=method, first_byte=5)
        assert len(origin.seen) == 2
        assert origin.connections == 2


async def test_a_caller_may_say_that_a_post_does_no_harm() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(answer())
        await talk.request()

    async with playing(script) as origin:
        client = origin.client()
        await (await client.send(post(), method="POST", first_byte=5, reuse=True)).read(100)
        with pytest.raises(NoAnswer):
            await client.send(post(), method="POST", first_byte=5, reuse=True)
        assert (origin.connections, len(origin.seen)) == (1, 2)
        await (await client.send(post(), method="POST", first_byte=5, reuse=True)).read(100)
        await (await client.send(post(), method="POST", first_byte=5, reuse=True, again=True)).read(100)
        assert (origin.connections, len(origin.seen)) == (3, 5)


async def test_every_post_is_answered_and_seen_once_while_the_origin_closes_idle_connections() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(answer())
        await asyncio.sleep(len(origin.seen) % 7 / 2000)  # 0 to 3 ms

    async with playing(script) as origin:
        client = origin.client()
        for number in range(300):
            body = b"%d" % number
            response = await client.send(post(body), method="POST", first_byte=5)
            assert await response.read(100) == b"hello"
        assert [seen.rsplit(b"\r\n", 1)[1] for seen in origin.seen] == [b"%d" % n for n in range(300)]


@pytest.mark.parametrize(
    "said",
    [
        b"GARBAGE\r\n\r\n",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        OK + b"X: a\rb\r\nContent-Length: 0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200",
    ],
)
async def test_what_is_not_an_answer_is_broken_and_its_connection_closed(said: bytes) -> None:
    async with playing(saying(said, close=said.endswith(b"200"))) as origin:
        client = origin.client()
        with pytest.raises(BrokenAnswer):
            await client.send(get(), method="GET", first_byte=5)
        assert client.pool.size == 0
        assert len(origin.seen) == 1


async def test_a_head_beyond_the_limit_is_too_large() -> None:
    async with playing(saying(answer(b"x", b"X: " + b"y" * 2000))) as origin:
        with pytest.raises(HeadTooLarge):
            await origin.client(max_head=1000).send(get(), method="GET", first_byte=5)
        assert (await origin.client().send(get(), method="GET", first_byte=5)).status == 200


async def test_an_origin_that_does_not_answer_is_given_up_in_time() -> None:
    clock = ManualClock()

    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 20")
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client(clock=clock)
        asking = asyncio.create_task(client.send(get(), method="GET", first_byte=60))
        await origin.until(lambda: bool(origin.seen))
        clock.advance(59)
        client.pool.look()
        assert client.pool.size == 1
        clock.advance(62)
        with pytest.raises(FirstByteTimeout):
            await asking
        await origin.until(lambda: origin.ended == 1)
        assert len(origin.seen) == 1


async def test_nobody_there_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        client = Client(Origin.parse(f"http://127.0.0.1:{taken.getsockname()[1]}"))
        with pytest.raises(Refused) as refused:
            await client.send(get(), method="GET", first_byte=5)
        assert "127.0.0.1" not in str(refused.value)
        await client.close()


async def test_who_finds_no_free_connection_waits_and_then_gives_up() -> None:
    go = asyncio.Event()

    async def script(talk: Talk) -> None:
        while True:
            await talk.request()
            await go.wait()
            await talk.say(answer())

    async with playing(script) as origin:
        client = origin.client(connections=1, connect_timeout=0.1)
        first = asyncio.create_task(client.send(get(), method="GET", first_byte=5))
        await origin.until(lambda: bool(origin.seen))
        with pytest.raises(ConnectTimeout):
            await client.send(get(), method="GET", first_byte=5)
        go.set()
        assert await (await first).read(100) == b"hello"
        assert await (await client.send(get(), method="GET", first_byte=5)).read(100) == b"hello"
        assert origin.connections == 1


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 2", OK + b"Content-Length: 100\r\n\r\nhello"])
async def test_who_is_cancelled_takes_the_connection_along(said: bytes) -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(said)
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()

        async def ask() -> bytes:
            return await (await client.send(get(), method="GET", first_byte=5)).read(100)

        asking = asyncio.create_task(ask())
        await origin.until(lambda: bool(origin.seen))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert client.pool.size == 0
        await origin.until(lambda: origin.ended == 1)


async def test_a_tunnel_carries_bytes_both_ways_until_one_side_ends_it() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nfirst,")
        while data := await talk.reader.read(100):
            await talk.say(data.upper())

    async with playing(script) as origin:
        client = origin.client(connections=1)
        head = b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        response = await client.send(head, method="GET", first_byte=5, upgrade=True)
        assert (response.status, response.header(b"upgrade")) == (101, b"websocket")
        up, down = response.tunnel(), Cup()
        relaying = asyncio.create_task(response.relay(down))
        up.write(b"hello")
        await origin.until(lambda: down.body == b"first,HELLO")
        assert not up.is_full()
        await up.drained()
        # The tunnel does not hold the only place.
        other = asyncio.create_task(client.send(head, method="GET", first_byte=5, upgrade=True))
        assert (await other).status == 101
        up.close()
        with pytest.raises(BrokenAnswer):  # we ended it, not the origin
            await relaying
        await origin.until(lambda: origin.ended == 1)


async def test_a_tunnel_that_the_origin_ends_ends() -> None:
    said = b"HTTP/1.1 101 Switching Protocols\r\n\r\nbye"
    async with playing(saying(said, close=True)) as origin:
        response = await origin.client().send(get(), method="GET", first_byte=5, upgrade=True)
        cup = Cup()
        await response.relay(cup)
        assert cup.body == b"bye"
        with pytest.raises(BrokenAnswer):
            response.tunnel()


async def test_an_upgrade_that_is_declined_is_an_answer_like_others() -> None:
    async with playing(saying(answer(b"no", status=b"426 Upgrade Required"))) as origin:
        client = origin.client()
        response = await client.send(get(), method="GET", first_byte=5, upgrade=True)
        assert (response.status, await response.read(9)) == (426, b"no")
        assert client.pool.idle == 1


async def test_a_closed_client_refuses_and_ends_what_runs() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()
        asking = asyncio.create_task(client.send(get(), method="GET", first_byte=5))
        await origin.until(lambda: bool(origin.seen))
        await client.close()
        with pytest.raises(NoAnswer):
            await asking
        with pytest.raises(Refused):
            await client.send(get(), method="GET", first_byte=5)
        assert client.pool.size == 0
        await origin.until(lambda: origin.ended == 1)


async def test_a_streamed_body_is_never_sent_twice() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        if talk.number == 1:
            await talk.say(answer())
            await talk.request()

    async with playing(script) as origin:
        client = origin.client()
        await (await client.send(get(), method="GET", first_byte=5)).read(100)
        head = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
        with pytest.raises(NoAnswer):
            await client.send(head, method="GET", first_byte=5, body=Pieces(b"ab", length=2))
        assert (origin.connections, len(origin.seen)) == (2, 2)
