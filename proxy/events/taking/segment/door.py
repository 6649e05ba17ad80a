"""The door for Segment's events: a request in Segment's spelling in, an answer in Segment's spelling out.

    POST <prefix>/segment/v1/{track,page,screen,identify,group,alias,batch}    the HTTP API, by write key
    POST <prefix>/segment/v1/{t,p,s,i,g,a,b}                                    the same from browsers
    POST <prefix>/segment/webhook                                               Segment itself, by signature

Paths for which there is no key file are the marketplace's. Calls that are events
are kept before they are answered, all of a request or none. A call that can
never be one is answered like the others: its sender can do nothing about it.
It is counted, and what was meant as an event is put on the shelf of those that
are not sent on.
"""

import asyncio
import base64
import binascii
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, NamedTuple, TypeVar

from aiohttp import web

from proxy.events.keeping.outbox import Outbox
from proxy.events.taking.batch import Received
from proxy.events.taking.doorway import Doorway, Room, Terms
from proxy.events.taking.guard import INTERACTIONS, why_invalid
from proxy.events.taking.intake import Intake
from proxy.events.taking.replies import Refusal, Told
from proxy.events.taking.segment import answers
from proxy.events.taking.segment.calls import WAYS, Call, NotCalls, Sent, read_sent, read_webhook
from proxy.events.taking.segment.configuration import Configuration
from proxy.events.taking.segment.mapping import Meaning, meaning_of
from proxy.events.taking.segment.names import Names
from proxy.events.taking.sender import Fields

MOST_BYTES: Final = 512 * 1024
"""Of a request, as it came and decoded. Segment's own senders keep to 500 kB."""
MOST_MADE: Final = 8 * 1024 * 1024
"""Bytes of all events that a request may become: a list of products repeats for each what it says of all of them."""

_API: Final = "/segment/v1/"
_WEBHOOK: Final = "/segment/webhook"
_LARGE: Final = 32 * 1024
"""Bytes of a request that is read beside the loop: shoppers are served meanwhile."""
_STATUS: Final = {"too_large": 413}
_TOO_DEEP: Final = NotCalls("invalid", "the request is nested too deep")

T = TypeVar("T")


def paths_of(prefix: str, *, api: bool, webhook: bool) -> Sequence[str]:
    """The paths that are ours.

    Args:
        prefix: in front of them ("/topsort", or "").
        api: whether the HTTP API is.
        webhook: whether the webhook is.
    """
    return [prefix + path for path in (*(_API + way for way in WAYS if api), *([_WEBHOOK] if webhook else ()))]


class _Sorted(NamedTuple):
    """The events of a request: those that go on, and those that do not, by why and the reason in full."""

    kept: list[Received]
    aside: Mapping[tuple[str, str], list[Received]]
    ignored: Counter[str]


