"""A file that was set aside is looked into, whatever state it is in."""

import pytest

from proxy.clock import ManualClock
from proxy.events.event import Shelf
from proxy.events.keeping.outbox import Dead, OutboxTrouble
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.events.keeping.sqlite.aside import SetAside
from proxy.events.keeping.sqlite.place import Place
from tests.unit.events.keeping.outbox_contract import all_of, an_event, claimed, ids_of, opened

CLOCK = ManualClock()


@pytest.fixture
async def file(tmp_path):
    async with opened(SqliteOutbox(tmp_path, size=1 << 30, clock=CLOCK)) as outbox:
        await outbox.put([an_event(str(number), says="x" * 200) for number in range(300)])
        kept = await claimed(outbox, 5)
        await outbox.settle([Dead(one.ref, "400") for one in kept])
    return Place(tmp_path).file


async def test_what_is_sound_is_read_whole(file):
    aside = SetAside(file, CLOCK)
    status = await aside.status()
    assert (status.waiting, status.dead, status.oldest, status.trouble) == ({"clicks": 295}, {"clicks": 5}, 0.0, "")
    assert ids_of(await all_of(aside, Shelf.DEAD)) == ["0", "1", "2", "3", "4"]
    assert ids_of(await aside.find("7")) == ids_of(await aside.find("@8")) == ["7"]
    assert await aside.find("nobody") == []
    assert aside.is_whole


async def test_what_is_damaged_is_read_as_far_as_it_can_be(file):
    damaged = bytearray(file.read_bytes())
    for page in range(15, len(damaged) // 4096, 10):
        damaged[page * 4096 : page * 4096 + 4096] = b"\xff" * 4096
    file.write_bytes(damaged)
    aside = SetAside(file, CLOCK)
    assert 150 < len(await all_of(aside, Shelf.WAITING)) < 295
    assert not aside.is_whole
    assert "not everything" in (await aside.status()).trouble
    assert file.read_bytes() == damaged


async def test_nothing_of_it_is_sent_or_dropped(file):
    aside = SetAside(file, CLOCK)
    with pytest.raises(OutboxTrouble, match="only read"):
        await aside.retry("@1")
    with pytest.raises(OutboxTrouble, match="only read"):
        await aside.drop("@1")


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "file").write_text("no database")
    with pytest.raises(OutboxTrouble):
        SetAside(tmp_path / "file", CLOCK)
