"""A visit's auctions: what is asked, in how many calls, and how long the shopper waits."""

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from proxy.auction.client import Ads
from proxy.auction.question import Candidates, user_of
from proxy.auction.winners import NOT_HELD, NOTHING
from proxy.clock import ManualClock
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.rules.book import Match
from proxy.rules.rule import Banner
from proxy.rules.selector import Selector
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.ad_platform import AdPlatform, first_of_each, hangs, raw, results, says, wins
from tests.builders import a_rule, an_ask

AMPLE = 30.0
SOON = 0.001


@asynccontextmanager
async def asking(api="v2", base="", **settings):
    """An ad platform, and `Ads` that ask it by a clock that stands still."""
    async with AdPlatform() as platform:
        client = Client(Origin.parse(platform.url + base), connections=128, name="ad platform")
        ads = Ads(client, lambda: "TSE_key", api, ManualClock(), chance=lambda: 0.5, **{"longest": AMPLE} | settings)
        try:
            yield platform, ads
        finally:
            await ads.close()
            await client.close()


def visit(ads, rule=None, ask=None):
    rule, ask = rule or a_rule(), ask or an_ask()
    return ads.begin(Match(rule, {}), ask, user_of(rule, ask, {}))


async def reason_of(answer):
    with pytest.raises(AdPlatformTrouble) as trouble:
        await answer
    return trouble.value.reason


async def idle(ads):
    async def calls():
        while ads.in_flight:  # noqa: ASYNC110 - there is nothing to be told by, and it is a matter of milliseconds
            await asyncio.sleep(0)

    await asyncio.wait_for(calls(), AMPLE)


def with_banners(rule, *slots):
    banners = tuple(Banner(slot_id=slot, at=Selector.parse("$.banners")) for slot in slots)
    return replace(rule, banners=banners)


def listing(*ids):
    return Candidates(ids)


def ids_of(found):
    return [[winner.id for winner in result.winners] for result in found]


async def test_winners_come_back_for_each_listing():
    async with asking() as (platform, ads):
        platform.replies = first_of_each
        found = await visit(ads).answer([listing("a", "b"), listing("c")], AMPLE)
        assert ids_of(found) == [["a"], ["c"]]
        (request,) = platform.requests
        assert [one["products"]["ids"] for one in request.auctions] == [["a", "b"], ["c"]]
        assert ads.counts == {"calls": 1, "answered": 1}


async def test_the_request_is_what_the_vendor_wants():
    async with asking() as (platform, ads):
        await visit(ads).answer([listing("a")], AMPLE)
        request = platform.requests[0]
        assert request.line == "POST /v2/auctions HTTP/1.1"
        agent = request.headers.pop("user-agent")
        assert agent.startswith("sponsored-proxy/")
        assert request.headers == {
            "host": platform.url.removeprefix("http://"),
            "authorization": "Bearer TSE_key",
            "accept": "application/json",
            "content-type": "application/json",
            "content-length": str(len(request.body)),
        }


async def test_a_base_path_stands_before_the_endpoint():
    async with asking(base="/ads/") as (platform, ads):
        await visit(ads).answer([listing("a")], AMPLE)
        assert platform.requests[0].line == "POST /ads/v2/auctions HTTP/1.1"


async def test_one_connection_serves_one_visit_after_another():
    async with asking() as (platform, ads):
        for _ in range(3):
            await visit(ads).answer([listing("a")], AMPLE)
        assert (len(platform.requests), platform.connections) == (3, 1)


async def test_five_auctions_go_in_one_call_and_more_side_by_side():
    async with asking() as (platform, ads):
        platform.replies = first_of_each
        platform.held.clear()
        answer = asyncio.ensure_future(visit(ads).answer([listing(f"p_{n}") for n in range(12)], AMPLE))
        await platform.asked(3)
        platform.held.set()
        assert ids_of(await answer) == [[f"p_{n}"] for n in range(12)]
        assert sorted(len(request.auctions) for request in platform.requests) == [2, 5, 5]


