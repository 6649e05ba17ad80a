"""How an address does, told by what its calls said."""

import pytest

from proxy.events.backoff import FIRST, LONGEST
from proxy.events.delivering.destination import (
    MOST_CALLS,
    NOTHING_LEFT,
    PROBE_EVERY,
    REFUSED_IN_A_ROW,
    SOON,
    Destination,
    Mode,
    Probe,
)

HALF = 0.5


@pytest.fixture
def address():
    return Destination(now=100.0)


def paused(now=100.0):
    address = Destination(now)
    address.misconfigured(now, "status 401", "another key")
    return address


def test_calls_go_side_by_side_while_all_is_well(address):
    assert address.mode is Mode.GOING
    assert [address.room(100, flying) for flying in range(MOST_CALLS + 2)] == [4, 3, 2, 1, 0, 0]
    assert address.probe(100, 0) is None


def test_a_failure_makes_a_pause_and_then_room_for_one(address):
    address.failed(100, "status 503", HALF, None)
    assert address.mode is Mode.BACKING_OFF
    assert address.room(100 + FIRST / 2 - 0.01, 0) == 0
    assert address.room(100 + FIRST / 2, 0) == 1
    assert address.room(100 + FIRST / 2, 1) == 0


def test_pauses_double_up_to_their_bound_and_begin_anew_after_a_success(address):
    now, pauses = 100.0, []
    for _ in range(12):
        address.failed(now, "status 503", HALF, None)
        pauses.append(address.standing(now).next_in)
        now += pauses[-1]
    assert pauses[:4] == pytest.approx([0.25, 0.5, 1.0, 2.0])
    assert pauses[-1] == LONGEST / 2
    address.taken(now)
    assert address.room(now, 0) == MOST_CALLS
    address.failed(now, "status 503", HALF, None)
    assert address.standing(now).next_in == FIRST / 2


def test_calls_that_fail_together_are_one_failure(address):
    for _ in range(MOST_CALLS):
        address.failed(100, "status 503", HALF, None)
    assert address.standing(100).failures == 1
    assert address.standing(100).next_in == FIRST / 2


def test_a_patient_one_makes_a_pause_only_after_some_failures():
    address = Destination(now=100.0, most=100, patient=2)
    for _ in range(2):
        address.failed(100, "status 503", HALF, None)
        assert address.room(100, 0) == 100
    address.failed(100, "status 503", HALF, None)
    assert address.standing(100).next_in == FIRST / 2
    assert address.room(101, 0) == 1
    address.taken(101)
    address.failed(101, "status 429", HALF, 7.0)
    assert address.room(107, 0) == 0


def test_a_retry_after_is_kept_also_when_a_call_beside_it_was_taken(address):
    address.failed(100, "status 429", 0.0, 7.0)
    address.taken(100.1)
    assert address.room(106.9, 0) == 0
    assert address.room(107, 0) == MOST_CALLS


def test_a_retry_after_of_a_later_call_counts_too(address):
    address.failed(100, "status 503", HALF, None)
    address.failed(100, "status 429", HALF, 7.0)
    assert address.standing(100).next_in == 7.0


def test_nobody_makes_us_wait_for_ever(address):
    address.failed(100, "status 429", HALF, 1e9)
    assert address.standing(100).next_in == LONGEST


def test_a_refusal_of_events_says_that_the_platform_is_well(address):
    address.failed(100, "status 503", 0.0, None)
    address.refused(100, "status 400", alone=True)
    assert address.room(100, 0) == MOST_CALLS


def test_a_fault_of_the_set_up_pauses_it_and_asks_soon_with_another_event():
    address = paused()
    assert address.room(1e9, 0) == 0
    assert address.probe(100, 0) is None
    assert address.probe(100 + SOON, 0) is Probe.UNTRIED
    assert address.probe(100 + SOON, 1) is None


def test_calls_that_were_under_way_beside_it_are_no_probes():
    address = paused()
    address.misconfigured(100.1, "status 401", "another key")
    address.failed(100.2, "status 503", HALF, None)
    assert address.probe(100 + SOON, 0) is Probe.UNTRIED


def test_then_it_probes_every_minute():
    address = paused()
    now = 100 + SOON
    for _ in range(3):
        address.misconfigured(now, "status 401", "another key")
        assert address.probe(now + PROBE_EVERY - 0.01, 0) is None
        now += PROBE_EVERY
        assert address.probe(now, 0) is Probe.ANY


def test_without_an_untried_event_the_first_probe_comes_after_a_minute():
    address = paused()
    address.nothing_to_probe(100 + SOON)
    assert address.probe(100 + SOON, 0) is None
    assert address.probe(100 + PROBE_EVERY, 0) is Probe.ANY


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda address: address.failed(101, "status 503", HALF, None),
        lambda address: address.refused(101, "status 400", alone=True),
    ],
)
def test_a_probe_that_says_nothing_of_the_set_up_leaves_it_paused(meanwhile):
    address = paused()
    meanwhile(address)
    assert address.mode is Mode.PAUSED
    assert address.why == "status 401"
    assert address.probe(101 + PROBE_EVERY, 0) is Probe.ANY


def test_a_probe_minds_a_retry_after():
    address = paused()
    address.failed(101, "status 429", HALF, 200.0)
    assert address.probe(101 + 199, 0) is None
    assert address.probe(101 + 200, 0) is Probe.ANY


def test_it_goes_on_as_soon_as_an_event_is_taken():
    address = paused()
    address.taken(150)
    assert address.room(150, 0) == MOST_CALLS
    assert address.why == address.advice == ""


def test_a_new_key_is_tried_at_once():
    address = paused()
    address.misconfigured(101, "status 401", "another key")
    address.key_changed(102)
    assert address.probe(102, 0) is Probe.ANY


def test_twenty_single_refusals_in_a_row_are_a_fault_of_the_set_up(address):
    for _ in range(REFUSED_IN_A_ROW - 1):
        address.refused(100, "status 400, bad_request: no", alone=True)
        address.refused(100, "status 400, bad_request: no", alone=False)
    assert address.mode is Mode.GOING
    address.refused(100, "status 400, bad_request: no", alone=True)
    assert address.mode is Mode.PAUSED
    assert address.why.startswith("20 events were refused")
    assert address.why.endswith("bad_request: no")


def test_one_that_is_taken_ends_the_row(address):
    for _ in range(3):
        for _ in range(REFUSED_IN_A_ROW - 1):
            address.refused(100, "status 400", alone=True)
        address.taken(100)
    assert address.mode is Mode.GOING


def test_a_pause_that_nobody_can_end_any_more_ends_by_itself():
    address = paused()
    address.nothing_to_probe(100 + SOON)
    address.nothing_to_probe(100 + NOTHING_LEFT - 1)
    assert address.mode is Mode.PAUSED
    address.nothing_to_probe(100 + NOTHING_LEFT)
    assert address.mode is Mode.GOING


def test_it_can_be_watched():
    address = Destination(now=100.0)
    assert address.standing(101).taken_ago is None
    address.taken(110)
    address.misconfigured(120, "status 401", "another key")
    standing = address.standing(120.4)
    assert (standing.mode, standing.why, standing.advice) == (Mode.PAUSED, "status 401", "another key")
    assert standing.for_seconds == pytest.approx(0.4)
    assert standing.next_in == pytest.approx(0.6)
    assert standing.taken_ago == pytest.approx(10.4)
