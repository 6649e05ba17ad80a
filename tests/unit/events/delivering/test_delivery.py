"""The loop at work: an outbox, a real platform on loopback, and a clock that stands until it is turned."""

import asyncio
import logging
import random

import pytest

from proxy.events.delivering.answers import Verdict
from proxy.events.delivering.delivery import MOST_CLAIMS
from proxy.events.delivering.destination import MOST_CALLS, Mode
from proxy.events.event import V1, Shelf
from proxy.events.keeping.outbox import OutboxTrouble
from tests.delivering import an_event, delivering, events, running
from tests.event_platform import closes, fails, hangs, shows_a_page, takes, takes_and_closes
from tests.patience import until

V2 = "/v2/events"


async def test_events_of_every_kind_are_delivered_as_they_were_sent():
    async with delivering() as work:
        sent = [an_event(f"e-{kind}", kind) for kind in ("impressions", "clicks", "purchases", "pageviews", V1)]
        await work.put(*sent)
        await work.empty()
        assert {(call.path, call.body) for call in work.platform.calls} == {
            *((V2, b'{"%b":[%b]}' % (one.kind.encode(), one.body)) for one in sent[:-1]),
            ("/v1/events", sent[-1].body),
        }
        assert work.delivery.counts == {
            "attempts": 5,
            "retried": 0,
            "ambiguous": 0,
            "rejected_batches": 0,
            "expired": 0,
            **{f"delivered.{one.kind}": 1 for one in sent},
        }


async def test_fifty_go_in_one_request_and_no_more():
    async with delivering() as work:
        await work.put(*events("impressions", 120))
        await work.empty()
        assert sorted(len(call.ids) for call in work.platform.calls) == [20, 50, 50]
        assert len(work.platform.ids) == work.platform.received == 120


async def test_kinds_take_turns_so_that_a_flood_holds_nobody_up():
    async with delivering(prepare=lambda work: work.platform.held.clear()) as work:
        await work.put(*events("impressions", 500), an_event("buy", "purchases"), an_event("old", V1))
        await work.called(3)
        work.platform.held.set()
        await work.empty()
        first = [call.ids for call in work.platform.calls[: MOST_CALLS + 1]]
        assert ["buy"] in first
        assert ["old"] in first


async def test_a_few_calls_go_side_by_side():
    async with delivering(prepare=lambda work: work.platform.held.clear()) as work:
        await work.put(*events("impressions", 500))
        await work.called(MOST_CALLS)
        await work.rounds(5)
        assert work.platform.under_way == MOST_CALLS
        work.platform.held.set()
        await work.empty()
        assert work.platform.most_under_way == MOST_CALLS


async def test_one_at_a_time_while_it_fails():
    async with delivering() as work:
        work.platform.always(fails(503))
        await work.put(*events("impressions", 300))
        await work.called(1)
        await work.settled()
        work.platform.most_under_way = 0
        await work.until_called(len(work.platform.calls) + 4)
        assert work.platform.most_under_way == 1
        work.platform.always(None)
        await work.empty_with_time()
        assert len(work.platform.ids) == 300


async def test_an_outage_is_no_stream_of_calls():
    async with delivering() as work:
        work.platform.always(fails(500))
        await work.put(*events("impressions", 200), *events("clicks", 200), *events("purchases", 200))
        await work.until_called(1)
        for _ in range(200):
            work.clock.advance(3.0)
            await work.rounds(1)
        await work.settled()
        assert len(work.platform.calls) < MOST_CALLS + 20


async def test_the_key_is_read_for_each_call_and_stands_in_the_head_alone():
    async with delivering() as work:
        await work.put(an_event("a"))
        await work.empty()
        work.key = work.platform.key = "TSE_second"
        await work.put(an_event("b"))
        await work.empty()
        assert [call.headers["authorization"] for call in work.platform.calls] == [
            "Bearer TSE_canary",
            "Bearer TSE_second",
        ]
        assert all("cookie" not in call.headers for call in work.platform.calls)


async def test_a_mended_event_is_delivered_after_a_retry():
    """A thousand good events and five poisonous ones among them."""
    poisonous = [f"impressions-{place}" for place in (0, 49, 50, 512, 1004)]
    async with delivering() as work:
        work.platform.poison(*poisonous)
        await work.put(*events("impressions", 1005))
        await until(lambda: len(work.platform.ids) == 1000)
        await until(lambda: work.delivery.counts["dead.impressions"] == 5)
        dead = await work.dead()
        assert {one.event.id for one in dead} == set(poisonous)
        assert {one.said for one in dead} == {f"status 400, bad_request: {id} is no good" for id in poisonous}
        assert work.platform.received == 1000
        work.platform.mend("impressions-512")
        (one,) = await work.outbox.find("impressions-512")
        assert await work.outbox.retry(one.ref, an_event("impressions-512", mended=True))
        await work.empty()
        assert len(work.platform.ids) == 1001
        assert b'"mended": true' in work.platform.stored["impressions"]["impressions-512"]
        assert len(await work.dead()) == 4


