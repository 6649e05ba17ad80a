"""Processes under test: the proxy itself, and nginx where a row wants it in front.

`CONFORMANCE_COMMAND` puts another proxy in our place, to see that the suite is
right: a command line with {listen}, {upstream}, {ads}, {rules}, {data}, {admin}.
"""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
CANARY = "TSE_canary_3f9c1e77b2"
OURS = (
    f"{shlex.quote(sys.executable)} -m proxy serve --upstream {{upstream}} --rules {{rules}} --listen {{listen}} "
    "--ads-url {ads} --data {data} --admin {admin}"
)
COMMAND = os.environ.get("CONFORMANCE_COMMAND", OURS)
IS_OURS = COMMAND == OURS
START = 60.0
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever the environment says of proxies

RULES = """\
- page: search
  match: {path: "/search/{rest...}"}
  products: {list: $.items, id: $.id}
  auction: {slots: 2, timeout: 1s}
  layout: {place: top}
"""


def needs(what: str, present: object) -> None:
    """Skip where a tool of the machine is absent; fail where everything is required."""
    if not present:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(f"{what} is not installed, and REQUIRE_ALL=1")
        pytest.skip(f"{what} is not installed")


def only_ours() -> None:
    if not IS_OURS:
        pytest.skip("only our own proxy can do this")


class Proxy:
    """One running proxy. Use as a context manager; `port` takes shoppers, `admin` answers probes."""

    def __init__(
        self,
        folder: Path,
        upstream: int,
        ads: int,
        *flags: str,
        rules: Path | None = None,
        env: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
        key: str | None = CANARY,
    ) -> None:
        self.folder = folder
        self.port, self.admin = free_port(), free_port()
        self.rules = rules or write_rules(folder / "rules", RULES)
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.log = folder / "proxy.log"
        command = COMMAND.format(
            upstream=f"http://127.0.0.1:{upstream}",
            rules=self.rules,
            listen=f"127.0.0.1:{self.port}",
            ads=f"http://127.0.0.1:{ads}",
            data=self.data,
            admin=f"127.0.0.1:{self.admin}",
        )
        self.command = [*prefix, *shlex.split(command), *(flags if IS_OURS else ())]
        self.env = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        if key is not None:
            self.env["SPONSORED_PROXY_ADS_KEY"] = key
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Proxy":
        self.begin()
        self.wait_until_up()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def begin(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.env, cwd=self.folder)

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START
        while not self._is_up():
            assert self.process.poll() is None, f"the proxy ended by itself:\n{self.output()}"
            assert time.monotonic() < deadline, f"the proxy does not get ready:\n{self.output()}"
            time.sleep(0.02)

    def _is_up(self) -> bool:
        """Our parent listens before its workers can serve; it says when they can."""
        if not IS_OURS:
            return takes(self.port)
        try:
            DIRECTLY.open(f"http://127.0.0.1:{self.admin}/readyz", timeout=5).close()
        except OSError:
            return False
        return True

    def stop(self, seconds: float = 20.0) -> int:
        """End it as a supervisor would; kill what does not listen."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait()

    def kill(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def processes(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def rss(self) -> int:
        """Bytes of memory of all its processes."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total

    def admin_text(self, path: str) -> str:
        """A page of the admin address, whatever its status."""
        try:
            with DIRECTLY.open(f"http://127.0.0.1:{self.admin}{path}", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels; 0 where it does not stand there."""
        lines = [line for line in self.admin_text("/metrics").splitlines() if not line.startswith("#")]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if name in line.split("{")[0].split(" ")[0])


class Growth:
    """The highest growth of a proxy's memory while the block runs; `bytes` afterwards."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._before = self._highest = proxy.rss()
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Growth":
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()
        self._highest = max(self._highest, self._proxy.rss())

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._highest = max(self._highest, self._proxy.rss())

    @property
    def bytes(self) -> int:
        return self._highest - self._before


def write_rules(folder: Path, text: str, name: str = "search.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


NGINX = """\
daemon off; worker_processes 1; error_log {folder}/error.log; pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream behind {{ server 127.0.0.1:{port}; keepalive 8; }}
  server {{
    listen 127.0.0.1:{listen}; merge_slashes off; client_max_body_size 0;
    location / {{
      proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_request_buffering off; proxy_buffering off;
    }}
  }}
}}
"""


@contextlib.contextmanager
def nginx_before(port: int, folder: Path) -> Iterator[int]:
    """nginx in front of a port; yields its own."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    needs("nginx", binary)
    folder.mkdir(parents=True, exist_ok=True)
    listen = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, listen=listen))
    process = subprocess.Popen(
        [str(binary), "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: takes(listen), "nginx listens")
        yield listen
    finally:
        process.terminate()
        process.wait(10)


def takes(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(holds, what: str, seconds: float = 20.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it never came: {what}"
        time.sleep(0.02)
