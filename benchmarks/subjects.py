"""Who is measured, how each is started, and what must be installed for it.

A subject gets a port, the marketplace's address and the ad platform's, and a
folder of its own; it runs on one core until it is stopped. What is missing on
this machine leaves its subject out, with a line that says what to install.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE / "peers"
BUILD = HERE.parent / "build" / "benchmarks"
GO_SOURCES = Path("/usr/share/gocode")  # where Debian puts the sources of its golang-*-dev packages

RULE = """\
page: search
match: {path: "/search/{size}"}
products: {list: $.products, id: $.id}
auction: {slots: 2, search_query: query.q, timeout: 2s}
layout: {place: top}
"""


@dataclass(frozen=True)
class Place:
    """Where a subject runs and what it talks to."""

    port: int
    marketplace: str
    ads: str
    folder: Path


@dataclass(frozen=True)
class Subject:
    """One proxy to measure. `merges` is false where it only passes through."""

    name: str
    command: Callable[[Place], list[str]]
    missing: Callable[[], str | None] = lambda: None
    merges: bool = True
    environment: dict[str, str] = field(default_factory=dict)


def _ours(place: Place) -> list[str]:
    rules = place.folder / "rules"
    rules.mkdir()
    (rules / "search.yaml").write_text(RULE)
    admin = free_port()
    return [
        *(sys.executable, "-m", "proxy", "serve", "--workers", "1", "--rules", str(rules)),
        *("--listen", f"127.0.0.1:{place.port}", "--admin", f"127.0.0.1:{admin}"),
        *("--upstream", place.marketplace, "--ads-url", place.ads, "--data", str(place.folder / "data")),
    ]


def _nginx(place: Place) -> list[str]:
    text = (PEERS / "nginx.conf").read_text()
    names = {"FOLDER": str(place.folder), "PORT": str(place.port), "MARKETPLACE": place.marketplace[len("http://") :]}
    for name, value in names.items():
        text = text.replace(f"@{name}@", value)
    (place.folder / "nginx.conf").write_text(text)
    return [shutil.which("nginx") or "nginx", "-p", str(place.folder), "-c", str(place.folder / "nginx.conf")]


def _python(peer: str) -> Callable[[Place], list[str]]:
    return lambda place: [
        sys.executable,
        "-m",
        f"benchmarks.peers.{peer}",
        str(place.port),
        place.marketplace,
        place.ads,
    ]


def _go(peer: str) -> Callable[[Place], list[str]]:
    return lambda place: [str(BUILD / peer), str(place.port), place.marketplace, place.ads]


def _needs_command(name: str, package: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else f"apt-get install {package}"


def _needs_go(peer: str, *packages: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        if not shutil.which("go") or not all((GO_SOURCES / "src" / name).is_dir() for name in packages):
            names = " ".join("golang-" + name.replace(".com", "").replace("/", "-") + "-dev" for name in packages)
            return f"apt-get install golang-go {names}"
        return _built(peer)

    return missing


def _built(peer: str) -> str | None:
    """Build a Go peer, offline; the reason where it cannot be built."""
    BUILD.mkdir(parents=True, exist_ok=True)
    offline = os.environ | {"GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOFLAGS": ""}
    command = ["go", "build", "-o", str(BUILD / peer), "."]
    built = subprocess.run(command, cwd=PEERS / peer, env=offline, capture_output=True, text=True, check=False)
    return None if built.returncode == 0 else f"does not build: {built.stderr.strip().splitlines()[-1]}"


OURS = "sponsored-proxy"

SUBJECTS = (
    Subject(OURS, _ours, environment={"SPONSORED_PROXY_ADS_KEY": "TSE_benchmark"}),
    Subject("nginx, passing through", _nginx, _needs_command("nginx", "nginx-light"), merges=False),
    Subject(
        "Go fasthttp + gjson",
        _go("go_fasthttp"),
        _needs_go("go_fasthttp", "github.com/valyala/fasthttp", "github.com/tidwall/gjson"),
    ),
    Subject(
        "Go ReverseProxy + gjson", _go("go_reverseproxy"), _needs_go("go_reverseproxy", "github.com/tidwall/gjson")
    ),
    Subject("aiohttp, tuned, orjson", _python("tuned_aiohttp")),
    Subject("aiohttp, written plainly", _python("naive_aiohttp")),
)


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
def running(command: list[str], core: int, log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process on one core; it and all it started are gone when the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
            cwd=HERE.parent,
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def subject_running(
    subject: Subject, core: int, marketplace: str, ads: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A subject that accepts connections: its port and its process. RuntimeError with its last words where it fails."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Place(free_port(), marketplace, ads, Path(name))
        command = subject.command(place)
        with running(command, core, place.folder / "log", subject.environment) as process:
            try:
                wait_for_port(place.port, process)
            except RuntimeError as error:
                words = (place.folder / "log").read_text(errors="replace").strip().splitlines()[-3:]
                raise RuntimeError(f"{error}: {' / '.join(words)}") from None
            yield place.port, process