async def test_an_event_that_is_too_old_is_not_posted_but_kept_with_what_was_said_last():
    async with delivering() as work:
        work.platform.always(fails(503))
        await work.put(an_event("old"))
        await work.called(1)
        await work.settled()
        work.clock.advance(72 * 3600)
        work.platform.always(None)
        await until(lambda: work.delivery.counts["expired"])
        (one,) = await work.dead()
        assert one.said == "not delivered within 72 hours; the ad platform last said: status 503"
        assert len(work.platform.calls) == 1


async def test_who_does_not_lead_posts_nothing():
    async with delivering(prepare=lambda work: setattr(work.outbox, "leads", False)) as work:
        await work.put(*events("impressions", 3))
        await work.rounds(5)
        assert work.platform.calls == []
        work.outbox.leads = True
        work.clock.advance(1)
        await work.empty()


async def test_twenty_refused_ones_in_a_row_are_kept_and_delivered_once_the_set_up_is_mended():
    async with delivering() as work:
        work.platform.always(fails(400, body=b'{"errCode":"bad_request","message":"wrong account"}'))
        await work.put(*events("clicks", 50))
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        assert work.delivery.state[V2].why.endswith("wrong account")
        await work.settled()
        assert await work.dead() == []
        work.platform.always(None)
        await work.empty_with_time()
        assert len(work.platform.ids) == 50


async def test_a_few_refused_ones_are_dead_at_once():
    async with delivering() as work:
        work.platform.poison("clicks-0", "clicks-1", "clicks-2")
        await work.put(*events("clicks", 3))
        await until(lambda: work.delivery.counts["dead.clicks"] == 3)
        assert work.delivery.state[V2].mode is Mode.GOING


async def test_while_it_stands_still_nothing_grows_older_and_the_outbox_says_why(caplog):
    async with delivering() as work:
        work.platform.always(fails(404))
        await work.put(*events("clicks", 2))
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        await until(lambda: work.outbox.stood_still)
        for _ in range(100):
            work.clock.advance(5)
            await work.rounds(1)
        status = await work.outbox.status()
        assert status.paused == ("/v2/events: status 404: --ads-url does not lead to the ad platform's API; correct it")
        assert status.oldest < 10
        loud = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert len(loud) == 1
        assert "--ads-url" in loud[0].message
        work.platform.always(None)
        await work.empty_with_time()
        await work.rounds()
        assert (await work.outbox.status()).paused == ""


async def test_one_address_that_stands_still_is_minded_also_while_the_other_has_much_to_do():
    async with delivering() as work:
        work.platform.next(fails(404))
        await work.put(an_event("old", V1))
        await until(lambda: work.delivery.state["/v1/events"].mode is Mode.PAUSED)
        await work.settled()
        rounds = work.delivery.rounds
        await work.put(*events("impressions", 5000))
        await until(lambda: len(work.platform.ids) == 5000)
        assert work.delivery.rounds - rounds >= 100 // MOST_CLAIMS
        work.clock.advance(61)
        await until(lambda: "old" in work.platform.ids)


async def test_probes_come_once_soon_and_then_every_minute_each_with_an_event_not_tried_before():
    async with delivering() as work:
        work.platform.always(fails(403))
        await work.put(*events("clicks", 60))
        await work.called(2)
        await work.settled()
        assert sorted(len(call.ids) for call in work.platform.calls) == [10, 50]
        calls = len(work.platform.calls)
        await work.put(*events("clicks", 5, begin=60))
        took = [await work.until_called(calls + 1 + place, step=0.5) for place in range(4)]
        assert took[0] == pytest.approx(1, abs=0.6)
        assert took[1:] == pytest.approx([60, 60, 60], abs=0.6)
        assert [call.ids for call in work.platform.calls[calls:]] == [[f"clicks-{60 + place}"] for place in range(4)]


async def test_tried_events_probe_where_there_is_no_other_and_take_turns():
    async with delivering() as work:
        work.platform.always(fails(403))
        await work.put(*events("clicks", 3))
        await work.called(1)
        await work.until_called(7, step=5)
        assert {id for call in work.platform.calls[1:] for id in call.ids} == {"clicks-0", "clicks-1", "clicks-2"}


