"""What a worker counts, as plain numbers; and how the numbers of many become one.

A visit costs a few dictionary lookups here. Nothing is rendered in a worker: a
`Tally` goes to the parent, which adds all of them up (those of dead workers
too, so that no counter ever goes back) and `exposition.py` writes them out.
Labels are page names, reasons and status classes: all bounded by the rules.
"""

import resource
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from proxy.search.visit import Visit

# Milliseconds. An auction's budget is often 150, a search's answer 50 to 500; what we add is a few.
BUCKETS: Final = (0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 150.0, 250.0, 500.0, 1000.0, 2500.0, 10000.0)


class Histogram(msgspec.Struct):
    """How often a duration fell into which bucket (the last: over all bounds), and their sum."""

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, milliseconds: float) -> None:
        self.counts[bisect_left(BUCKETS, milliseconds)] += 1
        self.total += milliseconds

    def merge(self, other: "Histogram") -> None:
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.total += other.total


class Page(msgspec.Struct):
    """One page's numbers."""

    reasons: dict[str, int] = msgspec.field(default_factory=dict)
    winners: int = 0
    banners: int = 0
    fetched: int = 0
    slots: int = 0
    upstream: Histogram = msgspec.field(default_factory=Histogram)
    ads: Histogram = msgspec.field(default_factory=Histogram)
    added: Histogram = msgspec.field(default_factory=Histogram)

    def merge(self, other: "Page") -> None:
        _add_all(self.reasons, other.reasons)
        self.winners += other.winners
        self.banners += other.banners
        self.fetched += other.fetched
        self.slots += other.slots
        for mine, theirs in ((self.upstream, other.upstream), (self.ads, other.ads), (self.added, other.added)):
            mine.merge(theirs)


class Tally(msgspec.Struct):
    """All numbers of one worker, or of many added up.

    `counters` and `gauges` are those that a wing counts by itself, by name
    without prefix ("auction_calls_total", "auction_in_flight"); `answers` are
    all answers to shoppers, matched page or not, by status class.
    """

    pages: dict[str, Page] = msgspec.field(default_factory=dict)
    answers: dict[str, int] = msgspec.field(default_factory=dict)
    counters: dict[str, float] = msgspec.field(default_factory=dict)
    gauges: dict[str, float] = msgspec.field(default_factory=dict)

    def merge(self, other: "Tally", gauges: bool = True) -> None:
        """Add another's numbers; the gauges of a dead worker are nothing any more."""
        for name, page in other.pages.items():
            self.pages.setdefault(name, Page()).merge(page)
        _add_all(self.answers, other.answers)
        _add_all(self.counters, other.counters)
        if gauges:
            _add_all(self.gauges, other.gauges)


_Number = TypeVar("_Number", int, float)


def _add_all(mine: dict[str, _Number], theirs: Mapping[str, _Number]) -> None:
    for name, number in theirs.items():
        mine[name] = mine.get(name, 0) + number


class Metrics:
    """A worker's counting."""

    def __init__(self) -> None:
        self._tally = Tally()

    def visit(self, visit: Visit) -> None:
        """A visit has ended."""
        page = self._tally.pages.get(visit.page)
        if page is None:
            page = self._tally.pages[visit.page] = Page()
        page.reasons[visit.reason] = page.reasons.get(visit.reason, 0) + 1
        page.winners += visit.winners
        page.banners += visit.banners
        page.fetched += visit.fetched
        page.slots += visit.slots
        page.upstream.add(visit.upstream_ms)
        page.added.add(visit.added_ms)
        if visit.ads_ms:
            page.ads.add(visit.ads_ms)

    def answered(self, status: int) -> None:
        """A request, matched or not, has its answer."""
        kind, answers = f"{status // 100}xx", self._tally.answers
        answers[kind] = answers.get(kind, 0) + 1

    def snapshot(self, numbers: Mapping[str, float]) -> bytes:
        """The tally for the parent. `numbers` are those of other wings; names that end in `_total` only grow."""
        self._tally.counters = {name: value for name, value in numbers.items() if _grows(name)}
        self._tally.gauges = {name: value for name, value in numbers.items() if not _grows(name)}
        self._tally.gauges["resident_bytes"] = resident_bytes()
        return _encoder.encode(self._tally)


def _grows(name: str) -> bool:
    return name.partition("|")[0].endswith("_total")


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Tally)


def read(snapshot: bytes) -> Tally:
    """A worker's tally, in the parent."""
    return _decoder.decode(snapshot)


def added_up(living: Iterable[Tally], dead: Tally) -> Tally:
    """All workers' numbers as one."""
    total = Tally()
    total.merge(dead, gauges=False)
    for tally in living:
        total.merge(tally)
    return total


def resident_bytes() -> int:
    """Memory of this process."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:  # not Linux: the peak is the best that is known
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
