"""The platform over real HTTP, as a client sees it."""

import asyncio
import gzip
import json

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from proxy.sandbox.behaviour import Behaviour, EventBehaviour
from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES
from proxy.topsort.errors import DOC_URL
from tests.unit.sandbox.conftest import AUTHORISED, KEY

LISTING = {"type": "listings", "slots": 2, "products": {"ids": ["p1", "p2", "p3"]}}
GOOD = {"auctions": [LISTING]}
GOOD_V1 = {"slots": {"listings": 2}, "products": [{"productId": "p1"}, {"productId": "p2", "quality": 0.9}]}

BRANDS = "/v2/auctions/sponsored-brand"
BANNERS = """
reserve: 0.10
campaigns:
  - name: ribbon
    bids: [{brand: acme, bid: 1.00}]
    banner: {slots: [ribbon], assets: [{url: /ribbon.svg}]}
  - name: a brand
    bids: [{product: p1, bid: 1.00}]
    sponsored_brand: {placements: [top], content: {headline: Acme}}
"""


@pytest.fixture
def a_client(a_caller):
    async def build(behaviour: Behaviour = Behaviour(), **keys: object) -> TestClient:  # noqa: B008
        return (await a_caller(behaviour=behaviour, **keys)).client

    return build


async def test_an_auction_is_created(a_client):
    client = await a_client()
    answer = await client.post("/v2/auctions", json=GOOD, headers=AUTHORISED)
    assert (answer.status, answer.content_type) == (201, "application/json")
    (result,) = (await answer.json())["results"]
    assert result["error"] is False
    assert [set(winner) for winner in result["winners"]] == [{"rank", "type", "id", "resolvedBidId", "campaignId"}] * 2


async def test_version_1_is_spoken_too(a_client):
    client = await a_client()
    answer = await client.post("/v1/auctions", json=GOOD_V1, headers=AUTHORISED)
    assert answer.status == 201
    listing = (await answer.json())["slots"]["listings"]
    assert [winner["productId"] for winner in listing["winners"]] == ["p1", "p2"]
    assert set(listing["winners"][0]) == {"rank", "productId", "winnerType", "winnerId", "resolvedBidId"}


REFUSED_V2 = [
    (b"", "empty_request"),
    (b"  \n", "empty_request"),
    (b"{", "bad_request"),
    (b"[]", "bad_request"),
    (b"\xff", "bad_request"),
    ({}, "missing_auctions"),
    ({"auctions": []}, "missing_auctions"),
    ({"auctions": [LISTING] * 6}, "too_many_auctions"),
    ({"auctions": ["x"]}, "bad_request"),
    ({"auctions": [LISTING | {"type": None}]}, "missing_promotion_type"),
    ({"auctions": [LISTING | {"type": "videos"}]}, "invalid_promotion_type"),
    ({"auctions": [LISTING | {"slots": None}]}, "missing_slots"),
    ({"auctions": [LISTING | {"slots": 0}]}, "too_few_slots"),
    ({"auctions": [LISTING | {"slots": -1}]}, "too_few_slots"),
    ({"auctions": [LISTING | {"slots": 41}]}, "bad_request"),
    ({"auctions": [LISTING | {"slots": "2"}]}, "bad_request"),
    ({"auctions": [LISTING | {"products": {"ids": []}}]}, "no_products"),
    ({"auctions": [{"type": "listings", "slots": 1}]}, "no_products"),
    ({"auctions": [LISTING | {"products": {"ids": ["a", ""]}}]}, "missing_product_id"),
    ({"auctions": [LISTING | {"products": {"ids": ["a"] * 10_001}}]}, "bad_request"),
    ({"auctions": [LISTING | {"products": {"ids": [1]}}]}, "bad_request"),
    ({"auctions": [LISTING | {"products": {"ids": ["a"], "qualityScores": [0.1, 0.2]}}]}, "bad_request"),
    ({"auctions": [LISTING | {"products": {"ids": ["a"], "qualityScores": [0]}}]}, "bad_request"),
    ({"auctions": [LISTING | {"category": {"id": "c"}}]}, "bad_request"),
    ({"auctions": [{"type": "banners", "slots": 1}]}, "missing_slot_id"),
    ({"auctions": [LISTING | {"placementId": "7"}]}, "bad_request"),
    ({"auctions": [LISTING | {"page": {"type": "checkout", "pageId": "x"}}]}, "bad_request"),
    ({"auctions": [LISTING | {"demandSources": [{"source": "acme", "bids": []}]}]}, "invalid_demand_source"),
    ({"auctions": [LISTING | {"demandSources": [{"source": "criteo", "bids": []}]}]}, "unauthorized_external_demand"),
]
BID = {"chargeType": "CPC", "entity": {"type": "product", "id": "p"}, "bidAmount": 0.5}
REFUSED_V2 += [
    ({"auctions": [LISTING | {"demandSources": [{"source": "criteo", "bids": bids}]}]}, code)
    for bids, code in [([BID] * 101, "too_many_external_bids"), ([BID | {"chargeType": "CPM"}], "invalid_external_bid")]
]
BANNER = {"type": "banners", "slots": 1, "slotId": "s", "demandSources": [{"source": "criteo", "bids": [BID]}]}
REFUSED_V2.append(({"auctions": [BANNER]}, "invalid_external_demand_ad_type"))

