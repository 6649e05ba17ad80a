"""Events in, and what was seen before."""

import pytest

from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.sqlite import schema
from proxy.events.keeping.sqlite.connection import opened_to_write
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.taking import (
    MOST_FILTERED_BYTES,
    filter,
    fingerprint,
    judge,
    put,
    size_of,
    size_on,
    waiting_size,
)
from tests.unit.events.keeping.outbox_contract import an_event


@pytest.fixture
def file(tmp_path):
    place = Place(tmp_path)
    place.make()
    connection = opened_to_write(place.file)
    yield connection
    connection.close()


def test_a_fingerprint_is_short_and_tells_apart_what_differs():
    events = [an_event(), an_event("e2"), an_event(kind="impressions"), an_event(says="x"), an_event("x" * 9999)]
    prints = {fingerprint(event) for event in events}
    assert len(prints) == 5
    assert {len(name) + len(content) for name, content in prints} == {28}
    assert fingerprint(an_event("a\0b", kind="c")) != fingerprint(an_event("b", kind="c\0a"))


def test_a_request_is_judged_with_what_it_holds_itself():
    name, content = fingerprint(an_event(says="known"))
    answers, new = judge([an_event(says="known"), an_event(says="a"), an_event(says="a")], {name: {content}})
    assert answers == [Put.SEEN, Put.CONFLICT, Put.SEEN]
    assert new == [an_event(says="a")]


def test_requests_in_one_transaction_know_of_each_other(file):
    assert put(file, [[an_event()], [an_event()], [an_event(says="b")]], 0.0, 10_000) == [
        [Put.TAKEN],
        [Put.SEEN],
        [Put.CONFLICT],
    ]


def test_one_request_too_many_does_not_cost_the_others_their_place(file):
    small, large = [an_event("small")], [an_event("large", says="x" * 5000)]
    first, second, third = put(file, [small, large, [an_event("other")]], 0.0, 1000)
    assert (first, third) == ([Put.TAKEN], [Put.TAKEN])
    assert isinstance(second, OutboxTrouble)
    assert waiting_size(file) == size_of(small[0]) + size_of(an_event("other"))


def test_a_refused_event_is_not_known(file):
    put(file, [[an_event(says="x" * 5000)]], 0.0, 1000)
    assert put(file, [[an_event(says="x" * 5000)]], 0.0, 10_000) == [[Put.TAKEN]]


def test_thousands_at_once_are_one_transaction(file):
    events = [an_event(str(number)) for number in range(3000)]
    assert put(file, [[event] for event in events], 0.0, 1 << 30) == [[Put.TAKEN]] * 3000
    assert put(file, [events], 0.0, 1 << 30) == [[Put.SEEN] * 3000]


def test_an_id_that_every_event_has_costs_the_thousandth_no_more_than_the_tenth(file):
    def steps_of_a_put(number):
        steps = []
        file.set_progress_handler(lambda: steps.append(1) and None, 10)
        put(file, [[an_event("undefined", says=f"{number} {other}") for other in range(50)]], 0.0, 1 << 30)
        file.set_progress_handler(None, 0)
        return len(steps)

    needed = [steps_of_a_put(number) for number in range(200)]
    assert needed[-1] < 2 * needed[1]
    assert put(file, [[an_event("undefined", says="0 0")]], 0.0, 1 << 30) == [[Put.SEEN]]
    assert put(file, [[an_event("undefined", says="new")]], 0.0, 1 << 30) == [[Put.CONFLICT]]


def test_large_events_that_are_not_sent_on_do_not_fill_the_disk(file):
    large = "x" * (MOST_FILTERED_BYTES // 100)
    for number in range(3):
        filter(file, [an_event(f"{number} {other}", says=large) for other in range(50)], 0.0, "a crawler")
    assert MOST_FILTERED_BYTES * 0.98 < size_on(file, schema.FILTERED) <= MOST_FILTERED_BYTES
    assert file.execute("SELECT id FROM event ORDER BY ref DESC LIMIT 1").fetchone() == (b"2 49",)
