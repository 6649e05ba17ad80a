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
from typing import Final

import msgspec

from proxy.auction.dialects import Dialect
from proxy.auction.winners import Result
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.topsort.errors import read_error
from proxy.wire.retry_after import seconds_of


class Effect(Enum):
    """What the breaker is told."""

    ANSWERED = auto()
    FAILED = auto()
    KEY_REFUSED = auto()
    WAIT = auto()


ANSWERED: Final = Effect.ANSWERED
"""By a name of its own: an enum's member is slow to look up (Python 3.11)."""


class Answer(msgspec.Struct, frozen=True):
    """An answer as it came: its status, its whole body, and the two header values that matter."""

    status: int
    body: bytes
    coding: bytes | None = None
    retry_after: bytes | None = None


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


def judge(answer: Answer, dialect: Dialect, asked: int, wall: float) -> Verdict:
    """What `answer` to a call with `asked` auctions means; `wall` is the calendar's now, in seconds."""
    status = answer.status
    if 200 <= status < 300:
        return _judge_results(answer, dialect, asked)
    if 400 <= status < 500:
        return _judge_refusal(answer, wall)
    return failed(Reason.ADS_DOWN if status >= 500 else Reason.ADS_INVALID, f"status {status}")


def failed(reason: Reason, detail: str) -> Verdict:
    """No answer, or none that can be used."""
    return Verdict(Effect.FAILED, trouble=AdPlatformTrouble(reason, detail))


def _judge_results(answer: Answer, dialect: Dialect, asked: int) -> Verdict:
    if answer.coding is not None and answer.coding.strip().lower() not in (b"", b"identity"):
        # We never ask for a coding; inflating one unasked is how a small answer fills the memory.
        return failed(Reason.ADS_INVALID, "the answer is compressed")
    try:
        return Verdict(ANSWERED, dialect.read(answer.body, asked))
    except AdPlatformTrouble as trouble:
        # Not this one: its frames lead to the call that the verdict ends, and all of it would wait for the collector.
        return failed(trouble.reason, trouble.detail)


def _judge_refusal(answer: Answer, wall: float) -> Verdict:
    trouble = AdPlatformTrouble(Reason.ADS_REFUSED, _words(answer))
    if answer.status in (401, 403):
        return Verdict(Effect.KEY_REFUSED, trouble=trouble)
    if answer.status == 429:
        return Verdict(Effect.WAIT, trouble=trouble, wait=seconds_of(answer.retry_after, wall))
    return Verdict(Effect.FAILED if answer.status == 408 else Effect.ANSWERED, trouble=trouble)


def _words(answer: Answer) -> str:
    """What the platform says; of a refused key only the status, since it may repeat a part of the key."""
    error = None if answer.status in (401, 403) or answer.coding else read_error(answer.body)
    if error is None:
        return f"status {answer.status}"
    return f"status {answer.status}, {error.err_code[:100]}: {(error.message or '')[:300]}"
