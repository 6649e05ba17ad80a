"""Which of the arrays at one path are listings of products. Pure.

`$.results[*].hits` is every result. Where some results are no products
(articles, banners), the path must say which are: by a field that tells them
apart, else by their number.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from proxy.discovery.candidates import Array, Candidate
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
    if len(chosen) == len(candidate.arrays):
        return candidate
    others = [array for array in candidate.arrays if array not in chosen]
    return Candidate(_steps(candidate.steps, chosen, others), tuple(chosen))


def _alike(one: Look, other: Look) -> bool:
    """Of one kind: many keys in common, and not the one far more of a product than the other."""
    common = one.keys.keys() & other.keys.keys()
    every = one.keys.keys() | other.keys.keys()
    return len(common) >= ALIKE * len(every) and 2 * one.worth >= other.worth


def _steps(steps: tuple[Step, ...], chosen: Sequence[Array], others: Sequence[Array]) -> tuple[Step, ...]:
    """The path with its last `[*]` narrowed to the chosen arrays, where that can be said in one step."""
    at = max(place for place, step in enumerate(steps) if isinstance(step, Every))
    narrow = next(_fields(chosen, others), None)
    if narrow is None and len(chosen) == 1 and chosen[0].n is not None:
        narrow = Index(chosen[0].n)
    return steps if narrow is None else (*steps[:at], narrow, *steps[at + 1 :])


def _fields(chosen: Sequence[Array], others: Sequence[Array]) -> Iterator[Step]:
    """Fields that all the chosen have alike, and none of the others."""
    first = chosen[0].holder
    if not isinstance(first, dict):
        return
    for key in _TELLING:
        value = first.get(key)
        if not isinstance(value, str):
            continue
        if all(_has(array, key, value) for array in chosen) and not any(_has(array, key, value) for array in others):
            yield Where((key,), value)


def _has(array: Array, key: str, value: str) -> bool:
    return isinstance(array.holder, dict) and array.holder.get(key) == value
