"""A damaged file is set aside, what can be read of it is saved, and nothing keeps the proxy from starting."""

import logging
import sqlite3
from itertools import islice
from pathlib import Path

import pytest

from proxy.clock import ManualClock
from proxy.events.event import Shelf
from proxy.events.keeping.outbox import Dead, Delivered, Put
from proxy.events.keeping.outbox_sqlite import SqliteOutbox, prepare
from proxy.events.keeping.sqlite.damage import damage_of, rows
from proxy.events.keeping.sqlite.place import Place
from tests.unit.events.keeping.outbox_contract import all_of, an_event, claimed, opened

CLOCK = ManualClock()
PAGE = 4096


def an_outbox(folder):
    return SqliteOutbox(folder, size=1 << 30, clock=CLOCK)


async def filled(folder, events=1000):
    """An outbox with so many events, of which the first five are dead and the next five delivered."""
    async with opened(an_outbox(folder)) as outbox:
        await outbox.put([an_event(str(number), says="x" * 200) for number in range(events)])
        kept = await claimed(outbox, 10)
        await outbox.settle([Dead(one.ref, "400") for one in kept[:5]])
        await outbox.settle([Delivered(one.ref) for one in kept[5:]])
    return Place(folder).file


def overwrite(file, at, what):
    with file.open("r+b") as opened_file:
        opened_file.seek(at)
        opened_file.write(what)


def root_page_of(file, name):
    connection = sqlite3.connect(file)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    connection.close()
    return page


async def test_what_is_sound_is_left_alone(tmp_path):
    file = await filled(tmp_path)
    assert prepare(tmp_path, CLOCK) == ""
    assert prepare(tmp_path / "nowhere", CLOCK) == ""
    assert not (tmp_path / "nowhere").exists()
    assert damage_of(file, CLOCK) == ""


async def test_an_index_that_is_damaged_costs_no_event(tmp_path, caplog):
    file = await filled(tmp_path)
    overwrite(file, (root_page_of(file, "event_untried") - 1) * PAGE, b"\xff" * PAGE)
    aside = prepare(tmp_path, CLOCK)
    assert aside.startswith(f"{file}.damaged-")
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    async with opened(an_outbox(tmp_path)) as outbox:
        assert len(await all_of(outbox, Shelf.WAITING)) == 990
        assert [one.said for one in await all_of(outbox, Shelf.DEAD)] == ["400"] * 5
        assert await outbox.put([an_event("7", says="x" * 200)]) == [Put.SEEN]
        assert (await outbox.status()).set_aside == aside
    assert prepare(tmp_path, CLOCK) == ""


async def test_pages_that_are_damaged_cost_only_what_was_on_them(tmp_path):
    file = await filled(tmp_path)
    pages = file.stat().st_size // PAGE
    for page in range(20, pages, 25):
        overwrite(file, page * PAGE, b"\xff" * PAGE)
    assert prepare(tmp_path, CLOCK)
    async with opened(an_outbox(tmp_path)) as outbox:
        saved = await all_of(outbox, Shelf.WAITING)
        assert 700 < len(saved) < 990
        assert all(one.event == an_event(one.event.id, says="x" * 200) for one in saved)
        assert await outbox.put([an_event("new")]) == [Put.TAKEN]


@pytest.mark.parametrize("what", [b"", b"no database", b"\xff" * 100_000], ids=["empty", "short", "noise"])
async def test_where_nothing_can_be_read_a_new_one_is_begun(tmp_path, what):
    file = await filled(tmp_path)
    file.write_bytes(what)
    aside = prepare(tmp_path, CLOCK)
    assert bool(aside) == bool(what)  # an empty file is a new one
    async with opened(an_outbox(tmp_path)) as outbox:
        assert await outbox.put([an_event()]) == [Put.TAKEN]


