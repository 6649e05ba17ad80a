"""How the platform behaves just now: how slow, how often it fails, which lies it tells. Pure.

Told on the command line, and changed while it runs (`POST /_sandbox/behaviour`);
a change makes another `Behaviour`. Where several lies are given, each answer
tells one of them, in turn.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

LIES: Final[Mapping[str, str]] = {
    # an answer that keeps the form of the contract, but not its meaning
    "unknown-ids": "winners that nobody asked about",
    "doubled": "each winner stands twice",
    "too-many-winners": "every product wins, whatever `slots` said",
    "wrong-order": "the last rank first",
    "wrong-types": "ranks as text, ids as numbers, a resolvedBidId that is null",
    "no-bid-ids": "winners without a resolvedBidId",
    "hostile": "ids and resolvedBidIds with quotes, line breaks, tags and half an emoji",
    "error-flag": "every result says `error: true`",
    "too-few-results": "one result less than there were auctions",
    "too-many-results": "one result more than there were auctions",
    "no-results": "an answer without results",
    # an answer that is none
    "empty": "201 and not one byte",
    "null": "201 and `null`",
    "not-json": "201 and half a JSON document",
    "html": "200 and a web page",
    "deep": "JSON nested 100,000 deep",
    "huge": "8 MiB of winners",
    "gzip": "compressed, though nobody offered to read that",
    "gzip-bomb": "100 MiB of blanks in 100 KiB of gzip",
    # an answer that breaks HTTP
    "truncated": "the connection ends in the middle of the answer",
    "wrong-length": "more bytes than Content-Length says",
    "slow-body": "the head at once, then a byte every 50 ms",
    "hang": "no answer at all, for an hour",
    "reset": "the connection is reset instead of an answer",
    "not-http": "bytes that are no HTTP",
    "two-answers": "the answer, and a second one that nobody asked for",
    "big-head": "256 KiB of headers",
    # an answer that says no
    "400": "400, in the vendor's words",
    "401": "401, as if the key were wrong",
    "402": "402, as if an invoice were overdue",
    "403": "403",
    "404": "404",
    "413": "413",
    "429": "429 with Retry-After: 2",
    "500": "500",
    "503": "503 with Retry-After: 2, in HTML",
    "redirect": "307 to another path, which would take the key along",
}

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How each answer is given.

    Attributes:
        delay: the shortest and the longest time to wait before an answer, in seconds.
        fail_rate: the share of answers that are a 5xx, 0 to 1.
        lies: names out of `LIES`.
    """

    delay: tuple[float, float] = (0.0, 0.0)
    fail_rate: float = 0.0
    lies: tuple[str, ...] = ()

    def with_changes(self, changes: Mapping[str, object]) -> "Behaviour":
        """Another one; keys as on the command line. Raises ValueError, telling what is wrong."""
        unknown = sorted(set(changes) - {"delay", "fail_rate", "lie"})
        if unknown:
            raise ValueError(f"there is no `{unknown[0]}`; write delay, fail_rate or lie")
        changed = self
        if "delay" in changes:
            changed = replace(changed, delay=read_delay(str(changes["delay"])))
        if "fail_rate" in changes:
            changed = replace(changed, fail_rate=read_rate(changes["fail_rate"]))
        if "lie" in changes:
            changed = replace(changed, lies=read_lies(changes["lie"]))
        return changed

    def told(self) -> dict[str, object]:
        """As it is written: what `with_changes` reads."""
        low, high = (f"{seconds * 1000:g}ms" for seconds in self.delay)
        return {"delay": low if low == high else f"{low}..{high}", "fail_rate": self.fail_rate, "lie": list(self.lies)}


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


def read_lies(value: object) -> tuple[str, ...]:
    """Names with commas between, or a list of them; empty for the truth."""
    if isinstance(value, list | tuple):
        value = ",".join(str(one) for one in value)
    names = tuple(name.strip() for name in str(value or "").split(",") if name.strip())
    for name in names:
        if name not in LIES:
            raise ValueError(f"no lie is called {name!r}; there are {', '.join(LIES)}")
    return names
