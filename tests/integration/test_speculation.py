"""A search that was seen often waits for the slower of marketplace and ad platform, not for one after the other."""

import asyncio
import json

from tests.ad_platform import AdPlatform, first_of_each
from tests.in_process import a_proxy

RULE = """
page: search
match: {path: /api/search}
products: {list: $.products, id: $.id}
auction: {slots: 1, timeout: 5s, speculate: true}
"""
SEARCHES = 11


def a_page(*ids):
    body = json.dumps({"products": [{"id": each} for each in ids]}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def ads_of(body):
    return [product["id"] for product in json.loads(body)["products"] if "resolvedBidId" in product]


async def test_the_auction_is_asked_for_while_the_marketplace_still_searches():
    async with AdPlatform() as platform:
        platform.replies = first_of_each
        wanted = 0

        async def marketplace(request):
            """It does not answer before the ad platform was asked: who asks one after the other never gets a page."""
            await asyncio.wait_for(platform.asked(wanted), 10)
            return a_page("p_1", "p_2")

        async with a_proxy(marketplace, RULE, ads_url=platform.url) as proxy:
            for _ in range(SEARCHES):
                await proxy.get("/api/search?q=a")
            wanted = len(platform.requests) + 1
            _, head, body = await proxy.get("/api/search?q=a")
            assert b"Sponsored-Status: served" in head
            assert ads_of(body) == ["p_1"]
            assert len(platform.requests) == wanted
            assert proxy.app.numbers()["auction_guesses_right_total"] == 1


async def test_a_visit_whose_products_changed_gets_a_right_answer_all_the_same():
    async with AdPlatform() as platform:
        platform.replies = first_of_each
        listed = ["p_1", "p_2"]
        async with a_proxy(lambda request: a_page(*listed), RULE, ads_url=platform.url) as proxy:
            for _ in range(SEARCHES):
                await proxy.get("/api/search?q=a")
            listed = ["p_7", "p_8"]
            _, head, body = await proxy.get("/api/search?q=a")
            assert b"Sponsored-Status: served" in head
            assert ads_of(body) == ["p_7"]
            assert platform.requests[-1].auctions[0]["products"]["ids"] == ["p_7", "p_8"]
            numbers = proxy.app.numbers()
            assert (numbers["auction_guesses_total"], numbers["auction_guesses_wrong_total"]) == (1, 1)


async def test_another_search_is_not_guessed_by_this_one():
    async with AdPlatform() as platform:
        platform.replies = first_of_each
        async with a_proxy(lambda request: a_page("p_1", "p_2"), RULE, ads_url=platform.url) as proxy:
            for _ in range(SEARCHES):
                await proxy.get("/api/search?q=a")
            await proxy.get("/api/search?q=b")
            assert proxy.app.numbers()["auction_guesses_total"] == 0
