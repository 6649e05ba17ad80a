"""What happened to one request, as values. Pure.

`explain.py` sends it down the real corridor and notes what it overhears; how it
is told, as text or as JSON, is its neighbours' matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from proxy.cli.explaining.cause import UNKNOWN, Cause
from proxy.rules.book import Verdict
from proxy.rules.rule import Rule
from proxy.search.visit import Visit

Fields = Sequence[tuple[str, str]]
"""Header fields, name and value, in their order."""


@dataclass
class Call:
    """One call to the ad platform: its body, and the answer's where there was one."""

    sent: bytes
    answer: bytes | None = None


@dataclass(frozen=True)
class Story:
    """What happened to one request.

    Args:
        method: of the request.
        target: its path and query.
        verdicts: what each rule said, in the order in which they were asked.
        rule: the rule that took it, or None.
        visit: how the page view ended; None where no rule took it.
        calls: the auctions.
        written: the rule with its preset's keys in it, as YAML; "" where it rests on none.
        titles: what the products are called, by id, as far as the page says so.
        came: the header of the marketplace's answer.
        went: the header that the shopper would get.
        asked: whether there was an ad platform to ask.
        cause: what of the marketplace's answer kept ads out of it.
    """

    method: str
    target: str
    verdicts: Sequence[Verdict]
    rule: Rule | None = None
    visit: Visit | None = None
    calls: Sequence[Call] = ()
    written: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    came: Fields = ()
    went: Fields = ()
    asked: bool = False
    cause: Cause = UNKNOWN


@dataclass(frozen=True)
class Shown:
    """One place of a merged list.

    Args:
        id: who stands there.
        rank: of the auction, where it is an ad; else 0.
        was: its place in the organic list, from 1; None where it was not on the page.
    """

    id: str
    rank: int
    was: int | None


def listings(visit: Visit | None) -> list[tuple[Sequence[str], list[Shown]]]:
    """Each listing as the marketplace ranked it, and as it is shown."""
    if visit is None:
        return []
    merged = visit.merged or tuple([tuple([(id, 0) for id in organic]) for organic in visit.organic])
    return [(organic, _places(organic, order)) for organic, order in zip(visit.organic, merged, strict=True)]


def _places(organic: Sequence[str], order: Sequence[tuple[str, int]]) -> list[Shown]:
    before: dict[str, list[int]] = {}
    for place, id in enumerate(organic, 1):
        before.setdefault(id, []).append(place)
    # The same id may stand twice (variants); each of them keeps its own place.
    return [Shown(id, rank, before[id].pop(0) if before.get(id) else None) for id, rank in order]


def removed(story: Story) -> Fields:
    """The header fields of the marketplace's that the shopper does not get."""
    return _without(story.came, story.went)


def added(story: Story) -> Fields:
    """The header fields that the shopper gets and the marketplace did not send."""
    return _without(story.went, story.came)


def _without(fields: Fields, others: Fields) -> Fields:
    there = {(name.lower(), value) for name, value in others}
    return [(name, value) for name, value in fields if (name.lower(), value) not in there]
