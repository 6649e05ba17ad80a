"""What is asked of a subject, and the runs that measure it.

A run at full load gives CPU a request and throughput; a run at a fixed rate gives
latencies. Before any of them the answer is held against what it must be.
"""

from dataclasses import dataclass

from benchmarks import load, meter, table
from benchmarks.bodies import is_merged, page
from benchmarks.subjects import Subject

CONNECTIONS = 16


@dataclass(frozen=True)
class Workload:
    """What is asked. `rate` is the open-loop rate for latencies, `saturates` whether it also runs at full load."""

    name: str
    path: str
    size: int
    merges: bool = True
    rate: float = 0.0
    saturates: bool = True


@dataclass(frozen=True)
class Entrant:
    """A subject that runs."""

    subject: Subject
    port: int
    pid: int


def check(entrant: Entrant, workload: Workload) -> None:
    """Raises RuntimeError unless the answer is what it must be: merged, or passed through byte for byte."""
    _, body = load.fetch(entrant.port, workload.path)
    organic = page(workload.size)
    merges = workload.merges and entrant.subject.merges
    if not (is_merged(organic, body) if merges else body == organic):
        raise RuntimeError(f"{entrant.subject.name} gives a wrong answer to {workload.name}")


def warm(entrant: Entrant, workload: Workload, seconds: float = 0.2) -> None:
    """Caches filled, code specialised, connections open."""
    load.saturate(entrant.port, workload.path, seconds=seconds, connections=CONNECTIONS)


def saturated(entrant: Entrant, path: str, seconds: float, connections: int = CONNECTIONS) -> table.Sample:
    """One run at full load. Raises RuntimeError where a request failed."""
    before = meter.cpu_seconds(entrant.pid)
    run = load.saturate(entrant.port, path, seconds=seconds, connections=connections)
    used = meter.cpu_seconds(entrant.pid) - before
    _no_failures(run, entrant, path)
    return table.Sample(used / run.answered * 1000, run.answered / run.seconds, used / run.seconds)


def latencies(entrant: Entrant, path: str, seconds: float, rate: float) -> list[float]:
    """One run at a rate. Raises RuntimeError where a request failed."""
    run = load.at_rate(entrant.port, path, seconds=seconds, rate=rate)
    _no_failures(run, entrant, path)
    return run.latencies


def _no_failures(run: load.Run, entrant: Entrant, path: str) -> None:
    if run.failed or not run.answered:
        raise RuntimeError(f"{entrant.subject.name}, {path}: {run.failed} failed, {run.answered} answered")
