"""Events taken a second, and how long their senders wait.

Ours answers when an event is on the disk, and delivers it behind the sender's
back, in batches; the peer keeps nothing and makes the sender wait for the ad
platform. One event a request, as the vendor's script sends them. Each subject
runs on one core, its load and the ad platform on the other; two workers share
both cores with them, and there is no saying how much more they could do. Redis writes
each answer to its disk at once (`appendfsync always`), on the load's core.
"""

import contextlib
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import load, meter, table
from benchmarks.ours import RULE
from benchmarks.report import Section
from benchmarks.running import free_port, running, wait_for_port
from benchmarks.stage import Stage
from benchmarks.subjects import BUILD

CONNECTIONS = (1, 16, 128)
RATE = 300.0
_numbers = itertools.count()


@dataclass(frozen=True)
class Subject:
    """One that takes events; `cores` is how many it gets."""

    name: str
    workers: int  # 0: the peer
    cores: int = 1
    redis: bool = False


SUBJECTS = (
    Subject("ours, 1 worker", 1),
    Subject("ours, 2 workers on both cores", 2, 2),
    *(
        (
            Subject("ours, 1 worker, on Redis", 1, redis=True),
            Subject("ours, 2 workers on both cores, on Redis", 2, 2, redis=True),
        )
        if shutil.which("redis-server")
        else ()
    ),
    Subject("aiohttp, forwarding plainly", 0),
)
OURS = SUBJECTS[0].name


def posts() -> Iterator[bytes]:
    """Requests with one impression each, no two alike, as a browser sends them."""
    run = f"{os.getpid()}-{time.time_ns()}"
    for number in _numbers:
        body = (
            f'{{"impressions":[{{"id":"{run}-{number}","occurredAt":"2026-11-22T10:00:00.000Z",'
            f'"opaqueUserId":"8b0f2a52-5d7e-4d35-a2a5-0d3a0a1a9c11","resolvedBidId":"WyJiX01mazE1IiwiMTJhNTU4MjgtOGVhZC0'
            f'{number}","placement":{{"path":"/search","position":3,"page":1}}}}]}}'
        )
        yield (
            "POST /topsort/v2/events HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
            "Origin: http://shop.example\r\nSec-Fetch-Site: same-origin\r\nReferer: http://shop.example/search\r\n"
            "Cookie: tsuid=8b0f2a52-5d7e-4d35-a2a5-0d3a0a1a9c11; session=4f9c9f3b2b\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


@contextlib.contextmanager
def subject_running(subject: Subject, marketplace: str, ads: str, cores: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Port and process id of a subject that accepts connections."""
    BUILD.mkdir(parents=True, exist_ok=True)
    # Beside the sources and not among temporary files: those often lie in memory, where a commit costs nothing.
    with tempfile.TemporaryDirectory(prefix="events-", dir=BUILD) as name:
        folder, port = Path(name), free_port()
        (folder / "rules").mkdir()
        (folder / "rules" / "search.yaml").write_text(RULE)
        command = [sys.executable, "-m", "benchmarks.peers.naive_events", str(port), ads]
        if subject.workers:
            command = [
                *(sys.executable, "-m", "proxy", "serve", "--workers", str(subject.workers)),
                *("--rules", str(folder / "rules"), "--data", str(folder / "data"), "--upstream", marketplace),
                *("--listen", f"127.0.0.1:{port}", "--admin", f"127.0.0.1:{free_port()}", "--ads-url", ads),
            ]
        told = {"SPONSORED_PROXY_ADS_KEY": "TSE_benchmark"}
        with contextlib.ExitStack() as beside:
            if subject.redis:
                told["SPONSORED_PROXY_REDIS"] = beside.enter_context(_redis(folder, cores[-1]))
            process = beside.enter_context(running(command, cores[0], folder / "log", told))
            wait_for_port(port, process)
            if subject.cores > 1:
                _spread(process.pid, cores)
            yield port, process.pid


@contextlib.contextmanager
def _redis(folder: Path, core: int) -> Iterator[str]:
    """The URL of a Redis that loses nothing it has acknowledged."""
    port = free_port()
    durable = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", "")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *durable]
    with running(command, core, folder / "redis.log", {}) as process:
        wait_for_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"


def _spread(pid: int, cores: Sequence[int]) -> None:
    """Let a process and all that it started run on all cores."""
    import psutil  # type: ignore[import-untyped]

    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        for thread in process.threads():
            os.sched_setaffinity(thread.id, set(cores))


def measure(
    subject: Subject, marketplace: str, ads: str, cores: Sequence[int], rounds: int, seconds: float
) -> dict[int, table.Samples]:
    """The samples by connections; under 0 the latencies at the fixed rate."""
    samples = {number: table.Samples() for number in (0, *CONNECTIONS)}
    with subject_running(subject, marketplace, ads, cores) as (port, pid):
        load.saturate(port, "", seconds=0.3, connections=8, requests=posts())
        for _ in range(rounds):
            for connections in CONNECTIONS:
                before = meter.cpu_seconds(pid)
                run = load.saturate(port, "", seconds=seconds, connections=connections, requests=posts())
                used = meter.cpu_seconds(pid) - before
                _no_failures(subject, run)
                sample = table.Sample(used / run.answered * 1000, run.answered / run.seconds, used / run.seconds)
                samples[connections].saturated.append(sample)
            run = load.at_rate(port, "", seconds=seconds, rate=RATE, requests=posts())
            _no_failures(subject, run)
            samples[0].latencies += run.latencies
    return samples


def _no_failures(subject: Subject, run: load.Run) -> None:
    if run.failed or not run.answered:
        raise RuntimeError(f"{subject.name}: {run.failed} failed, {run.answered} answered")


def section(stage: Stage) -> Section:
    """Every subject, one after the other: two of them want the same files and the same core."""
    effort, places = stage.effort, (stage.marketplace, stage.ads)
    found = {each.name: measure(each, *places, stage.cores, effort.rounds, effort.rate) for each in SUBJECTS}
    how = (
        "One event a request. Ours answers when the event is on the disk, and delivers it later, in batches; the peer "
        "keeps nothing, and its sender waits for the ad platform."
    )
    return Section("Events taken", [how, figures(found), f"The wait is p50 / p99 at {RATE:.0f} events a second."])


def figures(found: dict[str, dict[int, table.Samples]]) -> str:
    """Events a second and CPU by connections, and the waits at the fixed rate."""
    head = ["", *[f"{number} connections: events/s (CPU ms)" for number in CONNECTIONS], "wait, ms"]
    rows = []
    for name, samples in found.items():
        row = [name]
        for number in CONNECTIONS:
            mine = samples[number]
            row.append(f"{mine.per_second():,.0f} ({table.significant(mine.cpu_ms())})")
        rows.append([*row, table.waits(samples[0].latencies)])
    return table.markdown(head, rows)
