"""A rule that keeps answers: the auction runs for each visit, the marketplace is asked as seldom as may be."""

import asyncio
import gzip
import json
from collections.abc import Callable

import pytest

from proxy.clock import ManualClock
from proxy.search.plans import Plans
from tests.ad_platform import AdPlatform, results, says, wins
from tests.builders import an_ask
from tests.in_process import Proxy, a_proxy
from tests.patience import until

RULE = """
page: search
match: {path: /s, methods: [GET, POST]}
products: {list: $.products, id: $.id}
auction: {slots: 1, timeout: 10s}
cache: {ttl: 30s, stale_if_error: 5m}
"""
PAGE = {"products": [{"id": f"p{n}"} for n in range(4)]}
BODY = json.dumps(PAGE).encode()


def answer(body: bytes = BODY, *lines: str, status: str = "200 OK") -> bytes:
    head = "".join(f"{line}\r\n" for line in ("Content-Type: application/json", *lines))
    return f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def ids(body: bytes) -> list[str]:
    return [item["id"] for item in json.loads(body)["products"]]


class Held:
    """A marketplace that answers when the test lets it."""

    def __init__(self, made: Callable[[bytes], bytes] = lambda request: answer()) -> None:
        self.open = asyncio.Event()
        self.made = made

    async def __call__(self, request: bytes) -> bytes:
        await self.open.wait()
        return self.made(request)


def how(proxy: Proxy) -> list[str]:
    return sorted(visit.cache for visit in proxy.visits)


async def test_a_kept_page_gets_the_ads_of_each_visit_and_is_never_kept_with_them() -> None:
    async with AdPlatform() as ads, a_proxy(lambda _: answer(), RULE, ads_url=ads.url) as proxy:
        seen = []
        for winner in ("p2", "p3", "p2"):
            ads.replies = wins(winner)
            status, head, body = await proxy.get("/s?q=x")
            assert (status, ids(body)[0]) == (200, winner)
            assert b"Cache-Control: private, no-store" in head
            assert b"\r\nAge:" not in head
            seen.append(body)
        assert seen[0] == seen[2] != seen[1]
        assert (len(proxy.seen), len(ads.requests)) == (1, 3)
        assert [(visit.reason, visit.cache) for visit in proxy.visits] == [
            ("served", "miss"), ("served", "hit"), ("served", "hit"),
        ]  # fmt: skip


async def test_a_kept_page_without_winners_is_the_marketplaces_and_says_its_age() -> None:
    clock = ManualClock()
    async with (
        AdPlatform() as ads,
        a_proxy(
            lambda _: answer(BODY, 'ETag: "v1"', "Cache-Control: public, max-age=60"),
            RULE,
            clock=clock,
            ads_url=ads.url,
        ) as proxy,
    ):
        ads.replies = says(201, results([]))
        await proxy.get("/s")
        clock.advance(10)
        _, head, body = await proxy.get("/s")
        assert body == BODY
        assert [line in head for line in (b"\r\nAge: 10", b'ETag: "v1"', b"Cache-Control: max-age=60, private")] == [
            True
        ] * 3


async def test_a_compressed_page_is_kept_as_it_came_and_read_once() -> None:
    packed = gzip.compress(BODY)
    lines = ("Content-Encoding: gzip", "Vary: Accept-Encoding")
    async with AdPlatform() as ads, a_proxy(lambda _: answer(packed, *lines), RULE, ads_url=ads.url) as proxy:
        ads.replies = wins("p2")
        for _ in range(2):
            _, head, body = await proxy.get("/s", "Accept-Encoding: gzip\r\n")
            assert b"Content-Encoding: gzip" in head
            assert ids(gzip.decompress(body))[0] == "p2"
        ((kept,),) = proxy.app._pages.store._uris.values()
        assert kept.raw == packed
        page = kept.page_of(proxy.app.live.current.find(an_ask("/s")).plan)  # type: ignore[union-attr]
        assert page is not None
        assert page.body == BODY
        await proxy.get("/s", "Accept-Encoding: gzip\r\n")
        assert kept.page_of(proxy.app.live.current.find(an_ask("/s")).plan) is page  # type: ignore[union-attr]
        assert len(proxy.seen) == 1


async def test_an_edit_of_the_rule_reads_the_kept_page_anew() -> None:
    both = json.dumps({"products": [{"id": "a1", "sku": "b1"}, {"id": "a2", "sku": "b2"}]}).encode()
    async with AdPlatform() as ads, a_proxy(lambda _: answer(both), RULE, ads_url=ads.url) as proxy:
        ads.replies = wins("a2", "b2")
        assert (await proxy.get("/s"))[0] == 200
        assert proxy.app.live.offer({"rule.yaml": RULE.replace("$.id", "$.sku").encode()}, Plans)
        _, _, body = await proxy.get("/s")
        assert ads.requests[-1].auctions[0]["products"]["ids"] == ["b1", "b2"]
        assert ids(body) == ["a2", "a1"]
        assert [visit.cache for visit in proxy.visits] == ["miss", "hit"]


