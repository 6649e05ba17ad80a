"""The command `sponsored-proxy`: one file a command, in this folder.

A command's file has `add_parser(subparsers)` and `run(args)`, which returns
the exit code. It is imported only when its command is asked for, so that one
that is slow or broken touches no other. What a person does with a `Trouble` is
read it: it is printed without a traceback, and the exit code is 1.
"""

import argparse
import errno
import importlib
import os
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from proxy import __version__
from proxy.errors import Trouble

COMMANDS: Final = {
    "serve": "run the proxy",
    "demo": "a shop, an ad platform and the proxy in one terminal, with nothing to set up",
    "check": "every problem of every rule",
    "init": "a commented rule for your search API, out of a sample response",
    "explain": "the story of one request: which rule, which auction, which page",
    "sandbox": "the ad platform in a box",
    "events": "what waits to be delivered, what is dead, and what to do about it",
    "schema": "JSON Schema of the rule format, for editors",
}
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_WELCOME: Final = "Sponsored products in any search API, without a change to the frontend."
_PATHS: Final = """
to see it, with nothing to set up:
  sponsored-proxy demo

from your search API to ads in its answers:
  sponsored-proxy init 'https://search.example/api/search?q=lamp' --out my-rules/search.yaml
  sponsored-proxy sandbox --any --key-file ads.key
  sponsored-proxy serve --upstream https://search.example --rules my-rules \\
      --ads-url http://127.0.0.1:8082 --ads-key-file ads.key

`sponsored-proxy COMMAND --help` says more about each.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and not given[0].startswith("-") and given[0] not in COMMANDS:
        print(_no_such(given[0]), file=sys.stderr)
        return 2
    parser, own = _parsers(given[0] if given else None)
    args, unknown = parser.parse_known_args(given)
    if unknown:
        print(_not_known(unknown[0], own), file=sys.stderr)
        return 2
    if args.command is None:
        parser.print_help()
        return 2
    try:
        code = int(importlib.import_module(f"proxy.cli.{args.command}").run(args) or 0)
        if sys.stdout is not None:  # there is none where it was closed (`>&-`)
            sys.stdout.flush()
        return code
    except Trouble as trouble:
        print(f"sponsored-proxy {args.command}: {_told(trouble)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has enough of it (`| head`); nothing more may be written at exit.
        _write_no_more()
        return 1
    except OSError as trouble:
        if trouble.errno not in _NO_ROOM or trouble.filename is not None:
            raise
        _write_no_more()
        told = "what was written is not whole; write it where there is room"
        print(f"sponsored-proxy {args.command}: {trouble.strerror}: {told}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _write_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parsers(asked: str | None) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """That of all commands by name, with the arguments of the one that is asked for; and that one's own."""
    parser = argparse.ArgumentParser(
        prog="sponsored-proxy",
        description=_WELCOME,
        epilog=_PATHS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sponsored-proxy {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, what in COMMANDS.items():
        if name == asked:
            importlib.import_module(f"proxy.cli.{name}").add_parser(commands)
        else:
            commands.add_parser(name, help=what)
    return parser, commands.choices.get(asked or "", parser)


def _no_such(command: str) -> str:
    near = get_close_matches(command.lower(), COMMANDS, 1, cutoff=0.5)
    told = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(COMMANDS)}"
    return f"sponsored-proxy: there is no command {command!r}; {told}"


def _not_known(argument: str, own: argparse.ArgumentParser) -> str:
    """What is said of an argument that a command does not take: the usage of `serve` would fill a screen."""
    flag = argument.partition("=")[0]
    if not flag.startswith("-"):
        return f"{own.prog}: {flag!r} is one argument too many; `{own.prog} --help` lists what there is"
    near = get_close_matches(flag, re.findall(r"--[\w-]+", own.format_usage()), 1)
    told = f"did you mean `{near[0]}`?" if near else f"`{own.prog} --help` lists what there is"
    return f"{own.prog}: there is no flag {flag!r}; {told}"


def _told(trouble: Trouble) -> str:
    text = str(trouble)
    return f"cannot go on\n{text}" if "\n" in text else text
