"""What an answer of the ad platform means for the events that were posted. Pure.

2xx, empty or JSON            TAKEN      it has them
400, 413, 422                 REFUSED    one of them is at fault
408, 425, 429, 5xx            AGAIN      it cannot now
no whole answer               AGAIN      nobody knows; an event's `id` makes a second time harmless
anything else                 SET_UP     the key, the account or `--ads-url` is at fault: no event would be taken

A web page with status 200 is a login page or a captive portal in its place: it
must not count as taken. Our own words about an answer never hold the key; those
of a refused key only its status, since a platform may repeat a part of it.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

import msgspec

from proxy.topsort.errors import read_error
from proxy.wire.retry_after import seconds_of

LONGEST_CODE: Final = 100
LONGEST_MESSAGE: Final = 300

_BUSY: Final = frozenset((408, 425, 429))
_EVENTS_FAULT: Final = frozenset((400, 413, 422))


class Answer(msgspec.Struct, frozen=True):
    """A whole answer: its status, its body (of a long one the beginning), and the header values that matter."""

    status: int
    body: bytes = b""
    content_type: bytes = b""
    retry_after: bytes | None = None


class Silence(msgspec.Struct, frozen=True):
    """No whole answer. `sent`: the platform may have acted on the request. `said`: what happened, in a few words."""

    sent: bool
    said: str


class NotSent(msgspec.Struct, frozen=True):
    """We could not even ask: `said` says what to mend."""

    said: str


Reply = Answer | Silence | NotSent


class Verdict(Enum):
    """Which of the four it is."""

    TAKEN = auto()
    REFUSED = auto()
    AGAIN = auto()
    SET_UP = auto()


class Meaning(msgspec.Struct, frozen=True):
    """What a reply means.

    Attributes:
        verdict: which of the four.
        said: what the platform said, bounded, printable, without the key.
        asked: seconds for which it asked us to wait; None where it did not.
        ambiguous: the request was sent and nobody knows what came of it.
        advice: for SET_UP, what a person should do.
    """

    verdict: Verdict
    said: str = ""
    asked: float | None = None
    ambiguous: bool = False
    advice: str = ""


def meaning_of(reply: Reply, wall: float, safe: Callable[[str], str]) -> Meaning:
    """What `reply` means; `wall` is the calendar's now, in seconds; `safe` takes the key out of words."""
    if isinstance(reply, Silence):
        return Meaning(Verdict.AGAIN, printable(safe(reply.said)), ambiguous=reply.sent)
    if isinstance(reply, NotSent):
        return Meaning(Verdict.SET_UP, printable(safe(reply.said)), advice=advice_for(401))
    status = reply.status
    if 200 <= status < 300:
        return Meaning(Verdict.TAKEN) if _is_its_own(reply) else _set_up(reply, f"status {status} with a web page")
    if status in _EVENTS_FAULT:
        return Meaning(Verdict.REFUSED, _words(reply, safe))
    if status in _BUSY or status >= 500:
        return Meaning(Verdict.AGAIN, _words(reply, safe), asked=seconds_of(reply.retry_after, wall))
    return _set_up(reply, f"status {status}" if status in (401, 403) else _words(reply, safe))


def advice_for(status: int) -> str:
    """What to do where the set-up is at fault."""
    if status == 401:
        return "the ad platform does not take the key; put a valid one in --ads-key-file (it is read again by itself)"
    if status == 403:
        return (
            "the key in --ads-key-file may not send events, or a fire wall on the way to the ad platform refuses them"
        )
    if status == 402:
        return "the ad platform's account is blocked (an invoice may be overdue); ask the ad platform"
    if status < 400 or status in (404, 405):
        return "--ads-url does not lead to the ad platform's API; correct it"
    return "the ad platform refuses every event; ask it why"


def printable(text: str) -> str:
    """One line that a terminal and a log can show, whatever was sent."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)


def _set_up(answer: Answer, said: str) -> Meaning:
    return Meaning(Verdict.SET_UP, said, advice=advice_for(answer.status))


def _is_its_own(answer: Answer) -> bool:
    """Whether a 2xx comes from the ad platform: without a body (204), or JSON."""
    body = answer.body.strip()
    if not body:
        return b"html" not in answer.content_type.lower()
    if body.startswith(b"<"):
        return False
    # Not parsed: of a long answer we hold the beginning only, and of version 1 any JSON is a yes.
    return b"json" in answer.content_type.lower() or body.startswith((b"{", b"["))


def _words(answer: Answer, safe: Callable[[str], str]) -> str:
    """The status and, where the body is the vendor's, its code and message. Cut only once the key is out of them."""
    error = read_error(answer.body)
    if error is None:
        return f"status {answer.status}"
    code, message = printable(safe(error.err_code)), printable(safe(error.message or ""))
    return f"status {answer.status}, {code[:LONGEST_CODE]}: {message[:LONGEST_MESSAGE]}"
