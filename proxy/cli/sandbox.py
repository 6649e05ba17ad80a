"""`sponsored-proxy sandbox`: the ad platform in a box, from campaigns in a YAML file."""

import argparse
import os
import sqlite3
import sys
import time
import uuid
from pathlib import Path
from random import Random
from textwrap import dedent

from proxy.errors import SettingsTrouble
from proxy.sandbox.behaviour import LIES, Behaviour, read_delay, read_lies, read_rate
from proxy.sandbox.config import read_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.running import run_app
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store

KEY_VARIABLE = "SPONSORED_PROXY_ADS_KEY"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `sandbox` to the command line."""
    parser = subparsers.add_parser(
        "sandbox",
        help="the ad platform in a box",
        description="A Topsort-compatible ad platform with campaigns, bids and budgets from a YAML file.",
        epilog=_told(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", metavar="FILE", type=Path, required=True, help="campaigns, as YAML")
    parser.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8082", help="default %(default)s")
    parser.add_argument("--data", metavar="DIR", type=Path, default=Path("data/sandbox"), help="default %(default)s")
    parser.add_argument(
        "--key-file",
        "--key",
        metavar="FILE",
        type=Path,
        help=f"holds the key that callers must send; else the variable {KEY_VARIABLE}",
    )
    parser.add_argument("--delay", metavar="30ms[..90ms]", default="0ms", help="wait so long before each answer")
    parser.add_argument("--fail-rate", metavar="0.1", default="0", help="so many of the answers are a 5xx (0 to 1)")
    parser.add_argument("--lie", metavar="MODE[,MODE]", default="", help="answer untruly; several take turns")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until stopped. 0; 1 where a setting or the campaigns cannot be used."""
    try:
        behaviour = Behaviour(read_delay(args.delay), read_rate(args.fail_rate), read_lies(args.lie))
        run_app(_sandbox(args, behaviour).app(), args.listen, "ad platform")
    except (SettingsTrouble, ValueError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def _sandbox(args: argparse.Namespace, behaviour: Behaviour) -> Sandbox:
    market, key = read_market(args.config), _key(args.key_file)
    store = _store(args.data)
    seal = Seal(store.secret)
    exchange = Exchange(market, store, seal, time.time, uuid.uuid4)
    return Sandbox(exchange, store, seal, key, behaviour, Random())


def _store(folder: Path) -> Store:
    try:
        return Store(folder)
    except (OSError, sqlite3.Error) as trouble:
        raise SettingsTrouble(f"{folder}: what is spent cannot be kept there: {trouble}") from None


def _key(file: Path | None) -> str:
    try:
        key = (os.environ.get(KEY_VARIABLE, "") if file is None else file.read_text("utf-8")).strip()
    except (OSError, UnicodeDecodeError) as trouble:
        raise SettingsTrouble(f"{file}: the key cannot be read: {trouble}") from None
    if not key:
        raise SettingsTrouble(f"no key: write one into a file and name it with --key-file, or set {KEY_VARIABLE}")
    return key


def _told() -> str:
    width = max(map(len, LIES))
    lies = "\n".join(f"  {name:{width}}  {meaning}" for name, meaning in LIES.items())
    how = """
        While it runs, GET and POST /_sandbox/behaviour show and change how it behaves:
          curl -d '{"delay": "300ms", "fail_rate": 0.5, "lie": ["html"]}' http://127.0.0.1:8082/_sandbox/behaviour
          curl -d '{"delay": "0ms", "fail_rate": 0, "lie": []}' http://127.0.0.1:8082/_sandbox/behaviour
        GET /_sandbox/campaigns shows who bids, and why the others do not;
        GET /_sandbox/bid/RESOLVED_BID_ID opens a sealed bid: the price of a click, the campaign, the rank.
        """
    return f"lies:\n{lies}\n{dedent(how)}"
