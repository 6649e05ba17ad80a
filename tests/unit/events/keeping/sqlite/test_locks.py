"""Turns to write are fair, and one process of a machine delivers."""

import asyncio
import threading

import pytest

from proxy.events.keeping.sqlite.locks import Deliverer, Turns
from proxy.events.keeping.sqlite.place import Place
from tests.patience import until
from tests.unit.events.keeping.sqlite.processes import started


def test_one_writes_at_a_time(tmp_path):
    order = []
    first, second = Turns(Place(tmp_path)), Turns(Place(tmp_path))

    def write():
        with second.mine():
            order.append("second")

    with first.mine():
        waiting = threading.Thread(target=write)
        waiting.start()
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_a_turn_ends_when_something_goes_wrong_in_it(tmp_path):
    first, second = Turns(Place(tmp_path)), Turns(Place(tmp_path))
    with pytest.raises(ZeroDivisionError), first.mine():
        _ = 1 / 0
    with second.mine():
        pass
    first.close()
    second.close()


async def test_four_busy_processes_share_the_file_fairly(tmp_path):
    writers = [await started("put_on", str(tmp_path), f"w{number}") for number in range(4)]
    counts = [0] * 4

    async def count(number):
        while await writers[number].stdout.readline():
            counts[number] += 1

    counting = [asyncio.ensure_future(count(number)) for number in range(4)]
    await until(lambda: min(counts) > 0, "one of four writers never began")
    began = list(counts)
    turns = await until(
        lambda: [now - then for now, then in zip(counts, began, strict=True)] if min(counts) >= 200 else []
    )
    assert max(turns) <= 3 * min(turns)
    for writer in writers:
        writer.kill()
    await asyncio.gather(*counting, *(writer.wait() for writer in writers))


def test_the_first_to_ask_delivers_until_it_closes(tmp_path):
    first, second = Deliverer(Place(tmp_path)), Deliverer(Place(tmp_path))
    assert first.is_us()
    assert not second.is_us()
    assert first.is_us()
    first.close()
    assert second.is_us()
    second.close()


async def test_a_process_that_is_killed_delivers_no_longer(tmp_path):
    other = await started("deliver", str(tmp_path))
    await other.stdout.readline()
    us = Deliverer(Place(tmp_path))
    assert not us.is_us()
    other.kill()
    await other.wait()
    assert us.is_us()
    us.close()


def test_a_lock_file_that_was_deleted_is_made_anew(tmp_path):
    first, second = Deliverer(Place(tmp_path)), Deliverer(Place(tmp_path))
    assert first.is_us()
    Place(tmp_path).lock("deliverer").unlink()
    assert second.is_us()
    assert not first.is_us()
    first.close()
    second.close()
