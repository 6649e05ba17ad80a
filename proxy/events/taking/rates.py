"""One rate limit for all machines: what clients spend here is told to Redis, and what is left there is heard.

The door never waits for it. Each process decides by its own buckets, and a few
times a second the buckets of those who sent lately are put in line with the
shared ones; so a client may send its rate once over in the first moment, and
not once for each machine. Without Redis each process limits for itself.
"""

import asyncio
import contextlib
from typing import Final

from proxy.clock import Clock
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.streams import scripts
from proxy.events.keeping.streams.connection import Calendar, Connection, redis_time
from proxy.events.taking.guard import Guard, Rate

EVERY: Final = 0.25
"""Seconds between two looks."""
MOST: Final = 1_000
"""Clients in one look; the others come next."""


class SharedRates:
    """Puts a guard in line with those of all other processes.

    Args:
        url: of Redis; never shown.
        guard: whose buckets; made with `shared`.
        rate: what one client may send.
        clock: the time.
        calendar: the time that all machines share.
    """

    def __init__(self, url: str, guard: Guard, rate: Rate, clock: Clock, calendar: Calendar = redis_time) -> None:
        self._connection = Connection(url, clock, calendar)
        self._guard = guard
        self._rate = rate
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            with contextlib.suppress(OutboxTrouble):  # said by the connection, once
                await self.look()

    async def look(self) -> None:
        """Tell what was spent, and take over what is left.

        Raises:
            OutboxTrouble: Redis cannot be asked; what was spent may be told to nobody.
        """
        spent = self._guard.spent(MOST)
        if not spent:
            return
        full, speed = self._rate.events, self._rate.events / self._rate.seconds
        words = [word for client, tokens in spent.items() for word in (client, tokens)]
        left = await self._connection.run(scripts.RATES, lambda now: [now, full, speed, *words])
        now = self._clock.now()
        for client, hundredths in zip(spent, left, strict=True):
            self._guard.learn(client, int(hundredths) / 100, now)

    async def close(self) -> None:
        """Let go of Redis."""
        await self._connection.close()