REFUSED_V1 = [
    (b"", "empty_request"),
    (b"nonsense", "bad_request"),
    (GOOD_V1 | {"slots": None}, "missing_slots"),
    (GOOD_V1 | {"slots": {}}, "missing_promotion_type"),
    (GOOD_V1 | {"slots": {"listings": 0}}, "too_few_slots"),
    (GOOD_V1 | {"products": []}, "no_products"),
    (GOOD_V1 | {"products": [{"quality": 0.5}]}, "missing_product_id"),
    (GOOD_V1 | {"products": [{"productId": "p", "quality": 2}]}, "bad_request"),
    (GOOD_V1 | {"session": {}}, "invalid_session"),
    (GOOD_V1 | {"slots": {"bannerAds": 1}}, "missing_placement"),
]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [("/v2/auctions", *one) for one in REFUSED_V2] + [("/v1/auctions", *one) for one in REFUSED_V1],
)
async def test_what_breaks_the_contract_is_refused_with_its_code(a_client, path, body, code):
    client = await a_client()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await client.post(path, data=data, headers=AUTHORISED)
    told = await answer.json()
    assert (answer.status, told["errCode"], told["docUrl"]) == (400, code, DOC_URL)
    assert told["message"]


async def test_sponsored_brands_are_auctioned_at_a_path_of_their_own(a_caller):
    caller = await a_caller(market=BANNERS)
    question = {"winners": 1, "placementId": "top", "triggers": {"searchQuery": "x"}}
    answer = await caller.client.post(BRANDS, json={"auctions": [question]}, headers=AUTHORISED)
    (result,) = (await answer.json())["results"]
    assert (answer.status, result["resultType"], result["error"]) == (201, "brand", False)
    assert [winner["id"] for winner in result["winners"]] == ["p1"]


@pytest.mark.parametrize(
    ("auction", "code"),
    [
        ({"winners": 1, "triggers": {"searchQuery": "x"}}, "missing_placement"),
        ({"winners": 1, "placementId": "top", "triggers": {}}, "missing_context"),
        ({"placementId": "top", "triggers": {"searchQuery": "x"}}, "missing_slots"),
    ],
)
async def test_a_bad_question_for_brands_is_refused_with_its_code(a_client, auction, code):
    client = await a_client()
    answer = await client.post(BRANDS, json={"auctions": [auction]}, headers=AUTHORISED)
    assert (answer.status, (await answer.json())["errCode"]) == (400, code)


