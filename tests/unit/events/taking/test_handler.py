"""The door's answers, one thing at a time. The rows of the conformance suite stand on the same door."""

import asyncio
import json

import pytest

from proxy.events.event import Shelf
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.taking.handler import paths_of
from tests.events_door import V1, WIDGETS, a_door, a_pageview, a_purchase, a_v1_click, an_event, one, request
from tests.patience import until

CRAWLER = "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n"


# -- version 2 ----


async def test_events_are_kept_and_the_sender_is_told_nothing_but_that():
    async with a_door() as door:
        answer = await door.post(request(impressions=[an_event("a"), an_event("b")], clicks=[an_event("c")]))
        assert (answer.status, answer.body) == (204, b"")
        assert "content-length" not in answer.headers
        assert "server" not in answer.headers
        assert door.ids() == ["a", "b", "c"]
        assert door.events.counts == {"taken|impressions": 2, "taken|clicks": 1}


async def test_what_was_seen_before_and_what_conflicts_is_counted():
    async with a_door() as door:
        for body in (one("a"), one("a"), one("a", channel="onsite")):
            assert (await door.post(body)).status == 204
        assert door.events.counts == {"taken|impressions": 2, "seen": 1, "conflicts": 1}


async def test_a_mistake_of_ours_is_said_in_json_and_counted(caplog):
    async with a_door() as door:
        door.outbox.broken = ZeroDivisionError("ours")
        answer = await door.post(one())
        assert (answer.status, answer.json["errCode"]) == (500, "internal_server_error")
        assert answer.headers["connection"] == "close"
        assert door.events.counts == {"rejected|bug": 1}
    assert "a mistake of ours" in caplog.text


async def test_a_request_of_no_events_is_taken_and_costs_one_token():
    async with a_door(rate=(2, 3600)) as door:
        assert [(await door.post(request(clicks=[]))).status for _ in range(3)] == [204, 204, 429]
        assert (door.ids(), door.events.counts) == ([], {"rejected|rate": 1})


async def test_an_outbox_that_cannot_keep_them_is_said_and_counted_by_its_why():
    async with a_door() as door:
        door.outbox.broken = OutboxTrouble("disk", "no space left")
        answer = await door.post(one())
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
        assert set(answer.json) == {"errCode", "message", "docUrl"}
        assert "no space" not in answer.body.decode()
        assert door.events.counts == {"rejected|disk": 1}
        door.outbox.broken = None
        assert (await door.post(one())).status == 204


async def test_faults_are_counted_by_their_code():
    async with a_door() as door:
        answer = await door.post(request(purchases=[a_purchase(items=[]), a_purchase(id=None)]))
        assert (answer.status, answer.json["errCode"]) == (400, "no_purchase_items")
        assert "purchases[0].items" in answer.json["message"]
        assert "purchases[1].id" in answer.json["message"]
        assert door.events.counts["faults|no_purchase_items"] == 1
        assert door.events.counts["faults|bad_request"] == 1
        assert door.events.counts["rejected|invalid"] == 1


# -- what is no shopper's ----


async def test_a_crawlers_purchases_and_page_views_go_on_and_nothing_else_of_it():
    async with a_door() as door:
        body = request(
            impressions=[an_event("i")],
            clicks=[an_event("c")],
            purchases=[a_purchase("p")],
            pageviews=[a_pageview("v")],
        )
        assert (await door.post(body, CRAWLER)).status == 204
        assert door.ids() == ["p", "v"]
        assert door.ids(Shelf.FILTERED) == ["i", "c"]
        assert {kept.said for kept in door.on(Shelf.FILTERED)} == {"crawler"}
        assert door.events.counts["filtered|crawler"] == 2


async def test_no_room_for_what_is_not_sent_on_is_no_trouble():
    async with a_door() as door:
        door.outbox.broken = OutboxTrouble("full", "")
        assert (await door.post(one(), CRAWLER)).status == 204
        assert (await door.post(request(purchases=[a_purchase()]), CRAWLER)).status == 503


# -- version 1 ----


async def test_an_event_of_version_1_is_handed_on_and_the_platforms_answer_back():
    async with a_door() as door:
        body = json.dumps(a_v1_click(id="c1", x=1.50)).encode()
        answer = await door.post(body, path=V1)
        assert (answer.status, answer.body) == (200, b'{"clickId":"c","id":"x"}')
        assert answer.headers["content-type"] == "application/json"
        assert door.forward.given == [body]
        assert door.events.counts == {"taken|Click": 1}


async def test_a_clock_that_is_off_is_counted_of_version_1_too():
    async with a_door() as door:
        await door.post(json.dumps(a_v1_click(occurredAt="2020-01-01T00:00:00Z")).encode(), path=V1)
        assert door.events.counts == {"taken|Click": 1, "clock|behind": 1}


