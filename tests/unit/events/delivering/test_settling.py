"""A batch and what its answer meant: what becomes of each event."""

import msgspec
import pytest

from proxy.events.backoff import FIRST, LONGEST, TOO_OLD
from proxy.events.delivering.answers import Meaning, Verdict
from proxy.events.delivering.settling import LONGEST_AFTER_PROBE, give_up, settle
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import Again, Dead, Delivered

TAKEN = Meaning(Verdict.TAKEN)
REFUSED = Meaning(Verdict.REFUSED, "status 400, bad_request: no")
DOWN = Meaning(Verdict.AGAIN, "status 503")
SET_UP = Meaning(Verdict.SET_UP, "status 401", advice="another key")


def kept(number, attempts=0, age=0.0, said=""):
    event = Event(kind="clicks", id=f"e{number}", body=b"{}", digest=b"d")
    return Kept(ref=f"r{number}", event=event, shelf=Shelf.WAITING, taken_at=0.0, age=age, attempts=attempts, said=said)


def batch(size, **more):
    return [kept(number, **more) for number in range(size)]


def test_what_was_taken_is_delivered():
    assert settle(batch(3), TAKEN, 0.5).settlements == (Delivered("r0"), Delivered("r1"), Delivered("r2"))


def test_a_refused_event_alone_is_dead_with_the_platforms_answer():
    assert settle(batch(1), REFUSED, 0.5).settlements == (Dead("r0", "status 400, bad_request: no"),)


@pytest.mark.parametrize("size", [2, 3, 49, 50])
def test_a_refused_batch_becomes_two_halves_that_hold_all_of_it(size):
    outcome = settle(batch(size), REFUSED, 0.5)
    first, second = outcome.halves
    assert outcome.settlements == ()
    assert [*first, *second] == batch(size)
    assert 0 <= len(first) - len(second) <= 1


@pytest.mark.parametrize("bad", range(50))
def test_halving_finds_the_one_bad_event_in_thirteen_calls_at_most(bad):
    todo, calls, delivered, dead = [batch(50)], 0, [], []
    while todo:
        part = todo.pop()
        calls += 1
        outcome = settle(part, REFUSED if any(one.ref == f"r{bad}" for one in part) else TAKEN, 0.5)
        todo += outcome.halves
        delivered += [one.ref for one in outcome.settlements if isinstance(one, Delivered)]
        dead += [one.ref for one in outcome.settlements if isinstance(one, Dead)]
    assert dead == [f"r{bad}"]
    assert len(set(delivered)) == 49
    assert calls <= 13


def test_an_outage_is_tried_again_each_by_its_own_attempts():
    outcome = settle([kept(0), kept(1, attempts=2)], DOWN, 0.5)
    assert outcome.settlements == (Again("r0", FIRST / 2, "status 503"), Again("r1", FIRST * 2, "status 503"))


def test_a_retry_after_is_never_undercut():
    assert settle(batch(1), Meaning(Verdict.AGAIN, "busy", asked=7.0), 0.0).settlements == (Again("r0", 7.0, "busy"),)


def test_what_has_no_id_and_may_have_counted_is_left_to_a_person():
    silence = Meaning(Verdict.AGAIN, "NoAnswer: it ended", ambiguous=True)
    nameless = Event(kind="v1", id="", body=b"{}", digest=b"d")
    (one,) = batch(1)
    (dead,) = settle([msgspec.structs.replace(one, event=nameless)], silence, 0.5).settlements
    assert isinstance(dead, Dead)
    assert "might charge twice: NoAnswer" in dead.said
    assert isinstance(settle([one], silence, 0.5).settlements[0], Again)
    (down,) = settle([msgspec.structs.replace(one, event=nameless)], DOWN, 0.5).settlements
    assert isinstance(down, Again)


def test_a_fault_of_the_set_up_kills_no_event():
    assert settle(batch(2), SET_UP, 0.5).settlements == (
        Again("r0", FIRST / 2, "status 401"),
        Again("r1", FIRST / 2, "status 401"),
    )


@pytest.mark.parametrize("meaning", [REFUSED, DOWN, SET_UP])
def test_a_probe_gives_up_nothing_and_is_back_soon(meaning):
    (settlement,) = settle(batch(1, attempts=40), meaning, 0.99, probe=True).settlements
    assert settlement == Again("r0", LONGEST_AFTER_PROBE, meaning.said)
    assert LONGEST_AFTER_PROBE < LONGEST


def test_who_is_too_old_is_given_up_with_what_was_said_last():
    young, dead = give_up([kept(0, age=TOO_OLD - 1), kept(1, age=TOO_OLD, said="status 503"), kept(2, age=TOO_OLD)])
    assert [one.ref for one in young] == ["r0"]
    assert dead == [
        Dead("r1", "not delivered within 72 hours; the ad platform last said: status 503"),
        Dead("r2", "not delivered within 72 hours; it was never posted"),
    ]
