"""What is owed is paid, however often the outbox cannot take it."""

import asyncio

import pytest

from proxy.clock import ManualClock
from proxy.events.delivering.ledger import Ledger
from proxy.events.keeping.outbox import Delivered, OutboxTrouble, Untouched
from tests.in_memory_outbox import InMemoryOutbox


@pytest.fixture
def outbox():
    return InMemoryOutbox(ManualClock())


async def test_what_is_owed_is_paid_once(outbox):
    ledger = Ledger(outbox)
    ledger.owe([Delivered("a")])
    ledger.owe([Untouched("b")])
    assert not ledger.is_clear
    assert await ledger.pay()
    assert await ledger.pay()
    assert ledger.is_clear
    assert outbox.settled == [Delivered("a"), Untouched("b")]


async def test_what_cannot_be_paid_stays_owed_in_its_order_and_one_line_is_logged(outbox, caplog):
    ledger = Ledger(outbox)
    outbox.broken = OutboxTrouble("disk", "no room")
    ledger.owe([Delivered("a")])
    assert not await ledger.pay()
    ledger.owe([Delivered("b")])
    assert not await ledger.pay()
    assert len(caplog.records) == 1
    outbox.broken = None
    assert await ledger.pay()
    assert outbox.settled == [Delivered("a"), Delivered("b")]


async def test_a_payment_that_is_cut_short_is_owed_again(outbox):
    began = asyncio.Event()

    async def never(settlements):
        began.set()
        await asyncio.Event().wait()

    ledger, settle = Ledger(outbox), outbox.settle
    outbox.settle = never
    ledger.owe([Delivered("a")])
    paying = asyncio.create_task(ledger.pay())
    await began.wait()
    paying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await paying
    outbox.settle = settle
    assert await ledger.pay()
    assert outbox.settled == [Delivered("a")]
