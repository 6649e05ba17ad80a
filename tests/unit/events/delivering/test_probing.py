"""Which event asks, and that none is left claimed."""

import pytest

from proxy.clock import ManualClock
from proxy.events.delivering.destination import Probe
from proxy.events.delivering.ledger import Ledger
from proxy.events.delivering.probing import MOST_HELD, event_for
from proxy.events.keeping.outbox import Again, OutboxTrouble
from tests.delivering import events
from tests.in_memory_outbox import InMemoryOutbox

KINDS = ("clicks", "purchases")


@pytest.fixture
def outbox():
    return InMemoryOutbox(ManualClock())


@pytest.fixture
def ledger(outbox):
    return Ledger(outbox)


async def tried(outbox, kind, *times):
    """Events of a kind that were posted so often."""
    await outbox.put(events(kind, len(times)))
    for one, number in zip(await outbox.claim(kind, 50), times, strict=True):
        for _ in range(number):
            await outbox.settle([Again(one.ref, 0.0, "status 401")])


@pytest.mark.parametrize("probe", Probe)
async def test_one_that_was_never_posted_comes_first_of_whatever_kind(outbox, ledger, probe):
    await tried(outbox, "clicks", 1, 2)
    await outbox.put(events("purchases", 2))
    found = await event_for(probe, KINDS, outbox, ledger)
    assert found.event.id == "purchases-0"
    assert outbox.claimed == 1


async def test_where_all_were_posted_the_one_that_was_posted_least_comes_and_the_others_stay(outbox, ledger):
    await tried(outbox, "clicks", 5, 3, 4)
    await tried(outbox, "purchases", 4, 2)
    found = await event_for(Probe.ANY, KINDS, outbox, ledger)
    assert found.event.id == "purchases-1"
    assert await ledger.pay()
    assert outbox.claimed == 1


async def test_only_a_few_are_held_for_the_choice(outbox, ledger):
    await tried(outbox, "clicks", *[9] * 20)
    assert await event_for(Probe.ANY, KINDS, outbox, ledger) is not None
    assert outbox.claimed == MOST_HELD


async def test_where_only_one_that_was_never_posted_will_do_there_may_be_none(outbox, ledger):
    await tried(outbox, "clicks", 1)
    assert await event_for(Probe.UNTRIED, KINDS, outbox, ledger) is None
    assert outbox.claimed == 0


async def test_where_nothing_waits_there_is_none(outbox, ledger):
    assert await event_for(Probe.ANY, KINDS, outbox, ledger) is None


async def test_trouble_in_the_middle_leaves_nothing_claimed(outbox, ledger):
    await tried(outbox, "clicks", 1, 1)
    claim = outbox.claim

    async def breaks(kind, most):
        if outbox.claimed:
            raise OutboxTrouble("disk", "a test says so")
        return await claim(kind, most)

    outbox.claim = breaks
    with pytest.raises(OutboxTrouble):
        await event_for(Probe.ANY, KINDS, outbox, ledger)
    assert await ledger.pay()
    assert outbox.claimed == 0
