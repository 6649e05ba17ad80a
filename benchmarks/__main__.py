"""`python -m benchmarks`: every subject on every workload, alternating, and a table.

One core runs the subject under test and nothing else; the other runs the load,
the marketplace and the ad platform. All subjects are up the whole time, but
only one is asked at a time, and each round asks them in another order: what
the machine does meanwhile meets all alike. Figures are medians over the rounds.
"""

import argparse
import contextlib
import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import load, meter, table
from benchmarks.bodies import is_merged, page
from benchmarks.subjects import OURS, SUBJECTS, Subject, free_port, running, subject_running, wait_for_port

CONNECTIONS = 16


@dataclass(frozen=True)
class Workload:
    """What is asked. `rate` is the open-loop rate for latencies (0: not measured)."""

    name: str
    path: str
    size: int
    merges: bool
    rate: float = 0.0


WORKLOADS = (
    Workload("inject 12 KB", "/search/12?q=jacket", 12, True, 300),
    Workload("inject 50 KB", "/search/50?q=jacket", 50, True, 150),
    Workload("inject 400 KB", "/search/400?q=jacket", 400, True, 50),
    Workload("pass 12 KB", "/raw/12?q=jacket", 12, False, 600),
    Workload("pass 400 KB", "/raw/400?q=jacket", 400, False),
)


@dataclass(frozen=True)
class Effort:
    """How long each run takes, and how many rounds there are."""

    rounds: int
    saturate: float
    rate: float


FULL = Effort(rounds=3, saturate=1.0, rate=1.6)
QUICK = Effort(rounds=1, saturate=0.8, rate=1.0)


@dataclass(frozen=True)
class Entrant:
    """A subject that runs."""

    subject: Subject
    port: int
    pid: int


def answers_rightly(entrant: Entrant, workload: Workload) -> bool:
    """Whether the answer is what it must be: merged, or passed through byte for byte."""
    _, body = load.fetch(entrant.port, workload.path)
    organic = page(workload.size)
    return is_merged(organic, body) if workload.merges and entrant.subject.merges else body == organic


def saturated(entrant: Entrant, workload: Workload, seconds: float) -> table.Sample:
    """One run at full load. Raises RuntimeError where a request failed."""
    before = meter.cpu_seconds(entrant.pid)
    run = load.saturate(entrant.port, workload.path, seconds=seconds, connections=CONNECTIONS)
    used = meter.cpu_seconds(entrant.pid) - before
    _no_failures(run, entrant, workload)
    return table.Sample(used / run.answered * 1000, run.answered / run.seconds, used / run.seconds)


def latencies(entrant: Entrant, workload: Workload, seconds: float) -> list[float]:
    """One run at the workload's rate. Raises RuntimeError where a request failed."""
    run = load.at_rate(entrant.port, workload.path, seconds=seconds, rate=workload.rate)
    _no_failures(run, entrant, workload)
    return run.latencies


def _no_failures(run: load.Run, entrant: Entrant, workload: Workload) -> None:
    if run.failed or not run.answered:
        raise RuntimeError(f"{entrant.subject.name}, {workload.name}: {run.failed} failed, {run.answered} answered")


def measure(entrants: list[Entrant], effort: Effort) -> dict[tuple[str, str], table.Samples]:
    """All runs, alternating."""
    samples = {(e.subject.name, w.name): table.Samples() for e in entrants for w in WORKLOADS}
    for entrant in entrants:
        for workload in WORKLOADS:  # caches filled, code specialised, connections open
            load.saturate(entrant.port, workload.path, seconds=0.2, connections=CONNECTIONS)
    for number in range(effort.rounds):
        for workload in WORKLOADS:
            shift = number % len(entrants)
            for entrant in entrants[shift:] + entrants[:shift]:
                mine = samples[entrant.subject.name, workload.name]
                mine.saturated.append(saturated(entrant, workload, effort.saturate))
                if workload.rate:
                    mine.latencies += latencies(entrant, workload, effort.rate)
        print(f"round {number + 1} of {effort.rounds} done", file=sys.stderr)
    return samples


