"""What the run took place on: the machine, the versions, the date, and how busy it was."""

import contextlib
import datetime
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.subjects import NODE

QUIET = 0.5
"""The load average from which on somebody else's work is part of the figures."""

_ASKED = (
    ["nginx", "-v"],
    ["go", "version"],
    [str(NODE) if NODE.exists() else "node", "--version"],
    ["redis-server", "--version"],
)


def about(took: float, load_average: float) -> str:
    """One paragraph. `took` is in seconds; `load_average` is that of before we began."""
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    said = "" if load_average <= QUIET else ": not a quiet machine, and these are rougher figures"
    return (
        f"{today}; {os.cpu_count()} cores of {_processor()}; {'; '.join(_versions())}. "
        f"The run took {took:.0f} s. The load average was {load_average:.1f} at the start{said}."
    )


def _processor() -> str:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line for line in lines if line.startswith("model name")).partition(": ")[2]
    return platform.processor() or platform.machine()


def _versions() -> Sequence[str]:
    found = [f"Python {platform.python_version()}", f"Linux {platform.release()}"]
    found += [f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "msgspec", "orjson")]
    for command in _ASKED:
        with contextlib.suppress(OSError):
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            words = (told.stdout + told.stderr).strip().replace("nginx version: ", "").replace("go version ", "")
            found.append(f"Node {words}" if words.startswith("v") else " ".join(words.split()[:3]))
    return found
