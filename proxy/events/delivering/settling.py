"""What becomes of events that were posted, by what the answer meant. Pure.

The ad platform stores all of a request or nothing. So a refused request of many
is halved until the bad event stands alone: at most twice log2(n) calls for one
of n, and all the others are delivered.

Events that met a fault of the set-up are to be claimed again like those that
met an outage, so that what is tried next is another one: where a fire wall
between us and the platform dislikes one event, the others get past it.

An event of version 1 without an `id` is not sent twice where the first time may
have counted: a person decides about it.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from proxy.events.backoff import TOO_OLD, is_too_old, pause
from proxy.events.delivering.answers import Meaning, Verdict
from proxy.events.event import Kept
from proxy.events.keeping.outbox import Again, Dead, Delivered, Settlement

LONGEST_AFTER_PROBE: Final = 5.0
"""Seconds until an event that served as a probe may serve again: it must not outwait the mend."""

NOBODY_KNOWS: Final = "it has no id and was sent once without an answer; sending it again might charge twice"

Part = Sequence[Kept]
"""Events that are posted together."""


class Outcome(msgspec.Struct, frozen=True):
    """What to tell the outbox, and what to post next instead."""

    settlements: tuple[Settlement, ...] = ()
    halves: tuple[Part, ...] = ()


def settle(part: Part, meaning: Meaning, chance: float, *, probe: bool = False) -> Outcome:
    """What becomes of the events of one request.

    Args:
        part: what was posted; at least one.
        meaning: of the answer.
        chance: a number in [0, 1). One for all: those that failed together come back together, in one request.
        probe: whether the request only asked if the set-up is mended; then nothing is given up.
    """
    match meaning.verdict:
        case Verdict.TAKEN:
            return Outcome(tuple(Delivered(one.ref) for one in part))
        case Verdict.REFUSED if len(part) > 1:
            middle = (len(part) + 1) // 2
            return Outcome(halves=(part[:middle], part[middle:]))
        case Verdict.REFUSED if not probe:
            return Outcome((Dead(part[0].ref, meaning.said),))
        case Verdict.AGAIN if meaning.ambiguous and not part[0].event.id:
            return Outcome(tuple(Dead(one.ref, f"{NOBODY_KNOWS}: {meaning.said}") for one in part))
        case _:
            return Outcome(again(part, meaning, chance, LONGEST_AFTER_PROBE if probe else None))


def again(part: Part, meaning: Meaning, chance: float, longest: float | None = None) -> tuple[Settlement, ...]:
    """To be claimed again, after `longest` seconds at most."""
    pauses = [pause(one.attempts + 1, chance, meaning.asked) for one in part]
    return tuple(
        Again(one.ref, seconds if longest is None else min(seconds, longest), meaning.said)
        for one, seconds in zip(part, pauses, strict=True)
    )


def give_up(part: Part) -> tuple[list[Kept], list[Dead]]:
    """Those that may still be posted, and the dead letters of those that are too old, with what was said last."""
    young = [one for one in part if not is_too_old(one.age)]
    old = [one for one in part if is_too_old(one.age)]
    return young, [Dead(one.ref, _farewell(one)) for one in old]


def _farewell(one: Kept) -> str:
    last = f"the ad platform last said: {one.said}" if one.said else "it was never posted"
    return f"not delivered within {TOO_OLD / 3600:g} hours; {last}"
