"""One batch, however it ends: each of its events is settled exactly once."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from proxy.clock import ManualClock
from proxy.events.delivering.flight import Flight
from proxy.events.delivering.lane import lanes
from proxy.events.delivering.ledger import Ledger
from proxy.events.keeping.outbox import Again, Dead, Delivered, Untouched
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.delivering import events
from tests.event_platform import KEY, EventPlatform, fails, hangs
from tests.in_memory_outbox import InMemoryOutbox
from tests.patience import until


class Setting:
    def __init__(self, platform, client):
        self.platform = platform
        self.clock = ManualClock(now=1000.0)
        self.outbox = InMemoryOutbox(self.clock)
        self.counts = Counter()
        self.calls = []
        self.stopping = False
        self.ledger = Ledger(self.outbox)
        self.lane, _ = lanes(client, lambda: KEY, self.clock, lambda: 0.5)

    async def flight(self, number, probe=False):
        await self.outbox.put(events("clicks", number))
        claimed = await self.outbox.claim("clicks", 50)
        watch = self.calls.append
        lane, ledger = self.lane, self.ledger
        return Flight(lane, claimed, ledger, self.counts, self.clock, watch, lambda: self.stopping, probe)

    def settled(self):
        assert len({one.ref for one in self.outbox.settled}) == len(self.outbox.settled)
        return Counter(type(one) for one in self.outbox.settled)


@asynccontextmanager
async def flying():
    async with EventPlatform() as platform:
        client = Client(Origin.parse(platform.url), connections=4, name="ad platform")
        yield Setting(platform, client)
        await client.close()


@pytest.mark.parametrize("bad", [0, 24, 49])
async def test_the_bad_one_stands_alone_and_the_others_are_delivered(bad):
    async with flying() as setting:
        setting.platform.poison(f"clicks-{bad}")
        await (await setting.flight(50)).run()
        assert setting.settled() == {Delivered: 49, Dead: 1}
        assert setting.platform.received == 49
        assert len(setting.calls) <= 13
        assert setting.counts["rejected_batches"] <= 6
        assert (setting.counts["delivered.clicks"], setting.counts["dead.clicks"]) == (49, 1)


async def test_no_dead_letter_is_written_before_its_end():
    async with flying() as setting:
        setting.platform.poison("clicks-0")
        flight = await setting.flight(3)
        calls = setting.calls
        setting.lane.post.send, send = _watching(setting), setting.lane.post.send
        setting.send = send
        await flight.run()
        assert len(calls) == 5
        assert setting.settled() == {Delivered: 2, Dead: 1}
        assert isinstance(setting.outbox.settled[-1], Dead)


def _watching(setting):
    async def send(body):
        assert not any(isinstance(one, Dead) for one in setting.outbox.settled)
        return await setting.send(body)

    return send


async def test_an_outage_within_a_halving_leaves_the_rest_untouched():
    async with flying() as setting:
        setting.platform.next(fails(400), fails(503))
        await (await setting.flight(10)).run()
        assert setting.settled() == {Again: 5, Untouched: 5}
        assert len(setting.calls) == 2


async def test_twenty_that_are_refused_in_a_row_are_not_dead():
    async with flying() as setting:
        setting.platform.always(fails(422))
        await (await setting.flight(50)).run()
        assert setting.settled() == {Again: 20, Untouched: 30}
        assert setting.counts["dead.clicks"] == 0


async def test_a_refused_probe_is_not_dead():
    async with flying() as setting:
        setting.platform.always(fails(422))
        await (await setting.flight(1, probe=True)).run()
        assert setting.settled() == {Again: 1}


async def test_who_is_too_old_is_not_posted():
    async with flying() as setting:
        await setting.outbox.put(events("clicks", 2, begin=100))
        setting.clock.advance(72 * 3600)
        await (await setting.flight(3)).run()
        assert setting.settled() == {Delivered: 3, Dead: 2}
        assert setting.counts["expired"] == 2
        assert setting.platform.received == 3


async def test_stopping_puts_down_what_was_not_posted():
    async with flying() as setting:
        setting.stopping = True
        await (await setting.flight(3)).run()
        assert setting.settled() == {Untouched: 3}
        assert setting.calls == []


async def test_cutting_it_short_owes_every_event():
    async with flying() as setting:
        setting.platform.always(hangs)
        task = asyncio.create_task((await setting.flight(3)).run())
        await until(lambda: setting.platform.calls)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await setting.ledger.pay()
        assert setting.settled() == {Untouched: 3}


async def test_a_mistake_of_ours_costs_no_event_and_slows_the_lane_down(caplog):
    async with flying() as setting:

        def stumbles(_):
            raise ZeroDivisionError("a bug")

        flight = await setting.flight(3)
        setting.lane.body_of = stumbles
        await flight.run()
        assert setting.settled() == {Again: 3}
        assert setting.counts["bugs"] == 1
        assert setting.lane.room == 0
        assert "ZeroDivisionError: a bug" in caplog.text