async def test_one_that_a_fire_wall_dislikes_does_not_hold_the_others_up():
    async def fire_wall(request, platform):
        if b'"clicks-7"' in await request.read():
            return await fails(403)(request, platform)
        return await takes(request, platform)

    async with delivering() as work:
        work.platform.always(fire_wall)
        await work.put(*events("clicks", 500))
        for _ in range(3000):
            await work.rounds(1)
            if len(work.platform.ids) == 499:
                break
            work.clock.advance(1)
        assert len(work.platform.ids) == 499


async def test_a_new_key_is_tried_at_once():
    async with delivering() as work:
        work.key = "TSE_wrong"
        await work.put(*events("clicks", 2))
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        await work.until_called(3, step=1)
        await work.settled()
        work.clock.advance(6)
        await work.rounds()
        before = len(work.platform.calls)
        work.key = work.platform.key
        await work.called(before + 1)
        await work.empty()


async def test_a_key_that_is_none_is_a_fault_of_the_set_up_and_costs_no_call():
    async with delivering(prepare=lambda work: setattr(work, "key", "")) as work:
        await work.put(*events("clicks", 2))
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        assert "the key is empty" in work.delivery.state[V2].why
        assert work.platform.calls == []
        work.clock.advance(10)
        work.key = work.platform.key
        await work.empty()


async def test_the_key_is_never_told(caplog):
    async with delivering() as work:
        for status in (400, 401, 404, 503):
            body = b'{"errCode":"%s","message":"TSE_canary TSE_c\\u0061nary"}' % work.key.encode()
            work.platform.next(fails(status, body=body))
        await work.put(*events("clicks", 1))
        await until(lambda: work.delivery.counts["dead.clicks"])
        await work.put(*events("clicks", 3, begin=10))
        await work.empty_with_time()
        told = caplog.text + repr(work.delivery.state) + repr(await work.dead()) + repr(work.watched)
        told += repr(work.outbox.stood_still) + repr(work.outbox.settled) + repr(vars(work.delivery))
        assert "TSE_canary" not in told
        assert "***" in told


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_the_platform_does_every_event_ends_at_it_or_among_the_dead(seed):
    chance = random.Random(seed)
    bad = {f"clicks-{chance.randrange(300)}" for _ in range(8)}
    moods = [takes] * 6 + [
        fails(400),
        fails(401),
        fails(429, "3"),
        fails(500),
        fails(503),
        shows_a_page,
        closes,
        takes_and_closes,
    ]

    async def moody(request, platform):
        return await chance.choice(moods)(request, platform)

    async with delivering() as work:
        work.platform.poison(*bad)
        work.platform.always(moody)
        await work.put(*events("clicks", 300), *events("purchases", 40))
        for _ in range(300):
            await work.rounds(1)
            work.clock.advance(chance.random())
        work.platform.always(None)
        await work.empty_with_time()
        sent = {one.id for one in (*events("clicks", 300), *events("purchases", 40))}
        dead = {one.event.id for one in await work.dead()}
        assert work.platform.ids | dead == sent
        assert bad <= dead
        assert not bad & work.platform.ids
        assert work.outbox.claimed == 0


# -- our own troubles ---------------------------------------------------------


async def test_an_outbox_that_cannot_note_a_delivery_is_told_again_before_anything_else_goes_out():
    async with delivering(prepare=lambda work: work.platform.held.clear()) as work:
        await work.put(*events("clicks", 1))
        await work.called(1)
        work.outbox.broken = OutboxTrouble("disk", "no room")
        work.platform.held.set()
        await until(lambda: work.delivery.counts["delivered.clicks"] == 1)
        await work.rounds()
        work.outbox.broken = None
        await work.empty()
        await work.put(*events("clicks", 1, begin=1))
        await work.empty()
        assert work.platform.received == 2


async def test_a_mistake_of_ours_is_logged_and_counted_and_the_loop_goes_on(caplog):
    async with delivering() as work:
        work.outbox.broken = ZeroDivisionError("a bug")
        await until(lambda: work.delivery.counts["bugs"] >= 2)
        work.outbox.broken = None
        await work.put(*events("clicks", 1))
        await work.empty()
        assert "ZeroDivisionError: a bug" in caplog.text


