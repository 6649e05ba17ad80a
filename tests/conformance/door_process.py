"""A process with a door for events and an outbox in a folder: prints its port, serves until it is ended."""

import asyncio
import signal
import sys
from pathlib import Path

from proxy.clock import SystemClock
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from tests.events_door import a_door


async def main() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    outbox = SqliteOutbox(Path(sys.argv[1]), size=1 << 26, clock=SystemClock())
    await outbox.open()
    async with a_door(outbox) as door:
        print(door.port, flush=True)
        await ended.wait()
    await outbox.close()


asyncio.run(main())
