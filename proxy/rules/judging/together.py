"""What is wrong with rules only because of one another. Pure.

Two rules must not have one name. Two that a request can match alike are
warned of, and so is one that no request can reach.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from proxy.rules.matching.conditions import ANY, Conditions
from proxy.rules.reading.draft import Draft
from proxy.rules.rule import Match, Rule

# Pairs are judged, so that this many cost a second; nobody writes so many by hand.
MOST_OF_ONE_PATH: Final = 1_000

EVENT_PATHS: Final = (
    ("topsort", "v1", "events"),
    ("topsort", "v2", "events"),
    ("topsort", "segment", "v1", "track"),
    ("topsort", "segment", "webhook"),
)


class _Beside(NamedTuple):
    """A sound rule with what is asked of it again and again."""

    draft: Draft
    rule: Rule
    weight: int


def judge(drafts: Sequence[Draft]) -> None:
    """Tell each draft what is wrong with it beside the others; `drafts` stand in the order of the files."""
    _same_names(drafts)
    # Only rules of the same path can take requests from each other unawares.
    by_path: dict[object, list[_Beside]] = {}
    for draft in drafts:
        if draft.rule:
            _wants_events(draft, draft.rule)
            beside = _Beside(draft, draft.rule, Conditions(draft.rule.match).count)
            by_path.setdefault(draft.rule.match.path.node, []).append(beside)
    for group in by_path.values():
        _judge_group(group[:MOST_OF_ONE_PATH])


def _judge_group(group: Sequence[_Beside]) -> None:
    """Rules of one path: which are never reached, which can tie."""
    ordered = sorted(group, key=lambda each: -each.weight)
    unreached = [n for n, each in enumerate(ordered) if _told_as_unreached(each, ordered[:n])]
    reached = [each for n, each in enumerate(ordered) if n not in unreached]
    for one, other in combinations(reached, 2):
        if one.weight == other.weight and _can_tie(one.rule.match, other.rule.match):
            takes = f"`{one.rule.page}` ({_where(one.draft)})"
            message = f"a request can match this rule and {takes} alike; then the first takes it"
            other.draft.tell("warning", "match.path", message, "add a condition to one of them")


def _told_as_unreached(one: _Beside, before: Sequence[_Beside]) -> bool:
    """Whether a rule that comes before takes all of its requests; it is told so."""
    for other in before:
        if _covers(other.rule, one.rule):
            message = f"no request reaches this rule: `{other.rule.page}` ({_where(other.draft)}) takes them all"
            one.draft.tell("warning", "match.path", message, "add a condition, or remove one of the two")
            return True
    return False


def _where(draft: Draft) -> str:
    return f"{draft.file}:{draft.node.line}"


def _same_names(drafts: Iterable[Draft]) -> None:
    first: dict[str, Draft] = {}
    for draft in drafts:
        page = draft.values.get("page")
        if page is None:
            continue
        if page in first:
            draft.tell(
                "error", "page", f"the name `{page}` is taken by {_where(first[page])}", "give each rule its own name"
            )
        first.setdefault(page, draft)


def _wants_events(draft: Draft, rule: Rule) -> None:
    segments = rule.match.path.segments
    for path in EVENT_PATHS:
        # A pattern that takes everything is meant for the marketplace's pages, not for ours.
        if segments[0].text == path[0] and not segments[0].kind and rule.match.path.takes(path):
            message = f"events are reported to /{'/'.join(path)}; they never reach this rule"
            hint = "choose another path; or give the events another one with --events-prefix, or up with --no-events"
            draft.tell("warning", "match.path", message, hint)
            return


def _covers(one: Rule, other: Rule) -> bool:
    """Every request of the other's is one of this one's."""
    a, b = one.match, other.match
    return (
        set(a.methods) >= set(b.methods)
        and (a.host is None or (b.host is not None and _host_within(b.host, a.host)))
        and all(b.query.get(name) == value or (value == ANY and name in b.query) for name, value in a.query.items())
        and all(
            b.headers.get(name) == value or (value == ANY and name in b.headers) for name, value in a.headers.items()
        )
        and (a.graphql is None or a.graphql == b.graphql)
        and (other.needs_body or not one.needs_body)
    )


def _can_tie(one: Match, other: Match) -> bool:
    """A request can match both, and only the order of the files decides."""
    return (
        not set(one.methods).isdisjoint(other.methods)
        and _hosts_meet(one.host, other.host)
        and _values_meet(one.query, other.query)
        and _values_meet(one.headers, other.headers)
        and not _other_operation(one, other)
    )


def _host_within(host: str, pattern: str) -> bool:
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))


def _hosts_meet(one: str | None, other: str | None) -> bool:
    return one is None or other is None or _host_within(one, other) or _host_within(other, one)


def _values_meet(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(value in (ANY, other.get(name, value)) or other[name] == ANY for name, value in one.items())


def _other_operation(one: Match, other: Match) -> bool:
    """Two GraphQL rules that ask for different operations or fields: a query of both is too rare to warn of."""
    if one.graphql is None or other.graphql is None:
        return False
    pairs = ((one.graphql.operation, other.graphql.operation), (one.graphql.field, other.graphql.field))
    return any(a is not None and b is not None and a != b for a, b in pairs)