@pytest.mark.parametrize("status", [202, 400, 404, 502])
async def test_whatever_becomes_of_it_is_handed_back(status):
    async with a_door() as door:
        door.forward.says = (status, b'{"x":1}')
        answer = await door.post(json.dumps(a_v1_click()).encode(), path=V1)
        assert (answer.status, answer.json) == (status, {"x": 1})
        assert door.events.counts["taken|Click"] == (status == 202)


async def test_an_event_of_version_1_that_cannot_be_kept_either_is_a_503():
    async with a_door() as door:
        door.forward.says = OutboxTrouble("full", "")
        answer = await door.post(json.dumps(a_v1_click()).encode(), path=V1)
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")


async def test_a_bad_event_of_version_1_goes_nowhere():
    async with a_door() as door:
        answer = await door.post(b'{"eventType":"View"}', path=V1)
        assert (answer.status, answer.json["errCode"]) == (400, "invalid_event_type")
        assert door.forward.given == []


async def test_a_crawlers_click_of_version_1_goes_nowhere_and_its_purchase_on():
    async with a_door() as door:
        answer = await door.post(json.dumps(a_v1_click(id="c1")).encode(), CRAWLER, path=V1)
        assert (answer.status, door.forward.given, door.ids(Shelf.FILTERED)) == (202, [], ["c1"])
        items = [{"productId": "x", "unitPrice": 1999, "quantity": 1}]
        purchase = {"eventType": "Purchase", "session": {"sessionId": "s"}, "id": "p", "items": items}
        purchase["purchasedAt"] = "2023-11-14T22:13:20Z"
        assert (await door.post(json.dumps(purchase).encode(), CRAWLER, path=V1)).status == 200
        assert len(door.forward.given) == 1


async def test_an_event_of_version_1_goes_on_when_its_sender_leaves():
    async with a_door() as door:
        door.forward.waits = asyncio.Event()
        async with door.connection() as (_, writer):
            body = json.dumps(a_v1_click()).encode()
            writer.write(
                b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (V1.encode(), len(body), body)
            )
            await until(lambda: door.forward.given)
        await until(lambda: door.events.counts["gone"])
        assert door.events._intake._under_way
        door.forward.waits.set()
        await door.events.close()
        assert not door.events._intake._under_way


# -- widgets ----


async def test_widgets_auctions_are_ours_only_where_they_are_wanted():
    async with a_door() as door:
        assert (await door.post(b"{}", path=WIDGETS)).status == 404
    async with a_door(widgets=True) as door:
        answer = await door.post(b'{"auctions":[]}', path=WIDGETS)
        assert (answer.status, answer.json, door.widgets.given) == (200, {"results": []}, [b'{"auctions":[]}'])
        door.widgets.says = (503, b"{}")
        assert (await door.post(b'{"auctions":[]}', path=WIDGETS)).headers["retry-after"] == "5"


# -- which paths ----


@pytest.mark.parametrize("prefix", ["", "/topsort", "/a/b"])
async def test_its_paths_are_its_own_byte_for_byte(prefix):
    async with a_door(prefix=prefix) as door:
        assert paths_of(prefix, widgets=False) == (prefix + "/v2/events", prefix + "/v1/events")
        assert paths_of(prefix, widgets=True)[2:] == (prefix + "/v2/auctions",)
        for target in (
            f"{prefix}/v2/events",
            f"{prefix}/v1/events",
            f"{prefix}/v2/events?token=x",
            f"{prefix}/v2/events?",
        ):
            assert door.events.owns(target)
        for target in (
            "/v2/event",
            "/v2/events/",
            "/v2/Events",
            "//v2/events",
            "/v2%2fevents",
            "/v2/events;x",
            "/v3/events",
            "/",
        ):
            assert not door.events.owns(prefix + target)


# -- the connection ----


async def test_a_connection_stays_for_the_next_event():
    async with a_door() as door, door.connection() as (reader, writer):
        for number in range(3):
            body = one(f"e{number}")
            writer.write(
                b"POST /topsort/v2/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer == b"HTTP/1.1 204 No Content\r\n\r\n"
        assert door.ids() == ["e0", "e1", "e2"]


async def test_an_old_client_is_told_that_its_connection_stays_or_ends():
    body = one()
    head = b"POST /topsort/v2/events HTTP/1.0\r\nContent-Length: %d\r\n" % len(body)
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(head + b"Connection: keep-alive\r\n\r\n" + body)
        assert b"Connection: keep-alive\r\n" in await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"\r\n" + body)
        assert b"Connection: close\r\n" in await reader.read()
