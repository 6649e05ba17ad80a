"""The tables: what triggers count is what is there."""

import sqlite3

import pytest

from proxy.events.event import Shelf
from proxy.events.keeping.sqlite import schema

INSERT = "INSERT INTO event (shelf, kind, id, digest, body, size, taken_at, born) VALUES (?, ?, x'', x'', x'', ?, 0, 0)"


@pytest.fixture
def tables():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema.TABLES)
    yield connection
    connection.close()


def totals(tables):
    return tables.execute("SELECT shelf, kind, events, bytes FROM total WHERE events ORDER BY 1, 2").fetchall()


def test_every_shelf_has_its_number():
    assert set(schema.NUMBER) == set(Shelf)
    assert {schema.SHELF[number] for number in schema.NUMBER.values()} == set(Shelf)


def test_totals_follow_what_comes_moves_and_goes(tables):
    tables.executemany(INSERT, [(0, "clicks", 10), (0, "clicks", 20), (0, "purchases", 5)])
    assert totals(tables) == [(0, "clicks", 2, 30), (0, "purchases", 1, 5)]
    tables.execute("UPDATE event SET shelf = 1 WHERE size = 20")
    assert totals(tables) == [(0, "clicks", 1, 10), (0, "purchases", 1, 5), (1, "clicks", 1, 20)]
    tables.execute("DELETE FROM event WHERE kind = 'clicks'")
    assert totals(tables) == [(0, "purchases", 1, 5)]


def test_a_ref_is_never_used_again(tables):
    tables.execute(INSERT, (0, "clicks", 1))
    tables.execute("DELETE FROM event")
    tables.execute(INSERT, (0, "clicks", 1))
    assert tables.execute("SELECT ref FROM event").fetchall() == [(2,)]


def test_question_marks():
    assert schema.marks(3) == "?, ?, ?"
    assert schema.marks(2, 2) == "(?, ?), (?, ?)"


def test_text_that_is_none_is_cleaned():
    assert schema.clean("said: \ud800é") == "said: ?é"
