"""Block F, the taking of events by the proxy as it runs: parent, workers, disk, and an ad platform that counts."""

import asyncio
import contextlib
import functools
import gzip
import json
from collections.abc import AsyncIterator

import pytest

from tests.conformance.running import Growth, Proxy, only_ours
from tests.event_platform import KEY, EventPlatform, fails
from tests.events_door import PATH, V1, WIDGETS, Answer, a_v1_click, an_event, connected, one, post, request
from tests.patience import until
from tests.ports import free_port

CRAWLER = "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n"
SECRET = "canary@example.com"


@pytest.fixture(autouse=True)
def _ours() -> None:
    only_ours()


@contextlib.asynccontextmanager
async def a_proxy(folder, platform: EventPlatform, *flags: str, **environment: str) -> AsyncIterator[Proxy]:
    """The proxy, in front of no marketplace."""
    proxy = Proxy(folder, free_port(), platform.port, *flags, key=KEY, env=environment)
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


async def test_F03_a_key_that_the_platform_repeats_is_seen_by_nobody(tmp_path):
    """Not by the sender, in no log line, on no page of the admin address, in no file of the data folder."""
    repeated = json.dumps({"errCode": "bad_request", "message": f"Bearer {KEY} says so", KEY: 1, "docUrl": ""}).encode()
    seen: list[str] = []
    async with EventPlatform() as platform, a_proxy(tmp_path, platform, "--widget-auctions") as proxy:
        for status in (400, 200, 413, 500, 503, 401):
            platform.always(fails(status, body=repeated))
            for path, body in (
                (V1, json.dumps(a_v1_click()).encode()),
                (WIDGETS, b'{"auctions":[]}'),
                (PATH, one(f"e{status}")),
            ):
                answer = await post(proxy.port, body, path=path)
                seen.append(f"{answer.headers} {answer.body.decode()}")
            if status == 400:  # what the platform said stands beside the dead letter
                await until(functools.partial(asyncio.to_thread, proxy.metric, "events_dead_total"))
        (proxy.rules / "bad.yaml").write_text("page: [{")
        await until(lambda: "THE RULES WERE NOT TAKEN" in proxy.output())
        for page in ("/metrics", "/", "/healthz", "/readyz"):
            seen.append(await asyncio.to_thread(proxy.admin_text, page))
    files = [file.read_bytes() for file in proxy.data.rglob("*") if file.is_file()]
    assert len(seen) == 22
    assert files
    assert KEY not in "".join(seen) + proxy.output()
    assert KEY.encode() not in b"".join(files)


async def test_F37_what_the_environment_says_of_proxies_and_passwords_is_ignored(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".netrc").write_text("machine 127.0.0.1 login somebody password of-the-house\n")
    asked: list[bytes] = []

    async def trap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(trap, "127.0.0.1", 0) as server, EventPlatform() as platform:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        environment = dict.fromkeys(names, url) | {"NO_PROXY": "", "no_proxy": "", "HOME": str(tmp_path / "home")}
        async with a_proxy(tmp_path, platform, **environment) as proxy:
            assert (await post(proxy.port, one())).status == 204
            await until(lambda: platform.ids == {"e1"})
            assert (await post(proxy.port, json.dumps(a_v1_click(id="c1")).encode(), path=V1)).status == 200
        assert {call.headers["authorization"] for call in platform.calls} == {f"Bearer {KEY}"}
        assert asked == []


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
