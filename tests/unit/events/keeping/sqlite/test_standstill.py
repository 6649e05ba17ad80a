"""The time that does not count."""

import pytest

from proxy.events.keeping.sqlite.connection import opened_to_write
from proxy.events.keeping.sqlite.place import Place
from proxy.events.keeping.sqlite.standstill import FRESH, Standstill, go_on, stand_still, standstill


@pytest.fixture
def file(tmp_path):
    place = Place(tmp_path)
    place.make()
    connection = opened_to_write(place.file)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("still", "wall", "stood"),
    [
        (Standstill(5.0, None, ""), 1000.0, 5.0),
        (Standstill(5.0, 990.0, "401"), 1000.0, 15.0),
        (Standstill(5.0, 1000.0, "401"), 1000.0, 5.0),
        (Standstill(5.0, 1000.0 - FRESH - 1, "401"), 1000.0, 5.0),  # it has not been said for long
        (Standstill(5.0, 1010.0, "401"), 1000.0, 5.0),  # the calendar's clock was set back
    ],
)
def test_it_lasts_as_long_as_it_is_said(still, wall, stood):
    assert still.until(wall) == stood
    assert still.clock(wall) == wall - stood


def test_what_is_said_is_written_down(file):
    assert standstill(file) == Standstill(0.0, None, "")
    stand_still(file, 100.0, "401")
    stand_still(file, 100.0, "401")
    stand_still(file, 103.0, "402")
    assert standstill(file) == Standstill(3.0, 103.0, "402")
    assert standstill(file).is_on(110.0)
    go_on(file, 105.0)
    go_on(file, 106.0)
    assert standstill(file) == Standstill(5.0, None, "")
    assert not standstill(file).is_on(106.0)
