import pytest

from proxy.rules.problems import Problem
from tests.builders import a_rule_text, the_problems


def both(one: str, other: str) -> tuple[Problem, ...]:
    return the_problems(a=a_rule_text(page="a", match=one), b=a_rule_text(page="b", match=other))


def test_two_rules_cannot_have_one_name_not_even_in_two_files() -> None:
    (problem,) = the_problems(a=a_rule_text(), b=a_rule_text(match="{path: /other}"))
    assert (problem.file, problem.line, problem.key) == ("rules/b.yaml", 1, "page")
    assert "taken by rules/a.yaml:1" in problem.message
    assert problem.is_error


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{path: /s, query: {a: '*'}}", "{path: /s, query: {b: '*'}}"),
        ("{path: /s, query: {a: '1'}}", "{path: /s, headers: {a: '1'}}"),
        ("{path: '/{x}', methods: [GET, POST]}", "{path: '/{y}', methods: [POST, PUT]}"),
        ("{path: /s, host: '*.shop.example'}", "{path: /s, query: {a: '1'}}"),
        ("{path: /g, methods: [POST], graphql: {operation: A}}", "{path: /g, methods: [POST], graphql: {field: b}}"),
    ],
)
def test_rules_that_a_request_can_match_alike_are_warned_of(one: str, other: str) -> None:
    (problem,) = both(one, other)
    assert (problem.severity, problem.file, problem.key) == ("warning", "rules/b.yaml", "match.path")
    assert "`a` (rules/a.yaml:1) alike" in problem.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{path: /s}", "{path: /s}"),
        ("{path: '/c/{x}'}", "{path: '/c/{y}'}"),
        ("{path: /s, methods: [GET, POST]}", "{path: /s, methods: [POST]}"),
        ("{path: /s, query: {a: '*'}}", "{path: /s, query: {a: '1'}}"),
        ("{path: /s, host: '*.example'}", "{path: /s, host: a.example}"),
        ("{path: /g, methods: [POST], graphql: {field: a}}", "{path: /g, methods: [POST], graphql: {field: a}}"),
    ],
)
def test_a_rule_that_no_request_reaches_is_warned_of(one: str, other: str) -> None:
    (problem,) = both(one, other)
    assert (problem.severity, problem.file) == ("warning", "rules/b.yaml")
    assert "no request reaches this rule: `a` (rules/a.yaml:1) takes them all" in problem.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{path: /s}", "{path: /t}"),
        ("{path: /s}", "{path: '/{x}'}"),
        ("{path: /s}", "{path: /s, query: {a: '1'}}"),
        ("{path: /s, query: {a: '1'}}", "{path: /s, query: {a: '2'}}"),
        ("{path: /s, headers: {a: '1'}}", "{path: /s, headers: {a: '2'}}"),
        ("{path: /s, methods: [GET]}", "{path: /s, methods: [POST]}"),
        ("{path: /s, host: a.example}", "{path: /s, host: b.example}"),
        ("{path: /s, host: '*.a.example'}", "{path: /s, host: '*.b.example'}"),
        ("{path: /g, methods: [POST], graphql: {field: a}}", "{path: /g, methods: [POST], graphql: {field: b}}"),
        (
            "{path: /g, methods: [POST], graphql: {operation: A}}",
            "{path: /g, methods: [POST], graphql: {operation: B}}",
        ),
        ("{path: '/c/{x}'}", "{path: '/c/{x...}'}"),
    ],
)
def test_rules_that_never_meet_or_have_an_order_are_no_problem(one: str, other: str) -> None:
    assert both(one, other) == ()


@pytest.mark.parametrize("path", ["/topsort/v2/events", "/topsort/{version}/events", "/topsort/{rest...}"])
def test_a_rule_that_wants_an_events_path_is_warned_of(path: str) -> None:
    (problem,) = the_problems(a_rule_text(match=f"{{path: '{path}', methods: [POST]}}"))
    assert problem.severity == "warning"
    assert "never reach this rule" in problem.message
    assert "--events-prefix" in problem.hint


def test_a_rule_for_everything_or_beside_the_events_wants_none_of_them() -> None:
    for path in ("/{rest...}", "/topsort/v2/other", "/v2/events"):
        assert the_problems(a_rule_text(match=f"{{path: '{path}'}}")) == ()
