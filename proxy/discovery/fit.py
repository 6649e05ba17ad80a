"""Whether a preset fits a sample, and what it leaves to say. Pure.

A preset speaks of a backend as it comes; a shop's own fields, its proxy before
the backend and its catalogue's ids are its own. So the list must be where the
preset says; an id that is not there is looked for, and written over it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from proxy.ask import Ask
from proxy.discovery.candidates import Array, Candidate
from proxy.discovery.identity import GOOD, Identity, identities, identity_at
from proxy.discovery.looks import look_at
from proxy.discovery.scores import Scored
from proxy.discovery.siblings import listings_of
from proxy.rules.book import Book
from proxy.rules.files import read_book
from proxy.rules.rule import Rule

MOST_MISSING: Final = 0.2
"""Share of items without an id from which on a preset's id is not the sample's."""

# What Elasticsearch makes up for a document that came without an id: nobody's catalogue has it.
_MADE_UP: Final = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{20}")


@dataclass(frozen=True, slots=True)
class Fit:
    """A preset laid over a sample.

    Attributes:
        rule: the preset, as a rule.
        found: the list it names, with its ids; the first is the one to use.
        own_id: why the preset's id is not used; "" where it is.
        whole: how many lists there are at the preset's path.
        only: those of them that hold products, with a path that names just these; None where all do.
    """

    rule: Rule
    found: Scored
    own_id: str = ""
    whole: int = 0
    only: Candidate | None = None


@cache
def preset_rule(name: str) -> Rule | None:
    """A preset as a rule by itself; None where there is none of this name."""
    book = read_book({name: f"page: page\npreset: {name}\nauction: {{slots: 1}}\n".encode()}).book
    return book.rules[0] if book else None


def fits(name: str, value: object) -> Fit | None:
    """The preset of this name over a sample; None where it finds no list there."""
    rule = preset_rule(name)
    if rule is None or rule.products.list.is_xpath:
        return None
    arrays = [each for each in rule.products.list.find(value) if isinstance(each, list)]
    listings = [tuple(item for item in array if isinstance(item, dict)) for array in arrays]
    candidate = Candidate(rule.products.list.steps, tuple(Array(items) for items in listings if items))
    if not candidate.arrays:
        return None
    look = look_at(candidate.items)
    guesses = identities(candidate.listings, look.wrap, candidate.called)
    ids, why = _ids(rule, candidate, guesses)
    return Fit(rule, Scored(candidate, look, ids, 0.0), why) if ids else None


def with_products_only(fit: Fit, seen: Iterable[Candidate]) -> Fit:
    """The fit that knows which of the preset's lists hold no products: suggestions are often asked for in one go.

    Args:
        fit: the fit.
        seen: the lists of the sample, among them the preset's.
    """
    whole = next((each for each in seen if each.steps == fit.found.candidate.steps), None)
    only = listings_of(whole) if whole else None
    if whole is None or only is None or only is whole:
        return fit
    return replace(fit, whole=len(whole.arrays), only=only)


def _ids(rule: Rule, candidate: Candidate, guesses: list[Identity]) -> tuple[tuple[Identity, ...], str]:
    """The ids to use, the preset's first where it fits."""
    own = identity_at(rule.products.id.steps, candidate.listings)
    why = _misfit(own, sum(map(len, candidate.listings)), rule.products.id_pattern)
    others = tuple(each for each in guesses if own is None or each.steps != own.steps)
    if own is not None and (not why or not others or others[0].score < GOOD):
        return (own, *others), ""
    return others, f"{rule.products.id} {why}"


def _misfit(own: Identity | None, items: int, pattern: str | None) -> str:
    if own is None or own.missing > MOST_MISSING * items:
        return "is not in these products"
    if own.repeats > len(own.values) / 2:
        return "is mostly the same"
    if pattern and not any(re.search(pattern, value) for value in own.values):
        return "does not look as the preset expects"
    if all(_MADE_UP.fullmatch(value) for value in own.values):
        return "looks made up by the engine"
    return ""


def takes(rule: Rule, ask: Ask) -> bool:
    """Whether the rule takes this request as it is."""
    return Book([rule]).find(ask) is not None
