"""Who gets ads, and why the others do not: one table, and the sides of a rollout."""

from typing import Any

import pytest

from proxy.reasons import Reason
from proxy.rules.rule import Rule
from proxy.search.eligibility import arm_of, bucket_of, why_no_ads
from tests.builders import a_rule, an_ask

GOOGLEBOT = ("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
PREFETCH = ("Sec-Purpose", "prefetch;prerender")


@pytest.mark.parametrize(
    ("rule", "ask", "reason"),
    [
        ({}, {}, None),
        ({"mode": "off"}, {}, Reason.OFF),
        ({"mode": "shadow"}, {}, None),
        ({"skip": {"query": ["sort"]}}, {"target": "/api/search?q=x&sort="}, Reason.SKIPPED_QUERY),
        ({"skip": {"query": ["sort"]}}, {"target": "/api/search?q=sort"}, None),
        (
            {"skip": {"after_page": {"from": "query.page", "first": 1}}},
            {"target": "/api/search?page=2"},
            Reason.SKIPPED_PAGE,
        ),
        ({"skip": {"after_page": {"from": "query.page", "first": 1}}}, {"target": "/api/search?page=1"}, None),
        ({"skip": {"after_page": {"from": "query.page", "first": 1}}}, {"target": "/api/search"}, None),
        ({"skip": {"after_page": {"from": "query.offset", "first": 0}}}, {"target": "/api/search?offset=0"}, None),
        ({}, {"method": "HEAD"}, Reason.HEAD),
        ({}, {"headers": [PREFETCH]}, Reason.SKIPPED_PREFETCH),
        ({}, {"headers": [("Purpose", "Prefetch")]}, Reason.SKIPPED_PREFETCH),
        ({"skip": {"prefetch": False}}, {"headers": [PREFETCH]}, None),
        ({}, {"headers": [GOOGLEBOT]}, Reason.SKIPPED_BOT),
        ({"skip": {"bots": False}}, {"headers": [GOOGLEBOT]}, None),
        ({}, {"headers": [("User-Agent", "curl/8")]}, None),
    ],
)
def test_the_first_reason_that_holds_is_the_one(
    rule: dict[str, Any], ask: dict[str, Any], reason: Reason | None
) -> None:
    assert why_no_ads(a_rule(**rule), an_ask(**ask), {}, None) is reason


def test_what_the_url_decides_comes_before_what_the_visitor_is() -> None:
    rule = a_rule(skip={"query": ["sort"]})
    assert why_no_ads(rule, an_ask("/api/search?sort=a", "HEAD", [GOOGLEBOT]), {}, None) is Reason.SKIPPED_QUERY


def an_experiment(**rule: Any) -> Rule:
    return a_rule(user="cookie.tsuid", **rule)


USERS = [f"user-{n}" for n in range(4000)]


def reasons(**rule: Any) -> dict[str, Reason | None]:
    made = an_experiment(**rule)
    return {user: why_no_ads(made, an_ask(), {}, user) for user in USERS}


def test_a_rollout_takes_about_its_percent_of_shoppers() -> None:
    taken = [user for user, reason in reasons(rollout=30).items() if reason is None]
    assert 0.26 < len(taken) / len(USERS) < 0.34


def test_who_has_ads_keeps_them_while_the_rollout_grows() -> None:
    early = {user for user, reason in reasons(rollout=10, holdout=5).items() if reason is None}
    late = {user for user, reason in reasons(rollout=60, holdout=5).items() if reason is None}
    assert early < late


def test_a_holdout_stays_the_same_shoppers_while_the_rollout_grows() -> None:
    early = {user for user, reason in reasons(rollout=10, holdout=5).items() if reason is Reason.HOLDOUT}
    late = {user for user, reason in reasons(rollout=95, holdout=5).items() if reason is Reason.HOLDOUT}
    assert early == late
    assert 0.03 < len(early) / len(USERS) < 0.07


def test_a_shopper_is_on_the_same_side_of_every_page_hashed_or_not() -> None:
    assert reasons(page="search", rollout=50) == reasons(page="category", rollout=50)
    digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256 of "hello"
    assert bucket_of("hello") == bucket_of(digest, hashed=True)


def test_who_has_no_id_stays_organic_until_the_rollout_is_whole() -> None:
    assert why_no_ads(an_experiment(rollout=99), an_ask(), {}, None) is Reason.ROLLOUT
    assert why_no_ads(an_experiment(rollout=100, holdout=10), an_ask(), {}, None) is None


@pytest.mark.parametrize(
    ("holdout", "user", "why_not", "arm"),
    [
        (10, "u", None, "ads"),
        (10, "u", Reason.HOLDOUT, "holdout"),
        (10, "u", Reason.SKIPPED_BOT, ""),
        (10, None, None, ""),
        (0, "u", None, ""),
    ],
)
def test_only_shoppers_who_could_be_in_either_arm_count(
    holdout: int, user: str | None, why_not: Reason | None, arm: str
) -> None:
    assert arm_of(an_experiment(holdout=holdout, rollout=100), user, why_not) == arm
