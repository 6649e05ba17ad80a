"""What Topsort refuses of events, code by code, and where in the request. Pure.

`events.py` says how a request is spelled; here is what makes it a good one. One
bad event costs its whole request, so every bad one is named by its place, not
only the first. The sandbox answers with these refusals, and so does the proxy
where it takes events itself.

Whatever has no fault here can be read with `events.read_events`
(`read_v1_event`), and nothing that is sent makes this file raise.

Where the vendor's file is stricter than its own senders, the senders are right:
- Unknown fields are no fault (`dsp_metadata` is one), nor are words that a list
  of the file does not have (`clickType`, `deviceType`, `channel`, a page's type).
- An optional field that is null counts as absent; so does a kind.
- An impression or a click with neither `resolvedBidId` nor `entity` is none: the
  file's prose asks for one of them, its schema does not, and analytics.js sends
  `additionalAttribution` alone. Nor are an entity or a placement that lack a field.
- A kind that is there and empty makes a request of no events, which is none.
Stricter than JSON readers are two things, since events would be lost unseen: a
kind that stands twice, of which only the last is read, and an array of objects
under a name that is no kind ("impresions"), of which nothing is.
What is not written down at all: which code goes with which fault. It is read
from the codes' names.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from proxy.topsort.errors import ErrorCode, Refused
from proxy.topsort.events import CLICK, IMPRESSION, KINDS, MOST_OF_A_KIND, PURCHASE, read_v1_event
from proxy.topsort.moments import read_moment


class Fault(NamedTuple):
    """One thing that is wrong.

    Attributes:
        code: the vendor's.
        place: where: "impressions[3].occurredAt", a kind, or "" for the whole request.
        message: what is wrong, beginning with the place; it never repeats a value of the event.
    """

    code: ErrorCode
    place: str
    message: str


Json = dict[str, object]
Check = Callable[[object], str | None]
"""Says what is wrong with a value ("is not text"), or None."""
Fields = Mapping[str, "Check | Fields"]
"""What is judged of an object: its fields, by name."""


def faults_of(body: bytes) -> list[Fault]:
    """All that is wrong with the body of `POST /v2/events`; empty where it is good."""
    request = _object_of(body)
    if isinstance(request, Fault):
        return [request]
    if not any(kind in request for kind in KINDS):
        return [Fault(ErrorCode.EMPTY_REQUEST, "", f"the request has none of {', '.join(KINDS)}")]
    twice = _named_twice(body)
    if twice is not None:
        return [_bad(twice, f"{twice} stands twice")]
    if any(_holds_events(value) for name, value in request.items() if name not in KINDS):
        return [_bad("", f"an array of objects stands under a name that is none of {', '.join(KINDS)}")]
    return [fault for kind in KINDS for fault in _of_kind(kind, request.get(kind))]


def v1_faults_of(body: bytes) -> list[Fault]:
    """All that is wrong with the body of `POST /v1/events`; empty where it is good."""
    event = _object_of(body)
    if isinstance(event, Fault):
        return [event]
    kind = event.get("eventType")
    judge = _V1_EVENTS.get(kind) if isinstance(kind, str) else None
    if judge is None:
        return [Fault(ErrorCode.INVALID_EVENT_TYPE, "eventType", f"eventType is none of {', '.join(_V1_EVENTS)}")]
    faults = [*_v1_session(event), *judge(event), *_wrong(event, _V1_EVENT, "")]
    return faults or _of_other_fields(body)


def refusal_of(faults: Sequence[Fault]) -> Refused:
    """The answer to a request with these faults (one at least): the first one's code, and every message."""
    return Refused(faults[0].code, "; ".join(fault.message for fault in faults))


# -- the envelope -----------------------------------------------------------


def _object_of(body: bytes) -> Json | Fault:
    if not body.strip():
        return Fault(ErrorCode.EMPTY_REQUEST, "", "the request has no body")
    try:
        read = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return _bad("", "the request is not JSON")
    return read if isinstance(read, dict) else _bad("", "the request is not a JSON object")


def _named_twice(body: bytes) -> str | None:
    """The kind that stands twice in the request, if one does. What is read of JSON keeps the last one only."""
    if all(body.count(b'"%s"' % kind.encode()) < 2 for kind in KINDS):
        return None
    try:
        names = [name for name, _ in json.loads(body, object_pairs_hook=list)]
    except RecursionError:  # Python's reader gives up a little earlier than msgspec's; nobody nests events like that
        return next(kind for kind in KINDS if body.count(b'"%s"' % kind.encode()) > 1)
    return next((kind for kind in KINDS if names.count(kind) > 1), None)


