"""Processes that put events into a Redis, and claim them, for tests of many machines and of sudden ends."""

import asyncio
import base64
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from proxy.clock import ManualClock, SystemClock
from proxy.events.event import Event
from proxy.events.keeping.outbox_redis import RedisOutbox

ROOT = Path(__file__).parents[5]


async def started(*words: str) -> asyncio.subprocess.Process:
    """This file, run with these words."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.unit.events.keeping.streams.processes",
        *words,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )


async def putting(url: str, events: Sequence[Event], times: int, wall: float) -> list[str]:
    """Each event put `times` times in another process, all in parallel; what was answered, by name."""
    what = base64.b64encode(msgspec.json.encode(events)).decode()
    process = await started("put", url, what, str(times), str(wall))
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().split()


async def put(url: str, what: str, times: str, wall: str) -> None:
    async def calendar(_: object) -> float:
        return float(wall)

    events = msgspec.json.decode(base64.b64decode(what), type=list[Event])
    outbox = RedisOutbox(url, size=1 << 30, clock=ManualClock(), calendar=calendar)
    await outbox.open()
    answers = await asyncio.gather(*(outbox.put([event]) for event in events * int(times)))
    print(*(answer.name for (answer,) in answers))
    await outbox.close()


async def claim(url: str, kind: str, lease: str) -> None:
    """Claim all events of a kind, say their ids, and live on; without end."""
    outbox = RedisOutbox(url, size=1 << 30, clock=SystemClock(), lease=float(lease))
    await outbox.open()
    print(*(one.event.id for one in await outbox.claim(kind, 50)), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run({"put": put, "claim": claim}[sys.argv[1]](*sys.argv[2:]))
