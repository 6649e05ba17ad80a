"""Products that stand in no array: in an object under their ids, or one alone in XML. Pure.

No rule can put ads into an object, but who gives such an answer must hear why
nothing was found. In XML a list of one cannot be told from an element.
"""

from collections.abc import Iterator
from typing import Final

from proxy.discovery.candidates import Array, Candidate, can_be_named
from proxy.discovery.scores import ENOUGH, Scored, scored
from proxy.rules.selector import Name, Step

DEEPEST: Final = 8
MOST_OBJECTS: Final = 2_000
FEWEST: Final = 2


def keyed(value: object) -> list[Candidate]:
    """The objects that hold nothing but objects, each as the list of them."""
    holders = (
        (steps, tuple(inner for inner in each.values() if isinstance(inner, dict) and inner))
        for steps, each in _objects(value)
        if all(isinstance(inner, dict) for inner in each.values())
    )
    return [Candidate(steps, (Array(items),)) for steps, items in holders if len(items) >= FEWEST]


def lone(value: object) -> list[Candidate]:
    """Every object below the root that stands in no array, each as a list of one."""
    return [Candidate(steps, (Array((each,)),)) for steps, each in _objects(value) if steps]


def under_their_ids(value: object) -> Scored | None:
    """The object that holds products under their ids, if one does: each has a name and a price."""
    return next((each for each in scored(keyed(value)) if each.points >= ENOUGH and _are_for_sale(each)), None)


def _are_for_sale(each: Scored) -> bool:
    return "title" in each.look.traits and ("price" in each.look.traits or each.look.deep_price)


def is_better(products: Scored, chosen: Scored, value: object) -> bool:
    """The list that was chosen has no prices, and is not the order of these products either."""
    if "price" in chosen.look.traits or chosen.look.deep_price or chosen.id is None:
        return False
    holder: object = value
    for step in products.candidate.steps:
        holder = holder[step.key] if isinstance(holder, dict) and isinstance(step, Name) else None
    keys = set(holder) if isinstance(holder, dict) else set()
    return keys.isdisjoint(chosen.id.values)


def _objects(value: object) -> Iterator[tuple[tuple[Step, ...], dict[str, object]]]:
    """The objects that stand in no array, level by level."""
    waiting: list[tuple[tuple[Step, ...], object]] = [((), value)]
    for steps, each in waiting:  # grows while it is walked
        if not isinstance(each, dict) or not each or len(waiting) > MOST_OBJECTS:
            continue
        yield steps, each
        if len(steps) < DEEPEST:
            waiting += [((*steps, Name(key)), inner) for key, inner in each.items() if can_be_named(key)]
