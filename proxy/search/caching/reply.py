"""A kept answer on its way to one shopper: its head says how old it is, and nothing of its body is left to come."""

from collections.abc import Sequence
from typing import Final

from propcache.api import cached_property  # the standard library's takes a lock at each first reading (Python 3.11)

from proxy.search.caching.kept import Kept
from proxy.search.headers import first
from proxy.wire.sink import Sink


class KeptReply:
    """A kept answer as it goes to one shopper. A `Reply`: its body is here, so nothing is left to come.

    Args:
        kept: the answer.
        now: the time, on the clock that only goes forward.
        status: 304 where the shopper has the body.
    """

    complete: Final = True

    def __init__(self, kept: Kept, now: float, status: int | None = None) -> None:
        self._is_all = status is None
        self.status: Final = kept.status if status is None else status
        self.reason: Final = kept.reason if status is None else b"Not Modified"
        self.length: Final = len(kept.raw) if status is None else None
        self._kept = kept
        self._now = now

    @cached_property
    def raw_headers(self) -> Sequence[tuple[bytes, bytes]]:
        """Its header lines. What comes from a cache says how old it is (section 5.1)."""
        kept, lines = self._kept, self._kept.lines
        if not self._is_all:
            lines = [line for line in lines if not _is_of_the_body(line[0])]
        return (*lines, (b"Age", b"%d" % (kept.fresh.age + kept.resident(self._now))))

    def header(self, name: bytes) -> bytes | None:
        """The value of the first field of this lower-case name."""
        if self._is_all and name != b"age":
            return self._kept.fields.get(name)
        return first(self.raw_headers, name)

    async def read(self, limit: int) -> bytes:
        """Nothing is left."""
        return b""

    def take(self) -> bytes:
        """Nothing is left."""
        return b""

    async def relay(self, sink: Sink) -> None:
        """Nothing is left."""

    def abandon(self) -> None:
        """Nobody waits."""


def _is_of_the_body(name: bytes) -> bool:
    low = name.lower()
    return low.startswith(b"content-") and low != b"content-location"
