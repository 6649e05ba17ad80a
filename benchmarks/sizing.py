"""`python -m benchmarks.sizing`: measures one worker, and writes docs/sizing.md: what to run for how many pages.

The measuring is here, the arithmetic and the words are in `plans.py`. Where
there is no redis-server it is left out.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks import events, growth, load, machine, meter, plans
from benchmarks.ours import OURS, proxy
from benchmarks.running import ROOT
from benchmarks.stage import FULL, QUICK, Stage, compared, stage
from benchmarks.workloads import Workload

WORKLOADS = [
    *[Workload(f"a page of {size} KB, two ads", f"/search/{size}?q=jacket", size) for size in (12, 50, 400)],
    Workload(plans.ASSUMED.plain, "/raw/12?q=jacket", 12, merges=False),
]


def measured(stage: Stage) -> plans.Figures:
    """One worker on one core: pages, memory, events; and Redis by itself."""
    with stage.up(proxy(OURS)) as entrant:
        found = compared([entrant], WORKLOADS, stage.effort)
        parent, *workers = meter.memory_mb(entrant.pid)
    (one_worker, *_) = events.SUBJECTS
    effort, places = stage.effort, (stage.marketplace, stage.ads)
    taken = events.measure(one_worker, *places, stage.cores, effort.rounds, effort.rate)
    on_redis, redis_ms = of_redis(stage)
    return plans.Figures(
        pages={each.name: (found[OURS, each.name].cpu_ms(), found[OURS, each.name].per_second()) for each in WORKLOADS},
        event_ms=taken[max(events.CONNECTIONS)].cpu_ms(),
        events={number: taken[number].per_second() for number in events.CONNECTIONS},
        redis=on_redis,
        redis_ms=redis_ms,
        parent_mb=parent,
        worker_mb=max(workers),
    )


def of_redis(stage: Stage) -> tuple[Mapping[int, float], float]:
    """Events a second that one worker takes on Redis, by senders at once, and what each costs Redis, in ms of CPU.

    Nothing, and 0, where there is no Redis.
    """
    subject = next((each for each in events.SUBJECTS if each.redis), None)
    if subject is None:
        return {}, 0.0
    with events.subject_running(subject, stage.marketplace, stage.ads, stage.cores) as (port, _):
        redis = _redis()
        _taken(port, 8, 0.3)  # connections open, scripts loaded
        before = _when_all_is_delivered(redis)
        runs = {senders: _taken(port, senders, stage.effort.rate) for senders in events.CONNECTIONS}
        used = _when_all_is_delivered(redis) - before
    return (
        {senders: run.answered / run.seconds for senders, run in runs.items()},
        used / sum(run.answered for run in runs.values()) * 1000,
    )


def _redis() -> int:
    """The process id of the Redis that was started for us."""
    (found,) = [child for child in psutil.Process().children() if child.name() == "redis-server"]
    return int(found.pid)


def _taken(port: int, senders: int, seconds: float) -> load.Run:
    run = load.saturate(port, "", seconds=seconds, connections=senders, requests=events.posts())
    if run.failed or not run.answered:
        raise RuntimeError(f"on Redis: {run.failed} failed, {run.answered} answered")
    return run


def _when_all_is_delivered(pid: int) -> float:
    """CPU seconds of Redis once it has next to nothing to do, which is when nothing waits any more."""
    used = meter.cpu_seconds(pid)
    for _ in range(60):
        time.sleep(0.5)
        before, used = used, meter.cpu_seconds(pid)
        if used - before < 0.01:
            break
    return used


def main() -> int:
    """Write the page. Exit status 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizing", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round, rougher figures")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "sizing.md", help="where to; default %(default)s")
    options = parser.parse_args()
    began, load_average = time.monotonic(), os.getloadavg()[0]
    with stage(QUICK if options.quick else FULL) as place:
        figures = measured(place)
        grows = growth.section(place).paragraphs
    about = machine.about(time.monotonic() - began, load_average)
    if options.quick:
        about += " It was a short run (`--quick`), and these are rougher figures."
    options.out.write_text(plans.written(figures, about, grows))
    print(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