async def test_a_file_that_lost_its_end_is_set_aside_and_its_beginning_saved(tmp_path):
    file = await filled(tmp_path)
    with file.open("r+b") as opened_file:
        opened_file.truncate(file.stat().st_size // 2)
    assert prepare(tmp_path, CLOCK)
    async with opened(an_outbox(tmp_path)) as outbox:
        assert len(await all_of(outbox, Shelf.WAITING)) > 100


async def test_wherever_a_file_was_cut_reading_it_ends_with_the_events_that_are_left_in_order(tmp_path):
    sound = (await filled(tmp_path, events=300)).read_bytes()
    file = tmp_path / "cut"
    for page in range(2, len(sound) // PAGE):
        for within in (0, 100, PAGE // 2, PAGE - 100):
            file.write_bytes(sound[: page * PAGE + within])
            refs = [row[0] for row in islice(rows(file), 5000) if row]
            assert refs == sorted(set(refs)), (page, within)
            assert set(refs) <= set(range(1, 301)), (page, within)


async def test_a_last_ref_that_damage_made_up_ends_a_reading_too(tmp_path, monkeypatch):
    monkeypatch.setattr("proxy.events.keeping.sqlite.damage._UNREAD", 1000)
    file = await filled(tmp_path, events=300)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 1 << 60 WHERE name = 'event'")
    connection.close()
    with file.open("r+b") as opened_file:
        opened_file.truncate((root_page_of(file, "event")) * PAGE + PAGE)
    assert sum(1 for _ in islice(rows(file), 100_000)) < 2000


async def test_a_log_that_lost_its_end_is_read_up_to_there(tmp_path):
    outbox = an_outbox(tmp_path / "first")
    await outbox.open()
    for number in range(20):
        await outbox.put([an_event(str(number))])
    copy = tmp_path / "second"
    copy.mkdir()
    for name in ("events.sqlite3", "events.sqlite3-wal"):
        (copy / name).write_bytes((tmp_path / "first" / name).read_bytes())
    await outbox.close()
    log = copy / "events.sqlite3-wal"
    log.write_bytes(log.read_bytes()[: log.stat().st_size * 2 // 3])
    assert prepare(copy, CLOCK) == ""
    async with opened(an_outbox(copy)) as outbox:
        left = await all_of(outbox, Shelf.WAITING)
        assert [one.event.id for one in left] == [str(number) for number in range(len(left))]
        assert 0 < len(left) < 20


async def test_flipped_bytes_anywhere_never_keep_an_outbox_from_being_opened(tmp_path):
    original = (await filled(tmp_path / "original", 100)).read_bytes()
    for number, at in enumerate(range(0, len(original), len(original) // 40)):
        folder = tmp_path / str(number)
        folder.mkdir()
        damaged = bytearray(original)
        damaged[at : at + 16] = bytes(byte ^ 0x5A for byte in damaged[at : at + 16])
        Place(folder).file.write_bytes(damaged)
        prepare(folder, CLOCK)
        async with opened(an_outbox(folder)) as outbox:
            assert await outbox.put([an_event("new")]) == [Put.TAKEN]


async def test_of_a_body_that_is_no_json_any_more_nothing_is_sent(tmp_path):
    file = await filled(tmp_path, 100)
    overwrite(file, file.read_bytes().rindex(b'{"id": "50"'), b"!!!!")
    overwrite(file, (root_page_of(file, "event_untried") - 1) * PAGE, b"\xff" * PAGE)
    aside = prepare(tmp_path, CLOCK)
    async with opened(an_outbox(tmp_path)) as outbox:
        assert await outbox.find("50") == []
        assert len(await all_of(outbox, Shelf.WAITING)) == 89
    assert len(list(rows(Path(aside)))) == 95


async def test_damage_that_is_noticed_at_work_is_told_and_takes_no_worker_down(tmp_path):
    file = await filled(tmp_path)
    for name in ("event_untried", "event_in_order", "seen"):
        overwrite(file, (root_page_of(file, name) - 1) * PAGE, b"\xff" * PAGE)
    async with opened(an_outbox(tmp_path)) as outbox:
        outcomes = set()
        for number in range(3):
            try:
                outcomes.add(str(await outbox.put([an_event(f"new {number}")])))
            except Exception as trouble:
                outcomes.add(trouble.why)
        assert outcomes == {"damaged"}
        assert "damaged" in (await outbox.status()).trouble


async def test_a_folder_that_cannot_be_used_does_not_keep_the_proxy_from_starting(tmp_path):
    (tmp_path / "events.sqlite3").mkdir()
    assert prepare(tmp_path, CLOCK) == ""
    (tmp_path / "file").write_text("")
    assert prepare(tmp_path / "file", CLOCK) == ""


async def test_a_large_file_is_looked_at_for_a_bounded_time(tmp_path, caplog, monkeypatch):
    class Hasty(ManualClock):
        def now(self):
            self.advance(100.0)
            return super().now()

    monkeypatch.setattr("proxy.events.keeping.sqlite.damage._STEPS", 10)
    file = await filled(tmp_path)
    assert damage_of(file, Hasty()) == ""
    assert "taken for sound" in caplog.text


async def test_saving_ends_in_its_time_and_says_that_there_is_more(tmp_path, caplog):
    class Hasty(ManualClock):
        def now(self):
            self.advance(0.01)
            return super().now()

    file = await filled(tmp_path, 5000)
    overwrite(file, (root_page_of(file, "event_untried") - 1) * PAGE, b"\xff" * PAGE)
    aside = prepare(tmp_path, Hasty())
    assert "there may be more in it" in caplog.text
    async with opened(an_outbox(tmp_path)) as outbox:
        saved = len(await all_of(outbox, Shelf.WAITING))
    assert 1000 < saved < 4990
    assert len(list(rows(Path(aside)))) == 4995
