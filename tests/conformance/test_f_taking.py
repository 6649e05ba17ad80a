"""Block F, the taking of events: what the door lets in, keeps and answers.

The door stands on a real socket in the test's own process. Where a row is about
what is on the disk, the outbox is the one in SQLite; elsewhere it is in memory,
and the same texts of tests hold for both (tests/unit/events/keeping/outbox_contract.py).
"""

import asyncio
import contextlib
import gzip
import json
import logging
import secrets
import signal
import sys
from pathlib import Path

import pytest

from proxy.clock import ManualClock, SystemClock
from proxy.events.event import Shelf
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from tests.conformance.browsers import BROWSERS, CRAWLERS, NO_BROWSERS
from tests.events_door import PATH, V1, WIDGETS, Answer, a_door, a_purchase, a_v1_click, an_event, one, request
from tests.in_memory_outbox import InMemoryOutbox
from tests.in_process import a_proxy

SHOP = "https://shop.test"
ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("door_process.py")


@contextlib.asynccontextmanager
async def sqlite(folder, size=1 << 26):
    outbox = SqliteOutbox(folder, size=size, clock=SystemClock())
    await outbox.open()
    try:
        yield outbox
    finally:
        await outbox.close()


async def ids_in(outbox, shelf=Shelf.WAITING):
    return [kept.event.id async for kept in outbox.each(shelf)]


# -- accepted means kept ----


async def test_F01_nothing_is_answered_before_it_is_kept():
    asked, kept = asyncio.Event(), asyncio.Event()

    class Slow(InMemoryOutbox):
        async def put(self, events):
            asked.set()
            await kept.wait()
            return await super().put(events)

    async with a_door(Slow(ManualClock())) as door, door.connection() as (reader, writer):
        body = one()
        writer.write(b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (PATH.encode(), len(body), body))
        await asked.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
        kept.set()
        assert (await Answer.read(reader)).status == 204


async def test_F01_what_was_answered_is_on_the_disk_as_it_was_sent(tmp_path):
    sent = b'{ "id":"e1", "x":1.50,"occurredAt":"2023-11-14T22:13:19+01:00",  "opaqueUserId":"u", "clickType":"odd" }'
    async with sqlite(tmp_path) as outbox, a_door(outbox) as door, sqlite(tmp_path) as other:
        assert (await door.post(b'{"clicks": [' + sent + b"]}")).status == 204
        (kept,) = [kept async for kept in other.each(Shelf.WAITING)]
        assert (kept.event.kind, kept.event.body) == ("clicks", sent)


async def test_F02_nothing_of_a_header_goes_on():
    headers = "Authorization: Bearer of-the-page\r\nCookie: session=of-the-shopper\r\nX-UA: sdk\r\n"
    async with a_door(widgets=True) as door:
        await door.post(one(), headers)
        await door.post(json.dumps(a_v1_click()).encode(), headers, path=V1)
        await door.post(b"{}", headers, path=WIDGETS)
        kept = [kept.event.body for kept in door.on(Shelf.WAITING)]
        for body in (*kept, *door.forward.given, *door.widgets.given):
            assert b"of-the" not in body
        assert (len(kept), len(door.forward.given), len(door.widgets.given)) == (1, 1, 1)


# -- which pages may send ----

PREFLIGHT = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n"


async def test_F04_a_preflight_is_answered_and_nothing_kept():
    async with a_door(origins=[SHOP]) as door:
        for path in (PATH, V1):
            answer = await door.post(b"", f"Origin: {SHOP}\r\n{PREFLIGHT}", path=path, method="OPTIONS")
            assert answer.status == 204
            assert answer.headers["access-control-allow-origin"] == SHOP
            assert answer.headers["vary"] == "Origin"
            assert answer.headers["access-control-max-age"] == "7200"
            assert answer.headers["access-control-allow-methods"] == "POST"
            allowed = set(answer.headers["access-control-allow-headers"].split(", "))
            assert allowed == {"authorization", "content-type", "accept", "x-ua", "x-retry-count"}
        assert door.ids() == []