async def test_version_1_asks_for_each_listing_by_itself():
    async with asking("v1") as (platform, ads):

        async def reply(request, writer):
            product = request.json["products"][0]["productId"]
            winner = b'{"rank":1,"productId":"%b","resolvedBidId":"b"}' % product.encode()
            await says(201, b'{"slots":{"listings":{"auctionId":"A","winners":[%b]}}}' % winner)(request, writer)

        platform.replies = reply
        platform.held.clear()
        rule = with_banners(a_rule(), "ribbon")
        asked = visit(ads, rule)
        answer = asyncio.ensure_future(asked.answer([listing("a"), listing("b")], AMPLE))
        await platform.asked(2)
        platform.held.set()
        assert ids_of(await answer) == [["a"], ["b"]]
        assert asked.banners == (NOTHING,)
        assert {request.line for request in platform.requests} == {"POST /v1/auctions HTTP/1.1"}


async def test_banners_go_in_the_call_of_the_listings():
    async with asking() as (platform, ads):
        platform.replies = first_of_each
        rule = with_banners(a_rule(), "ribbon", "side")
        asked = visit(ads, rule)
        found = await asked.answer([listing("a")], AMPLE)
        assert (ids_of(found), ids_of(asked.banners)) == ([["a"]], [["ribbon"], ["side"]])
        assert [one["type"] for one in platform.requests[0].auctions] == ["listings", "banners", "banners"]


async def test_a_listing_without_products_is_not_asked_for():
    async with asking() as (platform, ads):
        platform.replies = first_of_each
        found = await visit(ads).answer([listing(), listing("b"), listing("")], AMPLE)
        assert ids_of(found) == [[], ["b"], []]
        assert len(platform.requests[0].auctions) == 1
        assert await visit(ads).answer([listing()], AMPLE) == (NOTHING,)
        assert len(platform.requests) == 1


async def test_what_was_sent_can_be_explained():
    async with asking() as (_, ads):
        asked = visit(ads)
        await asked.answer([listing("a")], AMPLE)
        ((auction,),) = asked.sent
        assert auction.products is not None
        assert list(auction.products.ids) == ["a"]


async def test_errors_of_single_auctions_and_dropped_winners_are_counted():
    async with asking() as (platform, ads):
        platform.replies = says(201, results(["a"], error=True))
        assert await visit(ads).answer([listing("a")], AMPLE) == (NOT_HELD,)
        platform.replies = says(201, b'{"results":[{"resultType":"listings","winners":[{},7],"error":false}]}')
        (result,) = await visit(ads).answer([listing("a")], AMPLE)
        assert (result.winners, result.skipped) == ((), 2)
        assert (ads.counts["result_errors"], ads.counts["dropped_winners"]) == (1, 2)


# -- several calls ------------------------------------------------------------


def failing_for(product):
    async def reply(request, writer):
        if request.auctions[0]["products"]["ids"] == [product]:
            await says(500)(request, writer)
        else:
            await first_of_each(request, writer)

    return reply


async def test_the_listings_of_a_call_that_fails_have_no_winners():
    async with asking() as (platform, ads):
        platform.replies = failing_for("p_0")
        found = await visit(ads).answer([listing(f"p_{n}") for n in range(6)], AMPLE)
        assert found[:5] == (NOT_HELD,) * 5
        assert ids_of(found[5:]) == [["p_5"]]


async def test_where_all_calls_fail_the_first_says_why():
    async with asking("v1") as (platform, ads):

        async def reply(request, writer):
            first = request.json["products"][0]["productId"] == "a"
            await says(400 if first else 500)(request, writer)

        platform.replies = reply
        assert await reason_of(visit(ads).answer([listing("a"), listing("b")], AMPLE)) is Reason.ADS_REFUSED


# -- the shopper's time -------------------------------------------------------


async def test_the_shopper_waits_no_longer_than_told_and_the_call_ends_by_itself():
    async with asking() as (platform, ads):
        platform.held.clear()
        assert await reason_of(visit(ads).answer([listing("a")], SOON)) is Reason.TOO_LATE
        assert (ads.in_flight, ads.counts["late"]) == (1, 1)
        platform.held.set()
        await idle(ads)
        assert ads.counts["answered"] == 1
        await visit(ads).answer([listing("a")], AMPLE)
        assert platform.connections == 1


async def test_of_several_calls_those_in_time_are_used():
    async with asking() as (platform, ads):

        async def reply(request, writer):
            if request.auctions[0]["products"]["ids"] == ["p_0"]:
                await hangs(request, writer)
            await first_of_each(request, writer)

        platform.replies = reply
        found = await visit(ads).answer([listing(f"p_{n}") for n in range(6)], 0.5)
        assert found[:5] == (NOT_HELD,) * 5
        assert ids_of(found[5:]) == [["p_5"]]
        assert ads.counts["late"] == 1


