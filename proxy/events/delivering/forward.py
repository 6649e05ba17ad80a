"""An event of version 1, handed on at once: its sender wants the platform's answer, which holds the platform's ids.

    taken, or refused as a bad event           the platform's answer is handed back
    certainly not acted upon, or has an `id`   into the outbox, answered 202; delivered later
    anything else (5xx, no answer)             the failure is handed back: sending again might charge twice

While the platform fails, or refuses the key, it is spared: events go straight
into the outbox, and one at a time is handed on to see whether it is well again.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Final

from proxy.clock import Clock
from proxy.events.delivering.answers import Verdict
from proxy.events.delivering.destination import Destination, Mode
from proxy.events.delivering.lane import Lane
from proxy.events.delivering.post import Post, Posted
from proxy.events.event import Event
from proxy.events.keeping.outbox import Outbox
from proxy.topsort import v1
from proxy.topsort.errors import ErrorCode, write_error
from proxy.wire.client import Client

LONGEST: Final = 5.0
"""Seconds: somebody waits."""
MOST_IN_FLIGHT: Final = 100
PATIENT: Final = 4
"""Failures in a row that are no outage yet."""

_KEPT: Final = (202, b"{}")
_UNKNOWN: Final = "the ad platform gave no answer; it may have taken the event all the same"


class Forward:
    """Hands events on.

    Args:
        outbox: takes what cannot be handed on.
        client: the pool of connections to the ad platform, for events alone.
        key: gives the ad platform's key.
        clock: the time.
        chance: numbers in [0, 1), for pauses.
        longest: seconds after which an answer is not waited for any more.

    Attributes:
        counts: `forwarded`, `refused`, `kept`, `failed`.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: Client,
        key: Callable[[], str],
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        longest: float = LONGEST,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._outbox = outbox
        self._clock = clock
        self._destination = Destination(clock.now(), MOST_IN_FLIGHT, PATIENT)
        post = Post(client, key, v1.EVENTS, clock, first_byte=longest, whole=longest)
        self._lane = Lane(post, self._destination, (), 1, lambda _, bodies: bodies[0], clock, chance)

    async def send(self, event: Event) -> tuple[int, bytes]:
        """Status and JSON body for the sender of an event of version 1.

        Raises:
            OutboxTrouble: it could neither be handed on nor kept.
        """
        posted = await self._post(event.body) if self._may_ask() else None
        if posted is None or _was_not_acted_upon(posted):
            return await self._keep(event)
        if posted.meaning.verdict is Verdict.AGAIN:
            return await self._keep(event) if event.id else self._failure(posted)
        self.counts["refused" if posted.meaning.verdict is Verdict.REFUSED else "forwarded"] += 1
        return posted.status, posted.json or _own_words(posted)

    def _may_ask(self) -> bool:
        """Whether the platform is well, or this one may find out whether it is."""
        lane = self._lane
        lane.mind_the_key()
        return lane.room > 0 or self._destination.probe(self._clock.now(), lane.in_flight) is not None

    async def _post(self, body: bytes) -> Posted:
        lane = self._lane
        lane.in_flight += 1
        try:
            posted = await lane.post.send(body)
        finally:
            lane.in_flight -= 1
        # Never `alone`: one sender with bad events only must not hold the others' up.
        lane.note(posted.meaning, alone=False)
        return posted

    async def _keep(self, event: Event) -> tuple[int, bytes]:
        await self._outbox.put([event])
        self.counts["kept"] += 1
        return _KEPT

    def _failure(self, posted: Posted) -> tuple[int, bytes]:
        self.counts["failed"] += 1
        return posted.status or 502, posted.json or _own_words(posted)

    @property
    def mode(self) -> Mode:
        """How the platform does, as far as this one knows."""
        return self._destination.mode


def _was_not_acted_upon(posted: Posted) -> bool:
    """Whether the platform certainly did nothing: it never heard of the event, or would not look at it."""
    meaning = posted.meaning
    unheard = meaning.verdict is Verdict.AGAIN and not meaning.ambiguous and posted.status < 500
    return unheard or meaning.verdict is Verdict.SET_UP


def _own_words(posted: Posted) -> bytes:
    """Where the platform's answer is no JSON."""
    match posted.meaning.verdict:
        case Verdict.TAKEN:
            return b"{}"
        case Verdict.REFUSED:
            return write_error(ErrorCode.BAD_REQUEST, f"the ad platform refuses the event: {posted.meaning.said}")
        case _:
            return write_error(ErrorCode.INTERNAL_SERVER_ERROR, posted.meaning.said if posted.status else _UNKNOWN)
