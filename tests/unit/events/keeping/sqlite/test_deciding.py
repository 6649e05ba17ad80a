"""Names of events, and what costs nothing however many there are."""

import pytest

from proxy.events.event import Shelf
from proxy.events.keeping.sqlite.connection import opened_to_write
from proxy.events.keeping.sqlite.deciding import find, page, ref_of, row_of, status
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.taking import put
from tests.unit.events.keeping.outbox_contract import events_of


@pytest.fixture
def file(tmp_path):
    place = Place(tmp_path)
    place.make()
    connection = opened_to_write(place.file)
    put(connection, [events_of("1", "2", "@1")], 1000.0, 1 << 30)
    yield connection
    connection.close()


@pytest.mark.parametrize("name", ["", "@", "7", "@-7", "@7x", "@٣", "x@7", "@" + "9" * 30])
def test_what_is_no_ref_is_no_row(name):
    assert row_of(name) is None


def test_a_ref_is_the_name_of_a_row():
    assert row_of(ref_of(7)) == 7


def test_a_ref_comes_before_an_id_and_an_id_before_nothing(file):
    assert [one.event.id for one in find(file, "@1", 1000.0)] == ["1"]
    assert [one.event.id for one in find(file, "1", 1000.0)] == ["1"]
    assert find(file, "@9", 1000.0) == []


def test_status_and_pages_are_read_from_an_index(file):
    queries = []
    file.set_trace_callback(lambda query: queries.append(query) if "FROM event" in query else None)
    status(file, 1000.0)
    page(file, Shelf.WAITING, "@1", 1000.0)
    file.set_trace_callback(None)
    assert len(queries) == 2
    for query in queries:
        (step,) = [step[-1] for step in file.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert step.startswith("SEARCH event USING INDEX event_in_order (shelf=?")
