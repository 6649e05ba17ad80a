"""A call of Segment's as the ad platform's events, or why it is none. Pure.

As Segment's own destination for Topsort maps them (`fields.py`), with two of its
defects mended: the impressions of one list have ids of their own, and who has no
`anonymousId` is known by a hash of the `userId`.

The same call always makes the same bytes, so that one which is sent again is
known by them.
Source: Segment's destination for Topsort (its fields, presets and tests).
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from proxy.crawlers import names_itself_a_crawler
from proxy.events.taking.batch import Received, received_of
from proxy.events.taking.guard import INTERACTIONS
from proxy.events.taking.segment.calls import Call, Json
from proxy.events.taking.segment.fields import common, interaction, item_of, of_product, products_of, properties_of
from proxy.events.taking.segment.names import Action, Names
from proxy.events.taking.segment.values import inside, text_of
from proxy.topsort.event_faults import faults_of
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
    crawled = names_itself_a_crawler(text_of(inside(call.said, "context").get("userAgent")) or agent)
    events = _EVENTS[action](call.said, names, now)
    return Meaning(
        [_judged(kind, event, "crawler" if crawled and kind in INTERACTIONS else why) for kind, event, why in events]
    )


_Event = tuple[str, Json, str]
"""Its kind, the event, and one word why it is none ("" where it is one)."""


def _impression(said: Json, _: Names, now: str) -> Iterator[_Event]:
    yield IMPRESSIONS, *interaction(said, properties_of(said), now)


def _click(said: Json, _: Names, now: str) -> Iterator[_Event]:
    yield CLICKS, *interaction(said, properties_of(said), now)


def _impression_list(said: Json, _: Names, now: str) -> Iterator[_Event]:
    """One impression for each product, with an id of its own."""
    properties = properties_of(said)
    products = products_of(properties)
    if not products:
        yield IMPRESSIONS, common(said, properties, now), "no_product"
    for number, product in enumerate(products):
        event, why = interaction(said, of_product(properties, product), now)
        yield IMPRESSIONS, {**event, "id": f"{event['id']}:{number}"}, why


def _purchase(said: Json, names: Names, now: str) -> Iterator[_Event]:
    properties = properties_of(said)
    items = [item_of(product) for product in products_of(properties)]
    sold = [item for item in items if _is_above_0(item.get("unitPrice"))] if names.skip_zero_price_purchases else items
    event = {**common(said, properties, now), "items": sold or items}
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
    event = common(said, properties_of(said), now)
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


def _is_above_0(price: Any) -> bool:
    return isinstance(price, int | float) and price > 0