async def test_a_mistake_of_ours_within_a_call_loses_no_event(caplog):
    def stumbles(posting):
        if len(work.watched) == 1:
            raise ZeroDivisionError("a bug in a watcher")

    async with delivering() as work:
        watched = work.watched
        work.delivery._watch = lambda posting: (watched.append(posting), stumbles(posting))
        work.platform.poison("clicks-3")
        await work.put(*events("clicks", 10))
        await until(lambda: work.delivery.counts["bugs"] == 1)
        await work.empty_with_time()
        assert len(work.platform.ids) == 9
        assert "a bug in a watcher" in caplog.text


async def test_an_outbox_that_is_away_is_named_once_and_what_waits_is_sent_when_it_is_back(caplog):
    async with delivering() as work:
        work.outbox.broken = OutboxTrouble("unreachable", "no Redis")
        await work.rounds(5)
        assert [record.getMessage().count("no Redis") for record in caplog.records] == [1]
        work.outbox.broken = None
        await work.put(*events("clicks", 1))
        await work.empty()


# -- the end --------------------------------------------------------------------


async def test_stopping_lets_calls_end_and_leaves_the_rest_untouched():
    async with delivering(prepare=lambda work: work.platform.held.clear()) as work:
        await work.put(*events("impressions", 1000))
        await work.called(MOST_CALLS)
        closing = asyncio.create_task(work.delivery.close(20))
        await asyncio.sleep(0)
        work.platform.held.set()
        await closing
        assert len(work.platform.calls) == MOST_CALLS
        assert len(work.platform.ids) == 50 * MOST_CALLS
        left = await work.waiting()
        assert len(left) == 1000 - 50 * MOST_CALLS
        assert {one.attempts for one in left} == {0}
        assert work.outbox.claimed == 0


async def test_stopping_does_not_wait_longer_than_it_may():
    async with delivering() as work:
        work.platform.always(hangs)
        await work.put(*events("impressions", 10))
        await work.called(1)
        await work.delivery.close(0.01)
        assert work.outbox.claimed == 0
        assert {one.attempts for one in await work.waiting()} == {0}


async def test_a_halving_under_way_ends_between_two_calls():
    async with delivering(prepare=lambda work: work.platform.held.clear()) as work:
        work.platform.poison("clicks-0")
        await work.put(*events("clicks", 50))
        await work.called(1)
        closing = asyncio.create_task(work.delivery.close(20))
        await asyncio.sleep(0)
        work.platform.held.set()
        await closing
        assert len(work.platform.calls) == 1
        assert len(await work.waiting()) == 50
        assert work.outbox.claimed == 0


async def test_cancelling_leaves_no_task_and_no_claim():
    async with delivering() as work:
        await work.delivery.close(0)
        before = asyncio.all_tasks()
        again = type(work.delivery)(work.outbox, work.client, lambda: work.key, work.clock, look=0.01)
        work.platform.always(hangs)
        await work.put(*events("clicks", 3))
        task = asyncio.create_task(again.run())
        await work.called(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ours = {one for one in asyncio.all_tasks() - before if one.get_name() == "events"}
        assert ours == set()
        assert work.outbox.claimed == 0


async def test_stopping_twice_and_before_the_start_is_no_trouble():
    async with delivering() as work:
        await work.delivery.close(0)
        await work.delivery.close(0)
        never = type(work.delivery)(work.outbox, work.client, lambda: work.key, work.clock)
        await never.close(1)
        async with running(never):
            pass


# -- watching ---------------------------------------------------------------------


async def test_every_call_is_watched_with_its_meaning():
    async with delivering() as work:
        work.platform.next(closes)
        await work.put(*events("clicks", 2))
        await work.until_called(2)
        await work.empty()
        assert [(one.path, one.kind, one.events, one.meaning.verdict) for one in work.watched] == [
            (V2, "clicks", 2, Verdict.AGAIN),
            (V2, "clicks", 2, Verdict.TAKEN),
        ]
        assert [one.meaning.ambiguous for one in work.watched] == [True, False]


async def test_the_state_says_when_something_was_taken_last():
    async with delivering() as work:
        assert work.delivery.state[V2].taken_ago is None
        await work.put(an_event("a"))
        await work.empty()
        work.clock.advance(7)
        assert work.delivery.state[V2].taken_ago == 7
        assert work.delivery.state["/v1/events"].taken_ago is None


async def test_filtered_events_are_not_delivered():
    async with delivering() as work:
        await work.outbox.filter([an_event("bot")], "a crawler")
        await work.rounds()
        assert work.platform.calls == []
        assert [one.event.id async for one in work.outbox.each(Shelf.FILTERED)] == ["bot"]
