"""The events of a worker, wired: from the door through the outbox to the ad platform."""

import asyncio
import json
import subprocess
import sys

from tests.ad_platform import AdPlatform
from tests.in_process import a_proxy
from tests.patience import until
from tests.redis_server import a_redis

RULE = """
page: search
match: {path: /api/search}
products: {list: $.products, id: $.id}
auction: {slots: 1, timeout: 5s}
"""
EVENT = {"id": "e1", "occurredAt": "2026-11-22T10:00:00Z", "opaqueUserId": "u", "resolvedBidId": "b"}

BODY = json.dumps({"impressions": [EVENT]}).encode()


def served(request):
    return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def taken(request, writer):
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def a_post(path, *lines):
    head = "".join(f"{line}\r\n" for line in ("Host: shop.example", "Connection: close", *lines))
    return f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY


async def test_an_event_is_kept_and_delivered_with_the_key_and_nothing_of_its_sender(tmp_path):
    async with AdPlatform() as platform:
        platform.replies = taken
        async with a_proxy(served, RULE, ads_url=platform.url, no_events=None, data=str(tmp_path)) as proxy:
            answer = await proxy.raw(a_post("/topsort/v2/events", "Authorization: Bearer theirs", "Cookie: c=1"))
            assert answer.startswith(b"HTTP/1.1 204 ")
            await asyncio.wait_for(platform.asked(1), 10)
            [request] = platform.requests
            assert request.line.startswith("POST /v2/events ")
            assert request.headers["authorization"] == "Bearer TSE_canary"
            assert "cookie" not in request.headers
            assert json.loads(request.body) == {"impressions": [EVENT]}
            await until(lambda: proxy.app.numbers().get("events_delivered_total|kind|impressions") == 1)
            assert proxy.app.numbers()["events_taken_total|kind|impressions"] == 1
            assert proxy.seen == []


async def test_a_call_of_segments_is_delivered_as_the_platforms_event(tmp_path):
    (tmp_path / "keys").write_text("wk_canary\n")
    call = {"messageId": "m1", "timestamp": EVENT["occurredAt"], "anonymousId": "u", "event": "Product Clicked"}
    body = json.dumps({**call, "writeKey": "wk_canary", "properties": {"resolvedBidId": "b"}}).encode()
    head = f"Host: shop.example\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    async with AdPlatform() as platform:
        platform.replies = taken
        told = {"ads_url": platform.url, "no_events": None, "data": str(tmp_path)}
        async with a_proxy(served, RULE, segment_write_key_file=str(tmp_path / "keys"), **told) as proxy:
            answer = await proxy.raw(f"POST /topsort/segment/v1/t HTTP/1.1\r\n{head}".encode() + body)
            assert answer.startswith(b"HTTP/1.1 200 ")
            await asyncio.wait_for(platform.asked(1), 10)
            [request] = platform.requests
            assert json.loads(request.body) == {"clicks": [EVENT | {"id": "m1"}]}
            assert proxy.app.numbers()["segment_taken_total|kind|clicks"] == 1
            assert "wk_canary" not in repr(platform.requests)


async def test_what_is_not_at_our_paths_is_the_marketplaces(tmp_path):
    async with a_proxy(served, RULE, no_events=None, data=str(tmp_path)) as proxy:
        for path in ("/topsort/v2/events/", "/v2/events", "/topsort/v2/auctions", "/topsort/segment/v1/t"):
            assert (await proxy.raw(a_post(path))).startswith(b"HTTP/1.1 200 ")
        assert len(proxy.seen) == 4
        assert all(b"TSE_canary" not in request for request in proxy.seen)


async def test_without_events_their_paths_are_the_marketplaces_too(tmp_path):
    async with a_proxy(served, RULE, data=str(tmp_path)) as proxy:
        assert (await proxy.raw(a_post("/topsort/v2/events"))).startswith(b"HTTP/1.1 200 ")
        assert len(proxy.seen) == 1
    assert [*tmp_path.iterdir()] == []


async def test_a_page_of_the_host_that_the_load_balancer_names_may_send(tmp_path):
    async with a_proxy(served, RULE, no_events=None, data=str(tmp_path)) as proxy:
        theirs = "Origin: https://www.shop.example"
        assert (await proxy.raw(a_post("/topsort/v2/events", theirs))).startswith(b"HTTP/1.1 403 ")
        said = "X-Forwarded-Host: www.shop.example"
        assert (await proxy.raw(a_post("/topsort/v2/events", theirs, said))).startswith(b"HTTP/1.1 204 ")


async def test_with_redis_an_event_is_kept_there_and_delivered(tmp_path):
    with a_redis(tmp_path / "redis") as redis:
        async with AdPlatform() as platform:
            platform.replies = taken
            told = {"no_events": None, "data": str(tmp_path / "data"), "redis": redis.url}
            async with a_proxy(served, RULE, ads_url=platform.url, **told) as proxy:
                assert (await proxy.raw(a_post("/topsort/v2/events"))).startswith(b"HTTP/1.1 204 ")
                await asyncio.wait_for(platform.asked(1), 10)
        assert not (tmp_path / "data" / "events.sqlite3").exists()


async def test_while_redis_hangs_events_are_refused_in_time_and_pages_go_on(tmp_path):
    with a_redis(tmp_path / "redis") as redis:
        async with a_proxy(served, RULE, no_events=None, data=str(tmp_path), redis=redis.url) as proxy:
            redis.pause()
            page = await proxy.raw(b"GET /other HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
            assert page.startswith(b"HTTP/1.1 200 ")
            refused = await asyncio.wait_for(proxy.raw(a_post("/topsort/v2/events")), 20)
            assert refused.startswith(b"HTTP/1.1 503 ")
            redis.go_on()


def test_who_keeps_no_events_in_redis_does_not_import_its_client():
    looked = "import sys, proxy.server.worker, proxy.server.app; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0
