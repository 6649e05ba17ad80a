import asyncio

import aiohttp
import pytest
from aiohttp import web

from proxy.errors import SettingsTrouble
from proxy.server import connection
from proxy.server.connection import Server, assert_aiohttp, is_idle
from proxy.server.lookout import seen
from tests.patience import until


class House:
    """A server of ours on port 0, and a raw way to talk to it."""

    def __init__(self, keep_alive=75.0):
        self.keep_alive = keep_alive
        self.go_on = asyncio.Event()

    async def __aenter__(self):
        self.server = Server(self.answer, self.keep_alive)
        self.listening = await asyncio.get_running_loop().create_server(self.server, "127.0.0.1", 0)
        self.port = self.listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.listening.close()
        await self.server.shutdown(0)

    async def answer(self, request):
        if request.path == "/bug":
            raise RuntimeError("a detail of ours")
        if request.path == "/wait":
            await self.go_on.wait()
        return web.Response(text=request.path[:20])

    async def say(self, raw: bytes) -> bytes:
        """Send, and read until the connection ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(raw)
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return answer


def request(target=b"/", *lines: bytes) -> bytes:
    return b"\r\n".join([b"GET " + target + b" HTTP/1.1", b"Host: shop", b"Connection: close", *lines, b"", b""])


async def test_targets_of_eight_and_cookies_of_sixteen_kilobytes_pass():
    async with House() as house:
        assert (await house.say(request(b"/?" + b"x" * 8000))).startswith(b"HTTP/1.1 200")
        assert (await house.say(request(b"/", b"Cookie: " + b"x" * 16000))).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "raw",
    [
        request(b"/" + b"x" * 40000),
        request(b"/", b"X: " + b"x" * 40000),
        request(b"/", *(b"X-%d: 1" % n for n in range(2000))),
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    ],
    ids=["target", "header", "headers", "tls", "version"],
)
async def test_what_is_too_long_or_no_http_is_refused_without_a_word_about_us(raw, caplog):
    async with House() as house:
        answer = await house.say(raw)
        status = int(answer.split(b" ")[1])
        assert status in (400, 431)
        assert b"Server:" not in answer
        assert b"aiohttp" not in answer
        assert b"Connection: close" in answer
        assert caplog.text == ""


async def test_a_bug_is_a_500_that_says_nothing_and_a_traceback_in_the_log(caplog):
    async with House() as house:
        answer = await house.say(request(b"/bug"))
        assert answer.startswith(b"HTTP/1.1 500")
        assert b"detail of ours" not in answer
        assert "a detail of ours" in caplog.text


async def test_while_draining_every_answer_says_that_the_connection_closes():
    async with House() as house, aiohttp.ClientSession() as shopper:
        url = f"http://127.0.0.1:{house.port}/"
        async with shopper.get(url) as before:
            assert "Connection" not in before.headers
        house.server.draining = True
        async with shopper.get(url) as after:
            assert after.headers["Connection"] == "close"


async def test_idle_connections_are_told_from_busy_ones_and_closed():
    async with House() as house:
        _, idle = await asyncio.open_connection("127.0.0.1", house.port)
        reader, busy = await asyncio.open_connection("127.0.0.1", house.port)
        busy.write(request(b"/wait"))
        await until(lambda: sorted(map(is_idle, house.server.connections)) == [False, True])
        house.server.close_idle()
        house.go_on.set()
        assert b"200 OK" in await reader.read()
        idle.close()


async def test_a_full_house_shows_out_who_has_been_idle_longest_and_nobody_who_waits():
    async with House() as house:
        waiting = await asyncio.open_connection("127.0.0.1", house.port)
        waiting[1].write(b"GET /wait HTTP/1.1\r\nHost: shop\r\n\r\n")
        await until(lambda: any(not is_idle(each) for each in house.server.connections))
        first = await asyncio.open_connection("127.0.0.1", house.port)
        await until(lambda: len(house.server.connections) == 2)
        second = await asyncio.open_connection("127.0.0.1", house.port)
        await until(lambda: sum(map(is_idle, house.server.connections)) == 2)
        house.server.make_room()
        assert await asyncio.wait_for(first[0].read(), 10) == b""
        assert len(house.server.connections) == 2
        house.go_on.set()
        for _, writer in (waiting, second):
            writer.close()


async def test_a_connection_shows_what_it_owes():
    async with House() as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nConnection: close\r\n\r\n123")
        await until(lambda: [seen(one) for one in house.server.connections] == [(1, 3, 0)])
        writer.write(b"4567890")
        await until(lambda: [seen(one) for one in house.server.connections] == [(1, None, 0)])
        house.go_on.set()
        await reader.read()
        writer.close()


@pytest.mark.parametrize("version", ["3.14.2", "3.9", "3.15.0", "3.15.0a1", "4.0"])
def test_an_aiohttp_that_was_not_tried_is_refused(monkeypatch, version):
    assert_aiohttp()
    monkeypatch.setattr(connection.aiohttp, "__version__", version)
    with pytest.raises(SettingsTrouble, match=rf"aiohttp is {version}; install the latest 3\.14"):
        assert_aiohttp()


def test_an_aiohttp_without_its_c_parser_is_refused(monkeypatch):
    from aiohttp import http_parser

    with monkeypatch.context() as patch:
        patch.setattr(http_parser, "HttpRequestParser", http_parser.HttpRequestParserPy)
        with pytest.raises(SettingsTrouble, match="C parser"):
            assert_aiohttp()


async def test_all_requests_of_a_connection_are_answered_in_one_task():
    tasks = []

    class Noting(House):
        async def answer(self, request):
            tasks.append(asyncio.current_task())
            return await super().answer(request)

    async with Noting() as house:
        answer = await house.say(b"GET /1 HTTP/1.1\r\nHost: shop\r\n\r\n" + request(b"/2"))
        assert answer.count(b"HTTP/1.1 200 OK") == 2
        assert tasks[0] is tasks[1] is not None


async def test_what_aiohttp_tells_of_a_request_can_be_asked_for():
    asked = []

    class Asking(House):
        async def answer(self, request):
            asked.append((request.remote, request.url.path, request.query["q"], request.secure, await request.text()))
            return await super().answer(request)

    async with Asking() as house:
        assert b"200 OK" in await house.say(request(b"/a?q=1", b"Content-Length: 2") + b"hi")
        assert asked == [("127.0.0.1", "/a", "1", False, "hi")]


async def test_the_status_of_each_answer_is_told():
    async with House() as house:
        told = []
        house.server.answered = told.append
        await house.say(request(b"/"))
        await house.say(request(b"/bug"))
        await house.say(b"GET / HTTP/9.9\r\nHost: a\r\n\r\n")
        assert told == [200, 500, 400]


async def test_a_body_that_nobody_read_is_let_in_so_that_the_next_request_is_understood():
    async with House() as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"POST /1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 10\r\n\r\n123")
        assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n/1"), 10)
        writer.write(b"4567890" + request(b"/2"))
        assert b"200 OK" in await asyncio.wait_for(reader.read(), 10)
        writer.close()


async def test_who_leaves_ends_the_work_for_him():
    ended = asyncio.Event()

    class Waiting(House):
        async def answer(self, request):
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    async with Waiting() as house:
        _, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(request(b"/"))
        await until(lambda: any(not is_idle(each) for each in house.server.connections))
        writer.close()
        await asyncio.wait_for(ended.wait(), 10)
        await until(lambda: not house.server.connections)
