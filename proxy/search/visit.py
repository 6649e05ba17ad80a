"""A visit: what was decided for one page view, why, and how long it took. Pure.

A visit is open while the corridor walks (`OpenVisit` gathers readings of the
clock) and becomes a frozen `Visit` once, at its end. Logs, metrics and the
admin page are handed the finished value; nobody else learns of it. The lists
of products cost more than all the rest, so they come only to who asks.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from proxy.clock import Clock
from proxy.reasons import Reason


class Visit(msgspec.Struct, frozen=True):
    """One request to a matched page, from start to end. Durations are milliseconds."""

    id: str
    page: str
    reason: Reason
    status: int
    method: str
    path: str
    book: str
    arm: str = ""  # "ads" or "holdout" where an experiment runs and the shopper is in it
    winners: int = 0  # ads that were placed, banners included
    banners: int = 0  # how many of them are banners
    cache: str = ""  # how its organic answer was come by, where the rule keeps answers: `hit`, `miss`, ...
    fetched: int = 0  # products that were not on the page and were fetched for it
    slots: int = 0  # ads that could have been, banners included
    upstream_ms: float = 0.0  # asking the marketplace, until its answer was complete
    ads_ms: float = 0.0  # the shopper's wait for ads after that: for the ad platform, and for products that are fetched
    proxy_ms: float = 0.0  # everything else: our own work
    organic: tuple[tuple[str, ...], ...] = ()  # product ids of each listing, as the marketplace ranked them
    merged: tuple[tuple[tuple[str, int], ...], ...] = ()  # (product id, rank or 0) of each listing, as it was shown
    detail: str = ""  # what a person needs beside the reason

    @property
    def added_ms(self) -> float:
        """What the shopper waited because of us."""
        return self.ads_ms + self.proxy_ms


Watch = Callable[[Visit, Callable[[], Visit]], None]
"""Is handed each finished visit, and a way to have it with its lists of products."""


class Ranked(Protocol):
    """One listing as it came; `listing.Listing` is one."""

    @property
    def ids(self) -> Sequence[str]:
        """Its products, as the marketplace ranked them."""
        ...


class Shown(Protocol):
    """What became of one listing; `merge.Placement` is one."""

    @property
    def order(self) -> tuple[tuple[str, int], ...]:
        """The merged list: the product at each place, and its rank where it is an ad."""
        ...


class OpenVisit(msgspec.Struct):
    """A visit under way.

    Args:
        id: 16 hex digits, told to the shopper in `Sponsored-Status`.
        page: the rule's name.
        clock: read at each milestone.
        began: what it said when the visit began.
    """

    id: str
    page: str
    slots: int
    method: str
    path: str
    book: str
    clock: Clock
    began: float
    marketplace_until: float = 0.0
    ads_from: float = 0.0
    ads_until: float = 0.0
    arm: str = ""
    cache: str = ""
    winners: int = 0
    banners: int = 0
    fetched: int = 0
    organic: Sequence[Ranked] = ()
    shown: Sequence[Shown] = ()
    detail: str = ""

    def marketplace_answered(self, cache: str = "") -> None:
        """The marketplace's answer is complete, or was found in the cache: from here on the shopper waits for us."""
        self.cache = cache
        self.marketplace_until = self.clock.now()

    def asks_for_ads(self, budget: float) -> float:
        """The wait for ads begins; returns what is left of `budget`, seconds since the organic answer."""
        now = self.ads_from = self.ads_until = self.clock.now()
        return budget - (now - self.marketplace_until)

    def time_left(self, budget: float) -> float:
        """What is left of `budget` now, when the wait for ads goes on."""
        return budget - (self.clock.now() - self.marketplace_until)

    def has_ads(self) -> None:
        """The wait for ads is over, whatever came of it."""
        self.ads_until = self.clock.now()

    def end(self, reason: Reason, status: int) -> Visit:
        """The finished visit."""
        total = self.clock.now() - self.began
        upstream = self.marketplace_until - self.began if self.marketplace_until > self.began else 0.0
        ads = self.ads_until - self.ads_from
        ours = total - upstream - ads
        # By place, as `Visit` has them: nineteen names cost more than all the rest of a visit's end.
        return Visit(
            self.id, self.page, reason, status, self.method, self.path, self.book,
            self.arm, self.winners, self.banners, self.cache, self.fetched, self.slots,
            upstream * 1000, ads * 1000, ours * 1000 if ours > 0 else 0.0, (), (), self.detail,
        )  # fmt: skip

    def in_full(self, visit: Visit) -> Visit:
        """A finished visit with its lists of products, the organic and the merged ones."""
        organic = tuple([tuple(each.ids) for each in self.organic])
        merged = tuple([each.order for each in self.shown])
        return msgspec.structs.replace(visit, organic=organic, merged=merged)


def status_headers(visit: Visit) -> bytes:
    """`Sponsored-Status` and `Server-Timing`: the visit's story for whoever looks at the response."""
    return _STATUS % (
        visit.reason.encode(),
        visit.winners,
        visit.id.encode(),
        visit.upstream_ms,
        visit.ads_ms,
        visit.proxy_ms,
    )


_STATUS: Final = (
    b"Sponsored-Status: %b; winners=%d; visit=%b\r\n"
    b"Server-Timing: search;dur=%.1f, auction;dur=%.1f, proxy;dur=%.1f\r\n"
)
