"""What is due: proof against clocks that jump."""

import pytest

from proxy.events.backoff import LONGEST
from proxy.events.keeping.outbox import Again, Dead, Delivered
from proxy.events.keeping.sqlite.connection import opened_to_write
from proxy.events.keeping.sqlite.delivering import due, settle, untried
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.taking import put
from tests.unit.events.keeping.outbox_contract import events_of, ids_of


@pytest.fixture
def file(tmp_path):
    place = Place(tmp_path)
    place.make()
    connection = opened_to_write(place.file)
    put(connection, [events_of("1", "2", "3")], 1000.0, 1 << 30)
    yield connection
    connection.close()


def due_at(file, now, wall=1000.0, claimed=()):
    return ids_of(due(file, "clicks", 50, claimed, now=now, wall=wall))


def test_what_is_claimed_is_passed_over(file):
    assert ids_of(due(file, "clicks", 2, {"@1"}, now=0.0, wall=1000.0)) == ["2", "3"]
    assert ids_of(untried(file, "clicks", {"@1", "@2"}, wall=1000.0)) == ["3"]


def test_a_due_time_further_away_than_any_pause_is_due_now(file):
    settle(file, [Again(f"@{row}", LONGEST, "") for row in (1, 2, 3)], 0, now=5000.0, wall=1000.0)
    assert due_at(file, 5000.0) == []
    assert due_at(file, 5000.0 + LONGEST) == ["1", "2", "3"]
    assert due_at(file, 5000.0 - 3600.0) == ["1", "2", "3"]


def test_an_age_is_never_negative(file):
    assert [one.age for one in due(file, "clicks", 1, (), now=0.0, wall=1000.0 - 3600.0)] == [0.0]


def test_many_ends_at_once_are_written_down(file):
    full = settle(file, [Delivered("@1"), Again("@2", 5.0, "503"), Dead("@3", "400")], 10_000, now=0.0, wall=1000.0)
    assert not full
    rows = file.execute("SELECT ref, shelf, attempts, due, said FROM event ORDER BY ref").fetchall()
    assert rows == [(2, 0, 1, 5.0, "503"), (3, 1, 1, 0.0, "400")]


def test_it_is_told_when_the_dead_letters_have_no_room(file):
    assert settle(file, [Dead("@1", "400")], 10, now=0.0, wall=1000.0)
    assert due_at(file, 0.0) == ["2", "3"]
    assert due_at(file, LONGEST) == ["1", "2", "3"]


def test_looking_for_what_is_due_never_reads_all_that_waits(file):
    plans = []
    file.set_trace_callback(lambda query: plans.append(query) if query.startswith("SELECT ref") else None)
    due(file, "clicks", 50, (), now=0.0, wall=1000.0)
    untried(file, "clicks", (), wall=1000.0)
    file.set_trace_callback(None)
    assert len(plans) == 4
    for query in plans:
        steps = [step[-1] for step in file.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert steps in (
            ["SEARCH event USING INDEX event_untried (kind=?)"],
            ["SEARCH event USING INDEX event_tried (kind=? AND due<?)"],
            ["SEARCH event USING INDEX event_tried (kind=? AND due>?)"],
        )
