"""What one answer of the ad platform means: for its auctions, and for the breaker. Pure.

2xx that keeps the contract   winners            the run of failures ends
2xx that does not, 3xx        ADS_INVALID        a failure
401, 403                      ADS_REFUSED        asking stops until a probe or a new key
429                           ADS_REFUSED        asking stops for its Retry-After
408                           ADS_REFUSED        a failure
any other 4xx                 ADS_REFUSED        the run ends: the platform is well, the question is not
5xx                           ADS_DOWN           a failure
no whole answer               ADS_DOWN           a failure
none in time                  TOO_LATE           a failure
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final, TypeAlias

import msgspec

from proxy.auction.dialects import Dialect
from proxy.auction.winners import Result
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.topsort.errors import read_error
from proxy.wire.retry_after import seconds_of

Header: TypeAlias = Callable[[bytes], bytes | None]


class Effect(Enum):
    """What the breaker is told."""

    ANSWERED = auto()
    FAILED = auto()
    KEY_REFUSED = auto()
    WAIT = auto()


ANSWERED: Final = Effect.ANSWERED
"""By a name of its own: an enum's member is slow to look up (Python 3.11)."""


class Verdict(msgspec.Struct, frozen=True):
    """Results, or the trouble instead; what the breaker is told; for WAIT, the seconds that the platform named."""

    effect: Effect
    results: tuple[Result, ...] = ()
    trouble: AdPlatformTrouble | None = None
    wait: float | None = None

    def told_safely(self, safe: Callable[[str], str]) -> "Verdict":
        """The same, its trouble in words that may be shown."""
        if self.trouble is None:
            return self
        return msgspec.structs.replace(self, trouble=AdPlatformTrouble(self.trouble.reason, safe(self.trouble.detail)))


def judge(status: int, body: bytes, header: Header, dialect: Dialect, asked: int, wall: Callable[[], float]) -> Verdict:
    """What an answer to a call with `asked` auctions means.

    Args:
        body: the whole of it.
        header: gives the value of a header by its lower-case name.
        dialect: how it is read.
        wall: gives the calendar's now, in seconds.
    """
    if 200 <= status < 300:
        coding = header(b"content-encoding")
        if coding is not None and coding.strip().lower() not in (b"", b"identity"):
            # We never ask for a coding; inflating one unasked is how a small answer fills the memory.
            return failed(Reason.ADS_INVALID, "the answer is compressed")
        try:
            return Verdict(ANSWERED, dialect.read(body, asked))
        except AdPlatformTrouble as trouble:
            # Not this one: its frames lead to the call that it ends, and all of it would wait for the collector.
            return failed(trouble.reason, trouble.detail)
    if 400 <= status < 500:
        return _refusal(status, body, header, wall)
    return failed(Reason.ADS_DOWN if status >= 500 else Reason.ADS_INVALID, f"status {status}")


def failed(reason: Reason, detail: str) -> Verdict:
    """No answer, or none that can be used."""
    return Verdict(Effect.FAILED, trouble=AdPlatformTrouble(reason, detail))


def _refusal(status: int, body: bytes, header: Header, wall: Callable[[], float]) -> Verdict:
    trouble = AdPlatformTrouble(Reason.ADS_REFUSED, _words(status, body, header(b"content-encoding")))
    if status in (401, 403):
        return Verdict(Effect.KEY_REFUSED, trouble=trouble)
    if status == 429:
        return Verdict(Effect.WAIT, trouble=trouble, wait=seconds_of(header(b"retry-after"), wall()))
    return Verdict(Effect.FAILED if status == 408 else Effect.ANSWERED, trouble=trouble)


def _words(status: int, body: bytes, coding: bytes | None) -> str:
    """What the platform says; of a refused key only the status, since it may repeat a part of the key."""
    if status in (401, 403):
        return f"status {status}: the key is refused"
    error = None if coding else read_error(body)
    if error is None:
        return f"status {status}"
    return f"status {status}, {error.err_code[:100]}: {(error.message or '')[:300]}"