async def test_a_click_on_a_banner_is_charged_to_its_campaign_and_stands_in_the_report(a_caller):
    caller = await a_caller(market=BANNERS)
    question = {"type": "banners", "slots": 1, "slotId": "ribbon"}
    answer = await caller.client.post("/v2/auctions", json={"auctions": [question]}, headers=AUTHORISED)
    (winner,) = (await answer.json())["results"][0]["winners"]
    seen = {"occurredAt": "2026-11-22T12:00:00Z", "opaqueUserId": "u", "resolvedBidId": winner["resolvedBidId"]}
    assert await caller.report(impressions=[seen | {"id": "i1"}], clicks=[seen | {"id": "c1"}]) == (204, {})
    assert caller.box.store.spent(winner["campaignId"], caller.box.clock.wall()).total == 100_000
    (line,) = (await caller.get("report"))["rows"]
    assert (line["product"], line["impressions"], line["clicks"], line["spend"]) == ("acme", 1, 1, 0.1)


@pytest.mark.parametrize("path", ["/v2/auctions", "/v1/auctions", "/v2/auctions/sponsored-brand"])
@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer", f"Basic {KEY}", KEY, "Bearer schlüssel"])
async def test_a_wrong_key_is_a_401_before_anything_else(a_client, path, given):
    client = await a_client()
    answer = await client.post(path, data=b"", headers={"Authorization": given} if given else {})
    assert (answer.status, (await answer.json())["errCode"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v2/auctions/", 404),
        ("POST", "/v1/auctions/", 404),
        ("POST", "/v3/auctions", 404),
        ("GET", "/v2/auctions", 405),
        ("PUT", "/v1/auctions", 405),
    ],
)
async def test_other_paths_and_methods_are_refused_in_the_vendors_shape(a_client, method, path, status):
    client = await a_client()
    answer = await client.request(method, path, json=GOOD, headers=AUTHORISED)
    assert answer.status == status
    assert (await answer.json())["errCode"] == "bad_request"
    assert (answer.headers.get("Allow") == "POST") is (status == 405)


async def test_ten_thousand_products_are_taken(a_client):
    client = await a_client()
    many = {"ids": ["p1", *(f"a-rather-long-product-id-{n}" for n in range(9_999))]}
    answer = await client.post("/v2/auctions", json={"auctions": [LISTING | {"products": many}]}, headers=AUTHORISED)
    assert answer.status == 201


async def test_a_fail_rate_of_one_fails_always(a_client):
    client = await a_client(Behaviour(fail_rate=1.0))
    statuses = {(await client.post("/v2/auctions", json=GOOD, headers=AUTHORISED)).status for _ in range(20)}
    assert statuses <= {500, 502, 503}
    assert len(statuses) > 1


async def ask(client: TestClient) -> aiohttp.ClientResponse:
    answer = await client.post("/v2/auctions", json=GOOD, headers=AUTHORISED, allow_redirects=False)
    await answer.read()
    return answer


@pytest.mark.parametrize("lie", [lie for lie in AUCTION_LIES if lie.isdecimal()])
async def test_a_refusal_can_be_told(a_client, lie):
    client = await a_client(Behaviour(lies=(lie,)))
    for _ in range(2):
        answer = await ask(client)
        assert answer.status == int(lie)
    assert answer.headers.get("Retry-After") == ("2" if lie in ("429", "503") else None)


CONTENT_LIES = [
    "unknown-ids",
    "doubled",
    "too-many-winners",
    "wrong-order",
    "wrong-types",
    "no-bid-ids",
    "hostile",
    "error-flag",
    "too-few-results",
    "too-many-results",
    "no-results",
    "null",
    "deep",
    "huge",
]


@pytest.mark.parametrize("lie", CONTENT_LIES)
async def test_a_lie_inside_the_answer_is_whole_json(a_client, lie):
    honest, lying = await a_client(), await a_client(Behaviour(lies=(lie,)))
    answer = await ask(lying)
    assert (answer.status, answer.content_type) == (201, "application/json")
    assert len(await answer.read()) == int(answer.headers["Content-Length"])
    assert await answer.read() != await (await ask(honest)).read()


@pytest.mark.parametrize(("lie", "body"), [("empty", b""), ("null", b"null")])
async def test_an_answer_can_be_nothing(a_client, lie, body):
    client = await a_client(Behaviour(lies=(lie,)))
    assert await (await ask(client)).read() == body


