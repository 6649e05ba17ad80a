"""The thread that commits for everybody who waits."""

import asyncio
import sqlite3

import pytest

from proxy.clock import ManualClock
from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.sqlite import writer as writing
from proxy.events.keeping.sqlite.locks import Turns
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.writer import Writer
from tests.unit.events.keeping.outbox_contract import an_event


@pytest.fixture
async def writer(tmp_path):
    writer = Writer(Place(tmp_path), 1 << 30, ManualClock())
    writer.start()
    yield writer
    await asyncio.to_thread(writer.close)


def events_in(file: sqlite3.Connection) -> int:
    return file.execute("SELECT count(*) FROM event").fetchone()[0]


async def test_all_who_wait_share_one_transaction(writer, tmp_path):
    turns = Turns(Place(tmp_path))
    with turns.mine():
        waiting = [asyncio.ensure_future(writer.put([an_event(str(number))])) for number in range(200)]
        work = asyncio.ensure_future(writer.run(events_in))
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == [[Put.TAKEN]] * 200
    # It was asked for behind them and has seen none of them: in a transaction, events come last.
    assert await work == 0
    assert await writer.run(events_in) == 200
    turns.close()


async def test_one_who_is_at_fault_does_not_take_the_others_along(writer, tmp_path):
    def fail(file: sqlite3.Connection) -> None:
        file.execute("UPDATE state SET stood = 99")
        raise ZeroDivisionError

    turns = Turns(Place(tmp_path))
    with turns.mine():
        good = asyncio.ensure_future(writer.put([an_event()]))
        bad = asyncio.ensure_future(writer.run(fail))
        await asyncio.sleep(0)
    assert await good == [Put.TAKEN]
    with pytest.raises(ZeroDivisionError):
        await bad
    assert await writer.run(lambda file: file.execute("SELECT stood FROM state").fetchone()) == (0.0,)


async def test_what_nobody_begins_is_given_up_and_not_done_later(writer, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.01)
    turns = Turns(Place(tmp_path))
    with turns.mine(), pytest.raises(OutboxTrouble, match="nothing could be written"):
        await writer.put([an_event()])
    monkeypatch.undo()
    assert await writer.put([an_event()]) == [Put.TAKEN]
    turns.close()


async def test_whoever_comes_after_the_end_is_told(tmp_path):
    writer = Writer(Place(tmp_path), 1 << 30, ManualClock())
    writer.start()
    last = asyncio.ensure_future(writer.put([an_event()]))
    await asyncio.sleep(0)
    await asyncio.to_thread(writer.close)
    assert await last == [Put.TAKEN]
    with pytest.raises(OutboxTrouble):
        await writer.put([an_event()])


async def test_a_folder_that_comes_back_is_used_again(tmp_path):
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    writer = Writer(Place(blocked), 1 << 30, ManualClock())
    writer.start()
    with pytest.raises(OutboxTrouble) as refused:
        await writer.put([an_event()])
    assert refused.value.why == "disk"
    assert writer.trouble is not None
    blocked.unlink()
    assert await writer.put([an_event()]) == [Put.TAKEN]
    assert writer.trouble is None
    await asyncio.to_thread(writer.close)
