"""From a sample response to where its products stand, in the order of the work. Pure.

The only file of this wing that knows all the others. `discover` never raises
for any JSON: where there is no listing, the `Discovery` says so and holds what
was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from proxy.discovery.candidates import candidates
from proxy.discovery.identity import GOOD, identities
from proxy.discovery.request import Request
from proxy.discovery.sample import read_sample
from proxy.discovery.scores import ENOUGH, Scored, scored
from proxy.discovery.siblings import listings_of

CLEAR_LEAD: Final = 1.5
"""Points by which the first candidate must lead to be beyond doubt."""

MOST_TOLD: Final = 8


class RunnerUp(NamedTuple):
    """A list that was considered: its path, its points, why."""

    list: str
    points: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found in a sample.

    Attributes:
        list: the JSONPath of the listing; None where there is none.
        id: the JSONPath of the id, inside an item; None where there is no listing.
        preset: the preset for the backend that answered, where its marks are there.
        sure: nothing else in the sample comes near.
        doubts: where it is not sure, why.
        runners_up: the other lists, the likeliest first.
        found: the chosen list with all that was seen of it; None where there is none.
    """

    list: str | None
    id: str | None
    preset: str | None
    sure: bool
    doubts: tuple[str, ...]
    runners_up: tuple[RunnerUp, ...]
    found: Scored | None


def discover(response: bytes, request: Request | None = None) -> Discovery:
    """Where the products stand in a response.

    Args:
        response: the body of a search that found products, decoded.
        request: what it answers, as far as that is known; it tells backends apart.

    Raises:
        NotASample: the body is no JSON.
    """
    ranked = scored(candidates(read_sample(response)))
    chosen = next((each for each in ranked if each.points >= ENOUGH and each.id), None)
    others = tuple(_told(each) for each in ranked if each is not chosen)[:MOST_TOLD]
    if chosen is None:
        return Discovery(None, None, None, False, ("there is no list that looks like products",), others, None)
    narrowed = _narrowed(chosen)
    doubts = tuple(_doubts(narrowed, [each for each in ranked if each is not chosen]))
    identity = narrowed.id
    assert identity is not None  # the narrowed items are a part of those in which one was found
    return Discovery(str(narrowed.candidate), str(identity), None, not doubts, doubts, others, narrowed)


def _narrowed(chosen: Scored) -> Scored:
    """The same without the arrays beside it that hold other things."""
    candidate = listings_of(chosen.candidate)
    if candidate is chosen.candidate:
        return chosen
    ids = tuple(identities(candidate.listings, chosen.look.wrap)) or chosen.ids
    return Scored(candidate, chosen.look, ids, chosen.points, chosen.because)


def _told(each: Scored) -> RunnerUp:
    return RunnerUp(str(each.candidate), each.points, each.because)


def _doubts(chosen: Scored, others: Sequence[Scored]) -> list[str]:
    doubts: list[str] = []
    rival = max(others, key=lambda each: each.points, default=None)
    if rival is not None and rival.points >= ENOUGH and chosen.points - rival.points < CLEAR_LEAD:
        doubts.append(f"{rival.candidate} looks much like a list of products, too")
    first, *more = chosen.ids
    if first.score < GOOD:
        doubts.append(f"nothing in the items is clearly named as their id; {first} comes nearest")
    if first.repeats:
        doubts.append(f"{first.repeats} of the ids in {first} stand there more than once")
    near = [each for each in more if each.score > first.score - 0.06 and each.values != first.values]
    if near:
        doubts.append(f"{near[0]} could be the id, too ({near[0].values[0]} instead of {first.values[0]})")
    if len(chosen.candidate.items) == 1:
        doubts.append("there is a single product in it; a sample with more of them tells more")
    return doubts
