"""Listings seen lately, so that an auction can be asked for before the marketplace has answered. Pure.

A search that was seen a moment ago mostly brings the same products again. So
the auction may be held on those while the marketplace still searches, and where
they turn out to be the same set, its answer counts. A wrong guess costs the
campaigns nothing but an auction without an impression; yet those distort what
the ad platform believes of the shop, so a page must earn its guesses: each
visit compares what would have been guessed with what came, and only while nine
of the last ten were right does the next one guess.

What is remembered belongs to no shopper: products by page, target, body, and
what the rule says its answers vary with. An auction's answer is never kept.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, TypeAlias

import msgspec
from cachetools import LRUCache, TTLCache

from proxy.ask import Ask
from proxy.auction.question import Candidates
from proxy.rules.rule import Rule

Key: TypeAlias = tuple[str, str, bytes, tuple[str | None, ...]]

MOST_IDS: Final = 200_000
"""Product ids that are remembered in all, some twenty megabytes; what was not seen for longest goes first."""
MOST_PAGES: Final = 1_000
OLDEST: Final = 300.0
"""Seconds; an older listing is no guess any more."""
LAST: Final = 10
RIGHT: Final = 9


class Seen(msgspec.Struct, frozen=True):
    """The listings of one search, and the rule by which they were read."""

    rule: Rule
    listings: tuple[Candidates, ...]
    sets: tuple[frozenset[str], ...]


class Gate:
    """Whether a page may guess: of its last ten comparisons, nine were right."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=LAST)

    @property
    def is_open(self) -> bool:
        return len(self._last) == LAST and sum(self._last) >= RIGHT

    def note(self, right: bool) -> None:
        """One more comparison."""
        self._last.append(right)


class Foresight:
    """What was seen, and which pages may guess by it.

    Args:
        now: the time, in seconds on a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._seen: TTLCache[Key, Seen] = TTLCache(MOST_IDS, OLDEST, timer=now, getsizeof=_size)
        self._gates: LRUCache[str, Gate] = LRUCache(MOST_PAGES)

    def __len__(self) -> int:
        return len(self._seen)

    @property
    def pages_guessing(self) -> int:
        """How many pages guess now."""
        return sum(gate.is_open for gate in self._gates.values())

    def gate(self, rule: Rule) -> Gate:
        """The gate of a rule's page."""
        gate: Gate | None = self._gates.get(rule.page)
        if gate is None:
            gate = self._gates[rule.page] = Gate()
        return gate

    def of(self, rule: Rule, key: Key) -> Seen | None:
        """What was seen under this key, by this very rule; None where it is too long ago, or was read by another."""
        seen: Seen | None = self._seen.get(key)
        return seen if seen is not None and seen.rule is rule else None

    def remember(self, rule: Rule, key: Key, listings: Sequence[Candidates]) -> None:
        """Keep what has come."""
        seen = Seen(rule, tuple(listings), sets_of(listings))
        if _size(seen) <= MOST_IDS:
            self._seen[key] = seen


def key_of(rule: Rule, ask: Ask, captures: Mapping[str, str]) -> Key | None:
    """What decides which products come: the page, the target, the body, and what the rule says (`cache.vary`).

    None where it cannot be known: a body is there, and nobody has read it.
    """
    if ask.body is None and ask.method not in ("GET", "HEAD"):
        return None
    body = blake2b(ask.body, digest_size=16).digest() if ask.body else b""
    vary = rule.cache.vary if rule.cache else ()
    host = ask.header("host")
    return rule.page, ask.target, body, (host, *[source.read(ask, captures) for source in vary])


def sets_of(listings: Sequence[Candidates]) -> tuple[frozenset[str], ...]:
    """The products of each listing, whatever their order."""
    return tuple([frozenset(listing.ids) for listing in listings])


def _size(seen: Seen) -> int:
    return 1 + sum([len(listing.ids) for listing in seen.listings])
