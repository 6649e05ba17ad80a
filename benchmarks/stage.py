"""The stage: which core is whose, the stand-ins for both sides, and how much time there is.

The first core is the subject's and nobody else's; the last runs the load, the
marketplace and the ad platform. All subjects of a comparison are up the whole
time, but only one is asked at a time, and each round asks them in another
order: what the machine does meanwhile meets all alike.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import table
from benchmarks.running import free_port, running, wait_for_port
from benchmarks.subjects import Subject, subject_running
from benchmarks.workloads import Entrant, Workload, check, latencies, saturated, warm


@dataclass(frozen=True)
class Effort:
    """How many rounds there are, and how many seconds each run takes: at full load, and at a rate."""

    rounds: int
    saturate: float
    rate: float


FULL = Effort(rounds=3, saturate=0.8, rate=1.4)
QUICK = Effort(rounds=1, saturate=0.3, rate=0.5)


@dataclass(frozen=True)
class Stage:
    """What every section gets."""

    effort: Effort
    cores: Sequence[int]
    marketplace: str
    ads: str

    @property
    def mine(self) -> int:
        """The core of the subjects."""
        return self.cores[0]

    @contextlib.contextmanager
    def up(self, subject: Subject, cores: int | set[int] | None = None) -> Iterator[Entrant]:
        """A subject that accepts connections. Raises RuntimeError with its last words where it does not start."""
        where = self.mine if cores is None else cores
        with subject_running(subject, where, self.marketplace, self.ads) as (port, process):
            yield Entrant(subject, port, process.pid)


Found = dict[tuple[str, str], table.Samples]
"""Samples by the names of subject and workload."""


@contextlib.contextmanager
def stage(effort: Effort) -> Iterator[Stage]:
    """The stand-ins up, and this process on their core."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    marketplace, ads = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        command = [sys.executable, "-m", "benchmarks.stubs", str(marketplace), str(ads)]
        with running(command, cores[-1], Path(name) / "stubs.log", {}) as stubs:
            wait_for_port(marketplace, stubs)
            wait_for_port(ads, stubs)
            yield Stage(effort, cores, f"http://127.0.0.1:{marketplace}", f"http://127.0.0.1:{ads}")


def compared(entrants: Sequence[Entrant], workloads: Sequence[Workload], effort: Effort) -> Found:
    """All answers checked, then all runs, alternating."""
    found: Found = {(e.subject.name, w.name): table.Samples() for e in entrants for w in workloads}
    for entrant in entrants:
        for workload in workloads:
            check(entrant, workload)
            warm(entrant, workload)
    for number in range(effort.rounds):
        shift = number % len(entrants)
        for workload in workloads:
            for entrant in [*entrants[shift:], *entrants[:shift]]:
                mine = found[entrant.subject.name, workload.name]
                if workload.saturates:
                    mine.saturated.append(saturated(entrant, workload.path, effort.saturate))
                if workload.rate:
                    mine.latencies += latencies(entrant, workload.path, effort.rate, workload.rate)
    return found
