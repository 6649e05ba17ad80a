"""How one address of the ad platform does, and what may be posted to it now. Pure.

    going --------- network trouble, 408, 425, 429, 5xx ---> backing off
    backing off --- its pause is over: one call at a time;
                    taken ---> going;  failed ---> backing off, for longer
    going --------- a fault of the set-up, or 20 single events
                    refused with none taken between ---> paused
    paused -------- probes: one soon with an event that was never tried, then
                    one every 60 s, and at once with a new key;
                    taken ---> going

Each event has a pause of its own (`backoff.py`); this one is the address's, so
that an outage is met by few calls, however many events wait. Times are seconds
of one monotonic clock: a calendar that jumps neither storms nor stalls.
"""

from enum import StrEnum
from typing import Final

import msgspec

from proxy.events.backoff import LONGEST, pause

MOST_CALLS: Final = 4
"""Side by side, while all is well."""
REFUSED_IN_A_ROW: Final = 20
"""So many single events: no sender is wrong that often while nothing at all is right."""
SOON: Final = 1.0
PROBE_EVERY: Final = 60.0
NOTHING_LEFT: Final = LONGEST + PROBE_EVERY
"""Paused, and without an event to probe with for so long: others have delivered them, the pause says nothing more."""


class Mode(StrEnum):
    """How it does."""

    GOING = "going"
    BACKING_OFF = "backing off"
    PAUSED = "paused"


class Probe(StrEnum):
    """With what to ask whether the set-up is mended."""

    UNTRIED = "untried"  # an event that was never posted, or none
    ANY = "any"  # rather such a one


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How it does, for whoever watches. Durations are seconds.

    Attributes:
        mode: how it does.
        why: what was said last; "" while all is well.
        advice: what a person should do; "" where it mends itself.
        failures: calls that failed in a row.
        for_seconds: since when it has been in this mode.
        next_in: until the next call may go out; 0 where that is now.
        taken_ago: since the last event was taken; None where none was yet.
    """

    mode: Mode
    why: str
    advice: str
    failures: int
    for_seconds: float
    next_in: float
    taken_ago: float | None


class Destination:
    """One address.

    Args:
        now: the time at which it begins.
        most: calls side by side, while all is well.
        patient: so many failures in a row make no pause yet.
    """

    def __init__(self, now: float, most: int = MOST_CALLS, patient: int = 0) -> None:
        self._most = most
        self._patient = patient
        self.why = ""
        self.advice = ""
        self._since = now
        self._mode = Mode.GOING
        self._until = 0.0
        self._failures = 0
        self._refused = 0
        self._taken: float | None = None
        self._probe = Probe.ANY
        self._probe_at = 0.0
        self._posted = now

    @property
    def mode(self) -> Mode:
        """How it does."""
        return self._mode

    def room(self, now: float, in_flight: int) -> int:
        """How many more calls may begin."""
        if self._mode is Mode.PAUSED or now < self._until:
            return 0
        return max(0, (self._most if self._mode is Mode.GOING else 1) - in_flight)

    def probe(self, now: float, in_flight: int) -> Probe | None:
        """With what to ask now whether the set-up is mended; None: not now."""
        due = self._mode is Mode.PAUSED and now >= self._probe_at and not in_flight
        return self._probe if due else None

    def standing(self, now: float) -> Standing:
        """How it does."""
        until = self._probe_at if self._mode is Mode.PAUSED else self._until
        return Standing(
            mode=self._mode,
            why=self.why,
            advice=self.advice,
            failures=self._failures,
            for_seconds=now - self._since,
            next_in=max(0.0, until - now),
            taken_ago=None if self._taken is None else now - self._taken,
        )

    # -- what a call said ----------------------------------------------------

    def taken(self, now: float) -> None:
        """Events were taken. A pause that was asked for is kept all the same."""
        self._posted = self._taken = now
        self._failures = self._refused = 0
        self._change(Mode.GOING, now)

    def refused(self, now: float, said: str, alone: bool) -> None:
        """Events were refused as bad ones; `alone`: it was a single one."""
        self._posted = now
        self._failures = 0
        self._refused += alone
        if self._mode is Mode.PAUSED:
            self._probe_later(now)
        elif self._refused >= REFUSED_IN_A_ROW:
            why = f"{self._refused} events were refused one after the other and none was taken; the last: {said}"
            self.misconfigured(now, why, "these are hardly the events' own faults; see what the ad platform says")
        else:
            self._change(Mode.GOING, now)

    def failed(self, now: float, said: str, chance: float, asked: float | None) -> None:
        """It cannot take events now; `asked`: for how many seconds, where it said so."""
        self._posted = now
        if self._mode is Mode.PAUSED:
            self._probe_later(now, asked)
            return
        if now >= self._until:  # else a call that was under way beside the first one that failed: the same outage
            self._failures += 1
            if self._failures > self._patient:
                self._until = now + pause(self._failures - self._patient, chance)
        self._until = max(self._until, now + min(asked or 0.0, LONGEST))
        if self._until > now or self._failures > self._patient:
            self.why = said
            self._change(Mode.BACKING_OFF, now)

    def misconfigured(self, now: float, why: str, advice: str) -> None:
        """No event would be taken before a person has mended something."""
        self._posted = now
        if self._mode is Mode.PAUSED:
            self._probe_later(now)
        else:
            self._probe, self._probe_at = Probe.UNTRIED, now + SOON
        self._refused = 0
        self.why, self.advice = why, advice
        self._change(Mode.PAUSED, now)

    # -- what else changes its mind -------------------------------------------

    def key_changed(self, now: float) -> None:
        """There is another key: see at once whether that was it."""
        self._probe, self._probe_at = Probe.ANY, now

    def nothing_to_probe(self, now: float) -> None:
        """There was no event to probe with."""
        if self._probe is Probe.UNTRIED:
            self._probe, self._probe_at = Probe.ANY, self._since + PROBE_EVERY
        elif now - self._posted >= NOTHING_LEFT:
            self._change(Mode.GOING, now)

    def _probe_later(self, now: float, asked: float | None = None) -> None:
        if now >= self._probe_at:  # else a call that was under way beside the one that made the pause
            self._probe, self._probe_at = Probe.ANY, now + max(PROBE_EVERY, min(asked or 0.0, LONGEST))

    def _change(self, mode: Mode, now: float) -> None:
        if mode is not self._mode:
            self._mode, self._since = mode, now
        if mode is Mode.GOING:
            self.why = self.advice = ""
