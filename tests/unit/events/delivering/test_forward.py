"""An event of version 1 and what its sender is told, whatever the platform does."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from proxy.clock import ManualClock
from proxy.events.delivering.destination import Mode
from proxy.events.delivering.forward import MOST_IN_FLIGHT, Forward
from proxy.events.event import V1, Shelf
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.taking.batch import read_v1
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.event_platform import EventPlatform, closes, fails, hangs, leads_to, shows_a_page
from tests.in_memory_outbox import InMemoryOutbox
from tests.patience import until

KEPT = (202, b"{}")


def a_click(**fields):
    told = {
        "eventType": "Click",
        "session": {"sessionId": "s"},
        "placement": {"page": "search"},
        "productId": "p",
        **fields,
    }
    return json.dumps(told, indent=1).encode()


ANONYMOUS, NAMED = a_click(), a_click(id="c-1")


class Setting:
    def __init__(self, platform, client, longest):
        self.platform = platform
        self.key = platform.key
        self.clock = ManualClock(now=1000.0)
        self.outbox = InMemoryOutbox(self.clock)
        self.forward = Forward(self.outbox, client, lambda: self.key, self.clock, chance=lambda: 0.5, longest=longest)

    async def send(self, body):
        return await self.forward.send(read_v1(body).event)

    async def kept(self):
        return [one.event async for one in self.outbox.each(Shelf.WAITING)]


@asynccontextmanager
async def forwarding(longest=20.0):
    async with EventPlatform() as platform:
        client = Client(Origin.parse(platform.url), connections=MOST_IN_FLIGHT + 8, name="ad platform")
        yield Setting(platform, client, longest)
        await client.close()


async def test_the_platforms_answer_is_handed_back_and_nothing_is_kept():
    async with forwarding() as setting:
        assert await setting.send(NAMED) == (200, b'{"clickId": "c-1", "id": "c-1"}')
        (call,) = setting.platform.calls
        assert (call.path, call.body) == ("/v1/events", NAMED)
        assert await setting.kept() == []
        assert setting.forward.counts == {"forwarded": 1}


async def test_a_refusal_of_the_event_is_handed_back():
    async with forwarding() as setting:
        setting.platform.poison("c-1")
        status, body = await setting.send(NAMED)
        assert (status, json.loads(body)["errCode"]) == (400, "bad_request")
        assert await setting.kept() == []


NOT_ACTED_UPON = {
    "429": fails(429),
    "425": fails(425),
    "401": fails(401, body=b'{"errCode":"invalid_api_key"}'),
    "404": fails(404),
    "a redirect": leads_to(307, "http://127.0.0.1:1/v1/events"),
    "a page": shows_a_page,
}


@pytest.mark.parametrize("what", NOT_ACTED_UPON)
@pytest.mark.parametrize("body", [ANONYMOUS, NAMED], ids=["anonymous", "named"])
async def test_what_was_certainly_not_acted_upon_is_kept(what, body):
    async with forwarding() as setting:
        setting.platform.always(NOT_ACTED_UPON[what])
        assert await setting.send(body) == KEPT
        (event,) = await setting.kept()
        assert (event.kind, event.body) == (V1, body)
        assert len(setting.platform.calls) == 1


@pytest.mark.parametrize("what", [fails(500), fails(503), closes], ids=["500", "503", "no answer"])
async def test_a_failure_after_sending_is_kept_where_an_id_makes_twice_harmless(what):
    async with forwarding() as setting:
        setting.platform.always(what)
        assert await setting.send(NAMED) == KEPT
        assert [event.id for event in await setting.kept()] == ["c-1"]


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        (fails(500, body=b'{"errCode":"internal_server_error","message":"TSE_canary"}'), 500, "***"),
        (fails(503, body=b"<html>"), 503, "status 503"),
        (closes, 502, "it may have taken the event"),
    ],
    ids=["500", "503", "no answer"],
)
async def test_a_failure_after_sending_is_handed_back_where_twice_might_charge_twice(what, status, words):
    async with forwarding() as setting:
        setting.platform.always(what)
        told, body = await setting.send(ANONYMOUS)
        assert told == status
        assert words in json.loads(body)["message"]
        assert await setting.kept() == []
        assert setting.forward.counts == {"failed": 1}


async def test_one_that_waits_too_long_for_its_answer_gets_another():
    async with forwarding(longest=0.05) as setting:
        setting.platform.always(hangs)
        status, body = await setting.send(ANONYMOUS)
        assert (status, json.loads(body)["errCode"]) == (502, "internal_server_error")


async def test_nobody_there_means_kept():
    async with forwarding() as setting:
        await setting.platform.__aexit__()
        assert await setting.send(ANONYMOUS) == KEPT
        assert len(await setting.kept()) == 1


async def test_a_platform_that_fails_is_spared_and_asked_one_at_a_time():
    async with forwarding() as setting:
        setting.platform.always(fails(503))
        for number in range(30):
            assert await setting.send(a_click(id=f"c-{number}")) == KEPT
        assert len(setting.platform.calls) == 5
        assert setting.forward.mode is Mode.BACKING_OFF
        assert len(await setting.kept()) == 30
        setting.platform.always(None)
        setting.clock.advance(10)
        assert (await setting.send(NAMED))[0] == 200
        assert (await setting.send(a_click(id="another")))[0] == 200


async def test_a_key_that_is_refused_is_not_shown_to_the_platform_again_and_again():
    async with forwarding() as setting:
        setting.key = "TSE_wrong"
        for number in range(10):
            assert await setting.send(a_click(id=f"c-{number}")) == KEPT
        assert len(setting.platform.calls) == 1
        assert setting.forward.mode is Mode.PAUSED
        setting.key = setting.platform.key
        assert (await setting.send(NAMED))[0] == 200
        assert setting.forward.mode is Mode.GOING


async def test_bad_events_of_one_sender_do_not_hold_the_others_up():
    async with forwarding() as setting:
        setting.platform.poison("bad")
        for _ in range(40):
            assert (await setting.send(a_click(id="bad")))[0] == 400
        assert (await setting.send(NAMED))[0] == 200


async def test_beyond_a_hundred_under_way_they_are_kept():
    async with forwarding() as setting:
        setting.platform.held.clear()
        sending = [asyncio.create_task(setting.send(a_click(id=f"c-{number}"))) for number in range(MOST_IN_FLIGHT)]
        await until(lambda: len(setting.platform.calls) == MOST_IN_FLIGHT)
        assert await setting.send(NAMED) == KEPT
        setting.platform.held.set()
        assert {status for status, _ in await asyncio.gather(*sending)} == {200}


async def test_what_can_be_neither_handed_on_nor_kept_is_said():
    async with forwarding() as setting:
        setting.platform.always(fails(404))
        setting.outbox.broken = OutboxTrouble("full", "no room")
        with pytest.raises(OutboxTrouble):
            await setting.send(NAMED)
