"""The door for Segment's events: what is answered, what is kept, what is only counted."""

import gzip
import json

import pytest

from proxy.events.event import Shelf
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.taking.segment.calls import MOST_OF_A_BATCH, MOST_OF_A_CALL, TYPES
from proxy.events.taking.segment.door import MOST_BYTES, MOST_MADE, paths_of
from tests.segment_door import BASIC, BATCH, KEY, TRACK, WEBHOOK, WHEN, a_call, a_segment_door, signed

CLICK = {"id": "m1", "occurredAt": WHEN, "opaqueUserId": "u1", "resolvedBidId": "b1"}
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1)"


# -- what is taken ----


async def test_a_call_is_kept_as_the_platforms_event_and_answered_as_segment_does(tmp_path):
    async with a_segment_door(tmp_path) as door:
        answer = await door.post()
        assert (answer.status, answer.json) == (200, {"success": True})
        assert answer.headers["content-type"] == "application/json"
        assert door.kept() == [("clicks", CLICK)]
        assert door.events.counts == {"taken|clicks": 1}


@pytest.mark.parametrize("path", ["track", "t"])
@pytest.mark.parametrize("type", ["text/plain", "application/json", ""])
async def test_a_browsers_short_paths_and_types_are_taken(tmp_path, path, type):
    async with a_segment_door(tmp_path) as door:
        line = f"Content-Type: {type}\r\n" if type else ""
        answer = await door.post(a_call(writeKey=KEY), line, f"/topsort/segment/v1/{path}?x=1")
        assert answer.status == 200
        assert door.kept() == [("clicks", CLICK)]


async def test_a_batch_is_taken_whole_and_what_it_says_once_counts_for_each(tmp_path):
    batch = [a_call(), a_call("Product Viewed", messageId="m2", context={"device": {"type": "android"}})]
    context = {"device": {"type": "windows"}, "page": {"path": "/lamps"}}
    async with a_segment_door(tmp_path) as door:
        assert (await door.post({"batch": batch, "context": context}, path=BATCH)).status == 200
        placement = {"path": "/lamps"}
        assert door.kept() == [
            ("clicks", {**CLICK, "deviceType": "desktop", "placement": placement}),
            ("impressions", {**CLICK, "id": "m2", "deviceType": "mobile", "placement": placement}),
        ]


async def test_gzip_is_read(tmp_path):
    async with a_segment_door(tmp_path) as door:
        body = gzip.compress(json.dumps({"batch": [a_call()]}).encode())
        assert (await door.post(body, f"{BASIC}Content-Encoding: gzip\r\n", BATCH)).status == 200
        assert door.kept() == [("clicks", CLICK)]


async def test_the_same_call_again_is_sent_once(tmp_path):
    async with a_segment_door(tmp_path) as door:
        for call in (a_call(), a_call(sentAt="2023-11-14T22:13:20.000Z")):
            assert (await door.post(call)).status == 200
        assert len(door.kept()) == 1
        assert door.events.counts == {"taken|clicks": 1, "seen": 1}


async def test_a_webhook_is_taken_with_one_event_or_many(tmp_path):
    async with a_segment_door(tmp_path, keys=None) as door:
        one = json.dumps(a_call(), separators=(",", ":")).encode()
        other = json.dumps(a_call(messageId="m2"), separators=(",", ":")).encode()
        assert (await door.post(one, signed(one), WEBHOOK)).status == 200
        both = b"[%b,%b]" % (other, one)
        assert (await door.post(both, signed(both, other), WEBHOOK)).status == 200
        assert [event["id"] for _, event in door.kept()] == ["m1", "m2"]


# -- who may send ----


@pytest.mark.parametrize(
    ("call", "headers"),
    [
        (a_call(), ""),
        (a_call(writeKey="another"), ""),
        (a_call(writeKey=""), ""),
        (a_call(writeKey=[KEY]), ""),
        (a_call(), "Authorization: Basic !!!\r\n"),
        (a_call(), f"Authorization: Bearer {KEY}\r\n"),
    ],
)
async def test_a_key_that_is_not_taken_is_said_as_segment_says_it(tmp_path, call, headers):
    async with a_segment_door(tmp_path) as door:
        answer = await door.post(call, headers)
        assert (answer.status, answer.json["code"], answer.json["success"]) == (401, "key", False)
        assert "www-authenticate" not in answer.headers
        assert KEY not in answer.body.decode()
        assert (door.kept(), door.events.counts) == ([], {"rejected|key": 1})


