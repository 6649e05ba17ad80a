"""`sponsored-proxy events`: what waits, what is dead, and what to do about it.

It works beside a running proxy and without one. How events are told is
`events_told.py`; which outbox is meant, `events_home.py`.
"""

import argparse
import asyncio
import json
import logging
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from proxy.cli import events_told as told
from proxy.cli.events_home import Shelves, add_home, opened
from proxy.errors import SettingsTrouble
from proxy.events.event import V1, Event, Kept, Shelf
from proxy.events.taking.batch import NotTaken, read_batch, read_v1

_TOGETHER: Final = 100
Command = Callable[[Shelves, argparse.Namespace], Awaitable[None]]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `events` to the command line."""
    parser = subparsers.add_parser(
        "events",
        help="what waits to be delivered, what is dead, and what to do about it",
        description="Look into the outbox, and decide about its events. Works beside a running proxy, too.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", required=True)
    _add(commands, "status", status, "how many wait, and why where they do")
    for name, do, what in (("list", list_all, "one line an event"), ("export", export, "JSON lines, with the bodies")):
        shelf = _add(commands, name, do, f"{what}; of those that wait, unless another shelf is named")
        which = shelf.add_mutually_exclusive_group()
        which.add_argument("--dead", action="store_true", help="those that were refused, or got too old")
        which.add_argument("--filtered", action="store_true", help="those that are not sent on")
    one = _add(commands, "show", show, "all about one event")
    one.add_argument("id", metavar="ID", help="its id, or its ref")
    again = _add(commands, "retry", retry, "send events again as if they were new")
    again.add_argument("id", metavar="ID", nargs="?", help="its id, or its ref")
    again.add_argument("--with", metavar="FILE", type=Path, dest="content", help="with this content: an event as JSON")
    again.add_argument("--all", action="store_true", help="all that are dead")
    gone = _add(commands, "drop", drop, "forget an event for good")
    gone.add_argument("id", metavar="ID", help="its id, or its ref")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, do: Command, what: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    add_home(parser)
    if name in ("status", "list", "show"):
        parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")
    parser.set_defaults(run=run, do=do)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked for. 0; a trouble is the caller's to tell."""
    logging.getLogger("proxy").addHandler(logging.NullHandler())  # what the outbox logs is told here in any case
    asyncio.run(_done(args))
    return 0


async def _done(args: argparse.Namespace) -> None:
    async with opened(args) as shelves:
        await args.do(shelves, args)


# -- looking ------------------------------------------------------------------


async def status(shelves: Shelves, args: argparse.Namespace) -> None:
    """Print how the outbox is."""
    found = await shelves.status()
    if found.unread:  # noughts would look like good news
        raise SettingsTrouble(found.trouble)
    sys.stdout.write(told.status_as_json(found) + "\n" if args.format == "json" else told.status_as_text(found))


async def list_all(shelves: Shelves, args: argparse.Namespace) -> None:
    """Print the events of a shelf, one a line; as JSON, one array."""
    if args.format == "json":
        between = "[\n"
        async for kept in shelves.each(_shelf(args)):
            sys.stdout.write(between + told.as_json(kept))
            between = ",\n"
        sys.stdout.write("[]\n" if between == "[\n" else "\n]\n")
        return
    width = shutil.get_terminal_size().columns
    print(told.heading(width))
    async for kept in shelves.each(_shelf(args)):
        print(told.as_line(kept, width))


async def export(shelves: Shelves, args: argparse.Namespace) -> None:
    """Print the events of a shelf as lines of JSON."""
    async for kept in shelves.each(_shelf(args)):
        print(told.as_json(kept))


def _shelf(args: argparse.Namespace) -> Shelf:
    return Shelf.DEAD if args.dead else Shelf.FILTERED if args.filtered else Shelf.WAITING


async def show(shelves: Shelves, args: argparse.Namespace) -> None:
    """Print all that is known of the events of a name."""
    found = await _found(shelves, args.id)
    if args.format == "json":
        print("\n".join(map(told.as_json, found)))
    else:
        sys.stdout.write("\n".join(map(told.in_full, found)))


# -- deciding -----------------------------------------------------------------


async def retry(shelves: Shelves, args: argparse.Namespace) -> None:
    """Let one event be sent again, or all that are dead."""
    if bool(args.id) == args.all or (args.all and args.content):
        raise SettingsTrouble("name one event (retry ID, with --with FILE where it is to change), or all: retry --all")
    if args.all:
        number = await _retry_all(shelves)
        print(f"{number} dead {'event waits' if number == 1 else 'events wait'} again")
        return
    kept = await _one(shelves, args.id)
    event = _content(args.content, kept) if args.content else None
    if not await shelves.retry(kept.ref, event):
        raise _gone(args.id)
    print(f"waits again: {_named(kept)}{' with the content of ' + str(args.content) if event else ''}")


async def _retry_all(shelves: Shelves) -> int:
    """Many at once, so that they share the commits. One that dies again meanwhile is not sent a second time."""
    number, some = 0, list[str]()
    async for kept in shelves.each(Shelf.DEAD):
        some.append(kept.ref)
        if len(some) == _TOGETHER:
            number += sum(await asyncio.gather(*map(shelves.retry, some)))
            some.clear()
    return number + sum(await asyncio.gather(*map(shelves.retry, some)))


async def drop(shelves: Shelves, args: argparse.Namespace) -> None:
    """Forget one event, and say which it was."""
    kept = await _one(shelves, args.id)
    if not await shelves.drop(kept.ref):
        raise _gone(args.id)
    print(f"dropped: {_named(kept)}")


def _content(file: Path, kept: Kept) -> Event:
    """The event in a file, in place of `kept`; its kind stays.

    Raises:
        SettingsTrouble: it is none, with all that is wrong with it.
    """
    try:
        body = file.read_bytes().strip()
    except OSError as error:
        raise SettingsTrouble(f"--with {file}: {error.strerror}") from error
    kind = kept.event.kind
    try:
        if not isinstance(json.loads(body), dict):
            raise SettingsTrouble(f"--with {file}: write one event, a JSON object")
        return read_v1(body).event if kind == V1 else read_batch(b'{"%s":[%s]}' % (kind.encode(), body))[0].event
    except NotTaken as wrong:
        faults = [fault.message.removeprefix(f"{kind}[0].") for fault in wrong.faults]
        raise SettingsTrouble("\n".join(f"--with {file}: {fault}" for fault in faults)) from wrong
    except (ValueError, RecursionError) as error:
        raise SettingsTrouble(f"--with {file}: it is not JSON ({error})") from error


async def _one(shelves: Shelves, name: str) -> Kept:
    found = await _found(shelves, name)
    if len(found) > 1:
        raise SettingsTrouble("\n".join(told.many_named(name, found)))
    return found[0]


async def _found(shelves: Shelves, name: str) -> list[Kept]:
    found = [*await shelves.find(name)]
    if not found:
        raise _gone(name)
    return found


def _gone(name: str) -> SettingsTrouble:
    return SettingsTrouble(
        f"there is no event with the id or the ref {told.visible(name)}; it may be delivered already"
    )


def _named(kept: Kept) -> str:
    said = f": {kept.said}" if kept.said else ""
    return told.visible(f"{kept.ref} {kept.event.kind} {kept.event.id} ({kept.shelf}{said})")
