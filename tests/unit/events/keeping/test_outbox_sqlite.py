"""The outbox in the data folder keeps what every outbox promises, and what only a file can break."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest

from proxy.clock import ManualClock, SystemClock
from proxy.events.event import Shelf
from proxy.events.keeping.outbox import Again, Delivered, OutboxTrouble, Put, Untouched
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.events.keeping.sqlite import delivering
from proxy.events.keeping.sqlite.damage import damage_of
from tests.patience import until
from tests.unit.events.keeping.outbox_contract import OutboxContract, an_event, claimed, events_of, ids_of, opened
from tests.unit.events.keeping.sqlite.processes import PROCESSES, ROOT, putting, started


class JumpyClock(ManualClock):
    """A clock whose calendar may be set, as ntpd does."""

    def jump(self, seconds):
        self._wall += seconds


class Folder:
    """A data folder, and the outboxes in it."""

    def __init__(self, path):
        self.path = path
        self.clock = JumpyClock()

    def outbox(self, *, size=1 << 30, dead_size=1 << 30):
        return SqliteOutbox(self.path, size=size, dead_size=dead_size, clock=self.clock)

    async def put_in_another_process(self, events, times):
        return [Put[name] for name in await putting(self.path, events, times, self.clock.wall())]


class TestInAFolder(OutboxContract):
    @pytest.fixture
    def home(self, tmp_path):
        return Folder(tmp_path / "data")


@pytest.fixture
def home(tmp_path):
    return Folder(tmp_path / "data")


async def test_only_one_process_of_a_machine_delivers(home):
    async with opened(home.outbox()) as first, opened(home.outbox()) as second:
        await second.put([an_event()])
        assert ids_of(await claimed(first)) == ["e1"]
        assert await claimed(second) == ()
        assert await second.claim_untried("clicks") == ()
        await second.wait(0.01)
        await first.close()
        assert ids_of(await claimed(second)) == ["e1"]


async def test_an_attempt_is_counted_once_also_where_the_next_are_claimed_meanwhile(home):
    async with opened(home.outbox()) as outbox:
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        await asyncio.gather(outbox.settle([Again(kept.ref, 0.0, "503")]), claimed(outbox), claimed(outbox))
        (again,) = await outbox.find(kept.ref)
        assert again.attempts == 1


async def test_what_is_settled_while_the_next_are_looked_for_is_not_handed_out_again(home, monkeypatch):
    looked, go_on, due = threading.Event(), threading.Event(), delivering.due

    def slowly(file, *what, **when):
        assert file.execute("SELECT count(*) FROM event").fetchone() == (1,)
        looked.set()
        go_on.wait(20)
        return due(file, *what, **when)

    async with opened(home.outbox()) as outbox:
        await outbox.put([an_event()])
        (kept,) = await claimed(outbox)
        monkeypatch.setattr(delivering, "due", slowly)
        looking = asyncio.create_task(claimed(outbox))
        await asyncio.to_thread(looked.wait, 20)
        await outbox.settle([Delivered(kept.ref)])
        go_on.set()
        assert await looking == []


async def test_one_who_does_not_deliver_is_not_woken_by_what_it_takes(home):
    async with opened(home.outbox()) as first, opened(home.outbox()) as second:
        await claimed(first)
        await second.put([an_event()])
        assert await claimed(second) == ()
        waiting = asyncio.ensure_future(second.wait(3600))
        await second.put(events_of("2"))
        assert not (await asyncio.wait({waiting}, timeout=0.3))[0]
        waiting.cancel()


async def test_all_files_are_their_owners_alone(home):
    async with opened(home.outbox()) as outbox:
        await outbox.put([an_event()])
        await claimed(outbox)
        files = list(home.path.iterdir())
        assert len(files) == 7
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


async def test_a_jump_of_the_calendars_clock_makes_no_burst_and_no_stall(home):
    async with opened(home.outbox()) as outbox:
        await outbox.put([an_event()])
        for jump in (3600.0, -7200.0, 3600.0):
            (kept,) = await claimed(outbox)
            await outbox.settle([Again(kept.ref, 5.0, "503")])
            home.clock.jump(jump)
            assert await claimed(outbox) == []
            home.clock.advance(5.1)
            (kept,) = await claimed(outbox)
            assert kept.age >= 0
            await outbox.settle([Untouched(kept.ref)])


async def test_what_could_not_be_written_down_is_written_before_anything_more_is_claimed(home):
    async with opened(home.outbox()) as outbox:
        await outbox.put(events_of("1", "2"))
        (first,) = await claimed(outbox, 1)
        home.path.rename(home.path.with_name("away"))
        home.path.write_text("no folder any more")
        with pytest.raises(OutboxTrouble):
            await outbox.settle([Delivered(first.ref)])
        with pytest.raises(OutboxTrouble):
            await claimed(outbox)
        home.path.unlink()
        home.path.with_name("away").rename(home.path)
        assert ids_of(await claimed(outbox)) == ["2"]
        assert await outbox.find("1") == []


async def test_an_outbox_without_a_usable_folder_opens_and_says_so(home):
    home.path.write_text("no folder")
    async with opened(home.outbox()) as outbox:
        assert "disk" in (await outbox.status()).trouble
        with pytest.raises(OutboxTrouble):
            await outbox.put([an_event()])
        home.path.unlink()
        assert await outbox.put([an_event()]) == [Put.TAKEN]
        assert (await outbox.status()).trouble == ""


async def test_the_limits_are_known_to_those_who_only_look(home):
    async with opened(home.outbox(size=5000, dead_size=700)) as outbox, opened(home.outbox(size=0)) as looking:
        await claimed(outbox)
        status = await looking.status()
        assert (status.limit, status.dead_limit, status.trouble) == (5000, 700, "")
        with pytest.raises(OutboxTrouble):
            await looking.put([an_event()])


async def test_old_ids_are_forgotten_little_by_little(home):
    async with opened(home.outbox()) as outbox:
        await outbox.put([an_event("", kind="v1"), *events_of("1", "2")])
        home.clock.advance(8 * 24 * 3600)

        async def they_are_forgotten():
            home.clock.advance(2.0)
            await claimed(outbox)
            with sqlite3.connect(home.path / "events.sqlite3") as file:
                return file.execute("SELECT count(*) FROM seen").fetchone() == (0,)

        await until(they_are_forgotten)


async def killed(folder, times):
    """Kill two writers `times` times in the middle of their work; every id that they said was kept."""
    said = set()
    for round in range(times):
        writers = [await started("put_on", str(folder), f"{round}-{name}") for name in "ab"]
        for writer in writers:
            for _ in range(3):
                said.add((await writer.stdout.readline()).decode().strip())
        for writer in writers:
            writer.kill()
        for writer in writers:
            said |= {
                line.decode().strip()
                for line in (await writer.stdout.read()).splitlines(keepends=True)
                if line.endswith(b"\n")
            }
            await writer.wait()
    return said


async def assert_nothing_is_lost(folder, times):
    said = await killed(folder, times)
    assert len(said) >= 6 * times
    assert damage_of(folder / "events.sqlite3", SystemClock()) == ""
    async with opened(SqliteOutbox(folder, size=1 << 30, clock=SystemClock())) as outbox:
        assert said <= {one.event.id async for one in outbox.each(Shelf.WAITING)}


async def test_what_was_kept_survives_a_sudden_end(tmp_path):
    await assert_nothing_is_lost(tmp_path, 3)


@pytest.mark.long
async def test_what_was_kept_survives_a_hundred_sudden_ends(tmp_path):
    await assert_nothing_is_lost(tmp_path, 100)


# -- a disk that is full, and one that may not be written to ----------------------


async def in_a_world_of_its_own(*words):
    """What a shell says that may mount what it likes, where only it and its children see it."""
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if unshare is None or subprocess.run([*command, "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        assert os.environ.get("REQUIRE_ALL") != "1", "a test of a full disk needs unshare(1) and user namespaces"
        pytest.skip("no user namespaces here")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, *words, stdout=pipe, stderr=pipe, cwd=ROOT)
    said, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()
    return said.decode()


@pytest.mark.parametrize("size", ["2m", "3m"])
async def test_a_full_disk_takes_nothing_new_lets_all_leave_and_takes_again(tmp_path, size):
    mount = (
        f"mount -t tmpfs -o size={size} none {tmp_path} && exec {sys.executable} {PROCESSES} fill_the_disk {tmp_path}"
    )
    alone, again, with_a_glutton = json.loads(await in_a_world_of_its_own(mount))
    for told in (alone, again, with_a_glutton):
        assert told["why"] == "disk"
        assert told["taken"] > 20
        assert told["lost"] == []
        assert (told["after"], told["trouble after"]) == ("", "")
    assert with_a_glutton["refused"] == "disk"
    assert "full" in with_a_glutton["trouble"]
    assert "full" in with_a_glutton["trouble to others"]


async def test_a_disk_that_may_only_be_read_takes_nothing_and_takes_nobody_down(tmp_path):
    async with opened(Folder(tmp_path).outbox()) as outbox:
        await outbox.put([an_event()])
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,bind,ro {tmp_path}"
    said = await in_a_world_of_its_own(f"{mount} && exec {sys.executable} {PROCESSES} put_one {tmp_path}")
    assert json.loads(said) == ["disk", True, ""]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_a_file_of_somebody_else_takes_nothing_and_takes_nobody_down(tmp_path):
    async with opened(Folder(tmp_path).outbox()) as outbox:
        await outbox.put([an_event()])
    process = await started("put_one", str(tmp_path), as_nobody=True)
    assert json.loads((await process.communicate())[0]) == ["disk", True, ""]