def _holds_events(value: object) -> bool:
    """Whether it may be events: those of a kind are objects in an array."""
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _of_kind(kind: str, events: object) -> Iterator[Fault]:
    if events is None:
        return
    if not isinstance(events, list):
        yield _bad(kind, f"{kind} is not an array")
    elif len(events) > MOST_OF_A_KIND:
        yield _bad(kind, f"{kind} has {len(events)} events; {MOST_OF_A_KIND} are allowed")
    else:
        for place, event in enumerate(events):
            yield from _of_event(kind, event, f"{kind}[{place}]")


def _of_event(kind: str, event: object, at: str) -> Iterator[Fault]:
    if not isinstance(event, dict):
        yield _bad(at, f"{at} is not an object")
        return
    yield from _needed(event, "id", _some_text, at)
    yield from _needed(event, "occurredAt", _moment, at)
    yield from _needed(event, "opaqueUserId", _some_text, at)
    if kind == "purchases":
        yield from _items(event, at, _price)
    elif kind == "pageviews":
        yield from _page(event, at)
    yield from _wrong(event, _FIELDS[kind], at)


def _page(event: Json, at: str) -> Iterator[Fault]:
    page = event.get("page")
    if not isinstance(page, dict):
        yield from _needed(event, "page", _object, at)
        return
    yield from _needed(page, "type", _some_text, f"{at}.page")
    yield from _needed(page, "pageId", _some_text, f"{at}.page")
    yield from _wrong(page, _PAGE_SEEN, f"{at}.page")


def _items(event: Json, at: str, price: Check) -> Iterator[Fault]:
    items, place = event.get("items"), f"{at}.items".removeprefix(".")
    if not isinstance(items, list) or not items:
        yield Fault(ErrorCode.NO_PURCHASE_ITEMS, place, f"{place} is missing, empty, or no array")
        return
    faults = (fault for number, item in enumerate(items) for fault in _item(item, f"{place}[{number}]", price))
    yield from islice(faults, MOST_OF_A_KIND)


def _item(item: object, at: str, price: Check) -> Iterator[Fault]:
    if not isinstance(item, dict):
        yield _bad(at, f"{at} is not an object")
        return
    yield from _needed(item, "productId", _some_text, at, ErrorCode.MISSING_PRODUCT_ID)
    yield from _needed(item, "unitPrice", price, at)
    if item.get("quantity") is not None:
        yield from _needed(item, "quantity", _quantity, at, ErrorCode.PURCHASE_ITEM_QUANTITY)
    yield from _wrong(item, _ITEM, at)


# -- version 1 --------------------------------------------------------------


def _v1_session(event: Json) -> Iterator[Fault]:
    session = event.get("session")
    if session is None:
        yield Fault(ErrorCode.MISSING_SESSION, "session", "session is missing")
    elif not isinstance(session, dict):
        yield Fault(ErrorCode.INVALID_SESSION, "session", "session is not an object")
    else:
        yield from _needed(session, "sessionId", _some_text, "session", ErrorCode.INVALID_SESSION)


def _v1_click(event: Json) -> Iterator[Fault]:
    yield from _v1_placement(event, "")


def _v1_impression(event: Json) -> Iterator[Fault]:
    impressions = event.get("impressions")
    if not isinstance(impressions, list) or not impressions:
        message = "impressions is missing, empty, or no array"
        yield Fault(ErrorCode.TOO_FEW_IMPRESSIONS, "impressions", message)
        return
    faults = (fault for place, one in enumerate(impressions) for fault in _v1_seen(one, f"impressions[{place}]"))
    yield from islice(faults, MOST_OF_A_KIND)


def _v1_seen(impression: object, at: str) -> Iterator[Fault]:
    if not isinstance(impression, dict):
        yield _bad(at, f"{at} is not an object")
        return
    yield from _v1_placement(impression, at)
    yield from _wrong(impression, _V1_IMPRESSION, at)


def _v1_placement(event: Json, at: str) -> Iterator[Fault]:
    placement = event.get("placement")
    if isinstance(placement, dict):
        inside = f"{at}.placement".removeprefix(".")
        yield from _needed(placement, "page", _some_text, inside, ErrorCode.MISSING_PLACEMENT)
        yield from _wrong(placement, _V1_PLACEMENT, inside)
    else:
        yield from _needed(event, "placement", _object, at, ErrorCode.MISSING_PLACEMENT)


