"""The two lanes of an ad platform, and what a person hears of them."""

import logging

import pytest

from proxy.clock import ManualClock
from proxy.events.backoff import MOST_TOGETHER
from proxy.events.delivering.answers import Meaning, Verdict
from proxy.events.delivering.destination import MOST_CALLS, Mode
from proxy.events.delivering.lane import FAILURES_WORTH_A_WORD, MOST_SINGLES, lanes, why_they_stand_still
from proxy.events.event import V1, Kept, Shelf
from proxy.topsort.events import KINDS
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.delivering import an_event

TAKEN = Meaning(Verdict.TAKEN)
DOWN = Meaning(Verdict.AGAIN, "status 503")
SET_UP = Meaning(Verdict.SET_UP, "status 404", advice="correct --ads-url")


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def both(clock, caplog):
    caplog.set_level(logging.INFO)
    return lanes(Client(Origin.parse("http://127.0.0.1:1")), lambda: "TSE_key", clock, lambda: 0.5)


def kept(id, kind):
    return Kept(ref=id, event=an_event(id, kind), shelf=Shelf.WAITING, taken_at=0.0)


def test_every_kind_has_one_lane(both):
    v2, v1 = both
    assert (v2.post.path, v2.most, set(v2.kinds)) == ("/v2/events", MOST_TOGETHER, set(KINDS))
    assert (v1.post.path, v1.most, v1.kinds) == ("/v1/events", 1, (V1,))
    assert (v2.room, v1.room) == (MOST_CALLS, MOST_SINGLES)


def test_bodies_are_joined_and_version_1_goes_alone(both):
    v2, v1 = both
    a, b = kept("a", "clicks"), kept("b", "clicks")
    assert v2.body_of([a, b]) == b'{"clicks":[%b,%b]}' % (a.event.body, b.event.body)
    assert v1.body_of([kept("c", V1)]) == an_event("c", V1).body


def test_trouble_of_one_does_not_concern_the_other(both):
    v2, v1 = both
    v2.note(SET_UP, alone=True)
    assert (v2.room, v2.stands_still, v2.may_go_on) == (0, True, False)
    assert v1.room > 0
    assert v1.may_go_on


def test_what_stands_still_for_one_reason_is_told_together_with_what_to_do(both):
    v2, v1 = both
    assert why_they_stand_still(both) == ""
    v2.note(SET_UP, alone=True)
    assert why_they_stand_still(both) == "/v2/events: status 404: correct --ads-url"
    v1.note(SET_UP, alone=True)
    assert why_they_stand_still(both) == "/v2/events and /v1/events: status 404: correct --ads-url"


def test_a_person_hears_once_that_it_stands_still_with_what_to_do_and_once_that_it_goes(both, caplog):
    lane, _ = both
    for _ in range(3):
        lane.note(SET_UP, alone=True)
    lane.note(TAKEN, alone=True)
    lane.note(TAKEN, alone=False)
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]
    assert "status 404. correct --ads-url" in caplog.records[0].getMessage()


def test_an_outage_is_told_once_it_is_one(both, clock, caplog):
    lane, _ = both
    for failures in range(1, 6):
        lane.note(DOWN, alone=False)
        clock.advance(400)
        assert len(caplog.records) == (failures >= FAILURES_WORTH_A_WORD)
    lane.note(TAKEN, alone=False)
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.INFO]


def test_a_connection_that_is_reset_now_and_then_is_no_news(both, clock, caplog):
    lane, _ = both
    for _ in range(10):
        lane.note(DOWN, alone=False)
        clock.advance(1)
        lane.note(TAKEN, alone=False)
    assert caplog.records == []


def test_a_pause_that_nobody_can_end_is_told_to_end(both, clock, caplog):
    lane, _ = both
    lane.note(SET_UP, alone=True)
    lane.nothing_to_probe()
    clock.advance(1e6)
    lane.nothing_to_probe()
    assert lane.destination.mode is Mode.GOING
    assert len(caplog.records) == 2
