"""Block F, the delivery of events: what happens to them between the outbox and the ad platform.

The outbox is the one in SQLite, the ad platform a real server that follows the
vendor's contract until a row tells it otherwise. Time is turned by hand where a
row is about pauses; rows about the end of a process have one.
"""

import asyncio
import contextlib
import logging
import signal
import sys
from email.utils import formatdate
from pathlib import Path

import pytest

from proxy.clock import ManualClock, SystemClock
from proxy.events.backoff import FIRST
from proxy.events.delivering.destination import MOST_CALLS, PROBE_EVERY, Mode
from proxy.events.event import V1, Shelf
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.wire import tls
from tests.conformance.running import CANARY, Proxy
from tests.delivering import an_event, delivering, events
from tests.event_platform import (
    KEY,
    EventPlatform,
    fails,
    leads_to,
    shows_a_page,
    takes,
    takes_and_closes,
    takes_and_hangs,
)
from tests.patience import until
from tests.ports import free_port
from tests.unit.wire.test_tls import Authority, expired, of_1_1, of_another_authority, wrong_host

ROOT = Path(__file__).resolve().parents[2]
PROCESS = Path(__file__).with_name("delivery_process.py")
V2 = "/v2/events"


class JumpyClock(ManualClock):
    """A clock whose calendar may be set, as ntpd does."""

    def jump(self, seconds):
        self._wall += seconds


@pytest.fixture
def clock():
    return JumpyClock(now=1000.0)


@pytest.fixture
def outbox(tmp_path, clock):
    return SqliteOutbox(tmp_path / "data", size=1 << 28, clock=clock)


@contextlib.asynccontextmanager
async def kept(folder, clock=None):
    """The outbox of a folder, for one who puts and looks."""
    outbox = SqliteOutbox(folder, size=1 << 28, clock=clock or SystemClock())
    await outbox.open()
    try:
        yield outbox
    finally:
        await outbox.close()


async def waiting_in(folder):
    async with kept(folder) as outbox:
        return [one.event.id async for one in outbox.each(Shelf.WAITING)]


@contextlib.asynccontextmanager
async def a_process(folder, url, within=20):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROCESS), str(folder), url, str(within)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    try:
        assert await process.stdout.readline() == b"delivering\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


# -- retries --------------------------------------------------------------------


async def test_F16_what_failed_is_sent_again_as_it_was_within_the_policys_pauses(outbox, clock):
    async with delivering(outbox=outbox, clock=clock) as work:
        work.chance = 0.9
        work.platform.next(fails(500), fails(500))
        event = an_event("e-1", price=1.10, note="é")
        await work.put(event)
        await work.called(1)
        pauses = [await work.until_called(number, step=0.01) for number in (2, 3)]
        await work.empty()
        assert [call.body for call in work.platform.calls] == [b'{"impressions":[%b]}' % event.body] * 3
        assert pauses == pytest.approx([0.9 * FIRST, 0.9 * 2 * FIRST], abs=0.03)
        assert len(work.platform.ids) == 1
        assert work.delivery.counts["retried"] == 2


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_F17_a_destination_that_asks_for_time_gets_it_and_the_other_goes_on(outbox, clock, form):
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.next(fails(429, "7" if form == "seconds" else formatdate(clock.wall() + 7, usegmt=True)))
        await work.put(*events("clicks", 1))
        await work.called(1)
        await work.settled()
        await work.put(*events("clicks", 200, begin=1), *events("purchases", 5), an_event("other", V1))
        await work.called(2)
        assert work.platform.calls[1].path == "/v1/events"
        passed = await work.until_called(3, step=0.1)
        assert passed == pytest.approx(7, abs=0.2)
        await work.empty_with_time()
        assert len(work.platform.ids) == 207


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_F18_the_bad_one_of_fifty_is_dead_with_the_reason_and_the_others_are_delivered(outbox, clock, status):
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.refuses_with = status
        work.platform.poison("clicks-31")
        await work.put(*events("clicks", 50))
        await work.empty()
        (dead,) = await work.dead()
        assert (dead.event.id, dead.said) == ("clicks-31", f"status {status}, bad_request: clicks-31 is no good")
        assert work.platform.ids == {f"clicks-{number}" for number in range(50)} - {"clicks-31"}
        assert work.platform.received == 49
        calls = len(work.platform.calls)
        assert calls <= 13
        clock.advance(3600)
        await work.rounds()
        assert len(work.platform.calls) == calls


async def test_F18_of_a_thousand_good_ones_and_five_bad_ones_all_good_ones_arrive_and_a_mended_one_too(outbox, clock):
    bad = [f"impressions-{place}" for place in (0, 49, 50, 512, 1004)]
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.poison(*bad)
        await work.put(*events("impressions", 1005))
        await work.empty()
        dead = await work.dead()
        assert sorted(one.event.id for one in dead) == sorted(bad)
        assert all(one.said == f"status 400, bad_request: {one.event.id} is no good" for one in dead)
        assert len(work.platform.ids) == work.platform.received == 1000
        work.platform.mend("impressions-512")
        (one,) = await outbox.find("impressions-512")
        assert await outbox.retry(one.ref, an_event("impressions-512", mended=True))
        await until(lambda: "impressions-512" in work.platform.ids)
        await work.empty()
        assert len(await work.dead()) == 4


