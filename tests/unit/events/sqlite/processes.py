"""Processes that put events into a folder, for tests of many writers and of sudden ends."""

import asyncio
import base64
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from proxy.clock import ManualClock, SystemClock
from proxy.events.event import Event
from proxy.events.outbox_sqlite import SqliteOutbox
from proxy.events.sqlite.locks import Deliverer
from proxy.events.sqlite.place import Place

ROOT = Path(__file__).parents[4]


async def started(*words: str) -> asyncio.subprocess.Process:
    """This file, run with these words."""
    pipe = asyncio.subprocess.PIPE
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


if __name__ == "__main__":
    asyncio.run({"put": put, "put_on": put_on, "deliver": deliver}[sys.argv[1]](*sys.argv[2:]))
