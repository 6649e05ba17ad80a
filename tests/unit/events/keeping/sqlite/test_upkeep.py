"""What has had its time goes, in small bites."""

import pytest

from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.connection import opened_to_write
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.taking import KNOWN_FOR, filter, put
from proxy.events.keeping.sqlite.upkeep import PAGE, PAGES, ROWS, look, take
from tests.unit.events.keeping.outbox_contract import an_event, events_of


@pytest.fixture
def file(tmp_path):
    place = Place(tmp_path)
    place.make()
    connection = opened_to_write(place.file)
    yield connection
    connection.close()


def counted(file, table):
    return file.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_round_takes_all_that_is_old_and_nothing_else(file):
    old = [an_event(f"old {number}") for number in range(2 * ROWS)]
    put(file, [old], 0.0, 1 << 30)
    put(file, [events_of("young")], 100.0, 1 << 30)
    after, bites = None, 0
    while after is not None or bites == 0:
        bite = look(file, after, KNOWN_FOR + 50.0)
        take(file, bite)
        after, bites = bite.next, bites + 1
    assert bites == 3
    assert counted(file, "seen") == 1
    assert counted(file, "event") == 2 * ROWS + 1


def test_filtered_events_go_after_seven_days(file):
    filter(file, events_of("old"), 0.0, "a crawler")
    filter(file, events_of("young"), 100.0, "a crawler")
    take(file, look(file, None, KNOWN_FOR + 50.0))
    assert file.execute("SELECT id FROM event").fetchall() == [(b"young",)]


def test_a_page_is_as_large_as_we_count_it(file):
    assert file.execute("PRAGMA page_size").fetchone() == (PAGE,)


def test_where_nothing_is_old_there_is_nothing_to_write(file):
    put(file, [events_of("young")], 100.0, 1 << 30)
    assert look(file, None, 200.0).is_empty


def test_room_that_is_free_is_given_back_to_the_disk_bite_by_bite(file):
    put(file, [[an_event(str(number), says="x" * 100_000) for number in range(250)]], 0.0, 1 << 30)
    file.execute(f"DELETE FROM event WHERE shelf = {schema.WAITING}")
    before = file.execute("PRAGMA page_count").fetchone()[0]
    take(file, look(file, None, 0.0))
    assert file.execute("PRAGMA page_count").fetchone()[0] == before - PAGES
