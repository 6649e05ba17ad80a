"""A book made ready: the rule that takes a request comes with its plan."""

from proxy.search.plans import Plans
from tests.builders import a_book, a_rule, an_ask


def test_a_request_finds_its_rule_its_captures_and_its_plan() -> None:
    plans = Plans(a_book(a_rule(), a_rule(page="category", match={"path": "/c/{name}"})))
    found = plans.find(an_ask("/c/hats?x=1"))
    assert found is not None
    assert (found.rule.page, dict(found.captures), found.plan.rule) == ("category", {"name": "hats"}, found.rule)
    assert found.book == plans.book.name


def test_a_request_that_no_rule_takes_finds_nothing() -> None:
    assert Plans(a_book()).find(an_ask("/other")) is None


def test_it_says_when_a_body_must_be_read_first() -> None:
    rule = a_rule(match={"path": "/api/search", "methods": ["POST"]}, auction={"slots": 1, "search_query": "body.$.q"})
    assert Plans(a_book(rule)).needs_body(an_ask(method="POST"))
    assert not Plans(a_book()).needs_body(an_ask())
