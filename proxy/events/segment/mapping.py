"""A call of Segment's as the ad platform's events, or why it is none. Pure.

Field by field as Segment's own destination for Topsort maps them, with two of
its defects mended: the impressions of one list have ids of their own, and who
has no `anonymousId` is known by a hash of the `userId`. What the destination
reads as text or as a number may be written as the other, as there.

The same call always makes the same bytes, so that one which is sent again is
known by them.
Source: Segment's destination for Topsort (its fields, presets and tests).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from proxy.crawlers import names_itself_a_crawler
from proxy.events.batch import Received, received_of
from proxy.events.guard import INTERACTIONS
from proxy.events.segment.calls import Call, Json
from proxy.events.segment.device import device_type
from proxy.events.segment.names import Action, Names
from proxy.topsort.event_faults import faults_of
from proxy.topsort.moments import read_moment
from proxy.topsort.v2 import write_events

IMPRESSIONS: Final = "impressions"
CLICKS: Final = "clicks"
PURCHASES: Final = "purchases"
PAGEVIEWS: Final = "pageviews"


class Made(NamedTuple):
    """An event that a call became.

    Attributes:
        received: the event.
        why: one word why it is not sent on; "" where it is.
        said: the reason in full, where the word does not say it.
    """

    received: Received
    why: str = ""
    said: str = ""


class Meaning(NamedTuple):
    """What a call means: events, or one word why it is none."""

    made: Sequence[Made] = ()
    ignored: str = ""


def meaning_of(call: Call, names: Names, now: str, agent: str = "") -> Meaning:
    """What a call means to the ad platform.

    Args:
        call: the call.
        names: which call is which event.
        now: the time, RFC 3339, for a call that says none.
        agent: the sender's User-Agent, for a call that does not name the shopper's.

    Raises:
        ValueError, RecursionError: it is nested too deep to be written.
    """
    if call.type in names.pageviews:
        return Meaning([_judged(PAGEVIEWS, *_pageview(call.said, now))])
    name = call.said.get("event")
    action = names.track.get(name) if call.type == "track" and isinstance(name, str) else None
    if action is None:
        return Meaning(ignored="unmapped" if call.type in ("track", "page", "screen") else call.type)
    crawled = names_itself_a_crawler(_text(_inside(call.said, "context").get("userAgent")) or agent)
    events = _EVENTS[action](call.said, names, now)
    return Meaning(
        [_judged(kind, event, "crawler" if crawled and kind in INTERACTIONS else why) for kind, event, why in events]
    )


_Event = tuple[str, Json, str]
"""Its kind, the event, and one word why it is none ("" where it is one)."""


def _impression(said: Json, _: Names, now: str) -> Iterator[_Event]:
    yield IMPRESSIONS, *_interaction(said, _properties(said), now)


def _click(said: Json, _: Names, now: str) -> Iterator[_Event]:
    yield CLICKS, *_interaction(said, _properties(said), now)


def _impression_list(said: Json, _: Names, now: str) -> Iterator[_Event]:
    """One impression for each product; what the list says of all of them counts where the product is silent."""
    properties = _properties(said)
    products = _products(properties)
    if not products:
        yield IMPRESSIONS, _common(said, properties, now), "no_product"
    common = {name: properties[name] for name in _OF_ALL if properties.get(name) is not None}
    for number, product in enumerate(products):
        own = {name: value for name, value in product.items() if value is not None}
        event, why = _interaction(said, {**common, **own, "placement": _list_placement(properties, own)}, now)
        yield IMPRESSIONS, {**event, "id": f"{event['id']}:{number}"}, why


def _purchase(said: Json, names: Names, now: str) -> Iterator[_Event]:
    properties = _properties(said)
    items = [_item(product) for product in _products(properties)]
    sold = [item for item in items if _is_above_0(item.get("unitPrice"))] if names.skip_zero_price_purchases else items
    event = {**_common(said, properties, now), "items": sold or items}
    if not any("productId" in item for item in items):
        yield PURCHASES, event, "no_product"
    else:
        yield PURCHASES, event, "" if sold else "zero_price"


_EVENTS: Final = {
    Action.IMPRESSION: _impression,
    Action.IMPRESSION_LIST: _impression_list,
    Action.CLICK: _click,
    Action.PURCHASE: _purchase,
}


def _pageview(said: Json, now: str) -> tuple[Json, str]:
    event = _common(said, _properties(said), now)
    page = event.get("page", {})
    return event, "" if page.get("type") and page.get("pageId") else "no_page"


# -- judging ------------------------------------------------------------------


def _judged(kind: str, event: Json, why: str) -> Made:
    """The event as it is kept, with the reason why it is not sent on, if there is one."""
    received = received_of(kind, msgspec.json.encode(event))
    if why or "opaqueUserId" not in event:
        return Made(received, why or "no_user")
    faults = faults_of(write_events(kind, [msgspec.json.encode(_priced(event))]))
    if faults:
        said = "; ".join(fault.message.replace(f"{kind}[0].", "", 1) for fault in faults)
        return Made(received, "invalid", f"invalid: {said}")
    return Made(received)


def _priced(event: Json) -> Json:
    """The event without prices of 0: Segment's destination sends them unless it is told to skip them, so they are no
    fault of ours to find; the ad platform says what it makes of them."""
    if "items" not in event:
        return event
    return {**event, "items": [{**item, "unitPrice": item.get("unitPrice") or 1} for item in event["items"]]}


# -- fields -------------------------------------------------------------------

_OF_ALL: Final = ("channel", "externalVendorId", "externalCampaignId", "dspMetadata", "dsp_metadata", "page")
"""What a list of products says of each of them."""
_ABOUT: Final = (
    *("resolvedBidId", "additionalAttribution", "entity", "object"),
    *("externalVendorId", "externalCampaignId"),
)
"""What says whose impression or click it is; one with none of them is about nothing."""


def _common(said: Json, properties: Json, now: str) -> Json:
    """What events of every kind have."""
    context = _inside(said, "context")
    moment = _moment(said, now)
    event = {
        "id": _text(said.get("messageId")) or _id_of(said, moment),
        "occurredAt": moment,
        "opaqueUserId": _user(said),
        "deviceType": device_type(_inside(context, "device").get("type")),
        "channel": _text(properties.get("channel")),
        "page": _page(_inside(context, "page"), properties),
    }
    return {name: value for name, value in event.items() if value not in (None, {})}


def _interaction(said: Json, properties: Json, now: str) -> tuple[Json, str]:
    """An impression or a click, and why it is none."""
    event = {
        **_common(said, properties, now),
        "resolvedBidId": _text(properties.get("resolvedBidId")),
        "additionalAttribution": properties.get("additionalAttribution"),
        "entity": properties.get("entity"),
        "object": properties.get("object"),
        "externalVendorId": _text(properties.get("externalVendorId")),
        "externalCampaignId": _text(properties.get("externalCampaignId")),
        "placement": _placement(said, properties),
        "dsp_metadata": _metadata(properties),
    }
    product = _text(properties.get("product_id")) or _text(properties.get("productId"))
    if product and not any(event[name] for name in _ABOUT):
        event["entity"] = {"type": "product", "id": product}
    event = {name: value for name, value in event.items() if value not in (None, {}, "")}
    return event, "" if any(name in event for name in _ABOUT) else "no_product"


def _user(said: Json) -> str | None:
    """The shopper: the `anonymousId`, or a hash of the `userId`, since the ad platform is told no names."""
    user = _text(said.get("userId"))
    return _text(said.get("anonymousId")) or (sha256(user.encode()).hexdigest() if user else None)


def _placement(said: Json, properties: Json) -> Json:
    first = {"path": _inside(_inside(said, "context"), "page").get("path"), "position": said.get("position")}
    return _merged(first, _inside(properties, "placement"))


def _list_placement(properties: Json, product: Json) -> Json:
    """Where a product of a list stands: what the list says, then its own position, then its own placement."""
    own = {"position": product.get("position")}
    return _merged(_inside(properties, "placement"), own, _inside(product, "placement"))


def _page(page: Json, properties: Json) -> Json:
    return _merged({"value": page.get("title")}, _inside(properties, "page"))


def _merged(*parts: Mapping[str, Any]) -> Json:
    """Objects on top of each other: the right one wins. What is null says nothing."""
    return {name: value for part in parts for name, value in part.items() if value is not None}


def _metadata(properties: Json) -> Json:
    """What an advertiser's own platform wants to know, as text."""
    given = _inside(properties, "dspMetadata") or _inside(properties, "dsp_metadata")
    texts = {
        name: _text(value) if not isinstance(value, dict | list) else _json(value) for name, value in given.items()
    }
    return {name: text for name, text in texts.items() if text is not None}