async def test_no_time_left_is_too_late_without_a_call():
    async with asking() as (platform, ads):
        assert await reason_of(visit(ads).answer([listing("a")], 0.0)) is Reason.TOO_LATE
        assert platform.requests == []


async def test_a_shopper_who_leaves_does_not_cut_the_call():
    async with asking() as (platform, ads):
        platform.held.clear()
        shopper = asyncio.ensure_future(visit(ads).answer([listing("a")], AMPLE))
        await platform.asked(1)
        shopper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await shopper
        assert ads.in_flight == 1
        platform.held.set()
        await idle(ads)
        assert ads.counts["answered"] == 1
        await visit(ads).answer([listing("a")], AMPLE)
        assert platform.connections == 1


async def visits(ads, platform, rule, *, late, in_time):
    platform.held.clear()
    for _ in range(late):
        assert await reason_of(visit(ads, rule).answer([listing("a")], SOON)) is Reason.TOO_LATE
    platform.held.set()
    await idle(ads)
    for _ in range(in_time):
        await visit(ads, rule).answer([listing("a")], AMPLE)


async def test_a_page_whose_answers_come_too_late_stops_asking_by_itself(caplog):
    async with asking() as (platform, ads):
        slow, other = a_rule(page="slow"), a_rule(page="other")
        await visits(ads, platform, slow, late=10, in_time=10)
        assert [record.message.partition(":")[0] for record in caplog.records] == ["page slow"]
        asked = len(platform.requests)
        assert await reason_of(visit(ads, slow).answer([listing("a")], AMPLE)) is Reason.BREAKER_OPEN
        assert ads.pages_stopped == ("slow",)
        assert len(platform.requests) == asked
        await visit(ads, other).answer([listing("a")], AMPLE)
        ads.caller.clock.advance(5.1)
        await visit(ads, slow).answer([listing("a")], AMPLE)
        assert ads.pages_stopped == ()


async def test_a_page_with_fewer_late_answers_goes_on():
    async with asking() as (platform, ads):
        rule = a_rule()
        await visits(ads, platform, rule, late=9, in_time=11)
        await visit(ads, rule).answer([listing("a")], AMPLE)


async def test_a_page_with_another_timeout_begins_anew():
    async with asking() as (platform, ads):
        await visits(ads, platform, a_rule(timeout="10ms"), late=20, in_time=0)
        assert await reason_of(visit(ads, a_rule(timeout="10ms")).answer([listing("a")], AMPLE)) is Reason.BREAKER_OPEN
        await visit(ads, a_rule(timeout="500ms")).answer([listing("a")], AMPLE)


async def test_a_shopper_who_leaves_during_a_pages_probe_gives_the_probe_back():
    async with asking() as (platform, ads):
        rule = a_rule()
        await visits(ads, platform, rule, late=20, in_time=0)
        ads.caller.clock.advance(5.1)
        platform.held.clear()
        asked = len(platform.requests)
        shopper = asyncio.ensure_future(visit(ads, rule).answer([listing("a")], AMPLE))
        await platform.asked(asked + 1)
        shopper.cancel()
        await asyncio.wait([shopper])
        platform.held.set()
        await visit(ads, rule).answer([listing("a")], AMPLE)
        assert ads.pages_stopped == ()


# -- bugs ---------------------------------------------------------------------


class Bug(Exception):
    pass


async def test_a_bug_reaches_whoever_waits(monkeypatch):
    async with asking() as (_, ads):
        monkeypatch.setattr("proxy.auction.caller.judge", _raise)
        with pytest.raises(Bug):
            await visit(ads).answer([listing("a")], AMPLE)
        assert ads.in_flight == 0


async def test_a_bug_that_nobody_waits_for_stands_in_the_log(monkeypatch, caplog):
    async with asking() as (platform, ads):
        monkeypatch.setattr("proxy.auction.caller.judge", _raise)
        platform.held.clear()
        assert await reason_of(visit(ads).answer([listing("a")], SOON)) is Reason.TOO_LATE
        platform.held.set()
        with caplog.at_level(logging.ERROR):
            await idle(ads)
            await asyncio.sleep(0)
        assert [record.message for record in caplog.records] == ["an auction call met a bug"]


def _raise(*_):
    raise Bug


