"""The outbox that a command line names.

`--data` is the folder of a proxy, whether one runs on it now or not; `--redis` the
Redis of many proxies, which goes first where both are said; `--file` a file that
was set aside.
"""

import argparse
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

from proxy.clock import SystemClock
from proxy.errors import SettingsTrouble
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import Outbox, Status
from proxy.events.keeping.outbox_redis import RedisOutbox
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.events.keeping.sqlite.aside import SetAside
from proxy.events.keeping.sqlite.place import Place
from proxy.server.settings import PREFIX
from proxy.server.units import redis_url

VARIABLE: Final = PREFIX + "DATA"
REDIS_VARIABLE: Final = PREFIX + "REDIS"
"""May hold a password: better than a flag, which everybody on the machine can read."""


class Shelves(Protocol):
    """The part of an outbox that a person looks at and decides on."""

    async def status(self) -> Status: ...
    def each(self, shelf: Shelf) -> AsyncIterator[Kept]: ...
    async def find(self, name: str) -> Sequence[Kept]: ...
    async def retry(self, ref: str, event: Event | None = None) -> bool: ...
    async def drop(self, ref: str) -> bool: ...


def add_home(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name an outbox."""
    data = os.environ.get(VARIABLE, "data/")
    parser.add_argument("--data", metavar="DIR", type=Path, default=Path(data), help=f"the proxy's; default {data}")
    parser.add_argument("--redis", metavar="URL", help=f"the Redis that the proxies keep events in [{REDIS_VARIABLE}]")
    parser.add_argument("--file", metavar="PATH", type=Path, help="look into a damaged file that was set aside")


@asynccontextmanager
async def opened(args: argparse.Namespace) -> AsyncIterator[Shelves]:
    """The outbox that `args` name.

    Raises:
        SettingsTrouble: there is none.
        OutboxTrouble: it cannot be read.
    """
    if args.file is not None:
        if not args.file.is_file():
            raise SettingsTrouble(f"--file {args.file}: there is no such file")
        yield SetAside(args.file, SystemClock())
        return
    outbox = _outbox_of(args.redis or os.environ.get(REDIS_VARIABLE), args.data)
    await outbox.open()
    try:
        yield outbox
    finally:
        await outbox.close()


def _outbox_of(redis: str | None, folder: Path) -> Outbox:
    """One who only looks and decides."""
    if not redis:
        _see_that_it_is_there(folder)
        return SqliteOutbox(folder, size=0, clock=SystemClock())
    try:
        return RedisOutbox(redis_url(redis), size=0, clock=SystemClock())
    except ValueError as trouble:
        raise SettingsTrouble(f"--redis: {trouble}") from None


def _see_that_it_is_there(folder: Path) -> None:
    """Nothing is made where there is none: an empty outbox in the wrong folder would look like good news."""
    file = Place(folder).file
    try:
        there = file.exists()
    except PermissionError:
        there = True
    if not there:
        raise SettingsTrouble(f"--data {folder}: there is no outbox in this folder; name the one that the proxy has")
    if not os.access(file, os.R_OK | os.W_OK):
        raise SettingsTrouble(f"--data {folder}: permission denied; run this as the user that the proxy runs as")
