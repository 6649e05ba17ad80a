"""When to try again, how many together, and when to give up."""

import pytest

from proxy.events.backoff import LONGEST, TOO_OLD, is_too_old, most_together, pause


@pytest.mark.parametrize(
    ("attempts", "bound"), [(1, 0.5), (2, 1.0), (3, 2.0), (9, 128.0), (11, LONGEST), (10**9, LONGEST)]
)
def test_the_bound_doubles_with_each_attempt(attempts, bound):
    assert pause(attempts, 0.0) == 0.0
    assert pause(attempts, 0.5) == bound / 2
    assert pause(attempts, 0.999999) < bound


@pytest.mark.parametrize(("asked", "least"), [(7.0, 7.0), (0.0, 0.0), (10_000.0, LONGEST)])
def test_the_platforms_wish_is_heeded_within_reason(asked, least):
    assert pause(1, 0.0, asked) == least


def test_what_was_tried_often_goes_out_alone():
    assert [most_together(attempts) for attempts in (0, 3, 4, 5, 8, 9, 40)] == [50, 50, 25, 12, 1, 1, 1]


def test_after_three_days_an_event_is_given_up():
    assert not is_too_old(TOO_OLD - 1)
    assert is_too_old(TOO_OLD)
