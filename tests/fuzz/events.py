"""Any body of a request of events, either version, gzipped or not: its own slices, or faults, and never an exception.

The first byte picks the version and whether it was gzipped.
"""

import gzip
import json
from collections.abc import Iterator
from typing import Any, Final

from proxy.events.taking.batch import NotTaken, Received, read_batch, read_v1
from proxy.events.taking.guard import odd_clock
from proxy.events.taking.inflate import NotGzip, inflate
from proxy.events.taking.replies import not_events
from proxy.topsort.errors import read_error
from proxy.topsort.events import KINDS

_LIMIT: Final = 1 << 16
_EVENT: Final = b'{"id":"e1","occurredAt":"2026-01-31T12:59:59.000Z","opaqueUserId":"u1",%b}'
_INTERACTION: Final = (
    _EVENT % b'"resolvedBidId":"b","placement":{"path":"/s","position":1,"categoryIds":["c"]},"x":1.50'
)
_PURCHASE: Final = _EVENT % b'"items":[{"productId":"p","unitPrice":19.99,"quantity":2,"vendorId":"v"}]'
_PAGEVIEW: Final = _EVENT % b'"page":{"type":"cart","pageId":"h","value":["p"]},"deviceType":"mobile"'
_V1: Final = b'{"eventType":"%b","session":{"sessionId":"s"},"id":"v","occurredAt":"2026-01-31T12:59:60+01:00",%b}'
_SEEN: Final = b'{"placement":{"page":"search","location":"l"},"productId":"p","auctionId":"a","id":"i"}'
_LINE: Final = b'{"productId":"p","unitPrice":1999,"quantity":1}'
WORDS: Final = [
    *(b'"%b":[' % kind.encode() for kind in KINDS),
    *b'"id":|"occurredAt":|"opaqueUserId":|"items":[|"page":{|"unitPrice":|"quantity":|"eventType":|"session":{|"Click"'.split(b"|"),
    *b'1e400|-0.0|0.1000000000000000000001|123456789012345678901234567890|null|true|"\\ud800"|"\\u0000"|\xff|NaN|[[[[|}}|,'.split(b"|"),
    *b"2026-02-30T00:00:00Z|2026-01-31T12:59:59|+24:00|\x1f\x8b\x08\x00|\x00\x00\xff\xff".split(b"|"),
]  # fmt: skip


def seeds() -> Iterator[bytes]:
    bodies = [
        b'{"impressions":[%b]}' % _INTERACTION,
        b'{"impressions":[%b, %b],"clicks":null,"purchases":[%b],"pageviews":[%b]}' % (_INTERACTION, _INTERACTION, _PURCHASE, _PAGEVIEW),
        b'{"clicks":[%b,{"id":"","x":{"x":1,"x":2}}]}' % _INTERACTION.replace(b'"', b' "'),
        b'{"impressions":[%b]}' % b",".join([_INTERACTION] * 51),
    ]  # fmt: skip
    of_v1 = [
        _V1 % (b"Impression", b'"impressions":[%b]' % _SEEN),
        _V1 % (b"Click", _SEEN[1:-1]),
        _V1 % (b"Purchase", b'"purchasedAt":"2026-01-31T12:59:59Z","items":[%b]' % _LINE),
    ]
    yield from (b"\0" + body for body in bodies)
    yield from (b"\1" + body for body in of_v1)
    yield b"\2" + gzip.compress(bodies[0], mtime=0)
    yield b"\3" + gzip.compress(of_v1[0], mtime=0) + gzip.compress(b" ", mtime=0)
    yield b"\2" + gzip.compress(bytes(200_000), mtime=0)


def check(data: bytes) -> None:
    if not data:
        return
    body = data[1:]
    if data[0] & 2:
        try:
            inflated = inflate(body, _LIMIT)
        except NotGzip:
            return
        if inflated is None:
            return
        assert len(inflated) <= _LIMIT
        body = inflated
    _read(body, read_v1 if data[0] & 1 else read_batch)


def _read(body: bytes, read: Any) -> None:
    try:
        found = read(body)
    except NotTaken as trouble:
        error = read_error(not_events(trouble.faults).body)
        if error is None or not error.message:
            raise AssertionError("a refusal that says nothing") from trouble
        return
    _hold(body, [found] if isinstance(found, Received) else found)


def _hold(body: bytes, received: list[Received]) -> None:
    at = 0
    content: dict[bytes, str] = {}
    for one in received:
        at = body.index(one.event.body, 0 if one.event.kind != received[0].event.kind else at)
        read = json.loads(one.event.body)
        assert isinstance(read, dict)
        assert one.event.id == (read.get("id") or "")
        assert len(one.event.digest) == 16
        known = content.setdefault(one.event.digest, json.dumps(read, sort_keys=True))
        assert known == json.dumps(read, sort_keys=True), "two events with one digest"
        odd_clock(one.moment, 1_700_000_000.0)
