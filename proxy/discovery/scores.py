"""Which list holds the products: each candidate's points, and the words for why. Pure.

No single mark decides. Products have names, prices, pictures and ids, there
are several of them, and the list is called something. Facets, categories,
suggestions and variants have some of this, but never all of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from proxy.discovery import words
from proxy.discovery.candidates import Candidate
from proxy.discovery.identity import GOOD, Identity, identities, named_one, names_a_product, of_what
from proxy.discovery.looks import WEIGHTS, Look, has_price_outside, has_title_outside, look_at
from proxy.discovery.words import words_of

ENOUGH: Final = 3.5
"""Fewer points, and it is no list of products."""

MOST_SCORED: Final = 2_000
MOST_COMPARED: Final = 200
"""An object of thousands of lists is a dictionary; its lists are compared in pairs."""

ID_IS_WORTH: Final = 3.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with what it is worth.

    Attributes:
        candidate: the list.
        look: how its items look.
        ids: where their id may stand, the likeliest first.
        points: how much it looks like the list of products.
        because: why, in words, the weightiest first.
    """

    candidate: Candidate
    look: Look
    ids: tuple[Identity, ...]
    points: float
    because: tuple[str, ...] = field(default=())

    @property
    def id(self) -> Identity | None:
        """The likeliest id."""
        return self.ids[0] if self.ids else None


def scored(candidates: Sequence[Candidate]) -> list[Scored]:
    """The candidates, the likeliest list of products first."""
    alone = sorted(map(_scored_alone, candidates[:MOST_SCORED]), key=lambda each: -each.points)[:MOST_COMPARED]
    judged = [_beside_others(each, alone) for each in alone]
    return sorted(judged, key=lambda each: -each.points)


def _scored_alone(candidate: Candidate) -> Scored:
    items = candidate.items
    look = look_at(items)
    ids = tuple(identities(candidate.listings, look.wrap, candidate.called))
    parts = [
        _number(len(items)),
        _traits(look),
        _identity(ids),
        _likeness(look),
        _name_of_list(candidate),
        _name_around(candidate),
        _facets(look),
        _opinions(look),
        _pictures(look),
        _people(look),
    ]
    return Scored(candidate, look, ids, *_added(parts))


def _added(parts: Sequence[tuple[float, str]]) -> tuple[float, tuple[str, ...]]:
    told = sorted((part for part in parts if part[1]), key=lambda part: -abs(part[0]))
    return sum(points for points, _ in parts), tuple(why for _, why in told)


def is_called_otherwise(one: Scored) -> bool:
    """The list's name says that it holds something else: users, categories."""
    return _name_of_list(one.candidate)[0] < 0


# -- by its items -----------------------------------------------------------------


def _traits(look: Look) -> tuple[float, str]:
    shown = [trait for trait in _TOLD if trait in look.traits]
    if look.deep_price and "price" not in look.traits:
        shown.append("a price further inside")
    return look.worth, f"with {', '.join(_TOLD.get(trait, trait) for trait in shown[:5])}" if shown else ""


_TOLD: Final = {
    "title": "name",
    "price": "price",
    "picture": "picture",
    "link": "link",
    "brand": "brand",
    "code": "article number",
}


def _identity(ids: Sequence[Identity]) -> tuple[float, str]:
    if not ids:
        return -2.0, "nothing like an id"
    best = ids[0]
    if best.score < GOOD:
        return ID_IS_WORTH * best.score - 1, f"no clear id (at best {best})"
    return ID_IS_WORTH * best.score, f"an id in {best}"


def _number(count: int) -> tuple[float, str]:
    return min(1.5, math.log2(count) * 0.4), f"{count} objects" if count > 1 else "one object only"


def _likeness(look: Look) -> tuple[float, str]:
    if look.alike < 0.6:
        return -1.0, "the objects have few keys in common"
    return look.alike - 0.5 + min(len(look.keys), 12) / 12, ""


def _facets(look: Look) -> tuple[float, str]:
    """A value and how often it occurs."""
    own = look.traits & WEIGHTS.keys() - {"title", "link", "kind", "stock"}
    if "count" in look.traits and not own and len(look.keys) <= 7:
        return -4.0, "values with counts, as facets have"
    return 0.0, ""


def _opinions(look: Look) -> tuple[float, str]:
    own = look.traits & {"price", "picture", "brand", "code"}
    return (-3.0, "they read like reviews") if "opinion" in look.traits and not own else (0.0, "")


def _pictures(look: Look) -> tuple[float, str]:
    own = look.traits & {"price", "title", "brand", "code"}
    return (-3.0, "they are pictures") if look.traits & {"scale"} and not own else (0.0, "")


def _people(look: Look) -> tuple[float, str]:
    own = look.traits & {"price", "brand", "code"}
    people = any("".join(words_of(key)) in words.OF_PEOPLE for key in look.keys)
    return (-4.0, "they look like people") if people and not own and not look.deep_price else (0.0, "")


# -- by its place -----------------------------------------------------------------


