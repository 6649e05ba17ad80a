"""`python -m benchmarks.instructions` (`make bench-check`): has a request become dearer? Told by counts, not seconds.

The proxy and a yardstick (the same job, plainly written on aiohttp) answer so
many requests more than before; what that adds to their instructions is what a
request costs. Only the ratio of the two is compared with `baseline.json`: another
machine, and another build of Python, change both alike, or nearly so.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import load, table
from benchmarks.counters import Counter, counter
from benchmarks.ours import OURS, alone
from benchmarks.running import free_port, running, wait_for_port
from benchmarks.subjects import PEERS_THERE, Place, Subject
from benchmarks.workloads import Entrant, Workload, check

BASELINE = Path(__file__).parent / "baseline.json"
TOLERANCE = 0.1
"""Two counts of the same code differ by up to three per cent here: the log, for one, writes when time passes."""

WORKLOADS = (
    Workload("inject 12 KB", "/search/12?q=jacket", 12),
    Workload("pass 12 KB", "/raw/12?q=jacket", 12, merges=False),
)
PATHS = {workload.name: workload.path for workload in WORKLOADS}
YARDSTICK = next(subject for subject in PEERS_THERE if subject.name == "aiohttp, written plainly")
WARM, MORE = 100, 400
PATIENCE = 120.0
TRIES = 3


def counted(subject: Subject, by: Counter, path: str, count: int, stubs: tuple[str, str]) -> int:
    """Instructions of one life; again, where somebody else took its port while it started."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(OSError, RuntimeError):
            return _counted(subject, by, path, count, stubs)
    return _counted(subject, by, path, count, stubs)


def _counted(subject: Subject, by: Counter, path: str, count: int, stubs: tuple[str, str]) -> int:
    """Start, the same warming up with right answers, `count` requests for `path`, the end."""
    with tempfile.TemporaryDirectory(prefix="instructions-") as name:
        place = Place(free_port(), *stubs, Path(name))
        command = by.command(subject.command(place), place.folder)
        # The same hashes each time, so that dictionaries collide alike.
        environment = {**subject.environment, "PYTHONHASHSEED": "0"}
        with running(command, None, place.folder / "log", environment, patience=PATIENCE) as process:
            wait_for_port(place.port, process, PATIENCE)
            for warming in PATHS.values():
                load.times(place.port, warming, WARM, patience=PATIENCE)
            for workload in WORKLOADS:
                check(Entrant(subject, place.port, process.pid), workload)
            load.times(place.port, path, count, patience=PATIENCE)
        return by.total(place.folder)


def measured(by: Counter) -> dict[str, dict[str, float]]:
    """Instructions a request by path and subject."""
    subjects = (alone(OURS), YARDSTICK)
    lives = [(subject, name, MORE if name else 0) for subject in subjects for name in ("", *PATHS)]
    marketplace, ads = free_port(), free_port()
    command = [sys.executable, "-m", "benchmarks.stubs", str(marketplace), str(ads)]
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        running(command, None, Path(folder) / "stubs.log", {}) as stubs,
        ThreadPoolExecutor(2) as pool,
    ):
        wait_for_port(ads, stubs)
        places = (f"http://127.0.0.1:{marketplace}", f"http://127.0.0.1:{ads}")
        first = next(iter(PATHS.values()))
        totals = list(pool.map(lambda life: counted(life[0], by, PATHS.get(life[1], first), life[2], places), lives))
    of = {(subject.name, name): total for (subject, name, _), total in zip(lives, totals, strict=True)}
    return {
        name: {subject.name: (of[subject.name, name] - of[subject.name, ""]) / MORE for subject in subjects}
        for name in PATHS
    }


def verdicts(ratios: Mapping[str, float], baseline: Mapping[str, float], tolerance: float) -> dict[str, str]:
    """What has become of each ratio; "dearer" is a failure. A path that the baseline lacks is "new"."""
    return {name: _verdict(ratio, baseline.get(name), tolerance) for name, ratio in ratios.items()}


def _verdict(ratio: float, before: float | None, tolerance: float) -> str:
    if before is None:
        return "new"
    if ratio > before * (1 + tolerance):
        return "dearer"
    return "cheaper" if ratio < before * (1 - tolerance) else "as before"


def main() -> int:
    """Exit status 1 where a request has become dearer, 2 where nothing here can count."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="take what is measured as the new baseline")
    options = parser.parse_args()
    by = counter()
    if by is None:
        print("nothing counts instructions here: apt-get install valgrind", file=sys.stderr)
        return 2
    found = measured(by)
    ratios = {name: round(costs[OURS] / costs[YARDSTICK.name], 3) for name, costs in found.items()}
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    said = verdicts(ratios, baseline, TOLERANCE)
    print(_written(found, ratios, baseline, said))
    print(f"\nInstructions a request, counted by {by.name}; the tolerance is {TOLERANCE:.0%} of the baseline.")
    if options.write:
        BASELINE.write_text(json.dumps(ratios, indent=2) + "\n")
        return 0
    return int("dearer" in said.values())


def _written(
    found: Mapping[str, Mapping[str, float]],
    ratios: Mapping[str, float],
    baseline: Mapping[str, float],
    said: Mapping[str, str],
) -> str:
    head = ["", "ours", "yardstick", "ratio", "baseline", "difference", ""]
    rows = []
    for name, costs in found.items():
        before = baseline.get(name)
        known = ["-", "-"] if before is None else [f"{before:.3f}", f"{ratios[name] / before - 1:+.1%}"]
        counts = [f"{costs[OURS]:,.0f}", f"{costs[YARDSTICK.name]:,.0f}"]
        rows.append([name, *counts, f"{ratios[name]:.3f}", *known, said[name]])
    return table.markdown(head, rows)


if __name__ == "__main__":
    sys.exit(main())
