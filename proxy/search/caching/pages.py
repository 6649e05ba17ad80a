"""Organic answers from memory, from a request in flight, or from the marketplace.

The edge of this room: here the marketplace is asked, and only where nothing
that is kept will do. A rule without `cache` never comes further than the first
line. Whoever may be given what, and for how long, is asked of the pure files.

Only what came from the marketplace is kept: no line here knows of an ad.
"""

from collections import Counter
from collections.abc import Coroutine, Hashable
from typing import Any, Final

import msgspec
from cachetools import TTLCache

from proxy.ask import Ask
from proxy.clock import Clock
from proxy.errors import MarketplaceTrouble
from proxy.rules.rule import Cache
from proxy.search.caching.flights import Flights
from proxy.search.caching.freshness import Moment, Wanted, wanted
from proxy.search.caching.kept import Kept
from proxy.search.caching.key import Asked, changes_something, goes_past, varying
from proxy.search.caching.reply import KeptReply
from proxy.search.caching.storable import may_be_kept
from proxy.search.caching.store import Store
from proxy.search.caching.validation import asks_on_condition, condition_of, holds_still, is_of, refreshed
from proxy.search.headers import HeaderLines, Peer
from proxy.search.organic import Organic, OrganicPages, read, whole, why_unreadable
from proxy.search.plans import Found
from proxy.search.upstream import Body, Upstream
from proxy.wire.response import Response

# What turned out to be one shopper's is not waited for by others, for so long.
ALONE: Final = 60.0
_MOST_ALONE: Final = 10_000


class Trip(msgspec.Struct, frozen=True):
    """A request on its way through here."""

    ask: Ask
    peer: Peer
    found: Found
    cache: Cache
    asked: Asked
    wanted: Wanted
    for_ads: bool
    fresh: bool


class Came(msgspec.Struct, frozen=True):
    """An answer that came: kept, so that others may have it; or as it is, for one alone."""

    answer: Kept | Organic
    how: str


