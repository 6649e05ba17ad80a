"""Processes on cores of their own, ports to reach them at, and their last words where they fail."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20.0) -> None:
    """Until somebody accepts on `port`. Raises RuntimeError where the process ends or time runs out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on {port}; exit status {process.poll()}")


@contextlib.contextmanager
def running(
    command: list[str], cores: int | set[int] | None, log: Path, environment: dict[str, str], patience: float = 10.0
) -> Iterator[subprocess.Popen[bytes]]:
    """A process on these cores (None: any); it and all it started are gone when the block ends.

    It gets SIGTERM and `patience` seconds, then SIGKILL.
    """
    allowed = {cores} if isinstance(cores, int) else cores or os.sched_getaffinity(0)
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, allowed),
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def last_words(log: Path) -> str:
    """The end of what a process said, on one line."""
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
