"""A process that delivers what waits in a folder, for rows about its end: `FOLDER ADS_URL SECONDS`.

It says "delivering", and on SIGTERM it stops within so many seconds.
"""

import asyncio
import signal
import sys
from pathlib import Path

from proxy.clock import SystemClock
from proxy.events.delivering.delivery import Delivery
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.event_platform import KEY


async def deliver(folder: str, url: str, within: str) -> None:
    clock = SystemClock()
    outbox = SqliteOutbox(Path(folder), size=1 << 30, clock=clock)
    await outbox.open()
    client = Client(Origin.parse(url), connections=8, clock=clock)
    delivery = Delivery(outbox, client, lambda: KEY, clock)
    leave = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave.set)
    running = asyncio.create_task(delivery.run())
    print("delivering", flush=True)
    await leave.wait()
    await delivery.close(float(within))
    await running
    await client.close()
    await outbox.close()
    print(delivery.counts["attempts"], flush=True)


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))