def _v1_purchase(event: Json) -> Iterator[Fault]:
    if not event.get("id"):
        yield from _needed(event, "id", _some_text, "")
    yield from _needed(event, "purchasedAt", _moment, "", ErrorCode.MISSING_PURCHASED_AT)
    yield from _items(event, "", _minor_price)


def _of_other_fields(body: bytes) -> list[Fault]:
    """One message has the fields of every kind of event; those of the other kinds are judged by reading them."""
    try:
        read_v1_event(body)
    except (ValueError, RecursionError) as wrong:
        return [_bad("", f"the event: {wrong}")]
    return []


# -- fields -----------------------------------------------------------------


def _needed(values: Json, name: str, check: Check, at: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> Iterator[Fault]:
    value = values.get(name)
    wrong = "is missing" if value is None else check(value)
    if wrong is not None:
        place = f"{at}.{name}" if at else name
        yield Fault(code, place, f"{place} {wrong}")


def _wrong(values: Json, fields: Fields, at: str) -> Iterator[Fault]:
    """What is wrong with those of `fields` that are there."""
    for name, value in values.items():
        check = fields.get(name)
        if check is None or value is None:
            continue
        if isinstance(check, Mapping) and isinstance(value, dict):
            yield from _wrong(value, check, f"{at}.{name}" if at else name)
        else:
            yield from _needed(values, name, _object if isinstance(check, Mapping) else check, at)


def _bad(place: str, message: str) -> Fault:
    return Fault(ErrorCode.BAD_REQUEST, place, message)


# -- values -----------------------------------------------------------------

_BEYOND: Final = 2**53
"""Numbers from here on are not whole in every reader of JSON (RFC 8259, section 6)."""


def _object(value: object) -> str | None:
    return None if isinstance(value, dict) else "is not an object"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) else "is not text"


def _some_text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "is empty, or not text"


def _moment(value: object) -> str | None:
    if isinstance(value, str) and read_moment(value) is not None:
        return None
    return "is no time with its offset as RFC 3339 writes it, such as 2026-01-31T12:59:59+01:00"


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return None if good else "is not an array of text"


def _text_or_texts(value: object) -> str | None:
    return None if isinstance(value, str) or _texts(value) is None else "is neither text nor an array of text"


def _whole(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and -_BEYOND < value < _BEYOND
    return None if good else "is not a whole number"


def _quantity(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _BEYOND
    return None if good else "is not a whole number of at least 1"


def _price(value: object) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _BEYOND
    return None if good else "is not a number above 0"


def _minor_price(value: object) -> str | None:
    return "is not a whole number above 0 (minor units)" if _quantity(value) else None


# What is read of an event, if it is there. Everything else in it is its sender's.
_ENTITY: Final[Fields] = {"id": _text, "type": _text}
_PAGE: Final[Fields] = {"type": _text, "pageId": _text, "value": _text_or_texts}
_PLACEMENT: Final[Fields] = {
    **dict.fromkeys(("path", "productId", "searchQuery"), _text),
    **dict.fromkeys(("position", "page", "pageSize"), _whole),
    "categoryIds": _texts,
}
_PAGE_SEEN: Final[Fields] = {"value": _text_or_texts}
_EVENT: Final[Fields] = {"deviceType": _text, "channel": _text}
_INTERACTION: Final[Fields] = {
    **_EVENT,
    **dict.fromkeys(("resolvedBidId", "clickType", "externalCampaignId", "externalVendorId"), _text),
    "entity": _ENTITY,
    "additionalAttribution": _ENTITY,
    "placement": _PLACEMENT,
    "page": _PAGE,
}
_FIELDS: Final[Mapping[str, Fields]] = {
    "impressions": _INTERACTION,
    "clicks": _INTERACTION,
    "purchases": {**_EVENT, "page": _PAGE},
    "pageviews": _EVENT,
}
_ITEM: Final[Fields] = {"vendorId": _text}

_V1_PLACEMENT: Final[Fields] = {"location": _text}
_V1_IMPRESSION: Final[Fields] = dict.fromkeys(("id", "productId", "auctionId", "resolvedBidId"), _text)
_V1_EVENT: Final[Fields] = {**_V1_IMPRESSION, "occurredAt": _moment}
_V1_EVENTS: Final[Mapping[str, Callable[[Json], Iterator[Fault]]]] = {
    IMPRESSION: _v1_impression,
    CLICK: _v1_click,
    PURCHASE: _v1_purchase,
}