async def test_F04_a_preflight_of_a_stranger_is_refused():
    async with a_door(origins=[SHOP]) as door:
        answer = await door.post(b"", f"Origin: https://evil.test\r\n{PREFLIGHT}", method="OPTIONS")
        assert answer.status == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]


STRANGERS = [
    "https://evil.test",
    "null",
    "https://shop.test.evil.test",
    "https://SHOP.test:443",
    "http://shop.test",
    "https://shop.test:8443",
]


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_F05_a_stranger_is_refused_and_nothing_kept(stranger):
    async with a_door(origins=[SHOP]) as door:
        answer = await door.post(one(), f"Origin: {stranger}\r\n")
        assert (answer.status, answer.json["errCode"]) == (403, "bad_request")
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert (door.ids(), door.events.counts) == ([], {"rejected|origin": 1})
        assert (await door.post(one(), "Origin: https://SHOP.test\r\n")).status == 204


async def test_F05_a_page_that_may_send_may_read_what_went_wrong():
    async with a_door(origins=[SHOP], rate=(3, 3600)) as door:
        door.outbox.broken = OutboxTrouble("full", "")
        for body, status in ((b"x", 400), (one(), 503), (b"x" * (1 << 19), 413), (one(), 429)):
            answer = await door.post(body, f"Origin: {SHOP}\r\n")
            assert answer.status == status
            assert answer.headers["access-control-allow-origin"] == SHOP
            assert answer.headers["access-control-expose-headers"] == "Retry-After"
            assert set(answer.json) == {"errCode", "message", "docUrl"}
        answer = await door.post(b"", f"Origin: {SHOP}\r\n", method="GET")
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (405, SHOP)


async def test_F06_who_names_no_origin_is_a_server_or_an_app():
    async with a_door(origins=[SHOP]) as door:
        assert (await door.post(one("a"))).status == 204
        assert (await door.post(one("b"), "Sec-Fetch-Site: same-origin\r\n")).status == 204
        assert (await door.post(one("c"), "Sec-Fetch-Site: cross-site\r\n")).status == 403
        assert door.ids() == ["a", "b"]


# -- bodies ----


async def test_F07_a_beacon_is_taken_for_json():
    async with a_door() as door:
        headers = (
            "Content-Type: text/plain;charset=UTF-8\r\nOrigin: https://shop.example\r\nSec-Fetch-Mode: no-cors\r\n"
        )
        assert (await door.post(one(), headers)).status == 204
        assert door.ids() == ["e1"]


@pytest.mark.parametrize("framing", ["Content-Length: 262145", "Transfer-Encoding: chunked"])
async def test_F08_a_body_over_the_limit_is_refused_before_its_end(framing):
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n".encode())
        if "chunked" in framing:
            writer.write(b"40001\r\n" + b" " * 0x40001 + b"\r\n")  # and the last chunk never comes
        answer = await Answer.read(reader)
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        async with asyncio.timeout(5):  # at once, not when the body has come, or nobody waits for it any more
            assert await reader.read() == b""


async def test_F09_a_bomb_is_never_inflated_past_the_limit():
    bomb = gzip.compress(bytes(100_000_000))
    assert len(bomb) < 100_000
    async with a_door() as door:
        assert (await door.post(bomb, "Content-Encoding: gzip\r\n")).status == 413


async def test_F10_fifty_of_a_kind_and_no_more():
    async with a_door() as door:
        events = [an_event(f"e{number}") for number in range(51)]
        answer = await door.post(request(impressions=events))
        assert (answer.status, answer.json["errCode"]) == (400, "bad_request")
        assert "impressions has 51 events" in answer.json["message"]
        assert door.ids() == []
        assert (await door.post(request(impressions=events[:50], clicks=events[:50]))).status == 204
        assert len(door.ids()) == 100


