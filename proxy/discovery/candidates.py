"""Every list of objects that a sample holds, each with the path a rule would name it by. Pure.

Arrays that stand in the elements of another array are one candidate, as they
are one `products.list`: `$.results[*].hits`. Which of the candidates holds the
products is for scores.py to say.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxy.rules.selector import Every, Name, Selector, Step

Object = dict[str, Any]

DEEPEST: Final = 24
MOST_VALUES: Final = 400_000  # looked at in all: half a second for the largest of samples
MOST_INSIDE: Final = 40  # elements of one array that are searched for further arrays
LONGEST_KEY: Final = 100
MOST_ITEMS: Final = 1_000  # items of one candidate that are looked at


@dataclass(frozen=True, slots=True)
class Array:
    """One array as it stands in the sample.

    Attributes:
        items: its objects.
        n: which element of the next array around it holds it; None where there is none around it.
        holder: that element.
    """

    items: tuple[Object, ...]
    n: int | None = None
    holder: object = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """The arrays at one path, in the order of the sample."""

    steps: tuple[Step, ...]
    arrays: tuple[Array, ...]

    def __str__(self) -> str:
        return str(Selector.of(self.steps))

    @property
    def items(self) -> tuple[Object, ...]:
        """The objects of all its arrays, at most so many."""
        return tuple(item for array in self.arrays for item in array.items)[:MOST_ITEMS]

    @property
    def listings(self) -> tuple[tuple[Object, ...], ...]:
        """The objects of each of its arrays."""
        return tuple(array.items for array in self.arrays)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys on its path."""
        return tuple(step.key for step in self.steps if isinstance(step, Name))

    @property
    def called(self) -> str:
        """The last key on its path; "" where there is none."""
        return self.names[-1] if self.names else ""

    def is_inside(self, other: "Candidate") -> bool:
        """It stands in the other's items."""
        around = (*other.steps, Every())
        return len(self.steps) > len(other.steps) and self.steps[: len(around)] == around


def candidates(value: object) -> list[Candidate]:
    """All lists of objects in a JSON value; empty arrays and arrays of anything else are none."""
    found: dict[tuple[Step, ...], list[Array]] = {}
    for steps, array in _arrays(value):
        found.setdefault(steps, []).append(array)
    return [Candidate(steps, tuple(arrays)) for steps, arrays in found.items()]


def first_empty(value: object) -> str | None:
    """The path of the outermost array with nothing in it, the first of them; None where there is none."""
    waiting: list[tuple[tuple[Step, ...], object]] = [((), value)]
    for steps, each in waiting:  # grows while it is walked
        if each == []:
            return str(Selector.of(steps))
        if isinstance(each, dict) and len(steps) < DEEPEST and len(waiting) < MOST_VALUES:
            waiting += [((*steps, Name(key)), inner) for key, inner in each.items() if can_be_named(key)]
    return None


def _arrays(value: object) -> Iterator[tuple[tuple[Step, ...], Array]]:
    """Every array that is mostly objects, in the order of the sample, level by level."""
    waiting: list[tuple[tuple[Step, ...], object, int | None, object]] = [((), value, None, None)]
    for steps, each, n, holder in waiting:  # grows while it is walked
        if len(steps) >= DEEPEST or len(waiting) > MOST_VALUES:
            continue
        if isinstance(each, dict):
            waiting += [((*steps, Name(key)), inner, n, holder) for key, inner in each.items() if _leads_on(key, inner)]
        elif isinstance(each, list):
            objects = tuple(item for item in each[:MOST_ITEMS] if isinstance(item, dict) and item)
            if objects and 2 * len(objects) >= len(each[:MOST_ITEMS]):
                yield steps, Array(objects, n, holder)
            inside = [(at, item) for at, item in enumerate(each[:MOST_INSIDE]) if _holds_more(item)]
            waiting += [((*steps, Every()), item, at, item) for at, item in inside]


def _leads_on(key: str, inner: object) -> bool:
    return _holds_more(inner) and can_be_named(key)


def can_be_named(key: str) -> bool:
    """A rule can hold this key in a path: keys that no file can hold (half a character) are nobody's API."""
    return len(key) <= LONGEST_KEY and "[*]" not in key and key.isprintable()


def _holds_more(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value)


def at(items: Iterable[Object], path: Sequence[str]) -> list[Object]:
    """The objects at a path of keys, of those items that have one there."""
    found: list[Object] = list(items)
    for key in path:
        found = [inner for item in found if isinstance(inner := item.get(key), dict)]
    return found
