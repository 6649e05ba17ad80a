"""`sponsored-proxy init URL-or-FILE`: a commented rule out of a sample response.

The rule goes to standard output (or to `--out`), and nothing else does: what
was found, what came near and what to do next is told on standard error. How
products are found is `discovery/`'s matter, how it is told `found.py`'s.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from proxy.cli.asked import Request as Asked
from proxy.cli.asked import add_arguments, content, is_url, read_request
from proxy.cli.found import nothing_found, told
from proxy.cli.sampling import Fetched, fetch
from proxy.discovery import NotASample, Request, discover, write_rule
from proxy.errors import SettingsTrouble


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `init` to the command line."""
    parser = subparsers.add_parser(
        "init",
        help="a commented rule for your search API, out of a sample response",
        description="Read a sample response, find the products in it and their ids, and write a commented rule.",
    )
    add_arguments(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, help="write the rule here; else to standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the rule. 0; 1 where the sample holds no products, or cannot be had."""
    if args.out is not None and args.out.exists():
        raise SettingsTrouble(f"--out {args.out}: this file exists; name another, or remove it")
    asked = None if not is_url(args.source) and not args.request else read_request(args)
    sample = _sample(args, asked)
    request = _request(asked)
    try:
        discovery = discover(sample.body, request)
    except NotASample as trouble:
        raise SettingsTrouble(f"{args.source}: {trouble}") from trouble
    if discovery.found is None:
        sys.stderr.write(nothing_found(args.source, discovery))
        return 1
    written = write_rule(discovery, request, _source(args, request))
    if args.out is None:
        sys.stdout.write(written.text)
    else:
        _write(args.out, written.text)
    sys.stderr.write(told(args, discovery, written, request, sample.hindrance))
    return 0


def _sample(args: argparse.Namespace, asked: Asked | None) -> Fetched:
    """The response, decoded."""
    if asked is None:
        return Fetched(content(Path(args.source)))
    return asyncio.run(fetch(asked)) if asked.saved is None else Fetched(asked.saved)


def _request(asked: Asked | None) -> Request | None:
    if asked is None:
        return None
    lines = tuple((name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in asked.ask.headers)
    return Request(asked.method, asked.url, lines, asked.body)


def _source(args: argparse.Namespace, request: Request | None) -> str:
    """What the sample is, for the head of the rule; never the whole URL, which may hold a key."""
    return request.host if is_url(args.source) and request is not None else Path(args.source).name


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsTrouble(f"--out {file}: {error.strerror}") from error
