"""What asking early, keeping pages and more workers bring, each beside the proxy without it."""

import contextlib
import statistics
import time
from collections.abc import Mapping, Sequence

from benchmarks import load, meter, table
from benchmarks.ours import KEEPING, OURS, SPECULATING, proxy
from benchmarks.report import Section
from benchmarks.stage import Found, Stage, compared
from benchmarks.subjects import Subject
from benchmarks.workloads import Workload, latencies, saturated, warm

WAITING = Workload("marketplace 50 ms, ads 30 ms", "/search/slow12?q=slow", 12, rate=200, saturates=False)
SLOW_SHOP = Workload("marketplace 50 ms", "/search/slow12?q=jacket", 12, rate=200, saturates=False)
INJECT = Workload("inject 12 KB", "/search/12?q=jacket", 12, rate=200)
INJECT_50 = Workload("inject 50 KB", "/search/50?q=jacket", 50)
INJECT_400 = Workload("inject 400 KB", "/search/400?q=jacket", 400, rate=30)


def speculation(stage: Stage) -> Section:
    """The same visits again and again, so that every guess is right."""
    found = _beside(stage, [proxy("one after the other"), proxy("speculate: true", SPECULATING)], [WAITING])
    return Section(
        "Asking early",
        [
            "The marketplace takes 50 ms and the ad platform 30, and the same search comes 200 times a second: "
            "latency, ms, p50 / p99, with and without `speculate: true`.",
            _latencies(found, [WAITING]),
        ],
    )


def keeping(stage: Stage) -> Section:
    """A page that is kept, with ads that are asked for anew."""
    subjects = [proxy("from the marketplace"), proxy("cache: {ttl: 30s}", KEEPING)]
    shown = [INJECT, INJECT_50, INJECT_400]
    found = _beside(stage, subjects, [*shown, SLOW_SHOP])
    names = [subject.name for subject in subjects]
    return Section(
        "A cached page with ads",
        [
            "The organic answer from memory, an auction for every visit. CPU, ms a request:",
            table.figures(names, [each.name for each in shown], found, "cpu", names[0]),
            "Latency, ms, p50 / p99:",
            _latencies(found, [INJECT, SLOW_SHOP]),
        ],
    )


def settings(stage: Stage) -> Section:
    """The collector's thresholds and the allocator's, with and without ours."""
    subjects = [
        proxy(OURS),
        proxy("Python's own collection", without="gc"),
        proxy("glibc's own thresholds", without="allocator"),
    ]
    found = _beside(stage, subjects, [INJECT, INJECT_400])
    names, shown = [subject.name for subject in subjects], [INJECT.name, INJECT_400.name]
    return Section(
        "Settings of the process",
        [
            "Workers freeze what lives at the start and collect rarely, and keep freed buffers (see `server/worker.py` "
            "and `server/child.py`). Without one of the two, CPU, ms a request, and latency, ms, p50 / p99:",
            table.figures(names, shown, found, "cpu", OURS),
            table.figures(names, shown, found, "latency", OURS),
        ],
    )


def workers(stage: Stage) -> Section:
    """One worker and two, on all cores, which the load shares."""
    rows = []
    for count in (1, 2):
        subject = proxy(f"{count} worker{'s' * (count > 1)}", workers=count)
        with stage.up(subject, set(stage.cores)) as entrant:
            warm(entrant, INJECT)
            runs = [saturated(entrant, INJECT.path, stage.effort.saturate) for _ in range(stage.effort.rounds)]
            found = table.Samples(runs, latencies(entrant, INJECT.path, stage.effort.rate, INJECT.rate))
            parent, *others = meter.memory_mb(entrant.pid)
        each = ", ".join(table.significant(other) for other in others)
        rows.append([subject.name, f"{found.per_second():,.0f}", table.significant(found.cpu_ms())])
        rows[-1] += [table.waits(found.latencies), f"{table.significant(parent)} + {each}", started(stage, subject)]
    head = ["", "requests/s", "CPU ms", "at 200/s, ms", "memory, MB: parent + workers", "first answer after, s"]
    text = (
        f"{INJECT.name}, on {len(stage.cores)} cores that the load and the stand-ins need as well: there is no saying "
        "how much more two workers could do on cores of their own."
    )
    return Section("Workers, memory, start", [text, table.markdown(head, rows)])


def started(stage: Stage, subject: Subject) -> str:
    """Seconds from the start of the process to its first whole answer; the median."""
    took = []
    for _ in range(max(2, stage.effort.rounds)):
        began = time.monotonic()
        with stage.up(subject) as entrant:
            load.fetch(entrant.port, INJECT.path)
            took.append(time.monotonic() - began)
    return table.significant(statistics.median(took))


def _beside(stage: Stage, subjects: Sequence[Subject], workloads: Sequence[Workload]) -> Found:
    with contextlib.ExitStack() as stack:
        entrants = [stack.enter_context(stage.up(subject)) for subject in subjects]
        return compared(entrants, workloads, stage.effort)


def _latencies(found: Mapping[tuple[str, str], table.Samples], workloads: Sequence[Workload]) -> str:
    names = list(dict.fromkeys(name for name, _ in found))
    return table.figures(names, [each.name for each in workloads], found, "latency", names[0])
