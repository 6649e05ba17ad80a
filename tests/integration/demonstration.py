"""The demo as a person starts it, for tests: one command, addresses in what it prints, a signal to end it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from tests.patience import A_PROCESS, SECONDS

ROOT = Path(__file__).parents[2]
FREE_PORTS = ["--port", "0", "--admin-port", "0", "--shop-port", "0", "--sandbox-port", "0"]


class Demonstration:
    """A running demo; `url`, `shop`, `admin`, `sandbox` are its addresses."""

    def __init__(self, *arguments: str, cwd: Path = ROOT, path: Path = ROOT) -> None:
        environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "proxy", "demo", *FREE_PORTS, *arguments]
        self.process = subprocess.Popen(
            command, cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.said = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._more:
                self.said += line
                self._more.notify_all()

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until it has said something that fits."""
        with self._more:
            assert self._more.wait_for(lambda: re.search(pattern, self.said), A_PROCESS), self.said
        return re.search(pattern, self.said)

    def running(self) -> "Demonstration":
        """Wait until it has printed where everything is."""
        self.says(r"kill -9 \d+")
        self.url = self.says(r"through the proxy\s+(http://\S+?)/\n")[1]
        self.shop = self.says(r"shop alone\s+(http://\S+?)/\n")[1]
        self.admin = self.says(r"proxy sees\s+(http://\S+?)/\n")[1]
        self.sandbox = self.says(r"(http://\S+)/_sandbox/campaigns")[1]
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        return self

    def get(self, path: str, origin: str | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, header fields by lower-case name, body."""
        try:
            with urllib.request.urlopen((origin or self.url) + path, timeout=SECONDS) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, {name.lower(): value for name, value in refused.headers.items()}, refused.read()

    def asks_sandbox(self, path: str) -> Any:
        """What the ad platform's back door answers, read."""
        return json.loads(self.get(path, self.sandbox)[2])

    def behave(self, **behaviour: object) -> None:
        """Change how the ad platform behaves."""
        request = urllib.request.Request(f"{self.sandbox}/_sandbox/behaviour", json.dumps(behaviour).encode())
        urllib.request.urlopen(request, timeout=SECONDS).close()

    def end(self, number: int = signal.SIGINT) -> int:
        """Send it a signal; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(A_PROCESS)
        self._reader.join(SECONDS)
        return code

    def __enter__(self) -> "Demonstration":
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*getattr(self, "children", ()), self.process):
            try:
                process.kill()
            except (psutil.NoSuchProcess, ProcessLookupError):
                continue
        self.process.wait()
