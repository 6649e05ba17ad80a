"""Waiting for the thing itself, never for time to pass."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

SECONDS = 20.0

A_PROCESS = 60.0
"""Seconds for a whole process to start, or to do its work and end, on a machine that is busy with others."""


async def until(
    what: Callable[[], Any], why: str | Callable[[], str] = "it never came true", every: float = 0.005
) -> Any:
    """Ask again and again (`what` may be a coroutine function) until it is truthy; what it was.

    `why` is what is said where it never is; a function is asked then, not before.
    """
    try:
        async with asyncio.timeout(SECONDS):
            while True:
                found = what()
                if inspect.isawaitable(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(every)
    except TimeoutError:
        raise AssertionError(why() if callable(why) else why) from None