async def test_F10_two_hundred_single_posts_are_kept_once_each():
    async with a_door() as door:
        answers = await asyncio.gather(*(door.post(one(f"e{number}")) for number in range(200)))
        assert {answer.status for answer in answers} == {204}
        assert sorted(door.ids()) == sorted(f"e{number}" for number in range(200))


BAD = {
    "id": {"id": None},
    "occurredAt": {"occurredAt": "yesterday"},
    "opaqueUserId": {"opaqueUserId": ""},
    "resolvedBidId": {"resolvedBidId": 7},
    "placement.position": {"placement": {"position": "first"}},
}


@pytest.mark.parametrize("field", BAD)
async def test_F11_one_bad_event_among_fifty_and_nothing_is_kept(field):
    good = [an_event(f"e{number}") for number in range(49)]
    async with a_door() as door:
        answer = await door.post(request(impressions=[*good, an_event("bad") | BAD[field]]))
        assert answer.status == 400
        assert set(answer.json) == {"errCode", "message", "docUrl"}
        assert f"impressions[49].{field}" in answer.json["message"]
        assert "[48]" not in answer.json["message"]
        assert door.ids() == []


async def test_F11_every_bad_event_is_named_by_its_place():
    async with a_door() as door:
        bad = {"id": "x"}
        message = (await door.post(request(impressions=[bad, an_event(), bad], purchases=[a_purchase(), bad]))).json[
            "message"
        ]
        assert [place in message for place in ("impressions[0].", "impressions[2].", "purchases[1].")] == [True] * 3
        assert not any(place in message for place in ("impressions[1].", "purchases[0]."))


async def test_F11_an_unknown_field_is_no_error_and_stays():
    async with a_door() as door:
        assert (await door.post(one(dsp_metadata={"a": "b"}))).status == 204
        assert json.loads(door.on(Shelf.WAITING)[0].event.body)["dsp_metadata"] == {"a": "b"}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"not json", b'{"impressions":{}}', b'{"events":[]}', b"\xff\xfe"]
)
async def test_F11_what_is_no_request_of_events_is_a_400(body):
    async with a_door() as door:
        answer = await door.post(body)
        assert (answer.status, set(answer.json)) == (400, {"errCode", "message", "docUrl"})


# -- the same event again ----


async def test_F12_the_same_event_twice_is_kept_once(tmp_path):
    async with sqlite(tmp_path) as outbox, a_door(outbox) as door:
        assert [(await door.post(one())).status for _ in range(2)] == [204, 204]
        assert await ids_in(outbox) == ["e1"]
        assert door.events.counts == {"taken|impressions": 1, "seen": 1}


async def test_F13_the_same_event_at_once_from_fifty_and_at_two_doors_is_kept_once(tmp_path):
    async with contextlib.AsyncExitStack() as stack:
        outboxes = [await stack.enter_async_context(sqlite(tmp_path)) for _ in range(2)]
        doors = [await stack.enter_async_context(a_door(outbox)) for outbox in outboxes]
        answers = await asyncio.gather(*(doors[number % 2].post(one()) for number in range(50)))
        assert {answer.status for answer in answers} == {204}
        assert await ids_in(outboxes[0]) == ["e1"]
        assert sum(door.events.counts["seen"] for door in doors) == 49


async def test_F14_the_same_event_is_known_by_a_process_after_one_that_was_killed(tmp_path):
    for killed in (True, False):
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(CHILD), str(tmp_path), stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
        )
        port = int(await process.stdout.readline())
        body = one()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (PATH.encode(), len(body), body))
        assert (await Answer.read(reader)).status == 204
        writer.close()
        process.send_signal(signal.SIGKILL if killed else signal.SIGTERM)
        await process.wait()
    async with sqlite(tmp_path) as outbox:
        assert await ids_in(outbox) == ["e1"]


