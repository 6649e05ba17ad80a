"""How the platform behaves just now: how slow, how often it fails, which lies it tells. Pure.

Told on the command line, and changed while it runs (`POST /_sandbox/behaviour`);
a change makes another `Manners`. Auctions and events are answered each in their
own manner. Where several lies are given, each answer tells one of them, in turn;
`truth` takes a turn as well.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES, LIES

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How each answer to an auction is given.

    Attributes:
        delay: the shortest and the longest time to wait before an answer, in seconds.
        fail_rate: the share of answers that are a 5xx, 0 to 1.
        lies: names out of `LIES`.
    """

    delay: tuple[float, float] = (0.0, 0.0)
    fail_rate: float = 0.0
    lies: tuple[str, ...] = ()

    TELLS: ClassVar[Mapping[str, str]] = AUCTION_LIES

    def with_changes(self, changes: Mapping[str, object]) -> Self:
        """Another one; keys as `told` writes them. Raises ValueError, telling what is wrong."""
        readers = self._readers()
        unknown = next((name for name in changes if name not in readers), None)
        if unknown is not None:
            raise ValueError(f"there is no `{unknown}`; write {' or '.join(readers)}")
        read = {_ATTRIBUTES.get(name, name): readers[name](value) for name, value in changes.items()}
        return replace(self, **read)

    def told(self) -> dict[str, object]:
        """As it is written: what `with_changes` reads."""
        low, high = (f"{seconds * 1000:g}ms" for seconds in self.delay)
        return {"delay": low if low == high else f"{low}..{high}", "fail_rate": self.fail_rate, "lie": list(self.lies)}

    def _readers(self) -> dict[str, Callable[[object], Any]]:
        return {
            "delay": lambda value: read_delay(str(value)),
            "fail_rate": read_rate,
            "lie": lambda value: read_lies(value, self.TELLS),
        }


@dataclass(frozen=True, slots=True)
class EventBehaviour(Behaviour):
    """How each answer to reported events is given.

    Attributes:
        poison: a regular expression: an event whose id or product it is found in is refused, well-formed as it is.
        any_bid: a resolvedBidId that this platform never gave out makes the event an organic one, instead of an error.
    """

    poison: str = ""
    any_bid: bool = False

    TELLS: ClassVar[Mapping[str, str]] = EVENT_LIES

    def told(self) -> dict[str, object]:
        """As it is written."""
        return {**Behaviour.told(self), "poison": self.poison, "any_bid": self.any_bid}

    def _readers(self) -> dict[str, Callable[[object], Any]]:
        return {**Behaviour._readers(self), "poison": read_poison, "any_bid": read_flag}


@dataclass(frozen=True, slots=True)
class Manners:
    """How auctions and events are answered."""

    auctions: Behaviour = Behaviour()
    events: EventBehaviour = EventBehaviour()

    def with_changes(self, changes: Mapping[str, object]) -> "Manners":
        """Others. `auctions` and `events` change one side; what stands beside them changes both.

        A lie for both is told by whoever can tell it. Raises ValueError, telling what is wrong.
        """
        both = {name: value for name, value in changes.items() if name not in ("auctions", "events")}
        Behaviour().with_changes({name: value for name, value in both.items() if name != "lie"})
        lies = read_lies(both.pop("lie"), LIES) if "lie" in both else None
        auctions, events = self.auctions.with_changes(both), self.events.with_changes(both)
        if lies is not None:
            auctions = replace(auctions, lies=tuple(one for one in lies if one in AUCTION_LIES))
            events = replace(events, lies=tuple(one for one in lies if one in EVENT_LIES))
        return Manners(auctions.with_changes(_side(changes, "auctions")), events.with_changes(_side(changes, "events")))

    def told(self) -> dict[str, object]:
        """As it is written: what `with_changes` reads."""
        return {"auctions": self.auctions.told(), "events": self.events.told()}


_ATTRIBUTES: Final = {"lie": "lies"}


def _side(changes: Mapping[str, object], name: str) -> Mapping[str, object]:
    side = changes.get(name, {})
    if not isinstance(side, Mapping):
        raise ValueError(f'`{name}`: write an object, like {{"delay": "30ms"}}')
    return side


def read_delay(text: str) -> tuple[float, float]:
    """`30ms`, or `30ms..90ms`, in seconds."""
    shortest, _, longest = text.partition("..")
    low, high = _seconds(shortest), _seconds(longest or shortest)
    if low > high:
        raise ValueError(f"a delay of {text}: the first has to be the shorter one")
    return low, high


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        if text.strip() == "0":
            return 0.0
        raise ValueError(f"a delay of {text!r}: write it like 30ms or 30ms..90ms")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def read_rate(value: object) -> float:
    """A share of 0 to 1."""
    try:
        rate = float(str(value))
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise ValueError(f"a fail rate of {value!r}: write a number from 0 to 1")
    return rate


def read_lies(value: object, known: Mapping[str, str] = LIES) -> tuple[str, ...]:
    """Names out of `known`, with commas between, or a list of them; empty for the truth."""
    if isinstance(value, list | tuple):
        value = ",".join(str(one) for one in value)
    names = tuple(name.strip() for name in str(value or "").split(",") if name.strip())
    for name in names:
        if name not in known:
            where = "" if name not in LIES else " here"
            raise ValueError(f"no lie{where} is called {name!r}; there are {', '.join(known)}")
    return names


def read_poison(value: object) -> str:
    """A regular expression; empty for none."""
    pattern = str(value or "")
    try:
        re.compile(pattern)
    except re.error as wrong:
        raise ValueError(f"a poison of {pattern!r}: no regular expression: {wrong}") from None
    return pattern


def read_flag(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"any_bid of {value!r}: write true or false")
    return value
