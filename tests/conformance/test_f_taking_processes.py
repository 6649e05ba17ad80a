"""Block F, the taking of events by the proxy as it runs: parent, workers, disk, and an ad platform that counts."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator

import pytest

from tests.conformance.running import Growth, Proxy, free_port, only_ours
from tests.event_platform import KEY, EventPlatform
from tests.events_door import PATH, V1, WIDGETS, Answer, a_v1_click, an_event, connected, one, post, request
from tests.patience import until

CRAWLER = "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n"
SECRET = "canary@example.com"


@pytest.fixture(autouse=True)
def _ours() -> None:
    only_ours()


@contextlib.asynccontextmanager
async def a_proxy(folder, platform: EventPlatform, *flags: str) -> AsyncIterator[Proxy]:
    """The proxy, in front of no marketplace."""
    proxy = Proxy(folder, free_port(), platform.port, *flags, key=KEY)
    await asyncio.to_thread(proxy.__enter__)
    try:
        yield proxy
    finally:
        await asyncio.to_thread(proxy.stop)


async def test_F01_an_event_arrives_once_with_our_key_and_what_the_page_wrote(tmp_path):
    headers = "Authorization: Bearer of-the-page\r\nCookie: session=of-the-shopper\r\n"
    event = an_event(price=1.50, clickType="odd")
    async with EventPlatform() as platform, a_proxy(tmp_path, platform) as proxy:
        assert (await post(proxy.port, request(clicks=[event]), headers)).status == 204
        await until(lambda: platform.ids == {"e1"})
        (call,) = platform.calls
        assert json.loads(call.body) == {"clicks": [event]}
        assert call.headers["authorization"] == f"Bearer {KEY}"
        assert "cookie" not in call.headers
        assert "of-the" not in str(call)


async def test_F08_two_hundred_long_bodies_at_once_cost_no_memory(tmp_path):
    long = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n".encode() + b" " * 60_000

    async def send_one(port: int) -> int:
        async with connected(port) as (reader, writer):
            writer.write(long)
            return (await Answer.read(reader)).status

    async with EventPlatform() as platform, a_proxy(tmp_path, platform) as proxy:
        least = 1 << 30
        for _ in range(12):  # what a worker needs for two hundred connections it has after a few rounds
            with Growth(proxy) as growth:
                assert set(await asyncio.gather(*(send_one(proxy.port) for _ in range(200)))) == {413}
            least = min(least, growth.bytes)
        assert least < 1_000_000


async def test_F09_bombs_cost_no_memory(tmp_path):
    bomb = gzip.compress(bytes(100_000_000))
    async with EventPlatform() as platform, a_proxy(tmp_path, platform) as proxy:
        await post(proxy.port, bomb, "Content-Encoding: gzip\r\n")
        with Growth(proxy) as growth:
            answers = await asyncio.gather(*(post(proxy.port, bomb, "Content-Encoding: gzip\r\n") for _ in range(20)))
        assert {answer.status for answer in answers} == {413}
        assert growth.bytes < 20_000_000


async def test_F13_the_same_event_from_fifty_at_once_and_at_two_workers_arrives_once(tmp_path):
    async with EventPlatform() as platform, a_proxy(tmp_path, platform, "--workers", "2") as proxy:
        answers = await asyncio.gather(*(post(proxy.port, one()) for _ in range(50)))
        assert {answer.status for answer in answers} == {204}
        assert (await post(proxy.port, one("last"))).status == 204
        await until(lambda: platform.ids == {"e1", "last"})
        assert platform.received == 2


async def test_F14_the_same_event_after_a_kill_arrives_once(tmp_path):
    async with EventPlatform() as platform:
        for number in range(2):
            proxy = Proxy(tmp_path, free_port(), platform.port, key=KEY)
            await asyncio.to_thread(proxy.__enter__)
            try:
                assert (await post(proxy.port, one())).status == 204
                await until(lambda: "e1" in platform.ids)
                if number:
                    assert (await post(proxy.port, one("last"))).status == 204
                    await until(lambda: "last" in platform.ids)
            finally:
                await asyncio.to_thread(proxy.kill)
        # The kill may come between the platform's answer and our note of it; the id makes the second time harmless.
        assert platform.ids == {"e1", "last"}


async def test_F34_no_log_line_and_no_metric_repeats_what_was_sent(tmp_path):
    headers = f"Cookie: s={SECRET}\r\nAuthorization: Bearer {SECRET}\r\nUser-Agent: {SECRET}\r\n"
    path = f"{PATH}?token={SECRET}"
    async with EventPlatform() as platform, a_proxy(tmp_path, platform, "--log-format", "json") as proxy:
        bodies = (one(SECRET, email=SECRET), one("bad", occurredAt=SECRET), SECRET.encode(), one("b" * (1 << 18)))
        statuses = [(await post(proxy.port, body, headers, path=path)).status for body in bodies]
        assert statuses == [204, 400, 400, 413]
        await post(proxy.port, one("c"), headers + CRAWLER, path=path)
        await until(lambda: SECRET in platform.ids)
        metrics = await asyncio.to_thread(proxy.admin_text, "/metrics")
        assert "canary" not in metrics + proxy.output()


async def test_F36_the_key_goes_to_the_ad_platform_alone(tmp_path):
    """Whatever is not at our paths goes to the marketplace, without the key; here there is none, so it is a 502."""
    async with EventPlatform() as platform, a_proxy(tmp_path, platform, "--widget-auctions") as proxy:
        for path in (
            PATH + "/",
            "/" + PATH,
            PATH.replace("/v2", "%2fv2"),
            PATH.upper(),
            "/topsort/v2/events/../search",
        ):
            assert (await post(proxy.port, one(), path=path)).status == 502
        for path in (PATH, V1, WIDGETS):
            answer = await post(proxy.port, b"", path=path, method="GET")
            assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")
        assert platform.calls == []
        assert (await post(proxy.port, json.dumps(a_v1_click(id="c1")).encode(), path=V1)).status == 200
        assert [call.path for call in platform.calls] == ["/v1/events"]


async def test_no_events_gives_their_paths_to_the_marketplace(tmp_path):
    async with EventPlatform() as platform, a_proxy(tmp_path, platform, "--no-events") as proxy:
        assert (await post(proxy.port, one())).status == 502
        assert platform.calls == []
