"""How much CPU a subject used: all threads of all its processes, the parent's included.

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
