"""One way to the ad platform: which kinds take it, how they are spelled, how it does.

Version 1 and version 2 are lanes of their own, so that trouble of one never
holds the other up. What a call means for the lane is told here, and a person
hears of it here: once when it stands still, with what to do; once when it has
failed for a while; and when it goes again.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from proxy.clock import Clock
from proxy.events.backoff import MOST_TOGETHER
from proxy.events.delivering.answers import Meaning, Verdict
from proxy.events.delivering.destination import Destination, Mode
from proxy.events.delivering.post import Post
from proxy.events.event import V1, Kept
from proxy.topsort import v1, v2
from proxy.topsort.events import KINDS
from proxy.wire.client import Client

_log = logging.getLogger(__name__)

MOST_SINGLES: Final = 12
"""Events of version 1 side by side, while all is well: one is a call."""
FAILURES_WORTH_A_WORD: Final = 3
"""A connection that is reset now and then is no news."""


class Lane:
    """One address and what goes there.

    Args:
        post: how to post there.
        destination: how it does.
        kinds: of the events that go there.
        most: events in one request.
        write: a kind, the bodies of events -> the body of a request.
        clock, chance: the time, and numbers in [0, 1).
    """

    def __init__(
        self,
        post: Post,
        destination: Destination,
        kinds: Sequence[str],
        most: int,
        write: Callable[[str, Sequence[bytes]], bytes],
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self.post = post
        self.destination = destination
        self.kinds = tuple(kinds)
        self.most = most
        self.in_flight = 0
        self.chance = chance
        self._write = write
        self._now = clock.now
        self._told = False

    @property
    def room(self) -> int:
        """How many more batches may go out now."""
        return self.destination.room(self._now(), self.in_flight)

    @property
    def may_go_on(self) -> bool:
        """Whether one that is under way may post its next part."""
        return self.destination.room(self._now(), 0) > 0

    @property
    def stands_still(self) -> bool:
        """Whether a person has to mend something first."""
        return self.destination.mode is Mode.PAUSED

    def body_of(self, part: Sequence[Kept]) -> bytes:
        """A request with these events, each as the bytes that its sender wrote."""
        return self._write(part[0].event.kind, [one.event.body for one in part])

    def note(self, meaning: Meaning, alone: bool) -> None:
        """A call has ended with this; `alone`: it carried one event."""
        destination, now, before = self.destination, self._now(), self.destination.mode
        match meaning.verdict:
            case Verdict.TAKEN:
                destination.taken(now)
            case Verdict.REFUSED:
                destination.refused(now, meaning.said, alone)
            case Verdict.AGAIN:
                destination.failed(now, meaning.said, self.chance(), meaning.asked)
            case Verdict.SET_UP:
                destination.misconfigured(now, meaning.said, meaning.advice)
        self._tell(before)

    def mind_the_key(self) -> None:
        """See at once whether another key mends it."""
        if self.stands_still and self.post.has_new_key:
            self.destination.key_changed(self._now())

    def nothing_to_probe(self) -> None:
        """There was no event to probe with."""
        before = self.destination.mode
        self.destination.nothing_to_probe(self._now())
        self._tell(before)

    def _tell(self, before: Mode) -> None:
        standing = self.destination.standing(self._now())
        path, why = self.post.path, standing.why
        if standing.mode is Mode.GOING:
            if self._told:
                _log.info("events are delivered again to %s", path)
            self._told = False
        elif standing.mode is Mode.PAUSED and before is not Mode.PAUSED:
            self._told = True
            _log.error("events are not delivered to %s: %s. %s. They wait meanwhile.", path, why, standing.advice)
        elif standing.failures >= FAILURES_WORTH_A_WORD and not self._told:
            self._told = True
            _log.warning("the ad platform does not take events at %s: %s; they are sent again", path, why)


def why_they_stand_still(lanes: Sequence[Lane]) -> str:
    """Which of these stand still, why, and what a person should do; "" where none does."""
    paths: dict[tuple[str, str], list[str]] = {}
    for lane in lanes:
        if lane.stands_still:
            paths.setdefault((lane.destination.why, lane.destination.advice), []).append(lane.post.path)
    return "; ".join(f"{' and '.join(at)}: {why}: {advice}" for (why, advice), at in paths.items())


def lanes(client: Client, key: Callable[[], str], clock: Clock, chance: Callable[[], float]) -> tuple[Lane, Lane]:
    """The two lanes of an ad platform."""
    return (
        Lane(
            Post(client, key, v2.EVENTS, clock),
            Destination(clock.now()),
            KINDS,
            MOST_TOGETHER,
            v2.write_events,
            clock,
            chance,
        ),
        Lane(
            Post(client, key, v1.EVENTS, clock),
            Destination(clock.now(), MOST_SINGLES),
            (V1,),
            1,
            lambda _, bodies: bodies[0],
            clock,
            chance,
        ),
    )
