import dataclasses

import pytest

from proxy.rules.values import Value
from tests.builders import a_rule


def test_a_rule_is_a_value_that_nobody_changes() -> None:
    rule = a_rule()
    assert rule == a_rule()
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.page = "other"  # type: ignore[misc]
    assert dataclasses.replace(rule, page="other").page == "other"


def test_the_usual_tags_are_the_bid_and_the_rank() -> None:
    assert a_rule().tag.fields == {"resolvedBidId": Value("resolved_bid_id"), "rank": Value("rank")}


def test_a_rule_knows_every_source_that_it_reads() -> None:
    rule = a_rule(
        methods=["POST"],
        path="/c/{x}",
        search_query="body.$.q",
        user=["cookie.a", "header.b"],
        geo="header.geo",
        auction={"slots": 2, "page": {"type": "search", "value": "path.x"}},
        consent={"from": "cookie.c", "equals": "yes"},
        after_page={"from": "query.page", "first": 1},
    )
    assert {source.text for source in rule.sources} == {
        "body.$.q",
        "cookie.a",
        "header.b",
        "header.geo",
        "path",
        "path.x",
        "cookie.c",
        "query.page",
    }


def test_banners_have_slots_of_their_own() -> None:
    assert a_rule(slots=3).slots == 3
    assert (
        a_rule(slots=3, banners=[{"slot_id": "a", "at": "$.a"}, {"slot_id": "b", "at": "$.b", "slots": 2}]).slots == 6
    )


@pytest.mark.parametrize(
    ("keys", "needs"),
    [
        ({}, False),
        ({"search_query": "query.q"}, False),
        ({"search_query": "form.q", "methods": ["POST"]}, True),
        ({"user": ["cookie.a", "body.$.u"], "methods": ["POST"]}, True),
        ({"graphql": {"operation": "Search"}, "methods": ["GET"]}, True),
    ],
)
def test_a_rule_knows_whether_it_reads_the_body(keys: dict[str, object], needs: bool) -> None:
    assert a_rule(**keys).needs_body is needs
