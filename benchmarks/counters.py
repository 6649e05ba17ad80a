"""User instructions of a process and all that it starts: by perf where the machine counts them, else by valgrind.

A count hardly depends on what else the machine does, so that it can be compared
where seconds cannot. Valgrind makes a process some fifty times slower meanwhile.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Counter(Protocol):
    """One way to count."""

    name: str

    def command(self, command: Sequence[str], folder: Path) -> list[str]:
        """The command, counted; what is found goes into `folder`, which is there."""

    def total(self, folder: Path) -> int:
        """Instructions of all processes, once all have ended. Raises RuntimeError where one told nothing."""


class Perf:
    """The processor's own counter."""

    name = "perf"

    def command(self, command: Sequence[str], folder: Path) -> list[str]:
        return ["perf", "stat", "-x,", "-e", "instructions:u", "-o", str(folder / "perf"), "--", *command]

    def total(self, folder: Path) -> int:
        found = re.search(r"^(\d+),", (folder / "perf").read_text(), re.MULTILINE)
        if not found:
            raise RuntimeError("perf counted nothing")
        return int(found[1])


class Valgrind:
    """Cachegrind without a cache: it executes every instruction itself."""

    name = "valgrind"

    def command(self, command: Sequence[str], folder: Path) -> list[str]:
        options = ["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--trace-children=yes"]
        return ["valgrind", *options, f"--log-file={folder}/%p.valgrind", *command]

    def total(self, folder: Path) -> int:
        counts = [
            int(count.replace(",", ""))
            for log in folder.glob("*.valgrind")
            for count in re.findall(r"I\s+refs:\s+([\d,]+)", log.read_text())
        ]
        if not counts or len(counts) < len([*folder.glob("*.valgrind")]):
            raise RuntimeError("a process ended before valgrind could say what it counted")
        return sum(counts)


def counter() -> Counter | None:
    """The one that works here; None where there is none."""
    if shutil.which("perf"):
        tried = subprocess.run(
            ["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True, check=False
        )
        if re.match(r"\d+,", tried.stderr):
            return Perf()
    return Valgrind() if shutil.which("valgrind") else None
