"""proxy/wire/upload.py: bodies that are sent piece by piece."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from proxy.clock import ManualClock
from proxy.wire import BrokenUpload, Client, FirstByteTimeout, Origin, Response
from tests.unit.wire.scripted import Pieces, Play, Talk, answer, playing, saying

CHUNKED = b"POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def sized(length: int) -> bytes:
    return b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length


async def sent(client: Client, upload: Pieces, first_byte: float = 5) -> Response:
    head = CHUNKED if upload.length is None else sized(upload.length)
    return await client.send(head, method="POST", body=upload, first_byte=first_byte)


@pytest.mark.parametrize(
    ("upload", "body"),
    [
        (Pieces(b"ab", b"", b"cde"), b"abcde"),
        (Pieces(), b""),
        (Pieces(b"ab", b"", b"cde", length=5), b"abcde"),
        (Pieces(length=0), b""),
    ],
)
async def test_a_body_is_sent_piece_by_piece_and_the_connection_kept(upload: Pieces, body: bytes) -> None:
    async with playing(saying(answer())) as origin:
        client = origin.client()
        assert await (await sent(client, upload)).read(9) == b"hello"
        assert origin.seen[0].partition(b"\r\n\r\n")[2] == body
        await origin.until(lambda: client.pool.idle == 1)


async def test_the_first_bytes_arrive_before_the_last_are_there() -> None:
    rest = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.head()
        assert await talk.reader.readexactly(5) == b"first"
        rest.set()
        assert await talk.reader.readexactly(4) == b"last"
        await talk.say(answer())

    async with playing(script) as origin:
        response = await sent(origin.client(), Pieces(b"first", rest, b"last", length=9))
        assert await response.read(9) == b"hello"


async def test_a_large_body_is_never_in_memory_as_a_whole() -> None:
    given: list[int] = []
    held: list[int] = []

    class Measured(Pieces):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for _ in range(300):
                given.append(100_000)
                yield b"x" * 100_000
                held.append(transports()[0].get_write_buffer_size())

    def transports() -> list[asyncio.Transport]:
        return [c.transport for c in client.pool._open if c.transport is not None]

    async with playing(saying(answer())) as origin:
        client = origin.client()
        await (await sent(client, Measured(length=30_000_000))).read(9)
        assert sum(given) == 30_000_000
        assert max(held) < 1_000_000


@pytest.mark.parametrize("upload", [Pieces(b"abc", length=5), Pieces(b"abc", b"def", length=5), Pieces(length=1)])
async def test_a_body_that_is_not_as_long_as_announced_ends_the_connection(upload: Pieces) -> None:
    async with playing(saying(answer())) as origin:
        client = origin.client()
        with pytest.raises(BrokenUpload):
            await sent(client, upload)
        assert client.pool.size == 0
        await origin.until(lambda: origin.ended == 1)


async def test_what_the_upload_raises_is_raised_and_the_body_is_not_completed() -> None:
    class Gone(Exception):
        pass

    class Breaking(Pieces):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"abc"
            raise Gone

    async def script(talk: Talk) -> None:
        await talk.head()
        rest.append(await talk.reader.read())

    for length in (None, 10):
        rest: list[bytes] = []
        async with playing(script) as origin:
            client = origin.client()
            with pytest.raises(Gone):
                await sent(client, Breaking(length=length))
            assert client.pool.size == 0
            await origin.until(lambda: origin.ended == 1)
            assert b"0\r\n" not in b"".join(rest)


async def test_a_refusal_before_the_end_of_the_body_is_delivered_and_the_rest_not_sent() -> None:
    never = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.head()
        await talk.say(answer(b"too much", status=b"413 Content Too Large"))
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()
        upload = Pieces(b"first", never, b"last")
        response = await sent(client, upload)
        assert (response.status, await response.read(100)) == (413, b"too much")
        assert client.pool.size == 0
        await origin.until(lambda: origin.ended == 1)
        assert upload.given == 1


async def test_a_refusal_is_heard_also_where_the_origin_closes_without_reading() -> None:
    """The origin's reset must not win against its answer. In a thread of its own, so that it is quick."""
    with refusing() as port:
        for _ in range(30):
            client = Client(Origin.parse(f"http://127.0.0.1:{port}"))
            response = await sent(client, Pieces(*[b"x" * 65536] * 50))
            assert (response.status, await response.read(100)) == (413, b"too much")
            await client.close()


@contextlib.contextmanager
def refusing() -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.recv(1000)
                connection.sendall(answer(b"too much", b"Connection: close", status=b"413 Content Too Large"))
                connection.close()  # with the body unread: a reset

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


async def test_an_origin_may_answer_while_it_reads() -> None:
    """A 200 that begins before the body is over does not stop the body."""
    rest = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        await talk.say(await talk.reader.readexactly(5))
        await talk.say(await talk.reader.readexactly(4))

    async with playing(script) as origin:
        response = await sent(origin.client(), Pieces(b"first", rest, b"last", length=9))
        assert not response.complete
        rest.set()
        assert await response.read(9) == b"firstlast"


async def test_an_answer_that_is_complete_before_the_body_is_ends_both() -> None:
    never = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.head()
        await talk.say(answer())
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()
        assert await (await sent(client, Pieces(b"first", never))).read(9) == b"hello"
        assert client.pool.size == 0
        await origin.until(lambda: origin.ended == 1)


async def test_time_counts_only_while_nothing_moves() -> None:
    clock = ManualClock()
    steps = [asyncio.Event() for _ in range(3)]

    async def script(talk: Talk) -> None:
        await talk.head()
        while data := await talk.reader.read(100):
            got.append(data)

    got: list[bytes] = []
    async with playing(script) as origin:
        client = origin.client(clock=clock)
        upload = Pieces(b"0", steps[0], b"1", steps[1], b"2", steps[2], length=4)
        asking = asyncio.create_task(sent(client, upload, first_byte=10))
        for number in range(3):
            await origin.until(lambda number=number: len(b"".join(got)) == number + 1)
            client.pool.look()
            clock.advance(9)
            client.pool.look()
            assert client.pool.size == 1
            if number < 2:
                steps[number].set()
        clock.advance(2)
        with pytest.raises(FirstByteTimeout):
            await asking


async def test_who_is_cancelled_stops_sending() -> None:
    never = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.head()
        await talk.gone()

    async with playing(script) as origin:
        client = origin.client()
        asking = asyncio.create_task(sent(client, Pieces(b"first", never)))
        await seen(origin)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await origin.until(lambda: origin.ended == 1)
        assert client.pool.size == 0


async def seen(origin: Play) -> None:
    await origin.until(lambda: bool(origin.seen))
