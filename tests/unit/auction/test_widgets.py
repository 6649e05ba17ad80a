"""A widget's auction, at a platform that may do anything."""

import asyncio
import gzip
import json
from contextlib import asynccontextmanager

import pytest

from proxy.auction.breaker import State
from proxy.auction.caller import MOST_BYTES
from proxy.auction.widgets import Widgets
from proxy.clock import ManualClock
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.ad_platform import AdPlatform, breaks_off, closes, drips, hangs, raw, results, says
from tests.patience import until

QUESTION = b'{"auctions":[{"type":"banners","slots":1,"slotId":"top" }]}'
GOOD = results(["banner"])
KEY = "TSE_first"


class Setting:
    def __init__(self, platform, client, **settings):
        self.key = KEY
        self.clock = ManualClock()
        self.platform = platform
        self.widgets = Widgets(client, lambda: self.key, self.clock, chance=lambda: 0.5, **{"longest": 30.0} | settings)

    async def unavailable(self):
        status, body = await self.widgets.ask(QUESTION)
        return status == 503 and json.loads(body)["errCode"] == "internal_server_error" and b"TSE" not in body


@asynccontextmanager
async def asking(reply, **settings):
    async with AdPlatform() as platform:
        platform.replies = reply
        client = Client(Origin.parse(platform.url), connections=128, name="ad platform")
        yield Setting(platform, client, **settings)
        await client.close()


async def test_the_widgets_own_json_goes_out_with_our_key_and_the_answer_comes_back():
    async with asking(says(201, GOOD)) as setting:
        assert await setting.widgets.ask(QUESTION) == (201, GOOD)
        (request,) = setting.platform.requests
        assert request.line == "POST /v2/auctions HTTP/1.1"
        assert request.body == QUESTION
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert setting.widgets.counts == {"asked": 1, "answered": 1}


async def test_a_refused_question_is_the_widgets_business():
    async with asking(says(400, b'{"errCode":"missing_slot_id","message":"TSE_first"}')) as setting:
        for _ in range(30):
            assert await setting.widgets.ask(QUESTION) == (400, b'{"errCode":"missing_slot_id","message":"***"}')
        assert setting.widgets.breaker.state is State.CLOSED


HEAD = b"HTTP/1.1 201 X\r\n"
TROUBLE = {
    "a 500": says(500, b'{"errCode":"internal_server_error"}'),
    "a 408": says(408, b"{}"),
    "a 400 that is a page": says(400, b"<html>"),
    "a 201 that is a page": says(201, b"<html>"),
    "an empty 201": says(201),
    "a redirect": says(302, b"{}", "Location: /elsewhere"),
    "no answer, but the end": closes,
    "not HTTP": raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"),
    "an end within the body": breaks_off(HEAD + b"Content-Length: 100\r\n\r\n{"),
    "a body that is too long": says(201, b" " * (MOST_BYTES + 1) + GOOD),
    "a bomb": says(201, gzip.compress(b" " * 1_000_000), "Content-Encoding: gzip"),
    "nothing at all": hangs,
    "a body that drips": drips,
}
SLOW = ("nothing at all", "a body that drips")


@pytest.mark.parametrize("name", TROUBLE)
async def test_trouble_is_a_503_in_the_vendors_shape_and_opens_the_breaker(name):
    async with asking(TROUBLE[name], longest=0.05 if name in SLOW else 30.0) as setting:
        for _ in range(5):
            assert await setting.unavailable()
        assert setting.widgets.breaker.state is State.OPEN
        assert await setting.unavailable()
        assert len(setting.platform.requests) == 5
        assert setting.widgets.in_flight == 0
        assert setting.widgets.counts == {"asked": 5, "failed": 5, "breaker_open": 1}


async def test_nobody_there_is_a_503():
    async with asking(closes) as setting:
        await setting.platform.__aexit__()
        assert await setting.unavailable()


async def test_it_is_asked_again_when_the_pause_is_over():
    async with asking(says(500)) as setting:
        for _ in range(5):
            assert await setting.unavailable()
        setting.platform.replies = says(201, GOOD)
        setting.clock.advance(5)
        assert (await setting.widgets.ask(QUESTION))[0] == 201
        assert setting.widgets.breaker.state is State.CLOSED


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_is_not_the_widgets_business_and_a_new_one_is_tried_at_once(status):
    async with asking(says(status, b'{"errCode":"invalid_api_key","message":"TSE_fi is no key"}')) as setting:
        assert await setting.unavailable()
        assert await setting.unavailable()
        assert len(setting.platform.requests) == 1
        setting.key, setting.platform.replies = "TSE_second", says(201, GOOD)
        assert (await setting.widgets.ask(QUESTION))[0] == 201


async def test_a_429_stops_asking_for_as_long_as_it_says():
    async with asking(says(429, b"{}", "Retry-After: 7")) as setting:
        assert await setting.unavailable()
        setting.platform.replies = says(201, GOOD)
        setting.clock.advance(6.9)
        assert await setting.unavailable()
        setting.clock.advance(0.1)
        assert (await setting.widgets.ask(QUESTION))[0] == 201


@pytest.mark.parametrize("status", [402, 404, 405])
async def test_what_only_the_operator_can_mend_is_a_503(status):
    async with asking(says(status, b'{"errCode":"x"}')) as setting:
        assert await setting.unavailable()
        assert setting.widgets.counts == {"asked": 1, "failed": 1}
        assert setting.widgets.breaker.state is State.CLOSED


async def test_a_key_that_cannot_stand_in_a_head_asks_nobody():
    async with asking(says(201, GOOD)) as setting:
        setting.key = "a\r\nb"
        assert await setting.unavailable()
        assert setting.platform.requests == []


async def test_only_so_many_are_under_way():
    async with asking(says(201, GOOD), most=2) as setting:
        setting.platform.held.clear()
        under_way = [asyncio.create_task(setting.widgets.ask(QUESTION)) for _ in range(2)]
        await setting.platform.asked(2)
        assert await setting.unavailable()
        assert setting.widgets.counts["overloaded"] == 1
        setting.platform.held.set()
        assert [status for status, _ in await asyncio.gather(*under_way)] == [201, 201]


async def test_a_widget_that_leaves_says_nothing_about_the_platform():
    async with asking(says(500)) as setting:
        for _ in range(5):
            await setting.widgets.ask(QUESTION)
        setting.clock.advance(5)
        setting.platform.replies = hangs
        probe = asyncio.create_task(setting.widgets.ask(QUESTION))
        await setting.platform.asked(6)
        probe.cancel()
        await until(lambda: probe.done())
        setting.platform.replies = says(201, GOOD)
        assert (await setting.widgets.ask(QUESTION))[0] == 201
