"""Topsort's events, both versions, as on the wire. Pure.

What an event's fields are called, and what the answers of version 1 look like.
Fields that we do not know are ignored here, and an optional one that is null counts
as left out; whoever must hand an event on unchanged keeps its bytes. Times are RFC
3339 text, as sent. Prices of version 2 are in major units of the currency, those of
version 1 in minor ones.
Source: the vendor's OpenAPI files.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

KINDS: Final = ("impressions", "clicks", "purchases", "pageviews")
MOST_OF_A_KIND: Final = 50
"""One more is a 400, and nothing of the request is stored."""

IMPRESSION: Final = "Impression"
CLICK: Final = "Click"
PURCHASE: Final = "Purchase"


class _Message(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True, kw_only=True):
    """What every part of a message has in common."""


# -- version 2 --------------------------------------------------------------


class Entity(_Message, frozen=True, kw_only=True):
    """A product or a vendor, by the marketplace's id: what an organic event is about."""

    id: str | None = None
    type: str | None = None


class Placement(_Message, frozen=True, kw_only=True):
    """Where on a page it happened. `position`, `page` and `page_size` are from 1."""

    path: str | None = None
    position: int | None = None
    page: int | None = None
    page_size: int | None = None
    product_id: str | None = None
    category_ids: Sequence[str] | None = None
    search_query: str | None = None


class Page(_Message, frozen=True, kw_only=True):
    """The page that was seen. `value` is a list only where `type` is cart."""

    type: str | None = None
    page_id: str | None = None
    value: str | Sequence[str] | None = None


class Event(_Message, frozen=True, kw_only=True):
    """What events of every kind have. `id` is the idempotency key."""

    id: str | None = None
    occurred_at: str | None = None
    opaque_user_id: str | None = None
    device_type: str | None = None
    channel: str | None = None
    page: Page | None = None


class Interaction(Event, frozen=True, kw_only=True):
    """An impression or a click: of an ad (`resolved_bid_id`), or of an `entity`."""

    resolved_bid_id: str | None = None
    entity: Entity | None = None
    additional_attribution: Entity | None = None
    placement: Placement | None = None
    click_type: str | None = None
    external_campaign_id: str | None = None
    external_vendor_id: str | None = None


class PurchaseItem(_Message, frozen=True, kw_only=True):
    """One line of an order; the price is of a single item; without a quantity it is one item."""

    product_id: str | None = None
    unit_price: float | None = None
    quantity: int | None = 1
    vendor_id: str | None = None


class Purchase(Event, frozen=True, kw_only=True):
    """An order."""

    items: Sequence[PurchaseItem] | None = None


class EventsRequest(_Message, frozen=True, kw_only=True):
    """The body of `POST /v2/events`; a page view is an `Event` with a `page`."""

    impressions: Sequence[Interaction] | None = ()
    clicks: Sequence[Interaction] | None = ()
    purchases: Sequence[Purchase] | None = ()
    pageviews: Sequence[Event] | None = ()


# -- version 1 --------------------------------------------------------------


class V1Session(_Message, frozen=True, kw_only=True):
    """The shopper."""

    session_id: str | None = None


class V1Placement(_Message, frozen=True, kw_only=True):
    """Where it happened, in the marketplace's names."""

    page: str | None = None
    location: str | None = None


class V1Impression(_Message, frozen=True, kw_only=True):
    """One product that was seen."""

    placement: V1Placement | None = None
    product_id: str | None = None
    auction_id: str | None = None
    resolved_bid_id: str | None = None
    id: str | None = None


class V1Item(_Message, frozen=True, kw_only=True):
    """One line of an order; the price is in minor units."""

    product_id: str | None = None
    auction_id: str | None = None
    quantity: int | None = 1
    unit_price: int | None = None
    resolved_bid_id: str | None = None


class V1Event(_Message, frozen=True, kw_only=True):
    """The body of `POST /v1/events`: an `event_type`, and the fields that go with it."""

    event_type: str | None = None
    session: V1Session | None = None
    id: str | None = None
    occurred_at: str | None = None
    impressions: Sequence[V1Impression] | None = None
    placement: V1Placement | None = None
    product_id: str | None = None
    auction_id: str | None = None
    resolved_bid_id: str | None = None
    purchased_at: str | None = None
    items: Sequence[V1Item] | None = None


class V1Seen(_Message, frozen=True, kw_only=True):
    """The platform's id of an impression, and the marketplace's where it gave one."""

    impression_id: str
    id: str | None = None


class V1Impressions(_Message, frozen=True, kw_only=True):
    """The answer to an Impression."""

    impressions: Sequence[V1Seen]


class V1Clicked(_Message, frozen=True, kw_only=True):
    """The answer to a Click."""

    click_id: str
    id: str | None = None


class V1Purchased(_Message, frozen=True, kw_only=True):
    """The answer to a Purchase."""

    purchase_id: str
    id: str | None = None


# -- both ways --------------------------------------------------------------

_ENCODER = msgspec.json.Encoder()
_EVENTS = msgspec.json.Decoder(EventsRequest)
_V1_EVENT = msgspec.json.Decoder(V1Event)


def write(message: EventsRequest | V1Event | V1Impressions | V1Clicked | V1Purchased) -> bytes:
    """Any message of this file as its body."""
    return _ENCODER.encode(message)


def read_events(body: bytes) -> EventsRequest:
    """The events in the body of `POST /v2/events`.

    Raises:
        ValueError, RecursionError: not JSON, or a field has a wrong type (the message says which).
    """
    return _EVENTS.decode(body)


def read_v1_event(body: bytes) -> V1Event:
    """The event in the body of `POST /v1/events`; raises as `read_events` does."""
    return _V1_EVENT.decode(body)
