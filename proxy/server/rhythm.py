"""Doing something again and again, whatever happens.

A round that fails is a mistake of ours: it is logged, and no reason to serve no one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from proxy.clock import Clock

_log = logging.getLogger(__name__)


async def every(seconds: float, do: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Do it every so many seconds, up to half as often where a round is dear (a thousand rule files to read).

    Args:
        seconds: the pause between two rounds.
        do: one round.
        clock: for how long a round took.
    """
    pause = seconds
    while True:
        await asyncio.sleep(pause)
        began = clock.now()
        try:
            await do()
        except Exception:
            _log.exception("a mistake of ours")
        pause = max(seconds, min(10 * (clock.now() - began), 2 * seconds))
