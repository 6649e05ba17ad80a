"""The way to Redis: every call bounded in time, every foreign error translated once.

At the first call, and at the first after any trouble, Redis is asked what time
it is and how durable it is. All machines go by its time, so that their own
clocks need not agree.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from proxy.clock import Clock
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.streams.durability import WANTED, too_old, warning_of
from proxy.events.keeping.streams.scripts import Script

PATIENCE: Final = 1.8
"""Seconds for a call, with its connection and its questions."""
_LOOK_AGAIN: Final = 60.0
"""Seconds after which the time and the durability are asked for anew."""
_KEY: Final = "{sponsored-proxy}:state"
"""Names the part of a cluster where all keys live."""

_log = logging.getLogger(__name__)

Calendar = Callable[["Redis"], Awaitable[float]]
"""Gives the time that all machines share, in seconds since 1970."""


async def redis_time(client: "Redis") -> float:
    """What time it is at Redis."""
    seconds, micros = await client.time()
    return float(seconds) + float(micros) / 1e6


class Connection:
    """One process's way to Redis.

    Args:
        url: redis:// or rediss://, with user, password and database; never shown.
        clock: what passes between two looks at the shared time.
        calendar: the shared time.
        patience: seconds for a call.
    """

    def __init__(self, url: str, clock: Clock, calendar: Calendar = redis_time, patience: float = PATIENCE) -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 0),
            client_name="sponsored-proxy",
            # With version 3 of its protocol the library waits for news of a maintenance on connections that lie idle,
            # and no longer sees that Redis, or something on the way, has closed one: the next sender would get a 503.
            protocol=2,
        )
        self._clock = clock
        self._calendar = calendar
        self._patience = patience
        self._asking = asyncio.Lock()
        self._ahead: float | None = None
        self._look_at = float("-inf")
        self.warning = ""
        """Why an accepted event might be lost; "" where it cannot be, as far as we were told."""
        self.trouble: OutboxTrouble | None = None
        """What the last call ended with; None where it was answered."""

    def __repr__(self) -> str:
        return "Connection(...)"

    async def close(self) -> None:
        """Let go of it."""
        with contextlib.suppress(exceptions.RedisError, OSError):
            await self._client.aclose()

    def wall(self) -> float:
        """The shared time, seconds since 1970, as of a call under way."""
        assert self._ahead is not None
        return self._clock.now() + self._ahead

    async def run(self, script: Script, arguments: Callable[[float], list[Any]]) -> Any:
        """What a script returns.

        Args:
            script: what Redis is to do, whole or not at all.
            arguments: makes its arguments, given the time.

        Raises:
            OutboxTrouble: it may have been done, or not.
        """
        async with self._watched():
            await self._ready()
            words = [1, _KEY, *arguments(self.wall())]
            try:
                return await self._do("EVALSHA", script.digest, *words)
            except exceptions.NoScriptError:
                return await self._do("EVAL", script.source, *words)

    @contextlib.asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                yield
        except (exceptions.RedisError, OSError) as error:  # a TimeoutError is an OSError
            self._complain(_translated(error, self._patience))
        except OutboxTrouble as trouble:
            self._complain(trouble)
        else:
            if self.trouble is not None and self.trouble.why != "full":
                _log.warning("Redis keeps events again")
            self.trouble = None

    def _complain(self, trouble: OutboxTrouble) -> None:
        """Say it once; ask everything anew at the next call."""
        if self.trouble is None:
            _log.error("%s", trouble)
        self.trouble = trouble
        self._look_at = float("-inf")
        raise trouble

    async def _ready(self) -> None:
        if self._clock.now() < self._look_at:
            return
        async with self._asking:
            if self._clock.now() < self._look_at:
                return
            self._ahead = await self._calendar(self._client) - self._clock.now()
            await self._look_at_durability()
            self._look_at = self._clock.now() + _LOOK_AGAIN

    async def _look_at_durability(self) -> None:
        info = await self._client.info("everything")
        if fault := too_old(info):
            raise OutboxTrouble("unreachable", fault)
        warning = warning_of(info, await self._config())
        if warning and warning != self.warning:
            _log.warning("an accepted event may be lost by Redis: %s", warning)
        self.warning = warning

    async def _config(self) -> dict[str, str]:
        try:
            said = await self._do("CONFIG GET", *WANTED)
        except exceptions.ResponseError:
            return {}
        pairs = [*said.items()] if isinstance(said, dict) else [*zip(said[::2], said[1::2], strict=True)]
        return {_text(name): _text(value) for name, value in pairs}

    async def _do(self, *words: Any) -> Any:
        return await self._client.execute_command(*words)  # type: ignore[no-untyped-call]


def _text(said: bytes | str) -> str:
    return said.decode() if isinstance(said, bytes) else said


def _translated(error: Exception, patience: float) -> OutboxTrouble:
    """What is wrong with Redis, in our words. None of its errors repeats a password."""
    why, detail = _why(error, patience)
    trouble = OutboxTrouble(why, f"Redis: {detail}")
    trouble.__cause__ = error
    return trouble


def _why(error: Exception, patience: float) -> tuple[str, str]:
    """One word for the metrics, and what a person reads."""
    said = str(error)
    if isinstance(error, TimeoutError | exceptions.TimeoutError):
        return "unreachable", f"it does not answer within {patience:g} s"
    if isinstance(error, exceptions.AuthenticationError | exceptions.NoPermissionError):
        return "unreachable", f"it refuses the user or the password of --redis ({said})"
    # Inside a script these come as errors of the script, whose text alone tells them apart.
    if isinstance(error, exceptions.OutOfMemoryError) or "OOM" in said:
        return "full", "its memory is full (maxmemory); give it more"
    if isinstance(error, exceptions.ReadOnlyError) or "READONLY" in said:
        return "unreachable", "it is a replica, which may only be read; name the primary in --redis"
    if "MISCONF" in said:
        return "disk", f"it cannot write to its disk ({said})"
    return "unreachable", said
