"""A connection, and what errors mean."""

import os
import sqlite3

import pytest

from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.connection import Connection, opened_to_read, opened_to_write, translated
from proxy.events.keeping.sqlite.place import Place


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "data")


@pytest.fixture
def writer(place):
    connection = Connection(place, writes=True)
    yield connection
    connection.close()


def pragma(connection, name):
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_commit_is_on_the_disk_when_it_returns(writer):
    assert pragma(writer.get(), "journal_mode") == "wal"
    assert pragma(writer.get(), "synchronous") == 2  # FULL
    assert pragma(writer.get(), "auto_vacuum") == 2  # INCREMENTAL
    assert pragma(writer.get(), "user_version") == schema.VERSION


def test_all_files_are_their_owners_alone(place, writer):
    writer.get().execute("UPDATE state SET stood = 1")
    files = sorted(path.name for path in place.folder.iterdir())
    assert files == ["events.sqlite3", "events.sqlite3-shm", "events.sqlite3-wal"]
    assert {path.stat().st_mode & 0o777 for path in place.folder.iterdir()} == {0o600}


def test_a_file_of_a_newer_version_is_refused_politely_and_left_alone(place, writer):
    writer.get().execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    writer.close()
    before = place.file.read_bytes()
    for opened in (opened_to_write, opened_to_read):
        with pytest.raises(OutboxTrouble, match="newer sponsored-proxy") as refused:
            opened(place.file)
        assert refused.value.why == "newer"
    assert place.file.read_bytes() == before


def test_who_reads_makes_nothing_and_writes_nothing(place, writer):
    reader = Connection(place, writes=False)
    with pytest.raises(OutboxTrouble):
        reader.get()
    assert not place.folder.exists()
    writer.get()
    with pytest.raises(sqlite3.OperationalError):
        reader.get().execute("UPDATE state SET stood = 1")
    reader.close()


def test_another_file_in_its_place_is_opened_anew(place, writer):
    old, which = writer.get(), writer.which
    assert writer.get() is old
    place.file.rename(place.folder / "moved")
    assert writer.get() is not old
    assert writer.which != which
    assert writer.get().execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_what_is_no_database_is_damaged(place):
    place.make()
    place.file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(OutboxTrouble) as refused:
        Connection(place, writes=True).get()
    assert refused.value.why == "damaged"


@pytest.mark.parametrize("make", [lambda path: path.mkdir(parents=True), lambda path: os.symlink("/nowhere/x", path)])
def test_what_cannot_be_opened_is_trouble_with_the_disk(place, make):
    place.folder.mkdir()
    make(place.file)
    with pytest.raises(OutboxTrouble) as refused:
        Connection(place, writes=True).get()
    assert refused.value.why == "disk"


def test_a_mistake_of_ours_is_not_taken_for_trouble_with_the_disk(place, writer):
    with pytest.raises(sqlite3.OperationalError), translated(place.file):
        writer.get().execute("SELEKT 1")
    with pytest.raises(sqlite3.IntegrityError), translated(place.file):
        writer.get().execute("INSERT INTO event (ref) VALUES (1)")


def test_a_full_file_is_trouble_with_the_disk(place, writer):
    connection = writer.get()
    connection.execute(f"PRAGMA max_page_count = {pragma(connection, 'page_count')}")
    with pytest.raises(OutboxTrouble) as refused, translated(place.file):
        connection.execute("INSERT INTO seen VALUES (zeroblob(100000), x'', 0)")
    assert refused.value.why == "disk"
