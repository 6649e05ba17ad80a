"""Real processes: SIGTERM loses no request."""

import asyncio
import signal
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.integration.processes import Proxy
from tests.patience import until


class Shopper:
    """Asks again and again, on kept connections as a load balancer does or on new ones, until the house is closed."""

    def __init__(self, url: str, keeps: bool) -> None:
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.connection = b"keep-alive" if keeps else b"close"
        self.answered = 0
        self.lost: list[str] = []

    async def shop(self) -> None:
        while not self.lost:
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
            except ConnectionError:
                return
            try:
                await self._ask_on(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError) as trouble:
                self.lost.append(repr(trouble))
            writer.close()

    async def _ask_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept = True
        while kept:
            lines = (
                b"POST /slow?0.005 HTTP/1.1",
                b"Host: shop",
                b"Content-Length: 0",
                b"Connection: " + self.connection,
            )
            writer.write(b"\r\n".join((*lines, b"", b"")))
            head = await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(2) == b"ok"
            assert head.startswith(b"HTTP/1.1 200")
            kept = b"connection: close" not in head.lower()
            self.answered += 1


async def test_sigterm_under_load_loses_no_request(tmp_path):
    proxy = Proxy(tmp_path, workers="2")
    proxy.rule()
    async with proxy:
        shoppers = [Shopper(proxy.url, keeps=number % 2 == 0) for number in range(16)]
        shopping = [asyncio.create_task(shopper.shop()) for shopper in shoppers]
        await until(lambda: busy(shoppers), "nobody was answered")
        proxy.tell()
        assert await proxy.ended() == 0
        await asyncio.wait_for(asyncio.gather(*shopping), 10)
        assert [shopper.lost for shopper in shoppers if shopper.lost] == []


async def busy(shoppers: list[Shopper]) -> bool:
    return sum(shopper.answered for shopper in shoppers) > 200


async def test_what_is_under_way_ends_and_says_that_the_connection_closes(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(proxy.session.get(proxy.url + "/slow?1"))
            await until(lambda: under_way(proxy), "it never began")
            proxy.tell()
        answer = slow.result()
        assert await answer.text() == "ok"
        assert answer.headers["Connection"] == "close"
        assert await proxy.ended() == 0


async def under_way(proxy: Proxy) -> bool:
    return await proxy.metric("sponsored_proxy_connections") > 0


async def test_what_is_under_way_too_long_is_cut(tmp_path):
    proxy = Proxy(tmp_path, drain="100ms")
    proxy.rule()
    async with proxy:
        slow = asyncio.create_task(proxy.session.get(proxy.url + "/slow?60"))
        await until(lambda: under_way(proxy), "it never began")
        proxy.tell()
        with pytest.raises(aiohttp.ClientError):
            await slow
        assert await proxy.ended() == 0
        assert "still under way after --drain" in proxy.log


async def test_during_the_lag_it_is_not_ready_and_serves(tmp_path):
    proxy = Proxy(tmp_path, drain_lag="60s")
    proxy.rule()
    async with proxy:
        proxy.tell()
        await proxy.says("leaving")
        assert not await proxy.is_ready()
        assert (await proxy.ready())["draining"]
        async with aiohttp.ClientSession() as newcomer, newcomer.get(proxy.url) as answer:
            assert answer.status == 200
        assert (await proxy.ask_admin("/healthz"))[0] == 200
        proxy.tell()
        assert await proxy.ended() == 0
        assert "asked a second time" in proxy.log


async def test_a_second_signal_ends_at_once(tmp_path):
    proxy = Proxy(tmp_path, drain="60s")
    proxy.rule()
    async with proxy:
        slow = asyncio.create_task(proxy.session.get(proxy.url + "/slow?60"))
        await until(lambda: under_way(proxy), "it never began")
        proxy.tell(signal.SIGINT)
        await proxy.says("leaving")
        proxy.tell(signal.SIGINT)
        assert await proxy.ended() == 0
        with pytest.raises(aiohttp.ClientError):
            await slow