# -- the set-up is at fault -------------------------------------------------------

FAULTS = {
    **{str(status): fails(status) for status in (401, 402, 403, 404, 405)},
    "redirect": leads_to(302, "https://elsewhere.example/v2/events"),
    "page": shows_a_page,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_F19_a_fault_of_the_set_up_pauses_everything_until_it_is_mended(outbox, clock, caplog, fault):
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.always(FAULTS[fault])
        await work.put(*events("clicks", 120))
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        await work.settled()
        begun = len(work.platform.calls)
        assert begun <= MOST_CALLS
        await work.until_called(begun + 1)
        probes = [await work.until_called(begun + number, step=1) for number in (2, 3, 4)]
        assert probes == pytest.approx([PROBE_EVERY] * 3, abs=2)
        assert all(len(call.ids) == 1 for call in work.platform.calls[begun:])
        status = await outbox.status()
        assert status.paused
        assert status.waiting == {"clicks": 120}
        assert status.dead == {}
        assert status.oldest < 30
        errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert len(errors) == 1
        assert KEY not in errors[0].getMessage()
        work.platform.always(None)
        await work.empty_with_time()
        assert len(work.platform.ids) == 120
        await until(lambda: work.delivery.state[V2].mode is Mode.GOING)
        await work.rounds()
        assert (await outbox.status()).paused == ""


async def test_F19_its_seventy_two_hours_stand_still(outbox, clock, tmp_path):
    async with kept(tmp_path / "data", clock) as before:
        await before.put(events("clicks", 3))
    clock.advance(72 * 3600 - 60)
    async with delivering(outbox=outbox, clock=clock, prepare=lambda work: work.platform.always(fails(401))) as work:
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        for _ in range(240):
            await work.rounds(2)
            clock.advance(2.5)
        work.platform.always(None)
        await work.empty_with_time()
        assert len(work.platform.ids) == 3
        assert await work.dead() == []


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_F21_a_redirect_is_not_followed_and_the_key_goes_nowhere(outbox, clock, status):
    async with EventPlatform() as elsewhere, delivering(outbox=outbox, clock=clock) as work:
        work.platform.always(leads_to(status, elsewhere.url + V2))
        await work.put(*events("clicks", 2))
        await until(lambda: work.delivery.state[V2].mode is Mode.PAUSED)
        await work.until_called(4, step=1)
        assert elsewhere.calls == []
        assert "--ads-url" in work.delivery.state[V2].advice
        assert len(await work.waiting()) == 2


# -- nobody knows what came of it ---------------------------------------------------


async def test_F20_a_platform_that_closes_after_the_body_gets_the_same_events_again(outbox, clock):
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.next(takes_and_closes, takes_and_closes, takes_and_closes)
        await work.put(*events("clicks", 120))
        await work.empty_with_time()
        assert work.delivery.counts["ambiguous"] == 3
        assert len(work.platform.ids) == 120
        assert work.platform.received > 120


async def test_F20_a_platform_that_does_not_answer_gets_the_same_events_again(outbox, clock):
    async with delivering(outbox=outbox, clock=clock, wire_clock=clock) as work:
        work.platform.next(takes_and_hangs)
        await work.put(*events("clicks", 7))
        await work.called(1)
        clock.advance(10.1)
        await until(lambda: work.delivery.counts["ambiguous"] == 1)
        await work.empty_with_time(step=0.1)
        assert [call.body for call in work.platform.calls[1:]] == [work.platform.calls[0].body]
        assert len(work.platform.ids) == 7


# -- the end of a process ------------------------------------------------------------


async def test_F23_one_that_is_killed_before_it_noted_the_204_sends_those_events_again(tmp_path):
    noted = asyncio.Event()

    async def takes_and_is_killed(request, platform):
        answer = await takes(request, platform)
        noted.set()
        await asyncio.Event().wait()
        return answer

    async with EventPlatform() as platform:
        async with kept(tmp_path) as outbox:
            await outbox.put(events("impressions", 1000))
        platform.next(takes, takes, takes, takes_and_is_killed)
        async with a_process(tmp_path, platform.url) as process:
            await asyncio.wait_for(noted.wait(), 20)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with a_process(tmp_path, platform.url):
            await until(lambda: len(platform.ids) == 1000)
        assert 0 < platform.received - 1000 <= 50 * MOST_CALLS
        assert all(platform.calls.count(call) >= 1 for call in platform.calls)


async def test_F27_on_sigterm_what_is_under_way_ends_and_the_rest_stays_for_the_next_process(tmp_path):
    async with EventPlatform() as platform:
        async with kept(tmp_path) as outbox:
            for begin in range(0, 10_000, 2_500):
                await outbox.put(events("impressions", 2_500, begin))
        platform.held.clear()
        async with a_process(tmp_path, platform.url) as process:
            await until(lambda: platform.under_way == MOST_CALLS)
            process.send_signal(signal.SIGTERM)
            platform.held.set()
            said, _ = await process.communicate()
            assert process.returncode == 0
        sent = len(platform.calls)
        assert int(said) == sent
        assert platform.received == 50 * sent < 10_000
        assert len(await waiting_in(tmp_path)) == 10_000 - platform.received
        async with a_process(tmp_path, platform.url):
            await until(lambda: len(platform.ids) == 10_000)
        assert platform.received == 10_000


async def test_F27_the_whole_proxy_ends_what_is_under_way_and_delivers_the_rest_when_it_is_back(tmp_path):
    async with EventPlatform() as platform:
        platform.key = CANARY
        async with kept(tmp_path / "data") as outbox:
            for begin in range(0, 10_000, 2_500):
                await outbox.put(events("impressions", 2_500, begin))
        platform.held.clear()
        proxy = Proxy(tmp_path, free_port(), platform.port, "--workers", "2")
        try:
            await asyncio.to_thread(proxy.begin)
            await asyncio.to_thread(proxy.wait_until_up)
            await until(lambda: platform.under_way == MOST_CALLS, proxy.output)
            proxy.process.send_signal(signal.SIGTERM)
            await until(lambda: "leaving" in proxy.output() or proxy.process.poll() is not None)
            platform.held.set()
            assert await asyncio.to_thread(proxy.process.wait, 20) == 0
            sent = platform.received
            assert len(await waiting_in(tmp_path / "data")) == 10_000 - sent > 0
            await asyncio.to_thread(proxy.begin)
            await asyncio.to_thread(proxy.wait_until_up)
            await until(lambda: len(platform.ids) == 10_000)
            assert platform.received == 10_000
        finally:
            await asyncio.to_thread(proxy.stop)
        assert CANARY not in proxy.output()


# -- clocks, TLS, order ------------------------------------------------------------------


@pytest.mark.parametrize("jump", [-3600, 3600])
async def test_F31_a_calendar_that_jumps_makes_neither_a_burst_nor_a_stall(outbox, clock, jump):
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.always(fails(503))
        await work.put(*events("clicks", 100))
        await work.until_called(6)
        await work.settled()
        clock.jump(jump)
        await work.rounds()
        assert len(work.platform.calls) == 6
        left = work.delivery.state[V2].next_in
        assert await work.until_called(7) == pytest.approx(left, abs=0.2)
        work.platform.always(None)
        await work.empty_with_time()
        assert len(work.platform.ids) == 100


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("made", [expired, wrong_host, of_another_authority, of_1_1])
async def test_F38_one_who_cannot_prove_to_be_the_platform_gets_nothing(outbox, clock, authority, caplog, made):
    trusted = tls.context(authority.file)
    async with delivering(outbox=outbox, clock=clock, tls=made(authority), trusted=trusted) as work:
        await work.put(*events("purchases", 3))
        for number in range(1, 5):
            await until(lambda number=number: work.delivery.counts["attempts"] >= number)
            await work.settled()
            clock.advance(10)
        assert work.platform.calls == []
        assert work.delivery.counts["ambiguous"] == 0
        assert "TLS" in work.delivery.state[V2].why
        assert work.delivery.state[V2].mode is Mode.BACKING_OFF
        assert any("TLS" in record.getMessage() for record in caplog.records)
        assert len(await work.waiting()) == 3
        assert await work.dead() == []


async def test_F39_while_the_platform_flaps_every_event_arrives_with_its_time_as_it_was_written(outbox, clock):
    turns = iter(range(10_000))

    async def flaps(request, platform):
        return await (takes if next(turns) % 3 == 2 else fails(503))(request, platform)

    times = ["2026-11-22T10:00:00.000001+05:30", "2026-11-22T04:30:00.1Z", "2026-11-22T04:30:01.10z"]
    async with delivering(outbox=outbox, clock=clock) as work:
        work.platform.always(flaps)
        for user in range(20):
            seen = an_event(f"seen-{user}", "impressions", occurredAt=times[user % 3], opaqueUserId=f"u{user}")
            clicked = an_event(f"clicked-{user}", "clicks", occurredAt=times[user % 2], opaqueUserId=f"u{user}")
            await work.put(seen, clicked)
            clock.advance(0.5)
        await work.empty_with_time()
        for user in range(20):
            assert times[user % 3].encode() in work.platform.stored["impressions"][f"seen-{user}"]
            assert times[user % 2].encode() in work.platform.stored["clicks"][f"clicked-{user}"]
