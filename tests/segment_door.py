"""The door for Segment's events on a real socket, in the test's own process.

async with a_segment_door() as door:
    answer = await door.post({"event": "Product Clicked", ...})
    assert answer.json == {"success": True}
"""

import asyncio
import base64
import contextlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxy.clock import Clock, ManualClock
from proxy.events.event import Shelf
from proxy.events.taking.doorway import Terms
from proxy.events.taking.guard import Guard, Rate
from proxy.events.taking.origins import Origins
from proxy.events.taking.segment.configuration import Configuration
from proxy.events.taking.segment.door import SegmentDoor
from proxy.server.connection import Server
from tests import events_door
from tests.in_memory_outbox import InMemoryOutbox

WHEN = events_door.WHEN
KEY = "wk_canary_5c1e"
SECRET = "canary of the webhook's"
BASIC = f"Authorization: Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}\r\n"
TRACK = "/topsort/segment/v1/track"
BATCH = "/topsort/segment/v1/batch"
WEBHOOK = "/topsort/segment/webhook"


def a_call(event: str = "Product Clicked", /, type: str = "track", **more: Any) -> dict[str, Any]:
    """A track call about an ad; what is given as None is left out."""
    call = {"type": type, "event": event, "messageId": "m1", "timestamp": WHEN, "anonymousId": "u1"}
    call |= {"properties": {"resolvedBidId": "b1"}, **more}
    return {name: value for name, value in call.items() if value is not None}


def signed(body: bytes, of: bytes | None = None) -> str:
    """The header line with which Segment signs a body, or a part of it."""
    return f"X-Signature: {hmac.new(SECRET.encode(), body if of is None else of, 'sha1').hexdigest()}\r\n"


@dataclass
class Door:
    """A door that listens on `port`."""

    port: int
    events: SegmentDoor
    outbox: Any
    folder: Path

    async def post(self, what: Any = None, headers: str = BASIC, path: str = TRACK, **how: Any) -> events_door.Answer:
        """The answer to one request: bytes, or a value as JSON."""
        body = what if isinstance(what, bytes) else json.dumps(a_call() if what is None else what).encode()
        return await events_door.post(self.port, body, headers, path, **how)

    def kept(self, shelf: Shelf = Shelf.WAITING) -> list[tuple[str, dict[str, Any]]]:
        """What lies on a shelf: kinds and events."""
        entries = [entry.kept for entry in self.outbox._entries.values() if entry.kept.shelf is shelf]
        return [(kept.event.kind, json.loads(kept.event.body)) for kept in entries]

    def aside(self) -> list[tuple[str, str]]:
        """What is not sent on: ids, and why."""
        entries = [entry.kept for entry in self.outbox._entries.values() if entry.kept.shelf is Shelf.FILTERED]
        return [(kept.event.id, kept.said) for kept in entries]


@contextlib.asynccontextmanager
async def a_segment_door(
    folder: Path,
    *,
    keys: str | None = KEY,
    secret: str | None = SECRET,
    mapping: str | None = None,
    clock: Clock | None = None,
    rate: tuple[int, float] | None = None,
    origins: list[str] | None = None,
) -> AsyncIterator[Door]:
    """A door with files of its own in the folder."""
    clock = clock or ManualClock()
    texts = {"keys": keys, "secret": secret, "mapping.yaml": mapping}
    files = [None if text is None else folder / name for name, text in texts.items()]
    for file, text in zip(files, texts.values(), strict=True):
        if file is not None and text is not None:
            file.write_text(text)
    outbox = InMemoryOutbox(clock)
    guard = Guard(Rate(*rate) if rate else None)
    terms = Terms(Origins(origins), guard, clock, lambda _: "127.0.0.1", lambda request: request.headers["Host"])
    door = SegmentDoor(outbox, Configuration(*files, clock), "/topsort", terms)
    server = Server(door.handle, 75)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    try:
        yield Door(listening.sockets[0].getsockname()[1], door, outbox, folder)
    finally:
        listening.close()
        await server.shutdown(1)
        await door.close()
