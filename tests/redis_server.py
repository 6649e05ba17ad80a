"""A Redis of one's own: started on a free port, in a folder, as durable as the outbox wants it."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from tests.ports import free_port

DURABLE = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
PATIENCE = 60.0


def needs_redis() -> str:
    """The path of redis-server; the test is skipped where there is none, unless everything is required."""
    found = shutil.which("redis-server")
    if found is None:
        assert os.environ.get("REQUIRE_ALL") != "1", "redis-server is not installed"
        pytest.skip("redis-server is not installed")
    return found


class RedisServer:
    """One Redis. `url` names it; it may be killed, stopped, paused and started again on its files.

    Args:
        folder: where its files lie.
        config: what differs from `DURABLE`, by the names of redis.conf.
    """

    def __init__(self, folder: Path, **config: str) -> None:
        self._command = needs_redis()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.config = DURABLE | {name.replace("_", "-"): value for name, value in config.items()}
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        flags = [word for name, value in self.config.items() for word in (f"--{name}", *value.split(" "))]
        flags += ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._command, *flags], stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
            assert time.monotonic() < end, "redis-server does not answer"
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Whether it says anything at all but that it still reads its files; it may well ask for a password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as line:
                line.sendall(b"PING\r\n")
                return not line.recv(100).startswith(b"-LOADING")
        except OSError:
            return False

    def client(self) -> "Redis":
        """A client of it, for looking behind the outbox's back."""
        return Redis.from_url(self.url, socket_timeout=PATIENCE)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It hangs: connections are taken, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It hangs no longer."""
        self._signal(signal.SIGCONT)


@contextmanager
def a_redis(folder: Path, **config: str) -> Iterator[RedisServer]:
    """A Redis for as long as it is needed."""
    server = RedisServer(folder, **config)
    try:
        yield server
    finally:
        server.kill()
