"""One call to an ad platform that may do anything: what comes of it, and what the breaker makes of it."""

import asyncio
import gzip
import logging
from contextlib import asynccontextmanager

import pytest

from proxy.auction.breaker import State
from proxy.auction.caller import MOST_BYTES, Caller
from proxy.auction.dialects import DIALECTS
from proxy.clock import ManualClock
from proxy.reasons import Reason
from proxy.topsort import v2
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.ad_platform import AdPlatform, breaks_off, closes, drips, hangs, raw, results, says, wins
from tests.patience import until

AMPLE = 30.0
AUCTION = v2.Auction(type="listings", slots=1, products=v2.Products(ids=["p_1"]))
GOOD = results(["p_1"])


class Setting:
    """A platform, a caller of it, and the key and the clock that a test turns."""

    def __init__(self, platform, client, **settings):
        self.key = "TSE_first"
        self.clock = ManualClock()
        self.platform = platform
        self.caller = Caller(
            client, lambda: self.key, DIALECTS["v2"], self.clock, chance=lambda: 0.5, **{"longest": AMPLE} | settings
        )

    def start(self, within=0.1):
        return self.caller.start([AUCTION], within, early=True).told

    async def call(self):
        return await self.start()

    async def trouble(self):
        return (await self.call()).trouble

    def refused(self):
        """The reason why nothing was sent; it is there at once."""
        trouble = self.start().result().trouble
        assert trouble is not None
        return trouble.reason


@asynccontextmanager
async def calling(reply=None, **settings):
    async with AdPlatform() as platform:
        platform.replies = reply or wins("p_1")
        client = Client(Origin.parse(platform.url), connections=128, name="ad platform")
        setting = Setting(platform, client, **settings)
        try:
            yield setting
        finally:
            await setting.caller.close()
            await client.close()


async def test_a_good_answer_gives_results():
    async with calling() as setting:
        verdict = await setting.call()
        assert verdict.trouble is None
        assert [winner.id for winner in verdict.results[0].winners] == ["p_1"]


