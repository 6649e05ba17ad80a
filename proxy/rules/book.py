"""Which rule takes a request, and why not the others. Pure.

Rules stand in a tree of path segments, so that a request costs the same with
one rule as with a thousand. Of all rules whose match holds, the most specific
takes it, segment by segment from the left: a literal before `{name}` before
`{name...}`; then the one with more conditions; then the order of the files.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from proxy.ask import Ask
from proxy.rules.matching.conditions import Conditions
from proxy.rules.matching.paths import LITERAL, ONE, Captures
from proxy.rules.rule import Rule


class Match(msgspec.Struct, frozen=True):
    """The rule that takes a request, and what its path captured."""

    rule: Rule
    captures: Mapping[str, str]


class Verdict(NamedTuple):
    """Whether a rule takes a request, and why, in plain words."""

    rule: Rule
    takes: bool
    why: str


class _Entry(NamedTuple):
    rule: Rule
    conditions: Conditions
    needs_body: bool
    captures: Captures


class _Node:
    """One place in the tree of segments. `ends` and `rest` hold rules, the most specific first."""

    __slots__ = ("ends", "literals", "one", "rest")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.one: _Node | None = None
        self.ends: list[_Entry] = []
        self.rest: list[_Entry] = []

    def entries_for(self, segments: tuple[str, ...], at: int = 0) -> list[_Entry]:
        """Every rule whose path takes these segments, in the order of precedence."""
        if at == len(segments):
            return self.ends + self.rest
        segment = segments[at]
        below = self.literals.get(segment)
        found = [] if below is None else below.entries_for(segments, at + 1)
        if self.one is not None and segment:
            found = found + self.one.entries_for(segments, at + 1)
        return found + self.rest


class Book:
    """All rules, ready to be looked up. Frozen."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.name = sha256("\n".join(map(repr, self.rules)).encode()).hexdigest()[:8]
        entries = [
            _Entry(rule, Conditions(rule.match), rule.needs_body, Captures(rule.match.path)) for rule in self.rules
        ]
        self._ordered = sorted(entries, key=lambda entry: (entry.rule.match.path.kinds, -entry.conditions.count))
        self._root = _Node()
        for entry in self._ordered:
            self._add(entry)

    def __repr__(self) -> str:
        return f"Book({self.name}: {', '.join(rule.page for rule in self.rules)})"

    def _add(self, entry: _Entry) -> None:
        node = self._root
        for kind, text in entry.rule.match.path.segments:
            if kind == LITERAL:
                node = node.literals.setdefault(text, _Node())
            elif kind == ONE:
                node.one = node.one or _Node()
                node = node.one
            else:
                node.rest.append(entry)
                return
        node.ends.append(entry)

    # -- looking up -------------------------------------------------------------

    def find(self, ask: Ask) -> Match | None:
        """The rule that takes this request, or None: then it passes through.

        A rule that needs the request's body does not take a request whose body was not read (or is over 1 MiB).
        """
        segments = ask.segments
        root = self._root
        # Most requests are no page of ours; they leave here.
        if segments[0] not in root.literals and root.one is None and not root.rest:
            return None
        for rule, conditions, needs_body, captures in root.entries_for(segments):
            if conditions.hold(ask) and not (needs_body and _lacks_body(ask)):
                return Match(rule, captures.of(segments))
        return None

    def needs_body(self, ask: Ask) -> bool:
        """Whether the body must be read to know which rule takes the request, or before that rule can run."""
        if not _lacks_body(ask):
            return False
        for _, conditions, needs_body, _ in self._root.entries_for(ask.segments):
            if conditions.hold_but_for_the_body(ask):
                return needs_body
        return False

    def explain(self, ask: Ask) -> tuple[Verdict, ...]:
        """For every rule, in the order in which they are considered, whether it takes this request, and why not."""
        verdicts: list[Verdict] = []
        taker: Rule | None = None
        for rule, conditions, needs_body, _ in self._ordered:
            why = _why_not(rule, conditions, needs_body, ask)
            if why:
                verdicts.append(Verdict(rule, False, why))
            elif taker:
                verdicts.append(Verdict(rule, False, _why_less(rule, taker)))
            else:
                taker = rule
                verdicts.append(Verdict(rule, True, "everything under `match` holds"))
        return tuple(verdicts)


def _why_not(rule: Rule, conditions: Conditions, needs_body: bool, ask: Ask) -> str:
    """Why a rule does not take a request, or ""."""
    if not rule.match.path.takes(ask.segments):
        return f"the path is {ask.path}, not {rule.match.path}"
    if needs_body and _lacks_body(ask):
        no_body = "it reads the request's body, and there is none (or one over 1 MiB)"
        return conditions.why_not(ask, but_for_the_body=True) or no_body
    return conditions.why_not(ask)


def _lacks_body(ask: Ask) -> bool:
    return ask.body is None and ((ask.method != "GET" and ask.method != "HEAD") or ask.announces_body)


def _why_less(rule: Rule, taker: Rule) -> str:
    """Its match holds, too: why the other comes first."""
    if rule.match.path.kinds != taker.match.path.kinds:
        return f"its match holds, but the path of `{taker.page}` is more specific"
    if Conditions(rule.match).count < Conditions(taker.match).count:
        return f"its match holds, but `{taker.page}` has more conditions"
    return f"its match holds, but `{taker.page}` comes before it (the two tie: first file first)"