async def test_F15_the_same_id_with_other_content_is_kept_too_and_counted(tmp_path):
    async with sqlite(tmp_path) as outbox, a_door(outbox) as door:
        for channel in ("onsite", "offsite"):
            assert (await door.post(one(channel=channel))).status == 204
        assert await ids_in(outbox) == ["e1", "e1"]
        assert door.events.counts["conflicts"] == 1


# -- no room ----


async def test_F24_an_outbox_that_cannot_write_is_a_503_and_takes_again_when_it_can():
    async with a_door() as door:
        door.outbox.broken = OutboxTrouble("disk", "no space left on device")
        answer = await door.post(one())
        assert (answer.status, int(answer.headers["retry-after"]) > 0) == (503, True)
        assert answer.json["errCode"] == "internal_server_error"
        door.outbox.broken = None
        assert (await door.post(one())).status == 204


async def test_F25_a_full_outbox_takes_nothing_more_and_drops_nothing(tmp_path):
    async with sqlite(tmp_path, size=1 << 20) as outbox, a_door(outbox) as door:
        taken, answer = 0, await door.post(one("e0", pad="x" * 100_000))
        while answer.status == 204:
            taken += 1
            assert taken < 20
            answer = await door.post(one(f"e{taken}", pad="x" * 100_000))
        assert (answer.status, "retry-after" in answer.headers) == (503, True)
        assert door.events.counts["rejected|full"] == 1
        assert await ids_in(outbox) == [f"e{number}" for number in range(taken)]


# -- senders who leave ----


async def test_F28_a_sender_who_leaves_leaves_a_whole_event_or_none(tmp_path, caplog):
    body = request(impressions=[an_event("a"), an_event("b")])
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (PATH.encode(), len(body))
    async with sqlite(tmp_path) as outbox, a_door(outbox) as door:
        for cut in (10, len(head), len(head) + 20, len(head) + len(body)):
            async with door.connection() as (_, writer):
                writer.write((head + body)[:cut])
                await writer.drain()
        # The last of them sent everything before it left: its events are kept, or not, but never one without the other.
        await door.post(one("last"))
        assert set(await ids_in(outbox)) in ({"a", "b", "last"}, {"last"})
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


# -- guard ----


async def test_F29_who_sends_too_much_waits_and_nobody_else():
    clock = ManualClock()
    async with a_door(clock=clock, rate=(50, 1)) as door:
        loud, quiet = [], []
        for second in range(3):
            answers = await asyncio.gather(*(door.post(one(f"{second}-{n}"), "X-Client: loud\r\n") for n in range(100)))
            loud += answers
            quiet.append(await door.post(one(f"quiet-{second}"), "X-Client: quiet\r\n"))
            clock.advance(1)
        assert [answer.status for answer in quiet] == [204] * 3
        assert [answer.status for answer in loud].count(204) == 150
        refused = [answer for answer in loud if answer.status != 204]
        assert {answer.status for answer in refused} == {429}
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        assert door.events.counts["rejected|rate"] == 150


@pytest.mark.parametrize("crawler", CRAWLERS)
async def test_F30_a_crawlers_purchase_is_sent_on(crawler):
    async with a_door() as door:
        assert (await door.post(request(purchases=[a_purchase()]), f"User-Agent: {crawler}\r\n")).status == 204
        assert door.ids() == ["p1"]


@pytest.mark.parametrize(("when", "odd"), [("2023-11-14T22:23:20Z", "ahead"), ("2023-10-15T22:13:20Z", "behind")])
async def test_F31_a_clock_that_is_off_is_counted_and_the_event_sent_on_as_it_came(when, odd):
    async with a_door() as door:
        assert (await door.post(one(occurredAt=when))).status == 204
        assert json.loads(door.on(Shelf.WAITING)[0].event.body)["occurredAt"] == when
        assert door.events.counts[f"clock|{odd}"] == 1