def _item(product: Json) -> Json:
    """A line of an order."""
    vendor = product.get("vendorId")
    item = {
        "productId": _text(product.get("product_id")) or _text(product.get("productId")),
        "unitPrice": _number(product.get("price")),
        "quantity": _quantity(product.get("quantity")),
        "vendorId": _text(product.get("brand") if vendor is None else vendor),
    }
    return {name: value for name, value in item.items() if value not in (None, "")}


def _is_above_0(price: Any) -> bool:
    return isinstance(price, int | float) and price > 0


# -- what a call says -----------------------------------------------------------


def _properties(said: Json) -> Json:
    return _inside(said, "properties")


def _products(properties: Json) -> list[Json]:
    products = properties.get("products")
    return [each if isinstance(each, dict) else {} for each in products] if isinstance(products, list) else []


def _inside(values: Mapping[str, Any], name: str) -> Json:
    """An object in an object; an empty one where there is none."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """Text, or a number or a truth value as text; None where it is none of them."""
    if isinstance(value, str | None):
        return value
    return None if isinstance(value, dict | list) else _json(value)


def _number(value: Any) -> Any:
    """A number, also where it is written as text; anything else as it is, to be found wrong."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value, type=int | float)
    except (ValueError, RecursionError):
        return value


def _quantity(value: Any) -> Any:
    number = _number(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _moment(said: Json, now: str) -> str:
    """When it happened: what the call says, else when it was sent, else now."""
    names = ("timestamp", "originalTimestamp", "sentAt")
    return next((_rfc3339(said[name]) for name in names if isinstance(said.get(name), str)), now)


def _rfc3339(text: str) -> str:
    """A time as RFC 3339 has it, where it is one of ISO 8601 otherwise (without an offset: UTC); else as it is."""
    if read_moment(text) is not None:
        return text
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).isoformat()


def _id_of(said: Json, moment: str) -> str:
    """An id for a call that brought none: the same for the same content at the same time."""
    content = {name: value for name, value in said.items() if name not in ("sentAt", "writeKey")}
    canonical = msgspec.json.encode([content, moment], order="sorted")
    return sha256(canonical).hexdigest()[:32]