async def test_a_redirect_would_take_the_key_along(a_client):
    client = await a_client(Behaviour(lies=("redirect",)))
    answer = await ask(client)
    assert (answer.status, answer.headers["Location"]) == (307, "/_sandbox/elsewhere")
    assert (await (await client.get("/_sandbox/behaviour")).json())["led_elsewhere"] == 0
    followed = await client.post("/v2/auctions", json=GOOD, headers=AUTHORISED)
    assert await followed.json() == {"key_came_along": True}
    assert (await (await client.get("/_sandbox/behaviour")).json())["led_elsewhere"] == 1


async def test_compression_that_nobody_asked_for(a_client):
    client = await a_client(Behaviour(lies=("gzip",)))
    answer = await ask(client)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "results" in json.loads(gzip.decompress(await answer.read()))


@pytest.mark.parametrize("lie", ["truncated", "reset", "not-http"])
async def test_a_connection_can_break(a_client, lie):
    client = await a_client(Behaviour(lies=(lie,)))
    with pytest.raises(aiohttp.ClientError):
        await ask(client)


@pytest.mark.parametrize("lie", ["wrong-length", "two-answers"])
async def test_a_connection_can_say_more_than_its_answer(a_box, lie):
    async with TestServer(a_box(behaviour=Behaviour(lies=(lie,))).app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        body = json.dumps(GOOD).encode()
        head = f"POST /v2/auctions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer_head = await reader.readuntil(b"\r\n\r\n")
        length = int(answer_head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        assert await reader.read(10)
        writer.close()


@pytest.mark.parametrize("lie", ["hang", "slow-body"])
async def test_an_answer_can_take_for_ever(a_client, lie):
    client = await a_client(Behaviour(lies=(lie,)))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(client), 0.3)


async def test_several_lies_take_turns(a_client):
    client = await a_client(Behaviour(lies=("401", "html", "400")))
    assert [(await ask(client)).status for _ in range(4)] == [401, 200, 400, 401]


# -- events -----------------------------------------------------------------

WHEN = {"occurredAt": "2023-11-15T12:00:00Z", "opaqueUserId": "u"}
VIEW = {"id": "v", **WHEN, "page": {"type": "home", "pageId": "/"}}
V1_CLICK = {"eventType": "Click", "session": {"sessionId": "u"}, "placement": {"page": "x"}, "id": "c"}


async def test_events_are_taken_with_204_and_nothing_else(a_client):
    client = await a_client()
    answer = await client.post("/v2/events", json={"pageviews": [VIEW]}, headers=AUTHORISED)
    assert (answer.status, await answer.read()) == (204, b"")
    assert (await (await client.get("/_sandbox/events/count")).json())["pageviews"] == 1


async def test_an_event_of_version_1_is_answered_with_the_platforms_id(a_client):
    client = await a_client()
    answers = [await client.post("/v1/events", json=V1_CLICK, headers=AUTHORISED) for _ in range(2)]
    told = [await answer.json() for answer in answers]
    assert (answers[0].status, answers[0].content_type, set(told[0])) == (200, "application/json", {"clickId", "id"})
    assert told[0] == told[1]
    counts = await (await client.get("/_sandbox/events/count")).json()
    assert (counts["clicks"], counts["duplicates"]) == (1, 1)


@pytest.mark.parametrize("path", ["/v2/events", "/v1/events"])
@pytest.mark.parametrize("given", [None, "Bearer wrong", f"Basic {KEY}"])
async def test_events_with_a_wrong_key_are_a_401_before_anything_else(a_client, path, given):
    client = await a_client(events=EventBehaviour(lies=("500",)))
    answer = await client.post(path, data=b"", headers={"Authorization": given} if given else {})
    assert (answer.status, (await answer.json())["errCode"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v2/events", 405), ("POST", "/v2/events/", 404)])
async def test_events_have_one_path_and_one_method(a_client, method, path, status):
    client = await a_client()
    assert (await client.request(method, path, headers=AUTHORISED)).status == status


async def test_events_may_come_compressed(a_client):
    client = await a_client()
    body = gzip.compress(json.dumps({"pageviews": [VIEW]}).encode())
    answer = await client.post("/v2/events", data=body, headers=AUTHORISED | {"Content-Encoding": "gzip"})
    assert answer.status == 204


async def report(client: TestClient) -> aiohttp.ClientResponse:
    return await client.post("/v2/events", json={"pageviews": [VIEW]}, headers=AUTHORISED, allow_redirects=False)


async def counted(client: TestClient) -> int:
    return (await (await client.get("/_sandbox/events/count")).json())["unique"]


@pytest.mark.parametrize("lie", ["429-date", "html", *(lie for lie in EVENT_LIES if lie.isdecimal())])
async def test_events_can_be_refused_or_answered_with_nonsense_and_nothing_is_stored(a_client, lie):
    client = await a_client(events=EventBehaviour(lies=(lie,)))
    answer = await report(client)
    assert answer.status == (200 if lie == "html" else int(lie[:3]))
    assert ("Retry-After" in answer.headers) is (lie in ("429", "429-date", "503"))
    assert await counted(client) == 0


@pytest.mark.parametrize(("lie", "stored"), [("close", 0), ("reset", 0), ("not-http", 0), ("close-after", 1)])
async def test_a_connection_can_end_before_or_after_the_events_are_stored(a_client, lie, stored):
    client = await a_client(events=EventBehaviour(lies=(lie,)))
    with pytest.raises(aiohttp.ClientError):
        await report(client)
    assert await counted(client) == stored


@pytest.mark.parametrize(("lie", "stored"), [("hang", 0), ("hang-after", 1)])
async def test_an_answer_can_fail_to_come_before_or_after_the_events_are_stored(a_client, lie, stored):
    client = await a_client(events=EventBehaviour(lies=(lie,)))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(report(client), 0.3)
    assert await counted(client) == stored


async def test_a_500_can_come_when_all_is_stored(a_client):
    client = await a_client(events=EventBehaviour(lies=("500-after", "truth")))
    assert [(await report(client)).status for _ in range(2)] == [500, 204]
    assert await (await client.get("/_sandbox/events/count")).json() == {
        "impressions": 0,
        "clicks": 0,
        "purchases": 0,
        "pageviews": 1,
        "unique": 1,
        "duplicates": 1,
        "requests": 2,
    }


@pytest.mark.parametrize(("lie", "host"), [("redirect", ""), ("redirect-host", "localhost")])
async def test_a_redirect_of_events_would_take_the_key_along(a_client, lie, host):
    client = await a_client(events=EventBehaviour(lies=(lie,)))
    answer = await report(client)
    assert (answer.status, host in answer.headers["Location"]) == (307, True)
    await client.post("/v2/events", json={"pageviews": [VIEW]}, headers=AUTHORISED)
    shown = await (await client.get("/_sandbox/behaviour")).json()
    # To another host, aiohttp's client follows without the key; what else follows is not so careful.
    assert (shown["led_elsewhere"], shown["keys_led_elsewhere"]) == (1, 1 if lie == "redirect" else 0)


async def test_books_that_cannot_be_written_are_a_500_in_the_vendors_words(a_caller):
    caller = await a_caller()
    caller.box.store.db.execute("PRAGMA query_only = 1")
    status, error = await caller.report(pageviews=[VIEW])
    assert (status, error["errCode"]) == (500, "internal_server_error")
    caller.box.store.db.execute("PRAGMA query_only = 0")
    assert (await caller.report(pageviews=[VIEW]))[0] == 204


async def test_events_fail_and_wait_as_told(a_client):
    client = await a_client(events=EventBehaviour(delay=(0.001, 0.002), fail_rate=1.0))
    assert {(await report(client)).status for _ in range(20)} <= {500, 502, 503}
    assert await counted(client) == 0
    assert (await ask(client)).status == 201


async def test_it_says_that_it_is_there(a_client):
    assert (await (await a_client()).get("/healthz")).status == 200