@pytest.mark.parametrize(
    "header", [*(f"User-Agent: {crawler}" for crawler in CRAWLERS), "Sec-Purpose: prefetch", "Sec-Purpose: prefetch;prerender", "Purpose: prefetch"]
)  # fmt: skip
async def test_F32_what_no_shopper_saw_is_answered_counted_listed_and_not_sent_on(header):
    async with a_door() as door:
        answer = await door.post(request(impressions=[an_event("i")], clicks=[an_event("c")]), f"{header}\r\n")
        assert (answer.status, answer.body) == (204, b"")
        assert (door.ids(), door.ids(Shelf.FILTERED)) == ([], ["i", "c"])
        why = "crawler" if header.startswith("User-Agent") else "prefetch"
        assert door.events.counts == {f"filtered|{why}": 2}


async def test_F32_no_shopper_and_no_app_is_taken_for_a_crawler():
    assert len(set(BROWSERS)) >= 100
    agents = [*BROWSERS, *NO_BROWSERS]
    async with a_door() as door:
        for number, agent in enumerate(agents):
            assert (await door.post(one(f"e{number}"), f"User-Agent: {agent}\r\n")).status == 204
        assert len(door.ids()) == len(agents)


# -- what is sent on, and what is never said ----


async def test_F33_what_would_break_out_of_a_line_stays_in_its_event():
    nasty = "x%0d%0aX: y\r\nX: y\x00"
    async with a_door() as door:
        assert (
            await door.post(one(nasty), "User-Agent: a%0d%0aX: y\r\nX-Forwarded-For: 1%0d%0aX: y\r\n")
        ).status == 204
        (kept,) = door.on(Shelf.WAITING)
        assert kept.event.id == nasty
        assert not set(kept.event.body) & set(b"\r\n\0")
        answer = await door.post(b'{"impressions":[{"id":"a\r\nX: y\x00"}]}')
        assert answer.status == 400
        assert "x" not in answer.headers
        for broken in ("User-Agent: a\rX: y\r\n", "User-Agent: a\x00\r\n", "X-Forwarded-For: 1\nX: y\r\n"):
            answer = await door.post(one("b"), broken)
            assert answer.status in (204, 400)  # a bare LF ends a line; CR and NUL are refused
            assert "x" not in answer.headers


async def test_F34_nothing_of_an_event_or_its_sender_is_in_a_log(caplog):
    caplog.set_level(logging.DEBUG)
    secret = "canary@example.com"
    headers = f"Cookie: s={secret}\r\nAuthorization: Bearer {secret}\r\nUser-Agent: {secret}\r\n"
    async with a_door(rate=(6, 3600)) as door:
        for body in (one(secret, email=secret), b"x" + secret.encode(), one(occurredAt=secret), one("b" * (1 << 18))):
            await door.post(body, headers, path=f"{PATH}?token={secret}")
        door.outbox.broken = OutboxTrouble("disk", "")
        await door.post(one(), headers, path=f"{PATH}?token={secret}")
        door.outbox.broken = ZeroDivisionError("a mistake")
        assert (await door.post(one(secret), headers, path=f"{PATH}?token={secret}")).status == 500
        await door.post(one(), headers, path=f"{PATH}?token={secret}")
    assert "a mistake of ours" in caplog.text
    assert "canary" not in caplog.text


async def test_F34_a_refusal_never_repeats_what_was_sent():
    async with a_door() as door:
        for body in (
            one("canary", occurredAt="canary"),
            b'{"impressions":[{"canary":1,"id":{"canary":2}}]}',
            b"canary",
        ):
            answer = await door.post(body)
            assert answer.status == 400
            assert b"canary" not in answer.body


# -- which paths ----