def report(
    samples: dict[tuple[str, str], table.Samples], names: list[str], left_out: list[str], circumstances: str
) -> str:
    """The whole report as Markdown."""
    workloads = [workload.name for workload in WORKLOADS]
    rates = [workload for workload in WORKLOADS if workload.rate]
    asked = ", ".join(f"{workload.name} {workload.rate:.0f}/s" for workload in rates)
    parts = [
        "# The proxy beside its peers",
        circumstances,
        "## CPU, ms a request (beside it: times ours)",
        table.figures(names, workloads, samples, "cpu", OURS),
        f"## Throughput on one core, requests a second ({CONNECTIONS} connections)",
        table.figures(names, workloads, samples, "throughput", OURS),
        "`+`: the subject's core was not its own, or had time to spare: the load, or somebody else, was the limit.",
        "## Latency at a fixed rate, ms, p50 / p99",
        table.figures(names, [workload.name for workload in rates], samples, "latency", OURS),
        f"Asked whether or not earlier answers had come: {asked}.",
    ]
    return "\n\n".join([*parts, "\n".join(f"- left out: {line}" for line in left_out)]).rstrip() + "\n"


def about(took: float, load_average: float) -> str:
    """Machine, versions, date, and how busy the machine was before we began."""
    processor = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, IndexError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line for line in lines if line.startswith("model name")).partition(": ")[2]
    versions = [f"Python {platform.python_version()}", f"Linux {platform.release()}"]
    for command in (["nginx", "-v"], ["go", "version"]):
        with contextlib.suppress(OSError):
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            versions.append(
                (said.stdout + said.stderr).strip().replace("nginx version: ", "").replace("go version ", "")
            )
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    busy = f" The load average was {load_average:.1f} at the start: not a quiet machine." if load_average > 0.5 else ""
    return f"{today}; {os.cpu_count()} cores of {processor}; {'; '.join(versions)}. The run took {took:.0f} s.{busy}"


def main() -> int:
    """Exit status 1 where a subject that runs gives a wrong answer, or ours does not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round: about a minute, rougher figures")
    parser.add_argument("--only", default="", help="subjects whose names hold one of these words: ours is `sponsored`")
    parser.add_argument("--out", type=Path, help="also write the report to this file")
    options = parser.parse_args()
    began, load_average = time.monotonic(), os.getloadavg()[0]
    words = options.only.split(",")
    chosen = [subject for subject in SUBJECTS if any(word in subject.name for word in words)]
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    with contextlib.ExitStack() as stack:
        entrants, left_out = enter(stack, chosen, cores)
        wrong = [
            f"{entrant.subject.name} gives a wrong answer to {workload.name}"
            for entrant in entrants
            for workload in WORKLOADS
            if not answers_rightly(entrant, workload)
        ]
        if wrong or not entrants:
            print("\n".join(wrong + left_out), file=sys.stderr)
            return 1
        samples = measure(entrants, QUICK if options.quick else FULL)
    names = [entrant.subject.name for entrant in entrants]
    text = report(samples, names, left_out, about(time.monotonic() - began, load_average))
    print(text)
    if options.out:
        options.out.write_text(text)
    return int(OURS not in names and any(subject.name == OURS for subject in chosen))


def enter(stack: contextlib.ExitStack, chosen: list[Subject], cores: list[int]) -> tuple[list[Entrant], list[str]]:
    """Start the stand-ins and every subject that can run; who cannot is named, with the reason."""
    marketplace, ads = free_port(), free_port()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
    command = [sys.executable, "-m", "benchmarks.stubs", str(marketplace), str(ads)]
    stubs = stack.enter_context(running(command, cores[-1], folder / "stubs.log", {}))
    wait_for_port(marketplace, stubs)
    wait_for_port(ads, stubs)
    entrants, left_out = [], []
    for subject in chosen:
        if why := subject.missing():
            left_out.append(f"{subject.name}: {why}")
            continue
        up = subject_running(subject, cores[0], f"http://127.0.0.1:{marketplace}", f"http://127.0.0.1:{ads}")
        try:
            port, process = stack.enter_context(up)
        except RuntimeError as error:
            left_out.append(f"{subject.name}: {error}")
            continue
        entrants.append(Entrant(subject, port, process.pid))
    return entrants, left_out


if __name__ == "__main__":
    sys.exit(main())
