"""The shopper's end: how targets are read, and how an answer is framed for whoever asked."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from proxy.errors import ShopperGone, ShopperTrouble
from proxy.search.answer import Answer
from proxy.search.shopper import ask_of, send
from tests.in_process import a_proxy


def a_request(target: str, method: str = "GET", host: bytes = b"shop.example") -> Any:
    return SimpleNamespace(_message=SimpleNamespace(path=target, method=method, raw_headers=((b"Host", host),)))


@pytest.mark.parametrize(
    ("target", "read"),
    [
        ("/a?b", "/a?b"),
        ("/caf\u00e9", "/caf\u00c3\u00a9"),
        ("http://shop.example/A?x", "/A?x"),
        ("HTTP://SHOP.example?x", "/?x"),
        ("http://shop.example", "/"),
    ],
)
def test_a_target_is_read_in_origin_form(target: str, read: str) -> None:
    assert ask_of(a_request(target), "1.2.3.4").target == read


@pytest.mark.parametrize(
    "target",
    ["http://evil.test:81/A", "ftp://shop.example/", "shop.example:443", "*", "/a#b", "http://a@shop.example/"],
)
def test_a_target_that_no_honest_client_sends_is_refused(target: str) -> None:
    with pytest.raises(ShopperTrouble):
        ask_of(a_request(target), "1.2.3.4")


def test_the_star_is_for_options() -> None:
    assert ask_of(a_request("*", "OPTIONS"), "").target == "*"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


async def test_a_body_of_unknown_length_goes_in_chunks_to_a_new_client() -> None:
    async with a_proxy(lambda request: CHUNKED) as proxy:
        _, head, body = await proxy.get("/")
        assert b"Transfer-Encoding: chunked" in head
        assert body.endswith(b"0\r\n\r\n")
        assert b"abc" in body


async def test_an_old_client_gets_no_chunks_and_the_end_of_the_connection() -> None:
    async with a_proxy(lambda request: CHUNKED) as proxy:
        answer = await proxy.raw(b"GET / HTTP/1.0\r\n\r\n")
        assert b"Transfer-Encoding" not in answer
        assert answer.endswith(b"\r\n\r\nabcde")


async def test_a_truncated_answer_is_visibly_truncated() -> None:
    async with a_proxy(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        received = bytearray()
        try:
            while piece := await asyncio.wait_for(reader.read(1000), 10):
                received += piece
        except ConnectionResetError:
            pass
        assert b"Content-Length: 100\r\n" in received
        assert not received.endswith(b"0\r\n\r\n")
        writer.close()


async def test_expect_is_answered_when_the_body_is_wanted_and_goes_no_further() -> None:
    async with a_proxy(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        assert b"Expect" not in proxy.seen[0]
        assert proxy.seen[0].endswith(b"abc")


async def test_a_connection_carries_one_request_after_the_other() -> None:
    async with a_proxy(lambda request: CHUNKED) as proxy:
        answer = await proxy.raw(
            b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        assert answer.count(b"HTTP/1.1 200 OK") == 2
        assert [request.split()[1] for request in proxy.seen] == [b"/1", b"/2"]


async def test_an_answer_that_nobody_waits_for_any_more_lets_the_marketplace_go() -> None:
    left = SimpleNamespace(_protocol=SimpleNamespace(transport=None))
    abandoned: list[bool] = []
    rest: Any = SimpleNamespace(abandon=lambda: abandoned.append(True))
    with pytest.raises(ShopperGone):
        await send(left, Answer(200, b"HTTP/1.1 200 OK\r\n", rest=rest))  # type: ignore[arg-type]
    assert abandoned == [True]


class _Written(list[bytes]):
    """A transport that keeps what is written to it."""

    write = list.append


class _Here:
    """A marketplace's answer of which everything, or nothing but the beginning, has come."""

    def __init__(self, *, complete: bool) -> None:
        self.complete = complete

    def take(self) -> bytes:
        return b"begun"

    async def relay(self, sink: Any) -> None:
        sink.write(b"and ended")


@pytest.mark.parametrize(
    ("length", "complete", "writes"),
    [
        (5, True, [b"Content-Length: 5\r\n\r\nbegun"]),
        (14, False, [b"Content-Length: 14\r\n\r\nbegun", b"and ended"]),
        (None, True, [b"Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n0\r\n\r\n"]),
        (
            None,
            False,
            [b"Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n", b"9\r\nand ended\r\n", b"0\r\n\r\n"],
        ),
    ],
)
async def test_what_is_here_of_an_answer_is_written_at_once(
    length: int | None, complete: bool, writes: list[bytes]
) -> None:
    written = _Written()
    request: Any = SimpleNamespace(
        _protocol=SimpleNamespace(transport=written),
        transport=written,
        keep_alive=True,
        _message=SimpleNamespace(version=(1, 1)),
    )
    rest: Any = _Here(complete=complete)
    await send(request, Answer(200, b"HTTP/1.1 200 OK\r\n", rest=rest, length=length))
    assert written == [b"HTTP/1.1 200 OK\r\n" + writes[0], *writes[1:]]
