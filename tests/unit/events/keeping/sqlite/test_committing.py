"""Many jobs in a transaction: one at fault, a damaged file, no room."""

import asyncio
import logging
import sqlite3

import pytest

from proxy.clock import ManualClock
from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.sqlite.committing import Committer, Job
from proxy.events.keeping.sqlite.place import Place
from tests.unit.events.keeping.outbox_contract import an_event


@pytest.fixture
def committer(tmp_path):
    committer = Committer(Place(tmp_path), 1 << 30, ManualClock())
    yield committer
    committer.close()


def putting(*ids):
    return Job(asyncio.get_running_loop().create_future(), events=[an_event(id) for id in ids])


def doing(work, keeps=False):
    return Job(asyncio.get_running_loop().create_future(), work=work, keeps=keeps)


def done(committer, *jobs):
    """The outcomes of these jobs; for trouble, why."""
    committer.do(jobs)
    return [job.outcome.why if isinstance(job.outcome, OutboxTrouble) else job.outcome for job in jobs]


def events_in(file: sqlite3.Connection) -> int:
    return file.execute("SELECT count(*) FROM event").fetchone()[0]


def no_room(file: sqlite3.Connection) -> None:
    """The file can hold no more, as far as this connection is concerned."""
    file.execute(f"PRAGMA max_page_count = {file.execute('PRAGMA page_count').fetchone()[0]}")


async def test_each_job_gets_its_own_outcome(committer):
    assert done(committer, putting("a", "b"), doing(events_in), putting("a")) == [
        [Put.TAKEN, Put.TAKEN],
        0,
        [Put.SEEN],
    ]
    assert done(committer, doing(events_in)) == [2]


async def test_one_at_fault_is_undone_and_the_others_are_done(committer):
    def fail(file):
        file.execute("DELETE FROM event")
        raise ZeroDivisionError

    done(committer, putting("before"))
    first, wrong, last = done(committer, putting("a"), doing(fail), doing(events_in))
    assert (first, last) == ([Put.TAKEN], 1)
    assert isinstance(wrong, ZeroDivisionError)
    assert done(committer, doing(events_in)) == [2]


async def test_in_a_damaged_file_nothing_new_is_kept_until_another_lies_there(committer, tmp_path):
    done(committer, putting("old"))
    committer.distrust(OutboxTrouble("damaged", "a page is not what it was"))
    assert done(committer, putting("new"), doing(events_in)) == ["damaged", 1]
    committer.close()  # as after other trouble: the file is still the same
    assert done(committer, putting("new")) == ["damaged"]
    Place(tmp_path).set_aside(0.0)
    assert done(committer, putting("new"), doing(events_in)) == [[Put.TAKEN], 0]
    assert committer.trouble is None


async def test_trouble_is_logged_when_it_begins_and_when_it_ends(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (tmp_path / "data").write_text("no folder")
    committer = Committer(Place(tmp_path / "data"), 1 << 30, ManualClock())
    assert done(committer, putting("a")) == done(committer, putting("b")) == ["disk"]
    (tmp_path / "data").unlink()
    done(committer, putting("a"))
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    committer.close()


async def test_being_full_is_no_trouble_of_the_disk(tmp_path):
    committer = Committer(Place(tmp_path), 500, ManualClock())
    assert done(committer, putting("a", "b", "c"), putting("d")) == ["full", [Put.TAKEN]]
    assert committer.trouble is None
    committer.close()


async def test_a_file_that_was_full_for_a_moment_takes_the_same_request_after_all(committer):
    done(committer, doing(no_room))
    large = Job(asyncio.get_running_loop().create_future(), events=[an_event("large", says="x" * 200_000)])
    # The connection is opened anew, and the new one knows nothing of the limit.
    assert done(committer, large) == [[Put.TAKEN]]
