"""Products that are fetched: all at once, within the time that is left, and nothing of their answers but the item."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from proxy.ask import Ask
from proxy.search.headers import Peer
from proxy.search.plan import Plan
from proxy.search.products import MOST, Fetched, Products, for_product, target_of
from proxy.search.upstream import Upstream
from tests.builders import a_rule, an_ask
from tests.unit.wire.scripted import Play, Talk, answer, playing

PEER = Peer("203.0.113.7", trusted=False, scheme=b"https")
JSON = b"Content-Type: application/json"
PATIENT = 30.0

Part = bytes | Callable[[Talk], Awaitable[None]]


def item(product_id: str, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    return answer(b'{ "id": "%s",  "price": 1.10 }' % product_id.encode(), JSON, *fields, status=status)


def shelves(parts: Mapping[str, Part]) -> Callable[[Talk], Awaitable[None]]:
    """A marketplace that answers each path with these bytes, or as the function does."""

    async def script(talk: Talk) -> None:
        while True:
            path = (await talk.request()).split(b" ")[1].decode()
            part = parts.get(path, answer(b"no such page", status=b"404 Not Found"))
            await (talk.say(part) if isinstance(part, bytes) else part(talk))

    return script


async def never(talk: Talk) -> None:
    await talk.gone()


async def fetch(play: Play, *ids: str, within: float = PATIENT, ask: Ask | None = None, **rule: Any) -> Fetched:
    products = Products(Upstream(play.client(), preserve_host=False, first_byte=60), 1 << 22)
    return await products.fetch(a_plan(**rule), ask or an_ask(), PEER, ids, within)


def a_plan(**rule: Any) -> Plan:
    return Plan(a_rule(**{"missing": "fetch", "fetch": "/p/{id}", **rule}))


# -- what is asked for ------------------------------------------------------------


@pytest.mark.parametrize(
    ("product_id", "target"),
    [
        ("p-9", "/p/p-9/x"),
        ("a/b c", "/p/a%2Fb%20c/x"),
        ("café", "/p/caf%C3%A9/x"),
        ("%2e%2e", "/p/%252e%252e/x"),
        ("?q#f&g=+", "/p/%3Fq%23f%26g%3D%2B/x"),
        ("a..b", "/p/a..b/x"),
        ("...", "/p/.../x"),
        (".", None),
        ("..", None),
        ("../../admin", None),
        ("a/../b", None),
        ("a\\..", None),
        ("a/./b", None),
        ("line\r\nbreak", None),
        ("\0", None),
        ("\ud83d", None),
        ("", None),
        ("x" * 513, None),
    ],
)
def test_an_id_is_one_segment_or_nothing_is_asked_for(product_id: str, target: str | None) -> None:
    assert target_of("/p/{id}/x", product_id) == target


def test_what_speaks_of_the_search_alone_is_not_said_of_a_product() -> None:
    lines = [
        (b"Host", b"shop.example"),
        (b"Cookie", b"a=1"),
        (b"Content-Type", b"application/graphql"),
        (b"content-encoding", b"gzip"),
        (b"If-None-Match", b'"v1"'),
        (b"If-Match", b'"v1"'),
        (b"IF-UNMODIFIED-SINCE", b"x"),
        (b"Range", b"bytes=0-1"),
        (b"Accept-Language", b"de"),
    ]
    assert [name for name, _ in for_product(lines)] == [b"Host", b"Cookie", b"Accept-Language"]


async def test_a_product_is_asked_for_as_the_shopper_would_ask() -> None:
    ask = an_ask(
        target="/api/search",
        method="POST",
        headers=[("Cookie", "a=1"), ("Accept-Encoding", "gzip, x-foo"), ("Content-Type", "a/b"), ("Range", "bytes=0-")],
        body=b"{}",
    )
    async with playing(shelves({"/p/p9": item("p9")})) as play:
        assert (await fetch(play, "p9", ask=ask)).items == {"p9": b'{ "id": "p9",  "price": 1.10 }'}
    (head,) = play.seen
    assert head.startswith(b"GET /p/p9 HTTP/1.1\r\nHost: 127.0.0.1")
    assert head.endswith(b"\r\n\r\n")
    said = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[2:-2]]
    assert said == [
        b"cookie",
        b"accept-encoding",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"via",
    ]
    assert b"Accept-Encoding: gzip\r\n" in head


# -- what comes out ---------------------------------------------------------------


async def test_the_item_keeps_its_bytes_and_everything_around_it_stays_behind() -> None:
    body = b'\xef\xbb\xbf{"a":[{"item" : {"id" : 7 ,"e":1e5,"x":"\\u00e9","a":1,"a":2}}],"more":1}\n'
    said = answer(gzip.compress(body), JSON, b"Content-Encoding: gzip", b"Set-Cookie: a=1")
    async with playing(shelves({"/p/7": said})) as play:
        found = await fetch(play, "7", product="$.a[0].item")
    assert found == Fetched({"7": b'{"id" : 7 ,"e":1e5,"x":"\\u00e9","a":1,"a":2}'})


async def test_an_id_that_the_pattern_takes_goes_into_the_path_as_the_catalogue_has_it() -> None:
    body = b'{"id":"gid://shop/Product/9"}'
    async with playing(shelves({"/p/gid%3A%2F%2Fshop%2FProduct%2F9": answer(body, JSON)})) as play:
        found = await fetch(
            play, "9", fetch="/p/gid%3A%2F%2Fshop%2FProduct%2F{id}", id_pattern="gid://shop/Product/(.+)"
        )
    assert found.items == {"9": body}


UNUSABLE: Sequence[tuple[str, bytes, str]] = [
    ("another status", item("p9", status=b"404 Not Found"), "status 404"),
    ("moved", item("p9", b"Location: /p/p8", status=b"301 Moved"), "status 301"),
    ("part of it", item("p9", status=b"206 Partial Content"), "status 206"),
    ("a web page", answer(b'{"id":"p9"}', b"Content-Type: text/html"), "not_a_listing"),
    ("no JSON", answer(b'{"id":"p9"', JSON), "nothing stands at layout.product"),
    ("no UTF-8", answer(b'{"id":"p9","n":"\xff"}', JSON), "nothing stands at layout.product"),
    ("empty", answer(b"", JSON), "nothing stands at layout.product"),
    ("an apology", answer(b'{"error":"gone"}', JSON), "the answer has another id at products.id"),
    ("another product", item("p8"), "the answer has another id at products.id"),
    ("an unknown coding", item("p9", b"Content-Encoding: x-foo"), "not_a_listing"),
    ("a wrong coding", item("p9", b"Content-Encoding: gzip"), "not_a_listing"),
    ("a bomb", answer(gzip.compress(b" " * (1 << 24)), JSON, b"Content-Encoding: gzip"), "too_large"),
    ("not to be changed", item("p9", b"Cache-Control: no-transform"), "no_transform"),
    ("too large", answer(b"x" * (1 << 21), JSON), "too_large"),
    ("endless", b"HTTP/1.1 200 OK\r\n" + JSON + b"\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" + b" " * (1 << 21), "too_large"),
    ("no HTTP", b"220 mail.example\r\n\r\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "why"), UNUSABLE, ids=[name for name, *_ in UNUSABLE])
async def test_what_is_not_the_product_is_dropped_and_its_neighbour_is_not(name: str, said: bytes, why: str) -> None:
    async with playing(shelves({"/p/p9": said, "/p/p7": item("p7")})) as play:
        found = await fetch(play, "p9", "p7")
    assert [*found.items] == ["p7"]
    assert found.missed.startswith("not fetched: p9 (")
    assert why in found.missed


async def test_an_answer_that_breaks_off_is_dropped() -> None:
    async def breaks_off(talk: Talk) -> None:
        await talk.say(item("p9")[:-3])
        talk.abort()

    async with playing(shelves({"/p/p9": breaks_off, "/p/p7": item("p7")})) as play:
        found = await fetch(play, "p9", "p7")
    assert [*found.items] == ["p7"]


async def test_a_marketplace_that_is_gone_gives_no_product() -> None:
    async with playing(shelves({})) as play:
        client = play.client(url="http://127.0.0.1:1")
        products = Products(Upstream(client, preserve_host=False, first_byte=60), 1 << 22)
        found = await products.fetch(a_plan(), an_ask(), PEER, ["p9"], PATIENT)
    assert found.items == {}
    assert found.missed


# -- one round, within the time that is left --------------------------------------


async def test_all_are_asked_for_at_the_same_time() -> None:
    asked: set[str] = set()
    all_there = asyncio.Event()

    def together(product_id: str) -> Callable[[Talk], Awaitable[None]]:
        async def part(talk: Talk) -> None:
            asked.add(product_id)
            if len(asked) == 3:
                all_there.set()
            await all_there.wait()  # nobody is answered before everybody was asked for
            await talk.say(item(product_id))

        return part

    async with playing(shelves({f"/p/{each}": together(each) for each in "abc"})) as play:
        found = await fetch(play, "c", "a", "b", "a")
    assert [*found.items] == ["c", "a", "b"]
    assert len(play.seen) == 3


async def test_what_is_not_there_in_time_is_let_go_and_the_others_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def half(talk: Talk) -> None:
        await talk.say(item("h")[:-5])
        await talk.gone()

    async with playing(shelves({"/p/n": never, "/p/h": half, "/p/p7": item("p7")})) as play:
        client = play.client()
        products = Products(Upstream(client, preserve_host=False, first_byte=600), 1 << 22)
        round = asyncio.create_task(products.fetch(a_plan(), an_ask(), PEER, ["n", "h", "p7"], PATIENT))
        await play.until(lambda: len(play.seen) == 3 and client.pool.idle == 1)
        await asyncio.sleep(0)  # whoever waited for the answer goes on
        loop = asyncio.get_running_loop()
        then = loop.time
        monkeypatch.setattr(loop, "time", lambda: then() + PATIENT)
        found = await round
        assert [*found.items] == ["p7"]
        assert found.missed == "not fetched: n (too late), h (too late)"
        await play.until(lambda: client.pool.size == client.pool.idle == 1)  # no connection is left half read


async def test_a_shopper_who_leaves_takes_the_round_along() -> None:
    async with playing(shelves({"/p/n": never, "/p/m": never})) as play:
        client = play.client()
        products = Products(Upstream(client, preserve_host=False, first_byte=60), 1 << 22)
        round = asyncio.create_task(products.fetch(a_plan(), an_ask(), PEER, ["n", "m"], PATIENT))
        await play.until(lambda: len(play.seen) == 2)
        round.cancel()
        with pytest.raises(asyncio.CancelledError):
            await round
        await play.until(lambda: client.pool.size == 0)


async def test_with_no_time_left_nothing_is_asked_for() -> None:
    async with playing(shelves({"/p/p9": item("p9")})) as play:
        assert await fetch(play, "p9", within=0.0) == Fetched({}, "not fetched: p9 (no time is left)")
    assert play.seen == []


async def test_never_more_are_asked_for_than_one_auction_has_slots() -> None:
    ids = [f"p{n}" for n in range(MOST + 5)]
    async with playing(shelves({f"/p/{each}": item(each) for each in ids})) as play:
        found = await fetch(play, *ids)
    assert [*found.items] == ids[:MOST]
    assert len(play.seen) == MOST


async def test_a_connection_serves_again_after_an_answer_that_was_of_no_use() -> None:
    async with playing(shelves({"/p/p7": item("p7")})) as play:
        client = play.client()
        products = Products(Upstream(client, preserve_host=False, first_byte=60), 1 << 22)
        for product_id in ("gone", "p7", "gone"):
            await products.fetch(a_plan(), an_ask(), PEER, [product_id], PATIENT)
    assert play.connections == 1