async def test_closing_ends_what_is_under_way():
    async with asking() as (platform, ads):
        platform.replies = raw(b"")
        waiting = asyncio.ensure_future(visit(ads).answer([listing("a")], AMPLE))
        await platform.asked(1)
        await ads.close()
        assert await reason_of(waiting) is Reason.ADS_DOWN
        assert ads.in_flight == 0


async def test_every_reply_of_the_fake_is_the_contract():
    async with asking() as (platform, ads):
        platform.replies = wins("a", "b")
        (result,) = await visit(ads).answer([listing("a", "b")], AMPLE)
        assert [winner.rank for winner in result.winners] == [1, 2]


# -- asking early ---------------------------------------------------------------


async def seen_often(ads, rule, *ids, times=11):
    """So many visits whose products are always the same: from then on the page may guess."""
    for _ in range(times):
        early = visit(ads, rule)
        await early.answer([listing(*ids)], AMPLE)
        early.end()


async def test_a_page_that_was_seen_often_is_asked_for_before_its_products_are_there():
    async with asking() as (platform, ads):
        rule = a_rule(speculate=True)
        await seen_often(ads, rule, "p_1", "p_2")
        asked = len(platform.requests)
        early = visit(ads, rule)
        await asyncio.wait_for(platform.asked(asked + 1), AMPLE)
        found = await early.answer([listing("p_2", "p_1")], AMPLE)
        early.end()
        assert ids_of(found) == [["p_1"]]
        assert len(platform.requests) == asked + 1
        assert (ads.counts["guesses"], ads.counts["guesses_right"], ads.counts["guesses_wrong"]) == (1, 1, 0)


async def test_where_other_products_came_the_guess_is_thrown_away_and_asked_anew():
    async with asking() as (platform, ads):
        platform.replies = first_of_each
        rule = a_rule(speculate=True)
        await seen_often(ads, rule, "p_1", "p_2")
        asked = len(platform.requests)
        early = visit(ads, rule)
        await asyncio.wait_for(platform.asked(asked + 1), AMPLE)
        found = await early.answer([listing("p_1", "p_3")], AMPLE)
        assert ids_of(found) == [["p_1"]]
        assert [one["products"]["ids"] for one in platform.requests[-1].auctions] == [["p_1", "p_3"]]
        assert len(platform.requests) == asked + 2
        assert (ads.counts["guesses_right"], ads.counts["guesses_wrong"]) == (0, 1)


async def test_no_answer_serves_two_visits():
    async with asking() as (platform, ads):
        rule = a_rule(speculate=True)
        await seen_often(ads, rule, "p_1", "p_2")
        asked = len(platform.requests)
        both = [visit(ads, rule), visit(ads, rule)]
        for early in both:
            await early.answer([listing("p_1", "p_2")], AMPLE)
        assert len(platform.requests) == asked + 2


async def test_a_page_whose_products_change_stops_guessing_and_begins_again():
    async with asking() as (_, ads):
        rule = a_rule(speculate=True)
        await seen_often(ads, rule, "p_1", "p_2")
        for number in range(2):
            early = visit(ads, rule)
            await early.answer([listing("p_1", f"new_{number}")], AMPLE)
            early.end()
        guesses = ads.counts["guesses"]
        await seen_often(ads, rule, "p_1", "p_2", times=9)
        assert ads.counts["guesses"] == guesses
        await seen_often(ads, rule, "p_1", "p_2", times=3)
        assert ads.counts["guesses"] > guesses


async def test_a_page_that_brings_no_listing_any_more_stops_guessing():
    async with asking() as (_, ads):
        rule = a_rule(speculate=True)
        await seen_often(ads, rule, "p_1", "p_2")
        for _ in range(5):
            visit(ads, rule).end()
        assert ads.counts["guesses"] == ads.counts["guesses_wrong"] == 2


async def test_without_the_rules_wish_nothing_is_asked_early():
    async with asking() as (platform, ads):
        await seen_often(ads, a_rule(), "p_1", "p_2")
        asked = len(platform.requests)
        visit(ads).end()
        assert (len(platform.requests), len(ads.foresight)) == (asked, 0)


async def test_a_shopper_waits_for_an_early_answer_no_longer_than_for_another():
    async with asking() as (platform, ads):
        rule = a_rule(speculate=True)
        await seen_often(ads, rule, "p_1", "p_2")
        platform.held.clear()
        early = visit(ads, rule)
        assert await reason_of(early.answer([listing("p_1", "p_2")], SOON)) is Reason.TOO_LATE
        platform.held.set()
        await idle(ads)