class CachedPages(OrganicPages):
    """Where organic answers come from, for rules that keep them and for those that do not.

    Args:
        upstream: the marketplace.
        max_body: bytes of a body, as it comes and decoded, that we hold at most.
        store: what is kept.
        clock: the time.
    """

    def __init__(self, upstream: Upstream, max_body: int, store: Store, clock: Clock) -> None:
        super().__init__(upstream, max_body)
        self.store = store
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._flights: Flights[Came] = Flights(_let_go)
        self._alone: TTLCache[Hashable, bool] = TTLCache(_MOST_ALONE, ALONE, timer=clock.now)

    def fetch(
        self, ask: Ask, peer: Peer, body: Body, *, found: Found, for_ads: bool, fresh: bool
    ) -> Coroutine[Any, Any, Organic]:
        """As `OrganicPages.fetch`; where the rule keeps answers, maybe without the marketplace."""
        cache = found.rule.cache
        if cache is None or not self.store.keeps:
            return self.from_marketplace(ask, peer, body, found=found, for_ads=for_ads, fresh=fresh)
        asked, wants = found.plan.naming.asked(ask, peer), wanted(ask)
        trip = Trip(ask, peer, found, cache, asked, wants, for_ads, fresh)
        if wants.not_kept or goes_past(ask, body, fresh=fresh):
            return self._past(trip, body)
        return self._fetch(trip)

    async def _past(self, trip: Trip, body: Body) -> Organic:
        """Ask the marketplace as if nothing were kept; what it changed there is kept no more."""
        ask = trip.ask
        organic = await self._passed_on(trip, body)
        if changes_something(ask.method) and organic.response.status < 400:
            self.store.forget(trip.asked.uri)
        return self._told(organic, "past")

    def _passed_on(self, trip: Trip, body: Body = None) -> Coroutine[Any, Any, Organic]:
        return self.from_marketplace(
            trip.ask, trip.peer, body, found=trip.found, for_ads=trip.for_ads, fresh=trip.fresh
        )

    async def _fetch(self, trip: Trip) -> Organic:
        kept = self.store.find(trip.asked)
        if kept is not None and trip.wanted.takes(kept.fresh, trip.cache.ttl, kept.resident(self._clock.now())):
            return self._given(trip, kept, "hit")
        if trip.ask.method == "HEAD":
            return await self._headed(trip, kept)
        if kept is None and not trip.fresh and asks_on_condition(trip.ask.headers):
            return self._told(await self._passed_on(trip), "past")
        key = _key(trip)
        if trip.asked.is_personal or trip.wanted.validated or trip.wanted.max_age == 0 or key in self._alone:
            return await self._for_one(trip, kept)
        came, leads = await self._flights.join(key, lambda: self._came(trip, kept))
        if leads:
            if isinstance(came.answer, Organic):
                self._alone[key] = True
            return self._given(trip, came.answer, came.how)
        if isinstance(came.answer, Kept) and self._will_do(trip, came.answer, came.how):
            return self._given(trip, came.answer, "collapsed")
        return await self._for_one(trip, self.store.find(trip.asked))

    async def _headed(self, trip: Trip, kept: Kept | None) -> Organic:
        """The head alone, of which nothing is kept."""
        try:
            organic = await self._passed_on(trip)
        except MarketplaceTrouble:
            if kept is None or not self._stands_in(trip, kept):
                raise
            return self._given(trip, kept, "stale")
        if organic.response.status >= 500 and kept is not None and self._stands_in(trip, kept):
            organic.response.abandon()
            return self._given(trip, kept, "stale")
        return self._told(organic, "miss")

    async def _for_one(self, trip: Trip, kept: Kept | None) -> Organic:
        """Asked for by nobody else meanwhile."""
        came = await self._came(trip, kept)
        return self._given(trip, came.answer, came.how)

    # -- asking the marketplace -------------------------------------------------

    async def _came(self, trip: Trip, kept: Kept | None) -> Came:
        """The marketplace's answer; or, where it fails, the last good one.

        Raises:
            MarketplaceTrouble: there is neither.
        """
        stands_in = kept is not None and self._stands_in(trip, kept)
        try:
            response, moment = await self._asked(trip, condition_of(kept) if kept is not None else b"")
            if kept is not None and stands_in and response.status >= 500:
                response.abandon()
                return Came(kept, "stale")
            if response.status == 304 and kept is not None:
                return await self._confirmed(trip, kept, response.raw_headers, moment)
            return await self._answered(trip, response, moment)
        except MarketplaceTrouble:
            if kept is not None and stands_in:
                return Came(kept, "stale")
            raise

    async def _asked(self, trip: Trip, condition: bytes = b"") -> tuple[Response, Moment]:
        """Ask for the page whole: what part of it the shopper wants is decided here, on what is kept."""
        began = self._clock.now()
        response = await self._upstream.send(trip.ask, trip.peer, None, for_ads=True, search=True, condition=condition)
        return response, Moment(began, self._clock.now(), self._clock.wall())

    async def _answered(self, trip: Trip, response: Response, moment: Moment) -> Came:
        lines = response.raw_headers
        too_large = response.length is not None and response.length > self._max_body
        if too_large or not may_be_kept(response.status, lines, trip.asked):
            return Came(await self._read(trip, response), "miss")
        organic = await whole(response, self._max_body)
        if not organic.whole:
            return Came(organic, "miss")
        return self._keep(Kept(trip.asked, response.status, response.reason, lines, organic.raw, moment), "miss")

    async def _confirmed(self, trip: Trip, kept: Kept, news: HeaderLines, moment: Moment) -> Came:
        """A 304: what is kept holds, with the news of its head (RFC 9111 section 4.3.4)."""
        if not is_of(kept, news):
            self.store.forget(kept.uri)
            return await self._answered(trip, *await self._asked(trip))
        lines = refreshed(kept, news)
        if not may_be_kept(kept.status, lines, trip.asked):
            self.store.forget(kept.uri)
            return Came(self._alone_with(trip, kept, lines, moment), "revalidated")
        again = Kept(trip.asked, kept.status, kept.reason, lines, kept.raw, moment)
        again.take_page(kept)
        return self._keep(again, "revalidated")

    async def _read(self, trip: Trip, response: Response) -> Organic:
        """An answer for this shopper alone, as without a cache."""
        return await read(response, self._max_body, trip.found.plan.takes) if trip.for_ads else Organic(response)

    def _alone_with(self, trip: Trip, kept: Kept, lines: HeaderLines, moment: Moment) -> Organic:
        """A kept body under a head that no one else may have (a 304 that sets a cookie)."""
        once = Kept(trip.asked, kept.status, kept.reason, lines, kept.raw, moment)
        return self._whole(trip, KeptReply(once, moment.answered), once, "revalidated")

    def _keep(self, kept: Kept, how: str) -> Came:
        self.store.put(kept)
        return Came(kept, how)

    # -- giving -------------------------------------------------------------------

    def _given(self, trip: Trip, answer: Kept | Organic, how: str) -> Organic:
        """The answer as the corridor takes it."""
        if isinstance(answer, Organic):
            return self._told(answer, how)
        self.counts[how] += 1
        now = self._clock.now()
        if not trip.fresh and holds_still(trip.ask.headers, answer):
            return Organic(KeptReply(answer, now, 304), cache=how)
        reply = KeptReply(answer, now)
        return Organic(reply, cache=how) if trip.ask.method == "HEAD" else self._whole(trip, reply, answer, how)

    def _whole(self, trip: Trip, reply: KeptReply, kept: Kept, how: str) -> Organic:
        plan = trip.found.plan
        # What this plan has read once can be read.
        is_known = not trip.for_ads or kept.page_of(plan) is not None
        why_not = None if is_known else why_unreadable(reply, self._max_body, plan.takes)
        return Organic(reply, kept.raw, True, why_not, how, kept)

    def _told(self, organic: Organic, how: str) -> Organic:
        self.counts[how] += 1
        return msgspec.structs.replace(organic, cache=how)

    def _will_do(self, trip: Trip, kept: Kept, how: str) -> bool:
        """Whether the answer to another's question is one to this: it fits, and is fresh, or all there is."""
        if not kept.answers(trip.asked):
            return False
        return how == "stale" or trip.wanted.takes(kept.fresh, trip.cache.ttl, kept.resident(self._clock.now()))

    def _stands_in(self, trip: Trip, kept: Kept) -> bool:
        return kept.fresh.stands_in(trip.cache.ttl, trip.cache.stale_if_error, kept.resident(self._clock.now()))


def _key(trip: Trip) -> Hashable:
    """One question: equal in all that the marketplace is known to make a difference of."""
    asked = trip.asked
    return asked.uri, asked.said, asked.cookies, varying((b"accept-encoding",), asked.lines)


def _let_go(came: Came) -> None:
    """Nobody waits for it any more, and nobody else may have it."""
    if isinstance(came.answer, Organic):
        came.answer.response.abandon()
