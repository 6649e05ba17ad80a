"""`sponsored-proxy demo`: a shop, an ad platform and the proxy, in one terminal, with nothing to set up.

Three processes beside this one: the shop, the sandbox, and the real proxy as
`serve` runs it. The rules are those in ./rules, or the copy that comes with the
package. The shop or the ad platform may be killed, for trying what the proxy
makes of it: they are started again after a while. Without the proxy the demo
ends with 1. Ctrl-C and SIGTERM end it, and all that it started, with 0.
"""

import argparse
import asyncio
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from proxy.cli.children import Child, ChildDied
from proxy.errors import SettingsTrouble
from proxy.sandbox.behaviour import read_delay, read_lies, read_rate
from proxy.sandbox.shop.catalogue import catalogue

HOST = "127.0.0.1"
AGAIN_AFTER = 15.0
_END_WITHIN = {"the proxy": 5.0}
_READY_WITHIN = 60.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `demo` to the command line."""
    parser = subparsers.add_parser(
        "demo",
        help="a shop, an ad platform and the proxy in one terminal, with nothing to set up",
        description="Starts a shop, an ad platform and the proxy, and prints where to look. Ctrl-C ends all of it.",
        epilog="A port that is not given is the default, or a free one where that is taken.",
    )
    port = {"metavar": "PORT", "type": int}
    parser.add_argument("--port", **port, help="the storefront through the proxy (8080)")  # type: ignore[arg-type]
    parser.add_argument("--admin-port", **port, help="the proxy's admin address (9090)")  # type: ignore[arg-type]
    parser.add_argument("--shop-port", **port, help="the shop alone (8081)")  # type: ignore[arg-type]
    parser.add_argument("--sandbox-port", **port, help="the ad platform (8082)")  # type: ignore[arg-type]
    parser.add_argument("--rules", metavar="DIR", type=Path, help="default ./rules, else a copy of the demo's own")
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="keep everything here; default a folder that goes away"
    )
    parser.add_argument("--delay", metavar="30ms[..90ms]", default="8ms..20ms", help="of the ad platform's answers")
    parser.add_argument("--fail-rate", metavar="0.1", default="0", help="of the ad platform")
    parser.add_argument(
        "--lie", metavar="MODE[,MODE]", default="", help="of the ad platform: `sandbox --help` lists them"
    )
    parser.add_argument("--quiet", action="store_true", help="do not show the proxy's log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until stopped: 0; 1 where something cannot start, or the proxy died."""
    try:
        read_delay(args.delay), read_rate(args.fail_rate), read_lies(args.lie)
    except ValueError as trouble:
        raise SettingsTrouble(str(trouble)) from None
    ports = Ports.free(args)
    if args.data is not None:
        return asyncio.run(Demo(args, ports, args.data).run())
    with tempfile.TemporaryDirectory(prefix="sponsored-proxy-demo-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(Demo(args, ports, Path(folder)).run())


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens."""

    proxy: int
    admin: int
    shop: int
    sandbox: int

    @classmethod
    def free(cls, args: argparse.Namespace) -> "Ports":
        """Those that were asked for, the defaults, or free ones."""
        taken: set[int] = set()
        wanted = ((args.port, 8080), (args.admin_port, 9090), (args.shop_port, 8081), (args.sandbox_port, 8082))
        return cls(*(_port(asked, default, taken) for asked, default in wanted))


def _port(asked: int | None, default: int, taken: set[int]) -> int:
    if asked is not None:
        port = _bound(asked) if 0 <= asked < 65536 else None
        if port is None or port in taken:
            raise SettingsTrouble(f"port {asked} cannot be had; leave it out, and a free one is taken")
    else:
        candidates = (_bound(number) for number in (*range(default, default + 40, 10), 0, 0, 0))
        port = next((one for one in candidates if one is not None and one not in taken), None)
        if port is None:
            raise SettingsTrouble("no free port can be had")
    taken.add(port)
    return port


def _bound(port: int) -> int | None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return None
        return int(trial.getsockname()[1])


class Demo:
    """The demo, in a folder of its own."""

    def __init__(self, args: argparse.Namespace, ports: Ports, folder: Path) -> None:
        self._ports = ports
        self._quiet = args.quiet
        self._serving = False
        self._keepers: list[asyncio.Task[None]] = []
        self.rules, self._whose_rules = _rules(args.rules, folder)
        furnish(folder)
        self._shop = Child("the shop", _shop_command(ports), f"http://{HOST}:{ports.shop}/healthz")
        sandbox = _sandbox_command(ports, folder, args)
        self._sandbox = Child("the ad platform", sandbox, f"http://{HOST}:{ports.sandbox}/healthz")
        serve = _serve_command(ports, folder, self.rules)
        self._proxy = Child("the proxy", serve, f"http://{HOST}:{ports.admin}/readyz", self._show)
        self._children = (self._shop, self._sandbox, self._proxy)

    async def run(self) -> int:
        """Start everything, say where it is, and wait. The exit code."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait())
        living = asyncio.create_task(self._live())
        try:
            await asyncio.wait({stopping, living}, return_when=asyncio.FIRST_COMPLETED)
            return living.result() if living.done() else 0
        finally:
            living.cancel()
            await self._end()

    async def _live(self) -> int:
        try:
            for child in self._children:
                await child.start(_environment())
            await asyncio.wait_for(asyncio.gather(*(child.ready() for child in self._children)), _READY_WITHIN)
        except ChildDied as died:
            _complain(f"{died}\n" + "\n".join(f"  {line}" for line in died.child.said))
            return 1
        except TimeoutError:
            _complain(f"not everything answered within {_READY_WITHIN:.0f} s")
            return 1
        print(self._where(), flush=True)
        self._serving = True
        self._keepers = [asyncio.create_task(self._keep(child)) for child in (self._shop, self._sandbox)]
        how = await self._proxy.ended()
        _complain(f"the proxy {how}\n" + "\n".join(f"  {line}" for line in self._proxy.said))
        return 1

    async def _keep(self, child: Child) -> None:
        """Start it again whenever it ends."""
        while True:
            how = await child.ended()
            _complain(f"{child.name} {how}; it is started again in {AGAIN_AFTER:.0f} s")
            await asyncio.sleep(AGAIN_AFTER)
            await child.start(_environment())
            with suppress(ChildDied):
                await child.ready()
                _complain(f"{child.name} is back, with process id {child.pid}")

    async def _end(self) -> None:
        self._serving = False
        for keeper in self._keepers:
            keeper.cancel()
        for child in reversed(self._children):
            await child.end(_END_WITHIN.get(child.name, 2.0))

    def _show(self, line: str) -> None:
        if self._serving and not self._quiet:
            print(line, flush=True)

    def _where(self) -> str:
        ports = self._ports
        shop, sandbox = f"http://{HOST}:{ports.proxy}", f"http://{HOST}:{ports.sandbox}"
        behave = f"{sandbox}/_sandbox/behaviour"
        return f"""
{_bold("Sponsored Proxy: the demo runs. Ctrl-C ends it.")}

  {_bold("The shop, through the proxy")}   {shop}/
  The shop alone                {_at(ports.shop)}/
  What the proxy sees           {_at(ports.admin)}/
  What the ad platform saw      {sandbox}/_sandbox/
  The ad platform's campaigns   {sandbox}/_sandbox/campaigns
  The rules                     {self._whose_rules}

{_bold("Try")}
  the organic answer beside the merged one
    {shop}/search?q=lamp&compare=1
  what the storefront gets, and why
    curl -si '{shop}/api/search?q=lamp' | grep -i '^s[ep]'
  an ad platform that is slow, lies, or fails half of the time (`sponsored-proxy sandbox --help` lists the lies)
    curl -d '{{"delay": "400ms"}}' {behave}
    curl -d '{{"lie": ["html", "truncated"]}}' {behave}
    curl -d '{{"fail_rate": 0.5}}' {behave}
  one that takes events and loses every second answer
    curl -d '{{"events": {{"lie": ["close-after", "truth"]}}}}' {behave}
  all well again
    curl -d '{{"delay": "8ms..20ms", "lie": [], "fail_rate": 0}}' {behave}
  no ad platform at all (it comes back after {AGAIN_AFTER:.0f} s)
    kill -9 {self._sandbox.pid}
"""


# -- what the processes need -------------------------------------------------


def _rules(asked: Path | None, folder: Path) -> tuple[Path, str]:
    """The folder of rules to run, and how to speak of it."""
    here = asked or Path("rules")
    if here.is_dir():
        return here, f"{here}/  (edit one: it counts within a second)"
    if asked is not None:
        raise SettingsTrouble(f"{asked}: there is no such folder of rules")
    copy = folder / "rules"
    if not copy.exists():
        with as_file(files("proxy.sandbox.shop") / "rules") as packaged:
            shutil.copytree(packaged, copy)
    return copy, f"{copy}/  (a copy; edit one: it counts within a second)"


def furnish(folder: Path) -> None:
    """Write the key, the campaigns and the catalogue that the ad platform reads; what a person changed stays."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "key"
    if not key.exists():
        key.touch(0o600)
        key.write_text(f"TSE_demo_{secrets.token_hex(16)}\n", "utf-8")
    campaigns = folder / "campaigns.yaml"
    if not campaigns.exists():
        campaigns.write_text((files("proxy.sandbox.shop") / "campaigns.yaml").read_text("utf-8"), "utf-8")
    listed = [
        {"id": one.id, "vendor": one.seller_id, "category": one.category.id, "quality": one.rating / 5}
        for one in catalogue()
    ]
    (folder / "catalogue.json").write_bytes(msgspec.json.encode({"products": listed}))


def _shop_command(ports: Ports) -> Sequence[str]:
    ads = ["--report", f"{_at(ports.sandbox)}/_sandbox/", "--events", "/topsort"]
    return ["proxy.sandbox.shop", "--listen", f"{HOST}:{ports.shop}", "--delay", "0.02", *ads]


def _sandbox_command(ports: Ports, folder: Path, args: argparse.Namespace) -> Sequence[str]:
    files = ["--config", f"{folder}/campaigns.yaml", "--data", f"{folder}/sandbox", "--key-file", f"{folder}/key"]
    told = ["--delay", args.delay, "--fail-rate", args.fail_rate, "--lie", args.lie]
    return ["proxy", "sandbox", "--listen", f"{HOST}:{ports.sandbox}", *files, *told]


def _serve_command(ports: Ports, folder: Path, rules: Path) -> Sequence[str]:
    others = ["--upstream", _at(ports.shop), "--ads-url", _at(ports.sandbox), "--ads-key-file", f"{folder}/key"]
    here = ["--listen", f"{HOST}:{ports.proxy}", "--admin", f"{HOST}:{ports.admin}", "--data", f"{folder}/proxy"]
    return ["proxy", "serve", *others, *here, "--rules", str(rules), "--drain", "1s"]


def _at(port: int) -> str:
    return f"http://{HOST}:{port}"


def _environment() -> Mapping[str, str]:
    """Ours, without settings that are meant for another proxy."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SPONSORED_PROXY_")}


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def _complain(text: str) -> None:
    print(f"demo: {text.rstrip()}", file=sys.stderr, flush=True)