class SegmentDoor:
    """Takes Segment's events.

    Args:
        outbox: where they are kept.
        configuration: keys and names.
        prefix: in front of the paths ("/topsort", or "").
        terms: on which terms requests come in.
    """

    def __init__(self, outbox: Outbox, configuration: Configuration, prefix: str, terms: Terms) -> None:
        self.counts: Counter[str] = Counter()
        """What happened, "what" or "what|which": what `Intake` counts, and ignored, rejected, gone."""
        self._configuration = configuration
        self._clock = terms.clock
        self._intake = Intake(outbox, None, terms.clock, self.counts)
        api, webhook = configuration.write_keys is not None, configuration.secret is not None
        rooms: dict[str, Room] = dict.fromkeys(paths_of(prefix, api=api, webhook=False), self._take_calls)
        rooms |= dict.fromkeys(paths_of(prefix, api=False, webhook=webhook), self._take_webhook)
        self._doorway = Doorway(rooms, self.counts, MOST_BYTES, terms, answers.spelled)
        self.owns = self._doorway.owns
        self.handle = self._doorway.handle

    async def close(self) -> None:
        """Wait for what is under way though its sender has left."""
        await self._intake.close()

    # -- the rooms ------------------------------------------------------------

    async def _take_calls(self, request: web.BaseRequest, fields: Fields, body: bytes) -> Told:
        way = WAYS[request._message.path.partition("?")[0].rpartition("/")[2]]
        keys = _in_force(self._configuration.write_keys)
        sent = await _read(partial(read_sent, way=way), body)
        if not keys.know((sent.write_key, _basic_user(request))):
            raise Refusal("key", answers.UNKNOWN_KEY)
        return await self._take(request, fields, sent, len(body))

    async def _take_webhook(self, request: web.BaseRequest, fields: Fields, body: bytes) -> Told:
        secret = _in_force(self._configuration.secret)
        signature = request.headers.get("X-Signature", "")
        if not await _beside(secret.signed, body, signature, size=len(body)):
            raise Refusal("signature", answers.NOT_SIGNED)
        return await self._take(request, fields, await _read(read_webhook, body), len(body))

    async def _take(self, request: web.BaseRequest, fields: Fields, sent: Sent, size: int) -> Told:
        names = _in_force(self._configuration.names)
        now = datetime.fromtimestamp(self._clock.wall(), UTC).isoformat(timespec="milliseconds")
        events = await _beside(_sorted, sent.calls, names, now, fields, size=size)
        self._doorway.pays(request, len(events.kept))
        await self._intake.keep(events.kept, None)
        for reason, number in events.ignored.items():
            self.counts[f"ignored|{reason}"] += number
        asides = (self._intake.set_aside(some, why, said) for (why, said), some in events.aside.items())
        await asyncio.gather(*asides)
        return answers.TAKEN


def _sorted(calls: Sequence[Call], names: Names, now: str, fields: Fields) -> _Sorted:
    """What goes on of calls, and what does not."""
    # The shopper's User-Agent is what the call names, if it does; all else of the header is the sender's in any case.
    agent = fields.get(b"user-agent", b"").decode("latin-1")
    early = why_invalid({name: value for name, value in fields.items() if name != b"user-agent"})
    sorted_ = _Sorted([], defaultdict(list), Counter())
    room = MOST_MADE
    for call in calls:
        meaning = _meaning(call, names, now, agent)
        if meaning.ignored:
            sorted_.ignored[meaning.ignored] += 1
        for one in meaning.made:
            why = one.why or (early or "" if one.received.type in INTERACTIONS else "")
            (sorted_.aside[why, one.said] if why else sorted_.kept).append(one.received)
            room -= len(one.received.event.body)
        if room < 0:
            raise _refusal(NotCalls("too_large", f"the request becomes more than {MOST_MADE} bytes of events"))
    return sorted_


def _meaning(call: Call, names: Names, now: str, agent: str) -> Meaning:
    try:
        return meaning_of(call, names, now, agent)
    except (ValueError, RecursionError):
        raise _refusal(_TOO_DEEP) from None


async def _read(read: Callable[[bytes], Sent], body: bytes) -> Sent:
    try:
        return await _beside(read, body, size=len(body))
    except NotCalls as trouble:
        raise _refusal(trouble) from None
    except RecursionError:
        raise _refusal(_TOO_DEEP) from None


async def _beside(work: Callable[..., T], *what: object, size: int) -> T:
    """The work's result; large work is done in a thread."""
    return await asyncio.to_thread(work, *what) if size > _LARGE else work(*what)


def _refusal(trouble: NotCalls) -> Refusal:
    return Refusal(trouble.why, answers.refused(_STATUS.get(trouble.why, 400), trouble.why, str(trouble)))


def _in_force(value: Callable[[], T | None] | None) -> T:
    """What a file says; a sender whose key cannot be looked up now is not told that it is wrong."""
    assert value is not None
    found = value()
    if found is None:
        raise Refusal("file", answers.NO_FILE)
    return found


def _basic_user(request: web.BaseRequest) -> str:
    """The user of HTTP Basic (RFC 7617), where Segment's senders say their write key; "" where there is none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""
