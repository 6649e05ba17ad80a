"""What the wings of a worker count by themselves, under the names that the metrics give it.

A name that ends in `_total` only grows; `name|label|value` carries a label.
"""

from collections.abc import Mapping

from proxy.auction.breaker import State
from proxy.auction.client import Ads
from proxy.reasons import Reason


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
    }
    reasons = {str(reason) for reason in Reason} & counts.keys()
    return numbers | {f"auction_failed_total|reason|{reason}": counts[reason] for reason in reasons}
