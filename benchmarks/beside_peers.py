"""The proxy beside others that do the same job: CPU, throughput, latency, memory."""

import contextlib
from collections.abc import Sequence

from benchmarks import meter, plots, table
from benchmarks.ours import OURS, proxy
from benchmarks.report import Section
from benchmarks.stage import Found, Stage, compared
from benchmarks.subjects import PEERS_THERE, Subject
from benchmarks.workloads import CONNECTIONS, Entrant, Workload, check

WORKLOADS = (
    Workload("inject 12 KB", "/search/12?q=jacket", 12, rate=200),
    Workload("inject 50 KB", "/search/50?q=jacket", 50, rate=100),
    Workload("inject 400 KB", "/search/400?q=jacket", 400, rate=30),
    Workload("inject 12 KB, ads after 30 ms", "/search/12?q=slow", 12, rate=200, saturates=False),
    Workload("pass 12 KB", "/raw/12?q=jacket", 12, merges=False, rate=200),
    Workload("pass 400 KB", "/raw/400?q=jacket", 400, merges=False),
)


def section(stage: Stage, left_out: list[str], words: Sequence[str] = ("",)) -> Section:
    """All subjects whose names hold one of `words`; those that cannot run are added to `left_out`, with the reason."""
    chosen = [each for each in (proxy(OURS), *PEERS_THERE) if any(word in each.name for word in words)]
    with contextlib.ExitStack() as stack:
        entrants = enter(stack, stage, chosen, left_out)
        found = compared(entrants, WORKLOADS, stage.effort)
        memory = {entrant.subject.name: sum(meter.memory_mb(entrant.pid)) for entrant in entrants}
    return written([entrant.subject.name for entrant in entrants], found, memory)


def enter(stack: contextlib.ExitStack, stage: Stage, chosen: Sequence[Subject], left_out: list[str]) -> list[Entrant]:
    """Start every subject that can run and answers rightly; who does not is named in `left_out`. Ours must."""
    entrants = []
    for subject in chosen:
        if why := subject.missing():
            left_out.append(f"{subject.name}: {why}")
            continue
        try:
            entrant = stack.enter_context(stage.up(subject))
            for workload in WORKLOADS:
                check(entrant, workload)
            entrants.append(entrant)
        except (RuntimeError, OSError) as error:
            if subject.name == OURS:
                raise
            left_out.append(f"{subject.name}: {error}")
    return entrants


def written(names: Sequence[str], found: Found, memory: dict[str, float]) -> Section:
    """The figures as tables, and some of the CPU as bars."""
    loaded = [workload.name for workload in WORKLOADS if workload.saturates]
    rated = [workload.name for workload in WORKLOADS if workload.rate]
    rates = ", ".join(f"{workload.name}: {workload.rate:.0f}" for workload in WORKLOADS if workload.rate)
    tables = [
        "The job (inject): fetch a search response, run an auction over HTTP, move two winners to the top, tag them. "
        "Pass is a path without a rule.",
        "CPU, ms a request (in brackets: times ours):",
        table.figures(names, loaded, found, "cpu", OURS),
        f"Throughput on one core, requests a second, {CONNECTIONS} connections:",
        table.figures(names, loaded, found, "throughput", OURS),
        "`+`: the subject had time to spare: the load, or somebody else on the machine, was the limit.",
        f"Latency, ms, p50 / p99, at a fixed rate a second ({rates}); whoever cannot keep up has a queue that grows:",
        table.figures(names, rated, found, "latency", OURS),
        "Resident memory after all this, MB, all processes (pages that processes share are counted once):",
        table.markdown(["", "MB"], [[name, table.significant(memory[name])] for name in names]),
    ]
    drawn = {
        f"cpu-{each.replace(' ', '-').lower()}.svg": plots.bars(
            f"CPU: {each}", "ms a request", {name: found[name, each].cpu_ms() for name in names}, OURS
        )
        for each in (loaded[0], loaded[2], loaded[3])
    }
    return Section("Beside others", tables, drawn)