async def test_one_of_several_keys_in_the_body_or_as_the_user_is_enough(tmp_path):
    async with a_segment_door(tmp_path, keys=f"first\n\n{KEY}\n") as door:
        for call, headers in (
            (a_call(writeKey="first"), ""),
            (a_call(writeKey=KEY), ""),
            (a_call(writeKey="x"), BASIC),
        ):
            assert (await door.post(call, headers)).status == 200


async def test_a_webhook_that_segment_did_not_sign_is_refused(tmp_path):
    async with a_segment_door(tmp_path) as door:
        body = json.dumps(a_call()).encode()
        for headers in ("", "X-Signature: \r\n", signed(body + b" x"), "X-Signature: \xff\r\n", BASIC):
            answer = await door.post(body, headers, WEBHOOK)
            assert (answer.status, answer.json["code"]) == (401, "signature")
        assert door.kept() == []


async def test_paths_without_a_key_file_are_the_marketplaces(tmp_path):
    assert len(paths_of("/topsort", api=True, webhook=True)) == 15
    async with a_segment_door(tmp_path, secret=None) as door:
        assert (door.events.owns(TRACK), door.events.owns(WEBHOOK)) == (True, False)
    async with a_segment_door(tmp_path, keys=None) as door:
        assert (door.events.owns(TRACK), door.events.owns(WEBHOOK)) == (False, True)
    async with a_segment_door(tmp_path, keys=None, secret=None) as door:
        assert not any(map(door.events.owns, paths_of("/topsort", api=True, webhook=True)))


async def test_while_a_key_file_cannot_be_read_senders_are_told_to_come_again(tmp_path):
    async with a_segment_door(tmp_path) as door:
        (tmp_path / "keys").unlink()
        answer = await door.post()
        assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, "unavailable", "10")


async def test_a_preflight_and_a_page_of_a_stranger_are_answered_as_for_all_events(tmp_path):
    async with a_segment_door(tmp_path, origins=["https://shop.example"]) as door:
        asks = "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n"
        preflight = await door.post(b"", asks, method="OPTIONS")
        assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "https://shop.example")
        assert "x-retry-count" in preflight.headers["access-control-allow-headers"]
        refused = await door.post(None, f"{BASIC}Origin: https://stranger.example\r\n")
        assert (refused.status, refused.json["code"]) == (403, "origin")


# -- what cannot become an event ----


@pytest.mark.parametrize("type", [type for type in TYPES if type != "track"])
async def test_calls_that_are_no_events_are_taken_and_counted(tmp_path, type):
    async with a_segment_door(tmp_path) as door:
        answer = await door.post(a_call(type=type), path=f"/topsort/segment/v1/{type}")
        assert (answer.status, answer.json) == (200, {"success": True})
        reason = "unmapped" if type in ("page", "screen") else type
        assert (door.kept(), door.events.counts) == ([], {f"ignored|{reason}": 1})


async def test_what_was_meant_as_an_event_is_put_aside_with_its_reason(tmp_path):
    calls = [
        a_call(messageId="fine"),
        a_call(messageId="nobody", anonymousId=None),
        a_call(messageId="nothing", properties={}),
        a_call("Order Completed", messageId="empty"),
        a_call(messageId="wrong", properties={"resolvedBidId": "b", "placement": {"position": "first"}}),
        a_call("Something Else", messageId="other"),
    ]
    async with a_segment_door(tmp_path) as door:
        assert (await door.post({"batch": calls}, path=BATCH)).status == 200
        assert [event["id"] for _, event in door.kept()] == ["fine"]
        assert door.aside() == [
            ("nobody", "no_user"),
            ("nothing", "no_product"),
            ("empty", "no_product"),
            ("wrong", "invalid: placement.position is not a whole number"),
        ]
        assert door.events.counts == {
            "taken|clicks": 1,
            "filtered|no_user": 1,
            "filtered|no_product": 2,
            "filtered|invalid": 1,
            "ignored|unmapped": 1,
        }


