"""Events taken: a body in, the books written, or a refusal in the vendor's words.

All or nothing, as at the vendor: one bad event, and none of its request is
stored. Beside what the contract asks of an event (`topsort/event_faults.py`), the
ad that it names must be one that this platform sold.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from proxy.sandbox.behaviour import EventBehaviour
from proxy.sandbox.books import Books
from proxy.sandbox.reported import Event, answer_v1, read_v1, read_v2
from proxy.sandbox.seal import NotOurs, Seal, SealedBid
from proxy.topsort.errors import ErrorCode, Refused
from proxy.topsort.event_faults import Fault, faults_of, refusal_of, v1_faults_of


class Taking:
    """Takes events into the books.

    Args:
        books: where they go.
        seal: opens the `resolvedBidId`s.
        wall: the time, seconds since 1970.
        new_id: an id for an event of version 1 that has none.
    """

    def __init__(self, books: Books, seal: Seal, wall: Callable[[], float], new_id: Callable[[], UUID]) -> None:
        self._books = books
        self._seal = seal
        self._wall = wall
        self._new_id = new_id

    def v2(self, body: bytes, behaviour: EventBehaviour) -> None:
        """The body of `POST /v2/events`. Raises Refused, and nothing is stored."""
        _refuse(faults_of(body))
        self._enter(_within_reason(lambda: read_v2(body)), behaviour)

    def v1(self, body: bytes, behaviour: EventBehaviour) -> bytes:
        """The body of `POST /v1/events`, and its answer. Raises Refused, and nothing is stored."""
        _refuse(v1_faults_of(body))
        events = _within_reason(lambda: read_v1(body, self._wall(), self._new_id))
        self._enter(events, behaviour)
        return answer_v1(body, events)

    def _enter(self, events: Sequence[Event], behaviour: EventBehaviour) -> None:
        _refuse(list(_poisonous(events, behaviour.poison)))
        opened = {id: self._opened(id) for id in {event.bid for event in events if event.bid is not None}}
        if not behaviour.any_bid:
            _refuse([_unknown_bid(event.place) for event in events if event.bid and opened[event.bid] is None])
        bids = {id: bid for id, bid in opened.items() if bid is not None}
        self._books.enter(events, bids, self._wall())

    def _opened(self, resolved_bid_id: str) -> SealedBid | None:
        try:
            return self._seal.open(resolved_bid_id)
        except NotOurs:
            return None


def _within_reason(read: Callable[[], list[Event]]) -> list[Event]:
    """The events, where their fields of no meaning to us are not nested as deep as a reader can go."""
    try:
        return read()
    except RecursionError:
        raise Refused(ErrorCode.BAD_REQUEST, "the request is nested too deep") from None


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise refusal_of(faults)


def _poisonous(events: Sequence[Event], poison: str) -> Iterator[Fault]:
    if not poison:
        return
    found = re.compile(poison).search
    for event in events:
        if any(found(name) for name in (event.id, *event.products)):
            message = f"{event.place or 'the event'} is poisonous: the sandbox was told so"
            yield Fault(ErrorCode.BAD_REQUEST, event.place, message)


def _unknown_bid(place: str) -> Fault:
    at = f"{place}.resolvedBidId".removeprefix(".")
    return Fault(ErrorCode.RESOLVED_BID_ID_NOT_FOUND, at, f"{at} is none that this platform gave out")
