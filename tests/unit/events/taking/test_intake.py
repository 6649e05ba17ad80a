"""What becomes of events that came in. The answers that go with it are tried at the door (test_handler.py)."""

import asyncio
import json
from collections import Counter

import pytest

from proxy.clock import ManualClock
from proxy.events.event import Shelf
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.taking import replies
from proxy.events.taking.batch import read_batch, read_v1
from proxy.events.taking.intake import Intake
from proxy.events.taking.replies import Refusal
from tests.events_door import Handing, a_purchase, a_v1_click, an_event, request
from tests.in_memory_outbox import InMemoryOutbox
from tests.patience import until

NOW = "2023-11-14T22:13:20Z"


class Room:
    """An intake with what stands behind it."""

    def __init__(self):
        clock = ManualClock()
        self.outbox, self.forward, self.counts = InMemoryOutbox(clock), Handing(200, b'{"clickId":"c"}'), Counter()
        self.intake = Intake(self.outbox, self.forward, clock, self.counts)

    async def ids(self, shelf=Shelf.WAITING):
        return [kept.event.id async for kept in self.outbox.each(shelf)]


@pytest.fixture
def room():
    return Room()


def click(**more):
    return read_v1(json.dumps(a_v1_click(**more)).encode())


async def test_what_is_new_seen_or_in_conflict_is_counted_as_that(room):
    events = [an_event("a"), an_event("b"), an_event("a"), an_event("b", channel="x")]
    await room.intake.keep(read_batch(request(clicks=events)), None)
    assert await room.ids() == ["a", "b", "b"]
    assert room.counts == {"taken|clicks": 3, "seen": 1, "conflicts": 1}


async def test_nothing_is_nothing(room):
    await room.intake.keep([], None)
    await room.intake.keep([], "crawler")
    assert room.counts == {}


async def test_invalid_traffic_is_set_aside_and_purchases_are_not(room):
    await room.intake.keep(read_batch(request(clicks=[an_event("c")], purchases=[a_purchase("p")])), "prefetch")
    assert (await room.ids(), await room.ids(Shelf.FILTERED)) == (["p"], ["c"])
    assert room.counts == {"filtered|prefetch": 1, "taken|purchases": 1}


async def test_an_outbox_that_cannot_keep_them_refuses_the_request(room):
    room.outbox.broken = OutboxTrouble("unreachable", "")
    with pytest.raises(Refusal) as refusal:
        await room.intake.keep(read_batch(request(clicks=[an_event()])), None)
    assert (refusal.value.why, refusal.value.told) == ("unreachable", replies.not_kept())


async def test_what_is_set_aside_needs_no_room(room):
    room.outbox.broken = OutboxTrouble("full", "")
    await room.intake.keep(read_batch(request(clicks=[an_event()])), "crawler")
    assert room.counts == {"filtered|crawler": 1}


@pytest.mark.parametrize(
    ("moment", "counted"),
    [(NOW, {}), ("2023-11-14T23:13:20Z", {"clock|ahead": 1}), ("2023-10-01T00:00:00Z", {"clock|behind": 1})],
)
async def test_a_clock_that_is_off_is_counted_once_an_event_is_taken(room, moment, counted):
    await room.intake.keep(read_batch(request(clicks=[an_event(occurredAt=moment)] * 2)), None)
    assert room.counts == {"taken|clicks": 1, "seen": 1, **counted}


async def test_an_event_of_version_1_is_handed_on_as_it_came(room):
    one = click(x=1.50)
    told = await room.intake.hand_on(one, None)
    assert (told.status, told.body) == (200, b'{"clickId":"c"}')
    assert room.forward.given == [one.event.body]


async def test_invalid_traffic_of_version_1_is_set_aside_and_answered(room):
    told = await room.intake.hand_on(click(id="c"), "crawler")
    assert (told.status, told.body, room.forward.given) == (202, b"{}", [])
    assert await room.ids(Shelf.FILTERED) == ["c"]


async def test_what_was_begun_is_waited_for_at_the_end(room):
    room.forward.waits = asyncio.Event()
    sender = asyncio.create_task(room.intake.hand_on(click(), None))
    await until(lambda: room.forward.given)
    sender.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sender
    closing = asyncio.create_task(room.intake.close())
    await asyncio.sleep(0)
    assert not closing.done()
    room.forward.waits.set()
    await closing
