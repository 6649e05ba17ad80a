"""Where the time of a page goes: the proxy's own functions, found at work by samples of its stack."""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks import load, parts, table
from benchmarks.ours import KEY, OURS
from benchmarks.report import Section
from benchmarks.stage import Stage
from benchmarks.subjects import Subject
from benchmarks.workloads import CONNECTIONS, Workload, check
from proxy.server.child import BODIES_STAY_ON_THE_HEAP

WORKLOADS = (
    Workload("inject 12 KB", "/search/12?q=jacket", 12),
    Workload("inject 400 KB", "/search/400?q=jacket", 400),
    Workload("pass 12 KB", "/raw/12?q=jacket", 12, merges=False),
)
SECONDS = 8.0
"""At full load, and for each round of the run's effort; samples are some milliseconds apart."""
MOST = 12


def section(stage: Stage) -> Section:
    """The parts of a page's way by workload, and the functions that have most for themselves."""
    works = {workload.name: _work(stage, workload) for workload in WORKLOADS}
    by_part = {name: parts.shares(work) for name, work in works.items()}
    rows = [[part, *[_percent(by_part[name][part]) for name in works]] for part in by_part[WORKLOADS[0].name]]
    first = WORKLOADS[0].name
    functions = [[f"`{name}`", _percent(share)] for name, share in parts.most(works[first], MOST)]
    return Section(
        "Where the time goes",
        [
            "Shares of the CPU that the proxy uses, by the innermost function of Python that was at work, with what it "
            f"had called in C and in the kernel ({', '.join(f'{_count(work):,}' for work in works.values())} samples).",
            table.markdown(["", *works], rows),
            f"The functions with most of it for themselves, {first}:",
            table.markdown(["", "share"], functions),
        ],
    )


def _work(stage: Stage, workload: Workload) -> list[tuple[str, str, int]]:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        samples = Path(folder) / "samples.json"
        with stage.up(_sampled(samples)) as entrant:
            check(entrant, workload)
            seconds = SECONDS * stage.effort.saturate * stage.effort.rounds
            load.saturate(entrant.port, workload.path, seconds=seconds, connections=CONNECTIONS)
        return [(file, function, count) for file, function, count in json.loads(samples.read_text())]


def _sampled(samples: Path) -> Subject:
    program = (sys.executable, "-m", "benchmarks.peers.ours_sampled")
    environment = {**KEY, **BODIES_STAY_ON_THE_HEAP, "SAMPLES": str(samples)}
    return Subject(OURS, lambda it: [*program, str(it.port), it.marketplace, it.ads], environment=environment)


def _count(work: list[tuple[str, str, int]]) -> int:
    return sum(count for _, _, count in work)


def _percent(share: float) -> str:
    return f"{share:.1%}"