async def test_a_hundred_identical_requests_in_flight_are_asked_once() -> None:
    held = Held()
    async with AdPlatform() as ads, a_proxy(held, RULE, ads_url=ads.url) as proxy:
        ads.replies = wins("p2")
        asked = [asyncio.create_task(proxy.get("/s?q=x")) for _ in range(100)]
        await until(lambda: sum(flight.waiting for flight in proxy.app._pages._flights._flights.values()) == 100)
        held.open.set()
        answers = [await each for each in asked]
        assert {(status, tuple(ids(body))) for status, _, body in answers} == {(200, ("p2", "p0", "p1", "p3"))}
        assert (len(proxy.seen), len(ads.requests)) == (1, 100)
        assert how(proxy) == ["collapsed"] * 99 + ["miss"]
        assert proxy.app.numbers()["cache_answers_total|how|collapsed"] == 99


@pytest.mark.parametrize("field", ["Cookie: s={}", "Authorization: {}"])
async def test_nobody_waits_for_the_answer_to_anothers_cookie_or_credentials(field: str) -> None:
    held = Held(
        lambda request: answer(json.dumps({**PAGE, "you": request.decode()}).encode(), "Cache-Control: max-age=60")
    )
    async with AdPlatform() as ads, a_proxy(held, RULE, ads_url=ads.url) as proxy:
        ads.replies = says(201, results([]))
        lines = [field.format(n) for n in (11, 11, 22)]
        asked = [asyncio.create_task(proxy.get("/s", f"{line}\r\n")) for line in lines]
        await until(lambda: len(proxy.seen) == 3)
        held.open.set()
        for line, each in zip(lines, asked, strict=True):
            assert line in json.loads((await each)[2])["you"]
        assert proxy.app.numbers()["cache_entries"] == 0


async def test_an_answer_that_is_one_shoppers_is_given_to_its_shopper_alone_and_not_waited_for_again() -> None:
    number = iter(range(1, 100))
    held = Held(lambda _: answer(json.dumps({**PAGE, "n": next(number)}).encode(), f"Set-Cookie: a={1}"))
    async with AdPlatform() as ads, a_proxy(held, RULE, ads_url=ads.url) as proxy:
        ads.replies = wins("p2")
        asked = [asyncio.create_task(proxy.get("/s")) for _ in range(5)]
        await until(lambda: sum(flight.waiting for flight in proxy.app._pages._flights._flights.values()) == 5)
        await until(lambda: len(proxy.seen) == 1)
        held.open.set()
        told = {json.loads((await each)[2])["n"] for each in asked}
        assert told == {1, 2, 3, 4, 5}
        held.open.clear()
        late = [asyncio.create_task(proxy.get("/s")) for _ in range(3)]
        await until(lambda: len(proxy.seen) == 8)
        held.open.set()
        await asyncio.gather(*late)


async def test_a_leader_that_leaves_hands_over() -> None:
    held = Held()
    async with AdPlatform() as ads, a_proxy(held, RULE, ads_url=ads.url) as proxy:
        ads.replies = wins("p2")
        _, leader = await asyncio.open_connection("127.0.0.1", proxy.port)
        leader.write(b"GET /s HTTP/1.1\r\nHost: shop.example\r\n\r\n")
        await until(lambda: len(proxy.seen) == 1)
        follower = asyncio.create_task(proxy.get("/s"))
        await until(lambda: sum(flight.waiting for flight in proxy.app._pages._flights._flights.values()) == 2)
        leader.transport.abort()
        await until(lambda: [visit.reason for visit in proxy.visits] == ["gone"])
        held.open.set()
        status, _, body = await follower
        assert (status, ids(body)[0], len(proxy.seen)) == (200, "p2", 1)


async def test_when_all_have_left_the_marketplace_is_left_too() -> None:
    held = Held()
    async with AdPlatform() as ads, a_proxy(held, RULE, ads_url=ads.url) as proxy:
        _, alone = await asyncio.open_connection("127.0.0.1", proxy.port)
        alone.write(b"GET /s HTTP/1.1\r\nHost: shop.example\r\n\r\n")
        await until(lambda: len(proxy.seen) == 1)
        alone.transport.abort()
        await until(lambda: proxy.app.numbers()["marketplace_connections"] == 0)
        assert len(proxy.app._pages._flights) == 0


