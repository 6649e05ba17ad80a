"""How old an answer is, and for how long it is fresh (RFC 9111 section 4.2). Pure.

Nothing is guessed: where the marketplace says nothing, the rule's `ttl` counts.
Where it says something, `ttl` is the most that it may be kept here; it counts
from the answer's arrival, so that an answer that comes old from a cache behind
us is not stale at once.
"""

from datetime import UTC, datetime
from email.utils import parsedate_tz
from functools import lru_cache

import msgspec

from proxy.ask import Ask
from proxy.search.caching.directives import Directives, directives
from proxy.search.headers import HeaderLines, every, first


class Moment(msgspec.Struct, frozen=True):
    """When an answer came.

    Args:
        asked: when it was asked for, in seconds on the clock that only goes forward.
        answered: when its head was here, on the same clock.
        wall: the same moment on the calendar.
    """

    asked: float
    answered: float
    wall: float


class Freshness(msgspec.Struct, frozen=True):
    """What an answer says of its own freshness. Seconds.

    Args:
        age: how old it was when it came (section 4.2.3).
        said: for how long from then on it calls itself fresh; None where it says nothing.
        stale_if_error: for how long it may then stand in for a failure, by its own word (RFC 5861 section 4).
        never_stale: it forbids that it be used when it is stale (section 4.2.4).
    """

    age: float
    said: float | None
    stale_if_error: float
    never_stale: bool

    def lasts(self, ttl: float) -> float:
        """For how long it is fresh here, from its arrival on."""
        return ttl if self.said is None or self.said > ttl else self.said

    def stands_in(self, ttl: float, stale_if_error: float, resident: float) -> bool:
        """Whether it may be served now since the marketplace fails.

        Args:
            ttl: the rule's.
            stale_if_error: the rule's.
            resident: seconds since it came.
        """
        if self.never_stale:
            return False
        return resident - self.lasts(ttl) <= max(stale_if_error, self.stale_if_error)


def freshness(lines: HeaderLines, moment: Moment) -> Freshness:
    """What an answer's header lines say, read when it came."""
    said = directives(lines)
    date = _date(lines, moment)
    age = age_at_arrival(lines, moment)
    lifetime = 0.0 if b"no-cache" in said else _lifetime(lines, said, date)
    own = said.seconds(b"stale-if-error") or 0
    return Freshness(
        age=age,
        said=None if lifetime is None else max(0.0, lifetime - age),
        stale_if_error=own,
        never_stale=_never_stale(said, own),
    )


def says_how_long(lines: HeaderLines) -> bool:
    """Whether an answer says explicitly for how long it is fresh (section 4.2.1)."""
    said = directives(lines)
    return b"s-maxage" in said or b"max-age" in said or first(lines, b"expires") is not None


def _never_stale(said: Directives, own: float) -> bool:
    if b"must-revalidate" in said or b"proxy-revalidate" in said or b"no-cache" in said:
        return True
    # `s-maxage` says the same to shared caches (section 5.2.2.10), unless `stale-if-error` beside it says otherwise.
    return b"s-maxage" in said and not own


def _lifetime(lines: HeaderLines, said: Directives, date: float) -> float | None:
    for name in (b"s-maxage", b"max-age"):
        seconds = said.seconds(name)
        if seconds is not None:
            return seconds
    expires = every(lines, b"expires")
    if not expires:
        return None
    until = http_date(expires[0]) if len(set(expires)) == 1 else None
    return 0.0 if until is None else max(0.0, until - date)  # a date that is none is in the past (section 5.3)


def age_at_arrival(lines: HeaderLines, moment: Moment) -> float:
    """`corrected_initial_age` of section 4.2.3, in seconds."""
    apparent = max(0.0, int(moment.wall) - _date(lines, moment))
    told = first(lines, b"age")
    number = told.split(b",")[0].strip() if told else b""
    value = min(int(number), 2**31) if number.isdigit() and len(number) < 12 else 0
    return max(apparent, value + moment.answered - moment.asked)


def _date(lines: HeaderLines, moment: Moment) -> float:
    told = first(lines, b"date")
    date = None if told is None else http_date(told)
    return moment.wall if date is None else date


@lru_cache(maxsize=256)
def http_date(value: bytes) -> float | None:
    """Seconds since 1970 of a date in any of HTTP's three forms (RFC 9110 section 5.6.7); None where it is none."""
    try:
        read = parsedate_tz(value.decode("latin-1"))
        if read is None:
            return None
        year, month, day, hour, minute, second = read[:6]
        # A leap second is none of this calendar's.
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp() - (read[9] or 0)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


class Wanted(msgspec.Struct, frozen=True):
    """How fresh a request wants its answer (section 5.2.1).

    `max-stale` and `only-if-cached` are not here: nobody is worse off with a page that is fresh.

    Args:
        validated: nothing kept will do before the marketplace was asked.
        max_age: the greatest age that will do, or None.
        min_fresh: for how long it must still be fresh.
        not_kept: the request is not to be kept in any form (`no-store`).
    """

    validated: bool = False
    max_age: float | None = None
    min_fresh: float = 0.0
    not_kept: bool = False

    def takes(self, fresh: Freshness, ttl: float, resident: float) -> bool:
        """Whether what has been here for `resident` seconds will do."""
        if self.validated or resident + self.min_fresh >= fresh.lasts(ttl):
            return False
        return self.max_age is None or fresh.age + resident <= self.max_age


ANY = Wanted()


def wanted(ask: Ask) -> Wanted:
    """What a request wants, by its header lines."""
    fields = ask.fields
    if b"cache-control" not in fields and b"pragma" not in fields:
        return ANY
    said = directives(ask.headers)
    if not said.said:
        # What HTTP/1.0 had, and browsers still send beside the other when a page is loaded anew (section 5.4).
        return Wanted(validated=True) if b"no-cache" in fields.get(b"pragma", b"").lower() else ANY
    return Wanted(
        validated=b"no-cache" in said,
        max_age=said.seconds(b"max-age"),
        min_fresh=said.seconds(b"min-fresh") or 0,
        not_kept=b"no-store" in said,
    )