async def test_a_crawlers_clicks_are_put_aside_and_its_purchases_go_on(tmp_path):
    order = a_call("Order Completed", messageId="o", properties={"products": [{"product_id": "p", "price": 1}]})
    async with a_segment_door(tmp_path) as door:
        for call in (a_call(context={"userAgent": CRAWLER}), order | {"context": {"userAgent": CRAWLER}}):
            assert (await door.post(call)).status == 200
        assert (await door.post(a_call(messageId="m2"), f"{BASIC}User-Agent: {CRAWLER}\r\n")).status == 200
        shopper = a_call(messageId="m3", context={"userAgent": "Mozilla/5.0"})
        assert (await door.post(shopper, f"{BASIC}User-Agent: {CRAWLER}\r\n")).status == 200
        assert (await door.post(a_call(messageId="m4"), f"{BASIC}Sec-Purpose: prefetch\r\n")).status == 200
        assert [event["id"] for _, event in door.kept()] == ["o", "m3"]
        assert door.aside() == [("m1", "crawler"), ("m2", "crawler"), ("m4", "prefetch")]


# -- what is refused ----


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the request is not JSON"),
        (b"{", "the request is not JSON"),
        (b"\xff", "the request is not JSON"),
        (b'{"a":NaN}', "the request is not JSON"),
        (b"[" * 100_000, "the request is not JSON"),
        (b"[]", "the request is not a JSON object"),
        (b"{}", "batch is missing, or no array"),
        (b'{"batch":[{},1]}', "batch[1] is not a JSON object"),
    ],
)
async def test_what_is_no_request_of_calls_is_refused_with_what_is_wrong(tmp_path, body, message):
    async with a_segment_door(tmp_path) as door:
        answer = await door.post(body, path=BATCH)
        assert (answer.status, answer.json) == (400, {"code": "invalid", "message": message, "success": False})
        assert door.events.counts == {"rejected|invalid": 1}


async def test_segments_limits_are_kept_to_the_byte(tmp_path):
    def padded(size):
        return json.dumps(a_call(pad="x" * size), separators=(",", ":")).encode()

    bare = len(padded(0))
    async with a_segment_door(tmp_path) as door:
        fits = b'{"batch":[%b]}' % padded(MOST_OF_A_CALL - bare)
        assert (await door.post(fits, path=BATCH)).status == 200
        larger = await door.post(b'{"batch":[%b]}' % padded(MOST_OF_A_CALL - bare + 1), path=BATCH)
        assert (larger.status, larger.json["code"]) == (413, "too_large")
        many = [a_call("Other")] * MOST_OF_A_BATCH
        assert (await door.post({"batch": many}, path=BATCH)).status == 200
        more = await door.post({"batch": [*many, {}]}, path=BATCH)
        assert (more.status, more.json["code"]) == (400, "too_many")
        long = await door.post(b" " * (MOST_BYTES + 1), path=BATCH)
        assert (long.status, long.json["code"]) == (413, "too_large")


async def test_a_request_that_would_become_far_more_than_it_is_is_refused(tmp_path):
    listed = a_call(
        "Seen", properties={"placement": {"path": "x" * 20_000}, "products": [{"resolvedBidId": "b"}] * 400}
    )
    async with a_segment_door(tmp_path, mapping="track: {Seen: impression_list}") as door:
        assert MOST_MADE < 2 * 400 * 20_000
        answer = await door.post({"batch": [listed] * 2}, path=BATCH)
        assert (answer.status, answer.json["code"]) == (413, "too_large")
        assert door.kept() == []


async def test_an_outbox_that_cannot_keep_them_is_a_reason_to_come_again(tmp_path):
    async with a_segment_door(tmp_path) as door:
        door.outbox.broken = OutboxTrouble("disk", "no space left")
        answer = await door.post({"batch": [a_call(), a_call(messageId="m2", anonymousId=None)]}, path=BATCH)
        assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, "unavailable", "10")
        assert door.kept(Shelf.FILTERED) == []
        assert door.events.counts == {"rejected|disk": 1}


async def test_a_client_that_is_too_fast_is_told_when_to_come_again(tmp_path):
    async with a_segment_door(tmp_path, rate=(2, 60)) as door:
        assert (await door.post({"batch": [a_call(), a_call(messageId="m2")]}, path=BATCH)).status == 200
        answer = await door.post()
        assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (429, "rate", "30")


async def test_a_mistake_of_ours_is_said_without_a_word_of_it(tmp_path, caplog):
    async with a_segment_door(tmp_path) as door:
        door.outbox.broken = ZeroDivisionError("ours")
        answer = await door.post()
        assert (answer.status, answer.json["code"]) == (500, "unavailable")
    assert "a mistake of ours" in caplog.text
    assert KEY not in caplog.text