HEAD = b"HTTP/1.1 201 X\r\n"
CASES = {
    "a 500": (says(500), Reason.ADS_DOWN),
    "a 503 that is a page": (says(503, b"<html>down"), Reason.ADS_DOWN),
    "a redirect": (says(302, b"", "Location: /v2/auctions/"), Reason.ADS_INVALID),
    "a 201 that is a page": (says(201, b"<html>hello"), Reason.ADS_INVALID),
    "an empty 201": (says(201), Reason.ADS_INVALID),
    "fewer results than asked": (says(201, b'{"results":[]}'), Reason.ADS_INVALID),
    "a 400": (says(400, b'{"errCode":"no_products"}'), Reason.ADS_REFUSED),
    "a 404": (says(404), Reason.ADS_REFUSED),
    "a 408": (says(408), Reason.ADS_REFUSED),
    "no answer, but the end": (closes, Reason.ADS_DOWN),
    "not HTTP": (raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), Reason.ADS_DOWN),
    "an end within the head": (breaks_off(b"HTTP/1.1 201 X\r\nContent-Le"), Reason.ADS_DOWN),
    "an end within the body": (breaks_off(HEAD + b"Content-Length: 100\r\n\r\n{"), Reason.ADS_DOWN),
    "a body that is too long": (says(201, b" " * (MOST_BYTES + 1) + GOOD), Reason.ADS_INVALID),
    "a body that says it is too long": (raw(HEAD + b"Content-Length: 9999999999\r\n\r\n"), Reason.ADS_INVALID),
    "two lengths": (raw(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n11"), Reason.ADS_DOWN),
    "a bomb": (says(201, gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip"), Reason.ADS_INVALID),
    "a chunk without a size": (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.ADS_DOWN),
    "nothing at all": (hangs, Reason.TOO_LATE),
    "a body that drips": (drips, Reason.TOO_LATE),
}
DO_NOT_COUNT = ("a 400", "a 404")


@pytest.mark.parametrize("name", CASES)
async def test_trouble_has_a_reason_and_is_counted(name):
    reply, reason = CASES[name]
    async with calling(reply, longest=AMPLE if reason is not Reason.TOO_LATE else 0.1) as setting:
        for _ in range(5):
            trouble = await setting.trouble()
            assert trouble is not None
            assert trouble.reason is reason
        assert setting.caller.counts[str(reason)] == 5
        assert setting.caller.in_flight == 0
        assert len(setting.platform.requests) == 5
        assert setting.caller.breaker.state is (State.CLOSED if name in DO_NOT_COUNT else State.OPEN)


async def test_nobody_there_is_ads_down():
    async with calling() as setting:
        async with AdPlatform() as gone:
            url = gone.url
        client = Client(Origin.parse(url), name="ad platform")
        caller = Caller(client, lambda: "TSE_key", DIALECTS["v2"], setting.clock)
        verdict = await caller.start([AUCTION], 0.1).told
        assert verdict.trouble is not None
        assert verdict.trouble.reason is Reason.ADS_DOWN
        await client.close()


async def test_a_chunked_answer_is_as_good_as_any():
    reply = raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD))
    async with calling(reply) as setting:
        assert await setting.trouble() is None


async def test_a_call_is_never_repeated():
    async with calling() as setting:
        assert await setting.trouble() is None
        setting.platform.replies = closes
        trouble = await setting.trouble()
        assert trouble is not None
        assert trouble.reason is Reason.ADS_DOWN
        assert [request.connection for request in setting.platform.requests] == [0, 0]


# -- the breaker --------------------------------------------------------------


async def test_five_failures_stop_the_asking_until_a_probe_is_answered():
    async with calling(says(500)) as setting:
        for _ in range(5):
            await setting.call()
        assert setting.refused() is Reason.BREAKER_OPEN
        setting.clock.advance(4.9)
        assert setting.refused() is Reason.BREAKER_OPEN
        setting.clock.advance(0.2)
        setting.platform.held.clear()
        probe = setting.start()
        assert setting.refused() is Reason.BREAKER_OPEN
        setting.platform.replies = wins("p_1")
        setting.platform.held.set()
        assert (await probe).trouble is None
        assert await setting.trouble() is None
        assert len(setting.platform.requests) == 7


async def test_an_answer_after_more_than_a_second_is_used_but_counts_as_a_failure():
    async with calling(longest=1.0) as setting:
        for _ in range(5):
            setting.platform.held.clear()
            task = setting.start(AMPLE)
            await setting.platform.asked(1)
            setting.clock.advance(1.1)
            setting.platform.held.set()
            assert (await task).trouble is None
        assert setting.caller.breaker.state is State.OPEN


async def test_a_429_stops_the_asking_for_as_long_as_it_says():
    async with calling(says(429, b"", "Retry-After: 30")) as setting:
        trouble = await setting.trouble()
        assert trouble is not None
        assert trouble.reason is Reason.ADS_REFUSED
        setting.clock.advance(29.9)
        assert setting.refused() is Reason.BREAKER_OPEN
        setting.clock.advance(0.2)
        setting.platform.replies = wins("p_1")
        assert await setting.trouble() is None


async def test_where_asking_stops_and_goes_on_stands_in_the_log(caplog):
    async with calling(says(500)) as setting:
        with caplog.at_level(logging.INFO, "proxy.auction"):
            for _ in range(5):
                await setting.call()
            setting.clock.advance(6)
            setting.platform.replies = wins("p_1")
            await setting.call()
        assert [record.message for record in caplog.records] == [
            "asking the ad platform stops for a while: ads_down: status 500",
            "the ad platform answers; asking goes on",
        ]


# -- the key ------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_stops_the_asking_until_there_is_another(status):
    async with calling(says(status)) as setting:
        await setting.call()
        assert setting.refused() is Reason.BREAKER_OPEN
        setting.key = "TSE_second"
        setting.platform.replies = wins("p_1")
        assert await setting.trouble() is None
        assert setting.platform.requests[-1].headers["authorization"] == "Bearer TSE_second"


async def test_the_old_keys_refusal_does_not_stop_the_new_key():
    async with calling(says(401)) as setting:
        setting.platform.held.clear()
        old = [setting.start() for _ in range(2)]
        await setting.platform.asked(2)
        setting.platform.held.set()
        await old[0]
        setting.key = "TSE_second"
        setting.platform.replies = wins("p_1")
        assert await setting.trouble() is None
        await old[1]
        assert await setting.trouble() is None


async def test_the_key_is_in_no_log_and_no_trouble(caplog):
    async def echoes(request, writer):
        key = request.headers["authorization"]
        body = b'{"errCode":"bad_request","message":"you sent %b"}' % key.encode()
        await says(400, body)(request, writer)

    async with calling(echoes) as setting:
        with caplog.at_level(logging.DEBUG):
            trouble = await setting.trouble()
            setting.platform.replies = says(401, b'{"errCode":"invalid_api_key","message":"TSE_first"}')
            refused = await setting.trouble()
        shown = f"{trouble!r} {refused!r} {setting.caller!r} {vars(setting.caller)!r} {caplog.text}"
        assert "TSE_first" not in shown
        assert "you sent Bearer ***" in shown


async def test_a_key_that_cannot_be_sent_is_refused_at_once():
    async with calling() as setting:
        setting.key = ""
        assert setting.refused() is Reason.ADS_REFUSED
        assert setting.platform.requests == []


# -- the bulkhead -------------------------------------------------------------


async def test_one_call_too_many_is_overloaded_at_once():
    async with calling(most=2) as setting:
        setting.platform.held.clear()
        under_way = [setting.start() for _ in range(2)]
        assert setting.refused() is Reason.OVERLOADED
        setting.platform.held.set()
        await asyncio.gather(*under_way)
        assert await setting.trouble() is None
        assert setting.caller.counts["overloaded"] == 1


async def test_overloaded_takes_no_probe_away():
    async with calling(most=1, longest=AMPLE) as setting:
        setting.platform.held.clear()
        slow = setting.start()
        assert setting.refused() is Reason.OVERLOADED
        assert setting.caller.breaker.would_let(setting.clock.now())
        setting.platform.held.set()
        await slow


async def test_calls_end_each_at_their_own_time():
    async with calling(longest=0.05) as setting:
        setting.platform.held.clear()
        short = setting.start(0.01)
        long = setting.start(AMPLE)
        trouble = (await short).trouble
        assert trouble is not None
        assert trouble.reason is Reason.TOO_LATE
        assert not long.done()
        setting.platform.held.set()
        assert (await long).trouble is None


async def test_the_shoppers_time_ends_before_the_calls_and_the_answer_counts_all_the_same():
    async with calling() as setting:
        setting.platform.held.clear()
        call = setting.caller.start([AUCTION], 0.01)
        trouble = (await call.told).trouble
        assert trouble is not None
        assert (trouble.reason, trouble.detail) == (Reason.TOO_LATE, "no answer within 10 ms")
        assert (setting.caller.in_flight, setting.caller.counts["late"]) == (1, 1)
        setting.platform.held.set()
        await until(lambda: not setting.caller.in_flight)
        assert setting.caller.counts == {"calls": 1, "late": 1, "answered": 1}


async def test_for_an_early_call_the_shopper_waits_from_when_it_is_said():
    async with calling() as setting:
        setting.platform.held.clear()
        call = setting.caller.start([AUCTION], 0.01, early=True)
        await asyncio.sleep(0)
        assert not call.told.done()
        setting.caller.wait(call, 0.02)
        trouble = (await call.told).trouble
        assert trouble is not None
        assert trouble.detail == "no answer within 20 ms"
        assert setting.caller.in_flight == 1
        setting.platform.held.set()
