"""Which of the arrays at one path are listings of products. Pure.

`$.results[*].hits` is every result. Where some results are no products
(articles, banners), the path must say which are: by a field that tells them
apart, else by their number.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from proxy.discovery.candidates import Array, Candidate, can_be_named
from proxy.discovery.looks import Look, look_at
from proxy.rules.selector import Every, Index, Step, Where

ALIKE: Final = 0.35
"""Share of common keys from which on two arrays hold the same kind of thing."""

_TELLING: Final = (
    "type",
    "kind",
    "__typename",
    "index",
    "indexName",
    "indexUid",
    "collection",
    "name",
    "key",
    "id",
    "title",
)


def listings_of(candidate: Candidate) -> Candidate:
    """The candidate with only those of its arrays that hold what its best array holds, its path naming just these."""
    looks = [look_at(array.items) for array in candidate.arrays]
    best = max(looks, key=lambda look: (look.worth, len(look.keys)))
    chosen = [array for array, look in zip(candidate.arrays, looks, strict=True) if _alike(look, best)]
    others = [array for array in candidate.arrays if array not in chosen]
    narrow = _telling_apart(chosen, others) if others else None
    if narrow is None:
        return candidate
    at = max(place for place, step in enumerate(candidate.steps) if isinstance(step, Every))
    return Candidate((*candidate.steps[:at], narrow, *candidate.steps[at + 1 :]), tuple(chosen))


def _alike(one: Look, best: Look) -> bool:
    """Of one kind: many keys in common, and not far less of a product; or the same with fewer fields asked for."""
    common = len(one.keys.keys() & best.keys.keys())
    if common == len(one.keys) and "title" not in one.traits:
        return True
    return common >= ALIKE * len(one.keys.keys() | best.keys.keys()) and 2 * one.worth >= best.worth


def _telling_apart(chosen: Sequence[Array], others: Sequence[Array]) -> Step | None:
    """The step that takes all the chosen and none of the others; None where no single step can say that."""
    by_field = next(_fields(chosen, others), None)
    if by_field is None and len(chosen) == 1 and chosen[0].n is not None:
        return Index(chosen[0].n)
    return by_field


def _fields(chosen: Sequence[Array], others: Sequence[Array]) -> Iterator[Step]:
    """Fields that all the chosen have alike, and none of the others."""
    first = chosen[0].holder
    if not isinstance(first, dict):
        return
    for key in _TELLING:
        value = first.get(key)
        if not isinstance(value, str) or not can_be_named(value):
            continue
        if all(_has(array, key, value) for array in chosen) and not any(_has(array, key, value) for array in others):
            yield Where((key,), value)


def _has(array: Array, key: str, value: str) -> bool:
    return isinstance(array.holder, dict) and array.holder.get(key) == value
