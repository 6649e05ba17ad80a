"""A request of Segment's as calls, or what is wrong with it. Pure.

A call is an object with its `type`: "track", "page", "screen", "identify",
"group" or "alias". It comes alone (the path says its type), in a batch, or by
webhook, alone or in an array. What a batch says once (`context`, `integrations`,
`sentAt`) counts for each of its items that does not say it itself.

Numbers and text that JSON of ours cannot hold are made ones that it can, as
JavaScript would hold them: no event is lost over half a surrogate pair.
Source: Segment's documentation of its HTTP API, and its own senders.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

MOST_OF_A_CALL: Final = 32 * 1024
"""Bytes of one call, as JSON without blanks."""
MOST_OF_A_BATCH: Final = 2500
"""Calls of one request."""

BATCH: Final = "batch"
TYPES: Final = ("track", "page", "screen", "identify", "group", "alias")
WAYS: Final[Mapping[str, str]] = {
    **{way: way for way in (*TYPES, BATCH)},
    # analytics.js in the browser names a path after a type's first letter.
    **{way[0]: way for way in (*TYPES, BATCH)},
}
"""The last part of a path, and what comes there."""

_LONE: Final = re.compile("[\ud800-\udfff]")
_MAY_BE_LONE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_DIGITS: Final = 19


class Call(NamedTuple):
    """One call.

    Attributes:
        type: what it is.
        said: all that it says.
    """

    type: str
    said: Json


class Sent(NamedTuple):
    """What a request holds: its calls, and the write key that it names ("" where it names none)."""

    calls: Sequence[Call]
    write_key: str = ""


class NotCalls(Exception):
    """Not a request of calls. `why` is one word, for the metrics; the message never repeats a value."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


def read_sent(body: bytes, way: str) -> Sent:
    """What was sent to the HTTP API.

    Args:
        body: the request's, decoded.
        way: what comes at its path: one of `TYPES`, or `BATCH`.

    Raises:
        NotCalls: with what is wrong.
    """
    root = _object(_json(body), "the request")
    key = root.get("writeKey")
    calls = _batch(root) if way == BATCH else [Call(way, root)]
    _see_their_size(calls, len(body))
    return Sent(calls, key if isinstance(key, str) else "")


def read_webhook(body: bytes) -> Sent:
    """What a webhook sent: a call, or an array of calls; raises as `read_sent` does."""
    root = _json(body)
    calls = _calls(root, "") if isinstance(root, list) else [_call(_object(root, "the request"))]
    _see_their_size(calls, len(body))
    return Sent(calls)


def _batch(root: Json) -> list[Call]:
    items = root.get(BATCH)
    if not isinstance(items, list):
        raise NotCalls("invalid", "batch is missing, or no array")
    shared = {name: root[name] for name in ("context", "integrations") if isinstance(root.get(name), dict)}
    return [_with(call, shared, root.get("sentAt")) for call in _calls(items, BATCH)]


def _calls(items: Sequence[object], at: str) -> list[Call]:
    if len(items) > MOST_OF_A_BATCH:
        raise NotCalls("too_many", f"the request has {len(items)} events; {MOST_OF_A_BATCH} are allowed")
    return [_call(_object(item, f"{at}[{number}]")) for number, item in enumerate(items)]


def _call(said: Json) -> Call:
    kind = said.get("type")
    return Call(kind if isinstance(kind, str) and kind in TYPES else "unknown", said)


def _with(call: Call, shared: Mapping[str, Json], sent_at: object) -> Call:
    """The call with what its batch says for all of them, where it does not say it itself."""
    said = {"sentAt": sent_at, **call.said} if sent_at is not None else dict(call.said)
    for name, all_say in shared.items():
        own = said.get(name)
        said[name] = {**all_say, **own} if isinstance(own, dict) else all_say
    return Call(call.type, said)


def _see_their_size(calls: Sequence[Call], size: int) -> None:
    if size <= MOST_OF_A_CALL:
        return
    for call in calls:
        if len(json.dumps(call.said, ensure_ascii=False, separators=(",", ":")).encode()) > MOST_OF_A_CALL:
            raise NotCalls("too_large", f"an event has more than {MOST_OF_A_CALL} bytes")


# -- JSON ---------------------------------------------------------------------


def _json(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
        root = json.loads(text, parse_int=_whole, parse_constant=_no_json)
        return _whole_text(root) if _MAY_BE_LONE.search(text) else root
    except (ValueError, RecursionError):
        raise NotCalls("invalid", "the request is not JSON") from None


def _object(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise NotCalls("invalid", f"{what} is not a JSON object")
    return value


def _whole(text: str) -> int | float:
    """A whole number as it is, while 64 bits hold it: ids are such numbers."""
    value = int(text) if len(text) <= _MOST_DIGITS else float(text)
    return value if -(2**63) <= value < 2**63 else float(value)


def _no_json(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _whole_text(value: Any) -> Any:
    """The value, with the replacement character for every half of a surrogate pair."""
    if isinstance(value, str):
        return _LONE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_whole_text(each) for each in value]
    if isinstance(value, dict):
        return {_whole_text(name): _whole_text(each) for name, each in value.items()}
    return value
