"""An event as we keep it: what it is, whose it is, and its own bytes. Pure.

We read of an event only what keeping and sending it needs. Its body stays what
the sender wrote, byte for byte: that is what is posted, at every attempt.
"""

from enum import StrEnum
from typing import Final

import msgspec

V1: Final = "v1"
"""The kind of an event of API version 1; version 2's kinds are its arrays: "impressions", "clicks", ..."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event.

    Attributes:
        kind: the array of version 2 in which it stands, or `V1`.
        id: what the sender calls it, the idempotency key; "" for an event of version 1 that has none.
        body: its JSON object, as sent.
        digest: of its content, however it is spelled; two events with one id and one digest are one event.
    """

    kind: str
    id: str
    body: bytes
    digest: bytes


class Shelf(StrEnum):
    """Where a kept event lies."""

    WAITING = "waiting"  # to be delivered
    DEAD = "dead"  # refused, or too old; a person decides
    FILTERED = "filtered"  # answered, and not sent on: a crawler's, say


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An event in the outbox.

    Attributes:
        ref: its name in the outbox, unlike any other's, dead or alive.
        event: the event.
        shelf: where it lies.
        taken_at: when it was accepted, seconds since 1970.
        age: for how many seconds we could have delivered it: the time since `taken_at` without those in which
            delivery stood still, because the set-up was at fault.
        attempts: how often it was posted.
        said: what came of the last attempt, or why it lies where it lies; "" before the first.
    """

    ref: str
    event: Event
    shelf: Shelf
    taken_at: float
    age: float = 0.0
    attempts: int = 0
    said: str = ""
