"""The lookout: one coarse sweep instead of a timer a request.

A connection that owes us something (its first request, the rest of a body, the
reading of an answer) and has not moved for long is a dead or a hostile one.
aiohttp bounds only idle ones. `Lookout` decides from what it is shown and is
handed the time; `seen` reads it off a connection.
"""

from collections.abc import Hashable, Iterable
from typing import Final, Generic, NamedTuple, TypeVar

from aiohttp import web

# A head takes one round trip; browsers open connections in advance, but not for so long.
HEAD_SECONDS: Final = 20.0
# Not a byte of an upload, or of an answer read, for so long.
STALL_SECONDS: Final = 60.0


class Seen(NamedTuple):
    """What a connection looks like: all three unchanged is no movement."""

    requests: int
    received: int | None  # bytes of a body still arriving; None where none is, or where we ourselves hold it up
    unsent: int

    @property
    def patience(self) -> float | None:
        """Seconds that it may stay like this; None: as long as it likes."""
        if self.requests == 0:
            return HEAD_SECONDS
        return STALL_SECONDS if self.received is not None or self.unsent else None


Who = TypeVar("Who", bound=Hashable)


class Lookout(Generic[Who]):
    """Remembers since when each connection has looked the same."""

    def __init__(self) -> None:
        self._since: dict[Who, tuple[Seen, float]] = {}

    def overdue(self, sights: Iterable[tuple[Who, Seen]], now: float) -> list[Who]:
        """Those that have owed us something for too long. Whoever is not shown any more is forgotten."""
        before, self._since = self._since, {}
        late = []
        for who, seen in sights:
            last, since = before.get(who, (seen, now))
            if last != seen:
                since = now
            self._since[who] = (seen, since)
            if seen.patience is not None and now - since >= seen.patience:
                late.append(who)
        return late


def seen(connection: web.RequestHandler) -> Seen:
    """How a connection looks now."""
    transport = connection.transport
    return Seen(
        requests=connection._request_count,
        received=_arriving(connection),
        unsent=transport.get_write_buffer_size() if transport is not None else 0,
    )


def _arriving(connection: web.RequestHandler) -> int | None:
    request = connection._current_request
    if request is None or connection._upgraded or connection._reading_paused or connection._buffer_paused:
        return None
    content = request.content
    return None if content.is_eof() else content.total_bytes
