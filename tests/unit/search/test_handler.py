"""The front door: what passes through untouched, what we answer ourselves, and which body a rule may see."""

import asyncio
import gzip
import json

import pytest

from proxy.search import handler
from tests.in_process import OK, a_proxy
from tests.patience import until

POSTED = """
page: search
match: {path: /api/search, methods: [POST]}
products: {list: $.products, id: $.id}
auction: {slots: 1, search_query: body.$.q}
"""
LISTING = b'{"products": [{"id": "p0"}, {"id": "p1"}]}'
JSON_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(LISTING),
    LISTING,
)


async def test_what_no_rule_takes_passes_through_untouched() -> None:
    async with a_proxy(
        lambda request: b"HTTP/1.1 299 Odd\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc"
    ) as proxy:
        status, head, body = await proxy.get("/a%2fb?x", "x-wEiRd: 1\r\n")
        assert (status, body) == (299, b"abc")
        assert b"HTTP/1.1 299 Odd\r\nX-A: 1\r\nx-a: 2\r\nVia: 1.1 sponsored-proxy\r\n" in head
        assert proxy.seen[0].startswith(b"GET /a%2fb?x HTTP/1.1\r\nHost: 127.0.0.1:")
        assert b"x-wEiRd: 1\r\n" in proxy.seen[0]
        assert proxy.visits == []


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
async def test_what_no_proxy_may_pass_on_is_refused(method: str) -> None:
    async with a_proxy(lambda request: OK) as proxy:
        status, _, _ = await proxy.get("/x" if method == "TRACE" else "shop.example:443", "Cookie: a=b\r\n", method)
        assert status in (400, 501)
        assert proxy.seen == []


async def test_a_client_with_too_many_requests_under_way_is_told_to_come_again() -> None:
    release = asyncio.Event()

    async def slow(request: bytes) -> bytes:
        await release.wait()
        return OK

    async with a_proxy(slow, max_in_flight="1") as proxy:
        first = asyncio.create_task(proxy.get("/slow"))
        await until(lambda: proxy.seen)
        status, head, _ = await proxy.get("/second")
        assert status == 429
        assert b"Retry-After: 1\r\n" in head
        release.set()
        assert (await first)[0] == 200
        assert (await proxy.get("/third"))[0] == 200


async def test_options_that_may_go_no_further_is_answered_here() -> None:
    async with a_proxy(lambda request: OK) as proxy:
        assert (await proxy.get("/x", "Max-Forwards: 0\r\n", "OPTIONS"))[0] == 204
        assert proxy.seen == []
        assert (await proxy.get("/x", "Max-Forwards: 3\r\n", "OPTIONS"))[0] == 200
        assert b"Max-Forwards: 2\r\n" in proxy.seen[0]


async def test_a_marketplace_that_cannot_be_reached_is_a_502() -> None:
    async with a_proxy(lambda request: OK, upstream="http://127.0.0.1:1") as proxy:
        status, head, body = await proxy.get("/x")
        assert (status, json.loads(body)["status"]) == (502, 502)
        assert b"127.0.0.1:1" not in head + body


async def a_post(proxy: object, body: bytes, path: str = "/api/search", fields: bytes = b"") -> bytes:
    head = b"POST %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" % path.encode()
    return await proxy.raw(b"%b%bContent-Length: %d\r\n\r\n%b" % (head, fields, len(body), body))  # type: ignore[attr-defined,no-any-return]


async def test_a_body_that_a_rule_reads_goes_on_whole() -> None:
    async with a_proxy(lambda request: JSON_ANSWER, POSTED) as proxy:
        answer = await a_post(proxy, b'{"q": "lamp"}')
        assert answer.endswith(LISTING)
        assert proxy.seen[0].endswith(b'Content-Length: 13\r\n\r\n{"q": "lamp"}')
        assert [visit.page for visit in proxy.visits] == ["search"]


WANTED = """
page: search
match: {path: /graphql, methods: [POST], graphql: {operation: Search}}
products: {list: $.data.products, id: $.id}
auction: {slots: 1}
"""
SEARCH = b'{"operationName": "Search", "query": "query Search { products { id } }"}'


async def test_a_rule_reads_a_compressed_body_and_the_marketplace_gets_it_as_it_came() -> None:
    body = gzip.compress(SEARCH)
    async with a_proxy(lambda request: JSON_ANSWER, rules=WANTED) as proxy:
        await a_post(proxy, body, "/graphql", b"Content-Encoding: gzip\r\n")
        assert [visit.page for visit in proxy.visits] == ["search"]
        assert proxy.seen[0].endswith(b"\r\n\r\n" + body)
        assert b"Content-Encoding: gzip\r\n" in proxy.seen[0]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", b"no gzip"),
        (b"gzip", gzip.compress(SEARCH)[:-9]),
        (b"gzip", gzip.compress(SEARCH + b" " * handler.MAX_READ_BODY)),
        (b"snappy", b"\xff\x06"),
    ],
    ids=["corrupt", "cut off", "a bomb", "unknown"],
)
async def test_a_body_that_cannot_be_decoded_is_not_matched_and_goes_on_as_it_came(coding: bytes, body: bytes) -> None:
    async with a_proxy(lambda request: JSON_ANSWER, rules=WANTED) as proxy:
        await a_post(proxy, body, "/graphql", b"Content-Encoding: " + coding + b"\r\n")
        assert proxy.visits == []
        assert proxy.seen[0].endswith(b"\r\n\r\n" + body)


async def test_a_body_that_is_too_long_to_read_is_not_matched_and_goes_on_whole() -> None:
    body = b"x" * (handler.MAX_READ_BODY + 1)
    async with a_proxy(lambda request: JSON_ANSWER, POSTED) as proxy:
        answer = await a_post(proxy, body)
        assert answer.endswith(LISTING)
        assert proxy.seen[0].endswith(body)
        assert proxy.visits == []


async def test_a_rule_that_does_not_look_into_bodies_takes_a_long_one_too() -> None:
    rule = POSTED.replace(", search_query: body.$.q", "")
    async with a_proxy(lambda request: JSON_ANSWER, rule) as proxy:
        assert (await a_post(proxy, b"x" * (handler.MAX_READ_BODY + 1))).endswith(LISTING)
        assert [visit.page for visit in proxy.visits] == ["search"]


async def test_a_bug_in_the_corridor_itself_passes_the_request_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_proxy(lambda request: JSON_ANSWER, POSTED) as proxy:
        monkeypatch.setattr(proxy.app._door._corridor, "_new_id", lambda: 1 / 0)
        assert (await a_post(proxy, b"{}")).endswith(LISTING)
