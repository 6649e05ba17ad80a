"""Processes that put events into a folder, for tests of many writers and of sudden ends."""

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Sequence
from pathlib import Path

import msgspec

from proxy.clock import ManualClock, SystemClock
from proxy.events.event import Event
from proxy.events.keeping.outbox import Delivered, OutboxTrouble, Status
from proxy.events.keeping.outbox_sqlite import SqliteOutbox, prepare
from proxy.events.keeping.sqlite.locks import Deliverer
from proxy.events.keeping.sqlite.place import Place

PROCESSES = Path(__file__)
ROOT = PROCESSES.parents[5]
_NOBODY = 65534


async def started(*words: str, as_nobody: bool = False) -> asyncio.subprocess.Process:
    """This file, run with these words."""
    pipe = asyncio.subprocess.PIPE
    words = ("as_nobody", *words) if as_nobody else words
    return await asyncio.create_subprocess_exec(sys.executable, __file__, *words, stdout=pipe, cwd=ROOT)


async def putting(folder: Path, events: Sequence[Event], times: int, wall: float) -> list[str]:
    """Each event put `times` times in another process, all in parallel; what was answered, by name."""
    what = base64.b64encode(msgspec.json.encode(events)).decode()
    process = await started("put", str(folder), what, str(times), str(wall))
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().split()


async def put(folder: str, what: str, times: str, wall: str) -> None:
    events = msgspec.json.decode(base64.b64decode(what), type=list[Event])
    outbox = SqliteOutbox(Path(folder), size=1 << 30, clock=ManualClock(wall=float(wall)))
    await outbox.open()
    answers = await asyncio.gather(*(outbox.put([event]) for event in events * int(times)))
    print(*(answer.name for (answer,) in answers))
    await outbox.close()


async def put_on(folder: str, name: str) -> None:
    """Put one event after the other, and say each id when it is kept; without end."""
    outbox = SqliteOutbox(Path(folder), size=1 << 30, clock=SystemClock())
    await outbox.open()
    number = 0
    while True:
        id = f"{name}-{number}"
        await outbox.put([Event(kind="clicks", id=id, body=b"{}", digest=id.encode())])
        print(id, flush=True)
        number += 1


async def deliver(folder: str) -> None:
    """Be the one that delivers, and say so; without end."""
    assert Deliverer(Place(Path(folder))).is_us()
    print("it is us", flush=True)
    await asyncio.Event().wait()


async def fill_the_disk(folder: str) -> None:
    """Put until the disk is full, then deliver all, then put again; three times. Says what happened, as JSON.

    The last time another program takes what is left of the disk, and gives it back at the end.
    """
    outbox = SqliteOutbox(Path(folder), size=1 << 30, clock=SystemClock())
    await outbox.open()
    rounds = []
    for round in range(3):
        taken, why = await _put_until_full(outbox, round)
        glutton = _eat_the_rest(Path(folder)) if round == 2 else None
        refused = await _why(outbox.put([_large("while it is full")]))
        status, watching = await outbox.status(), await _as_others_see_it(folder)
        delivered = await _deliver_all(outbox)
        if glutton:
            glutton.unlink()
        after = await _why(outbox.put([_large(f"after {round}")]))
        lost = sorted(taken - delivered)
        rounds.append({"why": why, "refused": refused, "trouble": status.trouble, "after": after})
        rounds[-1] |= {"trouble to others": watching.trouble}
        rounds[-1] |= {"taken": len(taken), "lost": lost, "trouble after": (await outbox.status()).trouble}
    await outbox.close()
    print(json.dumps(rounds))


async def _as_others_see_it(folder: str) -> Status:
    """How it is to a process that only looks, and has never put anything."""
    outbox = SqliteOutbox(Path(folder), size=0, clock=SystemClock())
    await outbox.open()
    try:
        return await outbox.status()
    finally:
        await outbox.close()


def _large(id: str) -> Event:
    body = json.dumps({"id": id, "says": "x" * 5000}).encode()
    return Event(kind="clicks", id=id, body=body, digest=body[:40])


async def _why(putting: Awaitable[object]) -> str:
    try:
        await putting
    except OutboxTrouble as trouble:
        return trouble.why
    return ""


async def _put_until_full(outbox: SqliteOutbox, round: int) -> tuple[set[str], str]:
    taken: set[str] = set()
    for number in range(1000):
        id = f"{round}-{number}"
        if why := await _why(outbox.put([_large(id)])):
            return taken, why
        taken.add(id)
    return taken, ""


async def _deliver_all(outbox: SqliteOutbox) -> set[str]:
    delivered: set[str] = set()
    while kept := await outbox.claim("clicks", 50):
        await outbox.settle([Delivered(one.ref) for one in kept])
        delivered |= {one.event.id for one in kept}
    return delivered


def _eat_the_rest(folder: Path) -> Path:
    glutton = folder / "of another program"
    with glutton.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return glutton


async def put_one(folder: str) -> None:
    """Says why an event is not kept, whether the status says so too, and what was set aside."""
    aside = prepare(Path(folder), SystemClock())
    outbox = SqliteOutbox(Path(folder), size=1 << 30, clock=SystemClock())
    await outbox.open()
    why = await _why(outbox.put([_large("one")]))
    print(json.dumps([why, bool((await outbox.status()).trouble), aside]))
    await outbox.close()


if __name__ == "__main__":
    if sys.argv[1] == "as_nobody":
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        del sys.argv[1]
    commands = {"put": put, "put_on": put_on, "put_one": put_one, "deliver": deliver, "fill_the_disk": fill_the_disk}
    asyncio.run(commands[sys.argv[1]](*sys.argv[2:]))
