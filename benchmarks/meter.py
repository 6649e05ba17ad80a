"""How much CPU and memory a subject used: all threads of all its processes, the parent's included.

Where the kernel keeps nanoseconds (schedstat) those are read, else the ticks of
`utime + stime`. A worker that ended between two readings takes its share with
it, so a subject must keep its processes during a run.
"""

import os
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU seconds used so far by process `pid` and its descendants."""
    parent = psutil.Process(pid)
    return sum(_of_process(process.pid) for process in [parent, *parent.children(recursive=True)])


def memory_mb(pid: int) -> list[float]:
    """Megabytes (of 1,000,000 bytes) that are resident, process by process, the parent first.

    A page that several processes share is divided among them where the kernel says so (Pss), so that the sum is
    what the machine has less.
    """
    parent = psutil.Process(pid)
    return [_resident(process) for process in [parent, *parent.children(recursive=True)]]


def _resident(process: psutil.Process) -> float:
    try:
        told = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        return int(next(line for line in told.splitlines() if line.startswith("Pss:")).split()[1]) * 1024 / 1e6
    except (OSError, StopIteration):
        return float(process.memory_info().rss) / 1e6


def _of_process(pid: int) -> float:
    folder = Path(f"/proc/{pid}/task")
    try:
        return sum(_of_thread(thread) for thread in folder.iterdir())
    except FileNotFoundError:
        return 0.0


def _of_thread(folder: Path) -> float:
    try:
        return int((folder / "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK
