"""What the wings of a worker count by themselves, under the names that the metrics give it.

A name that ends in `_total` only grows; `name|label|value` carries a label.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from proxy.auction.breaker import State
from proxy.auction.client import Ads
from proxy.auction.widgets import Widgets
from proxy.events.delivering.delivery import Delivery
from proxy.events.delivering.forward import Forward
from proxy.events.taking.handler import EventsDoor
from proxy.events.taking.segment.door import SegmentDoor
from proxy.reasons import Reason
from proxy.search.caching.pages import CachedPages

# What a counter's part behind its `|` (or `.`) is.
_LABELS: Final = {"taken": "kind", "delivered": "kind", "dead": "kind", "clock": "off", "faults": "code"}


def of_ads(ads: Ads) -> Mapping[str, float]:
    """The auctions' numbers."""
    counts = ads.counts
    numbers: dict[str, float] = {
        "auction_calls_total": counts["calls"],
        "auction_answered_total": counts["answered"],
        "auction_late_total": counts["late"],
        "auction_result_errors_total": counts["result_errors"],
        "auction_winners_unusable_total": counts["dropped_winners"],
        "auction_in_flight": ads.in_flight,
        "auction_breaker_open": int(ads.breaker.state is not State.CLOSED),
        "auction_breaker_opened_total": ads.breaker.opened,
        "auction_pages_stopped": len(ads.pages_stopped),
        "auction_guesses_total": counts["guesses"],
        "auction_guesses_right_total": counts["guesses_right"],
        "auction_guesses_wrong_total": counts["guesses_wrong"],
        "auction_pages_guessing": ads.foresight.pages_guessing,
    }
    reasons = {str(reason) for reason in Reason} & counts.keys()
    return numbers | {f"auction_failed_total|reason|{reason}": counts[reason] for reason in reasons}


def of_cache(pages: CachedPages) -> Mapping[str, float]:
    """How the answers were come by that rules keep, and what is kept."""
    answers = {f"cache_answers_total|how|{how}": count for how, count in pages.counts.items()}
    return {"cache_bytes": pages.store.bytes, "cache_entries": len(pages.store), **answers}


def of_events(door: EventsDoor, forward: Forward, delivery: Delivery) -> Mapping[str, float]:
    """What happened to events."""
    return {
        **dict(_counted("events", door.counts)),
        **dict(_counted("events", delivery.counts)),
        **dict(_counted("events_v1", forward.counts)),
    }


def of_segment(door: SegmentDoor) -> Mapping[str, float]:
    """What happened to Segment's events before they were ours."""
    return dict(_counted("segment", door.counts))


def of_widgets(widgets: Widgets | None) -> Mapping[str, float]:
    """What happened to banner widgets' auctions."""
    if widgets is None:
        return {}
    stopped = int(widgets.breaker.state is not State.CLOSED)
    return {**dict(_counted("widgets", widgets.counts)), "widgets_breaker_open": stopped}


def _counted(wing: str, counts: Counter[str]) -> Iterator[tuple[str, float]]:
    """`taken|click: 3` as `events_taken_total|kind|click: 3`."""
    for name, count in counts.items():
        what, _, which = name.replace(".", "|").partition("|")
        label = f"|{_LABELS.get(what, 'reason')}|{which}" if which else ""
        yield f"{wing}_{what}_total{label}", count
