import pytest

from proxy.sandbox.budget import Spent, allowance, money_left, why_silent
from proxy.sandbox.campaigns import MICROS, Campaign

MIDNIGHT = 1_700_006_400.0  # 2023-11-15T00:00:00Z
NOON = MIDNIGHT + 43_200


def a_campaign(**keys: object) -> Campaign:
    return Campaign.model_validate({"name": "c", "bids": [{"product": "p", "bid": "1"}], **keys})


@pytest.mark.parametrize(
    ("keys", "spent", "why"),
    [
        ({}, Spent(), None),
        ({}, Spent(10**12, 10**12), None),
        ({"active": "false"}, Spent(), "not active"),
        ({"starts": "2023-11-16"}, Spent(), "not begun"),
        ({"starts": "2023-11-15", "ends": "2023-11-15"}, Spent(), None),
        ({"ends": "2023-11-14"}, Spent(), "ended"),
        ({"budget": {"total": "10"}}, Spent(9 * MICROS), None),
        ({"budget": {"total": "10"}}, Spent(10 * MICROS), "out of budget"),
        ({"budget": {"total": "0"}}, Spent(), "out of budget"),
        ({"budget": {"daily": "24", "pacing": "asap"}}, Spent(99 * MICROS, 23 * MICROS), None),
        ({"budget": {"daily": "24", "pacing": "asap"}}, Spent(99 * MICROS, 24 * MICROS), "out of budget"),
        ({"budget": {"daily": "24"}}, Spent(0, 12 * MICROS), None),
        ({"budget": {"daily": "24"}}, Spent(0, 13 * MICROS), "pacing: ahead of the day"),
    ],
)
def test_why_a_campaign_is_silent_at_noon(keys, spent, why):
    assert why_silent(a_campaign(**keys), spent, NOON) == why


def test_the_daily_budget_opens_with_the_day():
    campaign = a_campaign(budget={"daily": "24"})
    opened = [allowance(campaign, MIDNIGHT + hour * 3600) for hour in (0, 1, 12, 23, 23.9)]
    assert opened == [hours * MICROS for hours in (1, 2, 13, 24, 24)]


def test_a_campaign_that_was_ahead_bids_again_when_the_clock_has_caught_up():
    campaign, spent = a_campaign(budget={"daily": "24"}), Spent(13 * MICROS, 13 * MICROS)
    assert why_silent(campaign, spent, NOON) is not None
    assert why_silent(campaign, spent, NOON + 60) is None


def test_what_is_left_is_the_lesser_of_all_and_today():
    campaign = a_campaign(budget={"total": "100", "daily": "10"})
    assert money_left(campaign, Spent(95 * MICROS, 2 * MICROS)) == 5 * MICROS
    assert money_left(campaign, Spent(50 * MICROS, 2 * MICROS)) == 8 * MICROS
    assert money_left(a_campaign(), Spent()) is None