def _name_of_list(candidate: Candidate) -> tuple[float, str]:
    if not candidate.steps:
        return 1.0, "it is the whole body"
    # Of `hits.hits` and `products.edges`, `search.nodes`: the last two names speak.
    before, last = map(words_of, ("", "", *candidate.names)[-2:])
    points = _of_name(last)
    if set(last) & {"nodes", "edges", "items", "results", "list", "data", "values", "hits", "docs", "entries"}:
        points += _of_name(before) * (1.0 if _of_name(before) < 0 or set(before) & words.CERTAINLY_PRODUCTS else 0.3)
    if points < 0:
        return points, f"called {'.'.join(candidate.names[-2:])}"
    return min(points, 3.0), ""


def _of_name(named: Sequence[str]) -> float:
    """What the name of a list says of it."""
    own = set(named)
    if own & words.BESIDE:
        return -3.0
    last = set(named[-1:])
    if last & words.CERTAINLY_PRODUCTS:
        return 2.0
    if own & words.NOT_PRODUCTS and not last & words.OF_PRODUCTS:
        return -4.0
    return 1.2 if own & words.OF_PRODUCTS else -4.0 if own & words.NOT_PRODUCTS else 0.0


def _name_around(candidate: Candidate) -> tuple[float, str]:
    """What the names further out say; a list within something that is no list of products is rarely one."""
    for name in candidate.names[:-1]:
        named = set(words_of(name))
        if named & words.BESIDE:
            return -2.5, f"inside {name}"
        if named & words.NOT_PRODUCTS and not named & (words.OF_PRODUCTS | words.GROUPS):
            return -3.0, f"inside {name}"
    return 0.0, ""


# -- beside the others ------------------------------------------------------------


def _beside_others(one: Scored, others: Sequence[Scored]) -> Scored:
    """A list inside products is a part of them; a list of lists of products is none itself."""
    for other in others:
        if one.candidate.is_inside(other.candidate) and _are_products(other, one):
            return _lowered(one, 7.0, f"inside each of {other.candidate}")
        if other.candidate.is_inside(one.candidate) and not _are_products(one, other) and other.points > ENOUGH:
            return _lowered(one, 5.0, f"holds {other.candidate}")
    return one


def _lowered(one: Scored, by: float, why: str) -> Scored:
    return Scored(one.candidate, one.look, one.ids, one.points - by, (why, *one.because))


def _are_products(outer: Scored, inner: Scored) -> bool:
    """Whether the outer list's own fields make products of its items, so that the inner one is only a part of them."""
    within = _names_within(inner.candidate, outer.candidate)
    if not _has_price(inner) and has_price_outside(outer.candidate.items, within):
        return True  # what costs nothing, in what costs something: tags, documents, pictures
    if within and words.ONLY_VARIANTS & set(words_of(within[-1])) and outer.id and outer.id.score >= GOOD:
        return True
    part = any(not words.WITHIN_A_PRODUCT.isdisjoint(words_of(name)) for name in within)
    if part and not _has_title(inner) and has_title_outside(outer.candidate.items, within):
        return True  # what has no name, in what has one: the rates of a hotel, the offers for a book
    named = set(words_of(outer.candidate.called))
    own = _worth_itself(outer) + (1.5 if part else 0.0)
    of_products = any(set(words_of(name)) & words.CERTAINLY_PRODUCTS for name in within)
    if of_products and "price" in inner.look.traits:
        own -= 2.0 if "price" not in outer.look.traits else 0.5
    if _has_price(inner) or of_products or named & words.GROUPS:
        return own >= 2.4
    of_goods = bool(outer.look.traits & _OF_GOODS or named & words.OF_PRODUCTS)
    is_one = bool(outer.id and of_what(outer.id) & named_one(outer.candidate.called))
    if is_one and outer.look.worth >= inner.look.worth and not inner.look.traits & _OF_GOODS:
        return True  # `jobs` with a `jobId`, in them skills
    return own >= 2.4 or (of_goods and outer.look.worth > inner.look.worth)


def _worth_itself(outer: Scored) -> float:
    names = [set(words_of(name)) for name in outer.candidate.names[-2:]]
    own = sum(_WORTH_ITSELF.get(trait, 0.0) for trait in outer.look.traits)
    own += 1.0 if any(name & words.CERTAINLY_PRODUCTS for name in names) else 0.0
    own += 1.0 if outer.id and names_a_product(outer.id) else 0.0
    own -= 2.0 if names and names[-1] & words.GROUPS and not names[-1] & words.CERTAINLY_PRODUCTS else 0.0
    return own


def _has_title(one: Scored) -> bool:
    return "title" in one.look.traits or one.look.deep_title


def _has_price(one: Scored) -> bool:
    return "price" in one.look.traits or one.look.deep_price


_OF_GOODS: Final = frozenset({"price", "picture", "brand", "code"})
"""What groups, pages and sections of products do not have."""

_WORTH_ITSELF: Final = {
    "price": 2.0,
    "title": 1.0,
    "picture": 0.8,
    "brand": 0.8,
    "code": 0.8,
    "link": 0.5,
    "about": 0.4,
    "stock": 0.4,
}


def _names_within(inner: Candidate, outer: Candidate) -> tuple[str, ...]:
    return inner.names[len(outer.names) :]