@pytest.mark.parametrize("path", ["/metrics", "/admin", "/debug", "/healthz", "/readyz"])
async def test_F35_the_public_port_shows_nothing_of_the_house(path):
    async with a_proxy(lambda _: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as proxy:
        status, head, body = await proxy.get(path)
        assert (status, body) == (404, b"")
        assert b"server" not in head.lower()
        assert proxy.seen[0].startswith(b"GET %b " % path.encode())


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
async def test_F36_other_methods_are_refused_and_the_right_one_named(method):
    async with a_door(widgets=True) as door:
        for path in (PATH, V1, WIDGETS):
            answer = await door.post(b"", path=path, method=method)
            assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")
            assert method == "HEAD" or answer.json["errCode"] == "bad_request"
        assert (door.ids(), door.forward.given, door.widgets.given) == ([], [], [])


SPELLINGS = [
    "/topsort/v2/events/", "//topsort/v2/events", "/topsort//v2/events", "/topsort/v2//events", "/topsort/v2/events//",
    "/topsort/v2%2fevents", "/topsort/v2%2Fevents", "/topsort%2fv2/events", "/%74opsort/v2/events", "/topsort/v2/%65vents",
    "/topsort/v2/event%73", "/topsort/v2/EVENTS", "/topsort/V2/events", "/TOPSORT/v2/events", "/Topsort/v2/events",
    "/topsort/v2/events/../search", "/topsort/v2/search/../events", "/topsort/./v2/events", "/./topsort/v2/events",
    "/../topsort/v2/events", "/x/../topsort/v2/events", "/topsort/v2/events/.", "/topsort/v2/events/..", "/topsort/v2/events%00",
    "/topsort/v2/events%20", "/topsort/v2/events;a=b", "/topsort;a/v2/events", "/topsort/v2/events&a", "/topsort/v2/events%3f",
    "/topsort/v2/events%23", "/topsort/v2/events.", "/topsort/v2/events.json", "/topsort/v2/eventss", "/topsort/v2/event",
    "/topsort/v3/events", "/topsort/v02/events", "/topsort/v/2/events", "/topsort/v2", "/topsort/", "/topsort", "/v2/events", "/v1/events",
    "/topsort/v1/events/", "/topsort/v1%2fevents", "/topsort/v2/auctions", "/topsort/v1/auctions", "/events", "/topsort/events",
    "/topsort\\v2\\events", "/topsort/v2/\u0435vents", "/%2e%2e/topsort/v2/events", "/topsort/v2/events%2f", "/topsort/v2/e%76ents",
]  # fmt: skip


async def test_F36_fifty_other_spellings_are_the_marketplaces():
    assert len(set(SPELLINGS)) >= 50
    async with a_door() as door:
        for spelling in SPELLINGS:
            assert not door.events.owns(spelling), spelling
            assert (await door.post(one(), path=spelling.encode().decode("latin-1"))).status in (400, 404)
        assert (door.ids(), door.forward.given) == ([], [])
        assert door.events.counts == {}


# -- order, and again ----


async def test_F39_times_stay_as_the_browser_wrote_them():
    times = ["2023-11-14T22:13:19.1Z", "2023-11-14t23:13:19.100000000+01:00", "2023-11-14T22:13:60Z"]
    async with a_door() as door:
        for number, when in enumerate(times):
            assert (await door.post(one(f"e{number}", occurredAt=when))).status == 204
        assert [json.loads(kept.event.body)["occurredAt"] for kept in door.on(Shelf.WAITING)] == times


async def test_F40_a_request_replayed_a_thousand_times_is_kept_once():
    body = one()
    message = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (PATH.encode(), len(body), body)
    async with a_door() as door, door.connection() as (reader, writer):
        for _ in range(100):
            writer.write(message * 10)
            assert [(await Answer.read(reader)).status for _ in range(10)] == [204] * 10
        assert door.ids() == ["e1"]
        assert door.events.counts == {"taken|impressions": 1, "seen": 999}


async def test_F40_with_fresh_ids_it_meets_the_rate():
    async with a_door(rate=(50, 1)) as door:
        statuses = [(await door.post(one(secrets.token_hex(8)))).status for _ in range(60)]
        assert statuses == [204] * 50 + [429] * 10
