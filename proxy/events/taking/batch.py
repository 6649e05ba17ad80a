"""A request's bytes as events, or everything that is wrong with them. Pure.

Nothing is added and nothing is mended: each event is the slice that its sender
wrote, unknown fields included, and its id is the one that it brought. A request
is taken whole or not at all, as the ad platform does it.

Of each event a digest of its content is kept, so that the same event sent again
is known by it. Content that is spelled otherwise (blanks, the order of keys,
escapes) has the same digest. Where readers of JSON may disagree about what
stands there (a key that stands twice, a number that no double holds), the
sender's own bytes count: such events may be sent twice, which the id makes
harmless, and are never taken for one another.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, DecimalException
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from proxy.events.event import V1, Event
from proxy.topsort.errors import ErrorCode
from proxy.topsort.event_faults import Fault, faults_of, v1_faults_of

_DIGEST_BYTES: Final = 16
_MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark that some libraries put before JSON; whoever reads may pass over it (RFC 8259, section 8.1)."""


class Received(NamedTuple):
    """One event as it came.

    Attributes:
        event: what is kept of it.
        type: its kind in version 2 ("clicks"), its `eventType` in version 1 ("Click").
        moment: when it happened as its sender wrote it; "" where it does not say.
    """

    event: Event
    type: str
    moment: str


class NotTaken(Exception):
    """Not a request of events. `faults` are all that is wrong with it, at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def read_batch(body: bytes) -> Sequence[Received]:
    """The events in the body of `POST /v2/events`, in its order.

    Raises:
        NotTaken: with every fault of every event.
    """
    body = body.removeprefix(_MARK)
    if faults := faults_of(body):
        raise NotTaken(faults)
    try:
        kinds = msgspec.structs.asdict(_REQUEST.decode(body))
        return [received_of(kind, bytes(raw)) for kind, raws in kinds.items() for raw in raws or ()]
    except (ValueError, RecursionError):
        raise NotTaken(_TOO_DEEP) from None


def read_v1(body: bytes) -> Received:
    """The one event in the body of `POST /v1/events`.

    Raises:
        NotTaken: with all that is wrong with it.
    """
    body = body.removeprefix(_MARK)
    if faults := v1_faults_of(body):
        raise NotTaken(faults)
    try:
        return received_of(V1, body.strip())
    except (ValueError, RecursionError):
        raise NotTaken(_TOO_DEEP) from None


class _Request(msgspec.Struct):
    """Its fields are the kinds."""

    impressions: list[msgspec.Raw] | None = None
    clicks: list[msgspec.Raw] | None = None
    purchases: list[msgspec.Raw] | None = None
    pageviews: list[msgspec.Raw] | None = None


_REQUEST: Final = msgspec.json.Decoder(_Request)
_JSON: Final = msgspec.json.Decoder()
_AS_WRITTEN: Final = msgspec.json.Encoder().encode
_CANONICAL: Final = msgspec.json.Encoder(order="sorted").encode
# Who looks for faults decodes the same bytes; only on the very edge of Python's stack may one come through and the
# other not.
_TOO_DEEP: Final = (Fault(ErrorCode.BAD_REQUEST, "", "the request is nested too deep"),)


def received_of(kind: str, raw: bytes) -> Received:
    """An event without a fault, given its kind (`event.Event`) and its own bytes."""
    content: Mapping[str, Any] = _JSON.decode(raw)
    event = Event(kind=kind, id=content.get("id") or "", body=raw, digest=_digest(raw, content))
    moment = content.get("occurredAt") or content.get("purchasedAt") or ""
    return Received(event, content["eventType"] if kind == V1 else kind, moment)


# -- the digest ---------------------------------------------------------------


def _digest(raw: bytes, content: object) -> bytes:
    # What most senders write is what we would write: then nothing of it was lost in reading.
    exact = _AS_WRITTEN(content) == raw or _loses_nothing(raw)
    return blake2b(_CANONICAL(content) if exact else raw, digest_size=_DIGEST_BYTES).digest()


class _Lossy(Exception):
    """Reading this JSON into values lost something of it."""


def _loses_nothing(raw: bytes) -> bool:
    """Whether everybody who reads these bytes as JSON reads the same."""
    try:
        json.loads(raw, object_pairs_hook=_each_key_once, parse_float=_held_by_a_double, parse_constant=_no_json)
    except (_Lossy, ValueError, RecursionError):
        return False
    return True


def _each_key_once(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Lossy


def _held_by_a_double(text: str) -> None:
    try:
        held = Decimal(text) == Decimal(repr(float(text)))
    except DecimalException:  # an exponent beyond all bounds
        held = False
    if not held:
        raise _Lossy


def _no_json(text: str) -> None:
    raise _Lossy
