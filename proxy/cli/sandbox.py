"""`sponsored-proxy sandbox`: the ad platform in a box, from campaigns in a YAML file, or for any product."""

import argparse
import os
import secrets
import sqlite3
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from random import Random
from textwrap import dedent

from proxy.errors import SettingsTrouble
from proxy.sandbox.behaviour import Manners
from proxy.sandbox.config import parse_market, read_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES
from proxy.sandbox.running import run_app
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store

KEY_VARIABLE = "SPONSORED_PROXY_ADS_KEY"
ANY = """
currency: USD
reserve: 0.05
campaigns:
  - name: Any product
    bids: [{any_product: true, bid: 1.00}]
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `sandbox` to the command line."""
    parser = subparsers.add_parser(
        "sandbox",
        help="the ad platform in a box",
        description="A Topsort-compatible ad platform with campaigns and budgets from a YAML file, or none (--any).",
        epilog=_told(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    campaigns = parser.add_mutually_exclusive_group(required=True)
    campaigns.add_argument("--config", metavar="FILE", type=Path, help="campaigns, as YAML")
    campaigns.add_argument(
        "--any",
        action="store_true",
        help="no campaigns to write: every product that is asked for bids, with a price that follows from its id",
    )
    parser.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8082", help="default %(default)s")
    parser.add_argument("--data", metavar="DIR", type=Path, default=Path("data/sandbox"), help="default %(default)s")
    parser.add_argument(
        "--key-file",
        "--key",
        metavar="FILE",
        type=Path,
        help=f"holds the key that callers must send (with --any it is made where there is none); "
        f"else the variable {KEY_VARIABLE}",
    )
    parser.add_argument("--delay", metavar="30ms[..90ms]", help="wait so long before each answer")
    parser.add_argument("--fail-rate", metavar="0.1", help="so many of the answers are a 5xx (0 to 1)")
    parser.add_argument("--lie", metavar="MODE[,MODE]", help="answer untruly; several take turns")
    events = parser.add_argument_group("events alone", "what is given above holds for auctions and events")
    events.add_argument("--events-delay", metavar="30ms[..90ms]", help="instead of --delay")
    events.add_argument("--events-fail-rate", metavar="0.1", help="instead of --fail-rate")
    events.add_argument("--events-lie", metavar="MODE[,MODE]", help="instead of --lie")
    events.add_argument("--poison", metavar="REGEX", help="refuse an event whose id or product it is found in")
    events.add_argument(
        "--any-bid", action="store_true", help="take events about ads that were not sold here, as organic ones"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until stopped. 0; 1 where a setting or the campaigns cannot be used."""
    try:
        run_app(_sandbox(args, _manners(args)).app(), args.listen, "ad platform")
    except (SettingsTrouble, ValueError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def _manners(args: argparse.Namespace) -> Manners:
    """Raises ValueError, telling what is wrong."""
    both = {"delay": args.delay, "fail_rate": args.fail_rate, "lie": args.lie}
    events = {"delay": args.events_delay, "fail_rate": args.events_fail_rate, "lie": args.events_lie}
    alone = {**events, "poison": args.poison, "any_bid": args.any_bid or None}
    return Manners().with_changes({**_given(both), "events": _given(alone)})


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _sandbox(args: argparse.Namespace, manners: Manners) -> Sandbox:
    if args.any and args.key_file is not None:
        _made_where_there_is_none(args.key_file)
    market, key = parse_market(ANY) if args.any else read_market(args.config), _key(args.key_file)
    store = _store(args.data)
    seal = Seal(store.secret)
    exchange = Exchange(market, store, seal, time.time, uuid.uuid4)
    return Sandbox(exchange, store, seal, key, manners, Random())


def _store(folder: Path) -> Store:
    try:
        return Store(folder)
    except (OSError, sqlite3.Error) as trouble:
        raise SettingsTrouble(f"{folder}: what is spent cannot be kept there: {trouble}") from None


def _made_where_there_is_none(file: Path) -> None:
    """A newcomer has no key yet, and the proxy will want the same one. A file that is there stays as it is."""
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(f"sandbox-{secrets.token_hex(16)}\n")
    except FileExistsError:
        return
    except OSError as trouble:
        raise SettingsTrouble(f"{file}: a key cannot be made there: {trouble.strerror}") from None
    print(f"a key was made: {file}", flush=True)


def _key(file: Path | None) -> str:
    try:
        key = (os.environ.get(KEY_VARIABLE, "") if file is None else file.read_text("utf-8")).strip()
    except (OSError, UnicodeDecodeError) as trouble:
        raise SettingsTrouble(f"{file}: the key cannot be read: {trouble}") from None
    if not key:
        raise SettingsTrouble(f"no key: write one into a file and name it with --key-file, or set {KEY_VARIABLE}")
    return key


def _told() -> str:
    how = """
        While it runs, GET and POST /_sandbox/behaviour show and change how it behaves; what does not stand under
        `auctions` or `events` changes both:
          curl -d '{"delay": "300ms", "fail_rate": 0.5, "lie": ["html"]}' http://127.0.0.1:8082/_sandbox/behaviour
          curl -d '{"events": {"lie": ["close-after", "truth"], "poison": "^bad-"}}' http://127.0.0.1:8082/_sandbox/behaviour
          curl -d '{"delay": "0ms", "fail_rate": 0, "lie": []}' http://127.0.0.1:8082/_sandbox/behaviour
        GET /_sandbox/ is a page for people: the report, the campaigns, what came in last;
        GET /_sandbox/report?campaign=NAME&day=2026-01-31 is the report as JSON;
        GET /_sandbox/events?limit=100 lists the events, newest first; /_sandbox/events/count counts them;
        GET /_sandbox/campaigns shows who bids, and why the others do not;
        GET /_sandbox/bid/RESOLVED_BID_ID opens a sealed bid: the price of a click, the campaign, the rank.
        """
    return f"lies, to auctions:\n{_listed(AUCTION_LIES)}\n\nlies, to events:\n{_listed(EVENT_LIES)}\n{dedent(how)}"


def _listed(lies: Mapping[str, str]) -> str:
    width = max(map(len, lies))
    return "\n".join(f"  {name:{width}}  {meaning}" for name, meaning in lies.items())
