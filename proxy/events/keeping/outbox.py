"""What an outbox promises, wherever it lives.

Events wait here between the sender's answer and the ad platform's. Accepted
means durable: `put` returns only when no crash of ours can lose what it took.
Claiming before posting, and settling after, sends an event twice where we die in
between, never zero times; its `id` makes twice harmless.

There are two homes: SQLite in the data folder (`outbox_sqlite.py`) for the
workers of one machine, and Redis for those of many. One text of tests holds
for both.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import Enum, auto
from typing import Final, Protocol

import msgspec

from proxy.errors import Trouble
from proxy.events.event import Event, Kept, Shelf

DEAD_SIZE: Final = 256 * 1024 * 1024
"""Bytes for the dead letters, unless said otherwise."""


class OutboxTrouble(Trouble):
    """It cannot keep events now: no room, no disk, no Redis. Nothing of the request was kept; the sender is told 503.

    `why` is one word for the metrics: "full", "disk", "damaged", "newer" (written by a later version), "unreachable".
    """

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(f"the outbox cannot keep events ({why}): {detail}")
        self.why = why


class Put(Enum):
    """What became of an event that was handed in."""

    TAKEN = auto()  # new to us, and durable
    SEEN = auto()  # same kind, id and content within seven days: it is, or was, on its way already
    CONFLICT = auto()  # same kind and id, other content: taken too, the ad platform decides


# -- what a delivery says of what it claimed ----------------------------------


class Delivered(msgspec.Struct, frozen=True):
    """The ad platform has it. Its id stays known for seven days."""

    ref: str


class Again(msgspec.Struct, frozen=True):
    """Not delivered; to be claimed again after `pause` seconds. Counts as an attempt."""

    ref: str
    pause: float
    said: str


class Dead(msgspec.Struct, frozen=True):
    """It cannot be delivered: to the dead letters, with the reason. The same id may be put again."""

    ref: str
    said: str


class Untouched(msgspec.Struct, frozen=True):
    """It was not its turn after all: as if it had never been claimed."""

    ref: str


Settlement = Delivered | Again | Dead | Untouched


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How the outbox is.

    Attributes:
        waiting, dead, filtered: how many there are, by kind; a kind without any may be missing.
        oldest: `age` of the oldest event that waits, seconds; None where none waits.
        size: bytes that count against `--outbox-size`.
        limit: `--outbox-size`, bytes.
        dead_size: bytes of the dead letters, which have a budget of their own.
        dead_limit: that budget, bytes; what finds no room there goes on waiting.
        paused: why delivery stands still; "" where it does not.
        trouble: why it cannot keep events now; "" where it can.
        set_aside: a damaged file that was set aside; "" where there is none.
        unread: whether it could not be looked into, so that nothing is known but `trouble`.
        warning: why something accepted might be lost after all (Redis not told to write at once, say); "" for nothing.
    """

    waiting: Mapping[str, int]
    dead: Mapping[str, int]
    filtered: Mapping[str, int]
    oldest: float | None
    size: int
    limit: int
    dead_size: int
    dead_limit: int = 0
    paused: str = ""
    trouble: str = ""
    set_aside: str = ""
    unread: bool = False
    warning: str = ""


class Outbox(Protocol):
    """One process's way to the outbox. Every method may raise `OutboxTrouble`."""

    async def open(self) -> None:
        """Make it ready. A home that cannot be used now is no error here: `put` raises then, and tries again."""

    async def close(self) -> None:
        """Let go of it; what was claimed and not settled is there to be claimed again at once."""

    # -- for those who take events

    async def put(self, events: Sequence[Event]) -> Sequence[Put]:
        """Keep events, all of them or none; one answer for each. Durable when it returns.

        Cancelling the caller does not undo what is under way: it is kept whole or not at all.
        """
        ...

    async def filter(self, events: Sequence[Event], why: str) -> None:
        """Keep events that are not sent on, to be counted and listed (the last 10,000, for seven days)."""
        ...

    # -- for those who deliver

    async def claim(self, kind: str, most: int) -> Sequence[Kept]:
        """Up to `most` events of a kind that are due, oldest first; nobody else gets them until they are settled.

        Events that were tried often come in smaller parts than fresh ones (`backoff.most_together`), so that one
        which breaks its batch does not hold the others back for ever. Empty where nothing is due, or where another
        process of this machine delivers.
        """
        ...

    async def claim_untried(self, kind: str) -> Sequence[Kept]:
        """One event that was never posted, for a probe; empty where there is none."""
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Say what became of claimed events.

        A home that raises here has not forgotten what it was told: it writes it down before anything more is claimed.
        """
        ...

    async def wait(self, seconds: float) -> None:
        """Return when there may be something new to claim, or after so many seconds."""
        ...

    async def stand_still(self, why: str) -> None:
        """Delivery stands still because the set-up is at fault. To be said again every few seconds: while it is,
        nothing that waits grows older, and `Status.paused` says why, to every process."""
        ...

    async def go_on(self) -> None:
        """Delivery goes on."""
        ...

    # -- for those who watch and decide

    async def status(self) -> Status:
        """How it is."""
        ...

    def each(self, shelf: Shelf) -> AsyncIterator[Kept]:
        """All events of a shelf, oldest first, as they are while it is read; never all in memory."""
        ...

    async def find(self, name: str) -> Sequence[Kept]:
        """Those with this `ref`, else those with this event id, on any shelf."""
        ...

    async def retry(self, ref: str, event: Event | None = None) -> bool:
        """Let it be delivered as if it were new, with another content where one is given; False where it is gone.

        It gets another `ref`, so that one who has claimed it does not settle what was meant to go once more.
        """
        ...

    async def drop(self, ref: str) -> bool:
        """Forget it for good; False where it is gone.

        An id that waited stays known, so that a replay does not bring it back.
        """
        ...
