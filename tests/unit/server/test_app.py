"""The rooms of a worker, wired: a request comes through all of them, and their numbers come out."""

import json

from tests.ad_platform import AdPlatform, wins
from tests.in_process import a_proxy

RULE = """
page: search
match: {path: /api/search}
products: {list: $.products, id: $.id}
auction: {slots: 1, timeout: 5s}
"""
LISTING = b'{"products": [{"id": "p_0"}, {"id": "p_1"}]}'


async def test_a_page_view_goes_through_every_room() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(LISTING),
        LISTING,
    )
    async with AdPlatform() as platform:
        platform.replies = wins("p_1")
        port = platform._server.sockets[0].getsockname()[1]
        async with a_proxy(lambda request: answer, RULE, ads_url=f"http://127.0.0.1:{port}") as proxy:
            status, head, body = await proxy.get("/api/search")
            assert status == 200
            assert [product["id"] for product in json.loads(body)["products"]] == ["p_1", "p_0"]
            assert b"Sponsored-Status: served; winners=1; " in head
            assert platform.requests[0].headers["authorization"] == "Bearer TSE_canary"
            numbers = proxy.app.numbers()
            assert (numbers["auction_calls_total"], numbers["marketplace_connections_opened_total"]) == (1, 1)


async def test_the_key_is_in_nothing_that_comes_back() -> None:
    async with a_proxy(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", RULE) as proxy:
        _, head, body = await proxy.get("/api/search")
        assert b"TSE_canary" not in head + body
        assert "TSE_canary" not in repr(proxy.app.__dict__)