async def test_while_the_marketplace_fails_the_last_good_page_is_served_with_ads() -> None:
    clock = ManualClock()
    says_now = [answer()]
    async with AdPlatform() as ads, a_proxy(lambda _: says_now[0], RULE, clock=clock, ads_url=ads.url) as proxy:
        ads.replies = wins("p2")
        await proxy.get("/s")
        for failing in (answer(b"{}", status="503 X"), b"", b"nonsense\r\n\r\n", answer()[:-5]):
            says_now[0] = failing
            clock.advance(31)
            status, _, body = await proxy.get("/s")
            assert (status, ids(body)[0], proxy.visits[-1].cache) == (200, "p2", "stale"), failing
        clock.advance(300)
        assert (await proxy.get("/s"))[0] == 502
        assert proxy.visits[-1].reason == "marketplace_down"


async def test_a_failure_is_passed_on_where_nothing_is_kept() -> None:
    async with a_proxy(lambda _: answer(b"{}", status="503 X"), RULE) as proxy:
        assert (await proxy.get("/s"))[0] == 503
        assert proxy.visits[-1].reason == "not_ok"


async def test_an_answer_that_is_too_large_streams_through_and_is_not_kept() -> None:
    large = json.dumps({"products": [{"id": str(n), "x": "y" * 100} for n in range(1000)]}).encode()
    unknown = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + large
    for said in (answer(large), unknown):
        async with a_proxy(lambda _, said=said: said, RULE, max_body="64KiB") as proxy:  # type: ignore[misc]
            for _ in range(2):
                assert (await proxy.get("/s"))[2].count(b'"id"') == 1000
            assert len(proxy.seen) == 2
            assert [visit.reason for visit in proxy.visits] == ["too_large"] * 2


async def test_a_page_that_is_no_listing_is_kept_too() -> None:
    async with a_proxy(lambda _: answer(b'{"products":1}', "X-A: 1"), RULE) as proxy:
        for _ in range(2):
            assert (await proxy.get("/s"))[2] == b'{"products":1}'
        assert len(proxy.seen) == 1
        assert [visit.reason for visit in proxy.visits] == ["not_a_listing"] * 2


async def test_a_head_is_answered_from_a_kept_get_as_its_merged_page_would_be() -> None:
    async with AdPlatform() as ads, a_proxy(lambda _: answer(BODY, 'ETag: "v1"'), RULE, ads_url=ads.url) as proxy:
        await proxy.get("/s")
        status, head, body = await proxy.get("/s", method="HEAD")
        assert (status, body, len(proxy.seen)) == (200, b"", 1)
        assert b"private, no-store" in head
        assert b"ETag" not in head


async def test_a_condition_of_the_shoppers_never_hides_a_page_with_ads() -> None:
    async with AdPlatform() as ads, a_proxy(lambda _: answer(BODY, 'ETag: "v1"'), RULE, ads_url=ads.url) as proxy:
        ads.replies = wins("p2")
        for _ in range(2):
            status, _, body = await proxy.get("/s", 'If-None-Match: "v1"\r\nRange: bytes=0-3\r\n')
            assert (status, ids(body)[0]) == (200, "p2")
        assert len(proxy.seen) == 1
        assert b"if-none-match" not in proxy.seen[0].lower()


async def test_what_is_kept_stays_within_its_bound() -> None:
    body = json.dumps({"products": [{"id": str(n), "x": "y" * 100} for n in range(100)]}).encode()
    async with (
        AdPlatform() as ads,
        a_proxy(lambda _: answer(body), RULE, ads_url=ads.url, cache_size="256KiB") as proxy,
    ):
        for n in range(30):
            await proxy.get(f"/s?q={n}")
            assert proxy.app.numbers()["cache_bytes"] <= 256 * 1024
        assert 1 < proxy.app.numbers()["cache_entries"] < 30


async def test_a_marketplace_that_is_slow_has_failed_too() -> None:
    answers = [answer(BODY, "Cache-Control: max-age=0")]

    async def then_nothing(_: bytes) -> bytes:
        if not answers:
            await asyncio.Event().wait()
        return answers.pop()

    async with AdPlatform() as ads, a_proxy(then_nothing, RULE, ads_url=ads.url, upstream_timeout="500ms") as proxy:
        ads.replies = wins("p2")
        for how_it_came in ("miss", "stale"):
            status, _, body = await proxy.get("/s")
            assert (status, ids(body)[0], proxy.visits[-1].cache) == (200, "p2", how_it_came)


async def test_a_mistake_of_ours_in_this_room_costs_nobody_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_proxy(lambda _: answer(), RULE) as proxy:
        monkeypatch.setattr(proxy.app._pages.store, "find", lambda asked: 1 / 0)
        status, _, body = await proxy.get("/s")
        assert (status, body) == (200, BODY)
