"""The real proxy as a process of its own, with rules, a marketplace and an ad platform of the test's choosing.

The key that every proxy gets here is a canary: `stop` raises where it stands in
anything that the process wrote or shows to who watches it.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.integration.faults.shopper import ask
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
KEY = "TSE_canary-4f1c9a7b"
DRAIN = 29.0
"""`--drain` is 30 s: who needs so long has lost sight of a request."""
START = 30.0
"""Seconds that a start may take on a busy machine."""


class NotStarted(Exception):
    """The proxy ended, or did not listen in time; the text is what it said."""


class Proxy:
    """A running `sponsored-proxy serve`."""

    def __init__(self, folder: Path, port: int, admin: int, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.rules = folder / "rules"
        self.port = port
        self.admin = admin
        self.process = process

    def log(self) -> str:
        """Everything that it has written so far."""
        return (self.folder / "log").read_text(errors="replace")

    def workers(self) -> list[int]:
        """The processes below the parent."""
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def memory(self) -> int:
        """Resident bytes of all its processes."""
        pids = [self.process.pid, *self.workers()]
        return sum(psutil.Process(pid).memory_info().rss for pid in pids if psutil.pid_exists(pid))

    def stop(self, seconds: float = 40.0) -> int:
        """SIGTERM, and its exit status. AssertionError where it does not end, or waited to the end of its drain."""
        if self.process.poll() is None:
            self._keeps_the_key()
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"did not stop within {seconds} s:\n{self.log()[-4000:]}") from None
        assert KEY not in self.log(), "the key is in the log"
        took = time.monotonic() - began
        assert took < DRAIN, f"something was under way for {took:.0f} s:\n{self.log()[-4000:]}"
        return status

    def _keeps_the_key(self) -> None:
        for page in ("/metrics", "/readyz", "/healthz", "/"):
            shown = ask(self.admin, page, headers=[("Host", f"127.0.0.1:{self.admin}")])
            assert shown.status in (200, 503), f"{page} says {shown.status}"
            assert KEY.encode() not in shown.body, f"the key is on {page}"
        for pid in [self.process.pid, *self.workers()]:
            with contextlib.suppress(OSError):
                assert KEY.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()


def serves(port: int) -> bool:
    """Whether a worker answers there. It does so by itself, without a word to the marketplace (RFC 9110, 7.6.2)."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=START) as shopper:
        shopper.sendall(b"OPTIONS / HTTP/1.1\r\nHost: shop\r\nMax-Forwards: 0\r\nConnection: close\r\n\r\n")
        return shopper.recv(12) == b"HTTP/1.1 204"
    return False


def wait_until(true: Callable[[], bool], seconds: float = 10.0, what: str = "it") -> None:
    """Return as soon as `true()`; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.01)


@contextlib.contextmanager
def proxy(
    folder: Path,
    rules: Mapping[str, str],
    marketplace: str,
    ads: str,
    *flags: str,
    environment: Mapping[str, str] | None = None,
    output: int | None = None,
) -> Iterator[Proxy]:
    """A proxy that accepts connections; stopped at the end, if it still runs.

    Raises NotStarted with what it said where it does not come up.
    """
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    for name, text in rules.items():
        (folder / "rules" / name).write_text(text)
    running = start(folder, marketplace, ads, flags, environment, output)
    try:
        yield running
    except BaseException:
        print(running.log()[-6000:])
        raise
    finally:
        if running.process.poll() is None:
            running.stop()


def start(
    folder: Path,
    marketplace: str,
    ads: str,
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    output: int | None = None,
) -> Proxy:
    """Start it on the rules that are in `folder`, and wait until it serves.

    Args:
        flags: more of the command line.
        environment: more variables.
        output: a descriptor to write to, instead of the file that `Proxy.log` reads.
    """
    port, admin = free_port(), free_port()
    command = [
        *(sys.executable, "-m", "proxy", "serve", "--upstream", marketplace, "--ads-url", ads),
        *("--rules", str(folder / "rules"), "--data", str(folder / "data")),
        *("--listen", f"127.0.0.1:{port}", "--admin", f"127.0.0.1:{admin}", *flags),
    ]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPONSORED_PROXY_")}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log if output is None else output,
            stderr=subprocess.STDOUT,
            env=inherited | {"SPONSORED_PROXY_ADS_KEY": KEY} | dict(environment or {}),
            start_new_session=True,
        )
    running = Proxy(folder, port, admin, process)
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        if serves(port):
            return running
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    raise NotStarted(f"exit status {process.wait()}:\n{running.log()[-4000:]}")
