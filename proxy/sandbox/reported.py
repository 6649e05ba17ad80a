"""What was reported: an event of either version as the platform's books take it. Pure.

The body has been judged before (`topsort/event_faults.py`), so reading it here
cannot fail. Version 1 has no ids of its own for some events, no `occurredAt`
where the sender left it out, and minor units; what the books take is one and the
same: ids are there, times are seconds since 1970, money is in micros.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from proxy.sandbox.campaigns import MICROS
from proxy.topsort import events
from proxy.topsort.moments import read_moment

_MICROS_OF_A_MINOR_UNIT = MICROS // 100


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order: which product, and what all of it cost, in micros."""

    product: str
    amount: float
    quantity: int


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that happened.

    Attributes:
        kind: as version 2 calls it: "impressions", "clicks", "purchases", "pageviews".
        id: the idempotency key.
        at: when, seconds since 1970; `day` is that day in UTC.
        place: where in the request it stood, as a fault would name it.
        user: the opaqueUserId.
        bid: its resolvedBidId, if it is about an ad.
        product: the product it names by itself (an organic event's entity), if it names one.
        items: of a purchase.
        written: its JSON, as sent but for blanks.
    """

    kind: str
    id: str
    at: float
    day: str
    place: str
    user: str
    bid: str | None
    product: str | None
    items: Sequence[Item]
    written: bytes

    @property
    def products(self) -> Sequence[str]:
        """Every product that it names."""
        return [item.product for item in self.items] if self.product is None else [self.product]


def read_v2(body: bytes) -> list[Event]:
    """The events in the body of a good `POST /v2/events`, in the order of the kinds."""
    request, raw = events.read_events(body), msgspec.json.decode(body)
    return [
        _event(kind, one, msgspec.json.encode(written), f"{kind}[{place}]")
        for kind in events.KINDS
        for place, (one, written) in enumerate(zip(getattr(request, kind) or (), raw.get(kind) or (), strict=True))
    ]


def _event(kind: str, event: events.Event, written: bytes, place: str) -> Event:
    bid, entity, items = None, None, None
    if isinstance(event, events.Interaction):
        bid, entity = event.resolved_bid_id or None, event.entity
    elif isinstance(event, events.Purchase):
        items = event.items
    at, day = _when(event.occurred_at)
    return Event(
        kind=kind,
        id=event.id or "",
        at=at,
        day=day,
        place=place,
        user=event.opaque_user_id or "",
        bid=bid,
        product=entity.id if entity is not None and entity.type != "vendor" else None,
        items=[_item(one.product_id, (one.unit_price or 0) * MICROS, one.quantity) for one in items or ()],
        written=written,
    )


def read_v1(body: bytes, now: float, new_id: Callable[[], UUID]) -> list[Event]:
    """The events in the body of a good `POST /v1/events`: one, or an Impression's several.

    Args:
        now: seconds since 1970, for an event that does not say when.
        new_id: for an event without an id: sent again, it counts again.
    """
    event = events.read_v1_event(body)
    return list(_of_v1(event, body, datetime.fromtimestamp(now, UTC).isoformat(), new_id))


def _of_v1(event: events.V1Event, body: bytes, now: str, new_id: Callable[[], UUID]) -> Iterator[Event]:
    user = event.session.session_id if event.session else None
    if event.event_type == events.PURCHASE:
        at, day = _when(event.purchased_at)
        lines = event.items or ()
        items = [_item(one.product_id, (one.unit_price or 0) * _MICROS_OF_A_MINOR_UNIT, one.quantity) for one in lines]
        yield Event("purchases", event.id or "", at, day, "", user or "", None, None, items, body)
        return
    at, day = _when(event.occurred_at or now)
    seen: Sequence[events.V1Event | events.V1Impression] = (event,)
    kind = "clicks"
    if event.event_type == events.IMPRESSION:
        seen, kind = event.impressions or (), "impressions"
    for number, one in enumerate(seen):
        id, place = one.id or str(new_id()), f"impressions[{number}]" if one is not event else ""
        yield Event(kind, id, at, day, place, user or "", one.resolved_bid_id or None, one.product_id or None, (), body)


def answer_v1(body: bytes, taken: Sequence[Event]) -> bytes:
    """What version 1 answers: the platform's id of each event, the same again where it was sent again."""
    event = events.read_v1_event(body)
    if event.event_type == events.IMPRESSION:
        given = zip(taken, event.impressions or (), strict=True)
        seen = [events.V1Seen(impression_id=_our_id(one), id=its.id) for one, its in given]
        return events.write(events.V1Impressions(impressions=seen))
    (one,) = taken
    if event.event_type == events.CLICK:
        return events.write(events.V1Clicked(click_id=_our_id(one), id=event.id))
    return events.write(events.V1Purchased(purchase_id=_our_id(one), id=event.id))


def _item(product: str | None, price: float, quantity: int | None) -> Item:
    number = 1 if quantity is None else quantity
    return Item(product or "", price * number, number)


def _our_id(event: Event) -> str:
    return str(uuid5(NAMESPACE_URL, f"{event.kind}/{event.id}"))


def _when(text: str | None) -> tuple[float, str]:
    """Seconds since 1970, and the day in UTC."""
    moment = read_moment(text or "")
    assert moment is not None, "a judged event has a time"
    try:
        return moment.timestamp(), moment.astimezone(UTC).date().isoformat()
    except OverflowError:  # the first and the last day that there are
        return moment.timestamp(), moment.date().isoformat()
