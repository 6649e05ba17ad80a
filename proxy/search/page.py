"""One page view, from shopper to shopper: the corridor.

Read `view` from top to bottom and you know the product: is the visit eligible,
the organic answer, the ads, their places, the response. Each step is one verb
that lives in a file of its own; nothing here knows how it is done.

The shopper first: whatever goes wrong with ads ends in one `except` here, and
the page goes on as the marketplace made it. A mistake of ours is caught at the
same place, logged with its traceback, and counted as `bug`.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from proxy.ask import Ask
from proxy.auction.client import Ads, Asking
from proxy.auction.question import Candidates, user_of
from proxy.auction.winners import NOTHING, Result
from proxy.clock import Clock
from proxy.errors import MarketplaceTrouble, NoAds
from proxy.reasons import Reason
from proxy.search import answer, coding
from proxy.search.answer import SHOPPER_GONE, Answer
from proxy.search.choice import missing
from proxy.search.eligibility import DECIDED_BY_THE_URL, arm_of, why_no_ads
from proxy.search.headers import Peer, for_merged_page, for_organic_page, for_shopper
from proxy.search.listing import NotAListing, Page
from proxy.search.merge import Merged, merge
from proxy.search.organic import Organic, OrganicPages
from proxy.search.plans import Found
from proxy.search.products import Products
from proxy.search.upstream import Body
from proxy.search.visit import OpenVisit, Watch, status_headers

log = logging.getLogger(__name__)


class View(msgspec.Struct, frozen=True):
    """A page view as it begins: the request, who sent it, and the rule that takes it."""

    ask: Ask
    peer: Peer
    body: Body
    found: Found


class Corridor:
    """The way of every page view.

    Args:
        organic: where the marketplace's answers come from.
        products: where products come from that won and are not on the page.
        ads: the ad platform.
        clock: for the time budget and the visit's durations.
        new_id: makes a visit's id.
        watch: is handed every finished visit.
        max_body: bytes of a decoded body into which ads are merged at most.
        status_headers: whether a response tells its visit.
    """

    def __init__(
        self,
        organic: OrganicPages,
        products: Products,
        ads: Ads,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        watch: Watch,
        max_body: int,
        status_headers: bool = True,
    ) -> None:
        self._organic = organic
        self._products = products
        self._ads = ads
        self._clock = clock
        self._new_id = new_id
        self._watch = watch
        self._max_body = max_body
        self._tell = status_headers

    async def view(self, view: View) -> Answer:
        """Answer a page view, with ads where there can be any."""
        visit = self._begin(view)
        why_not, asking = self._eligible(view, visit)
        try:
            organic = await self._organic.fetch(
                view.ask,
                view.peer,
                view.body,
                found=view.found,
                for_ads=why_not is None,
                fresh=not _left_alone(view, why_not),
            )
            visit.marketplace_answered(organic.cache)
            if why_not is not None or asking is None:
                return self._as_it_came(view, organic, visit, why_not or Reason.BUG)
            return await self._with_ads(view, organic, asking, visit)
        except MarketplaceTrouble as trouble:
            return self._no_page(visit, trouble)
        except asyncio.CancelledError:
            self._ended(visit, Reason.GONE, SHOPPER_GONE)
            raise
        finally:
            if asking is not None:
                asking.end()

    async def _with_ads(self, view: View, organic: Organic, asking: Asking, visit: OpenVisit) -> Answer:
        """The page with its ads, or as it came wherever that cannot be."""
        try:
            plan = view.found.plan
            page = self._read(view, organic)
            results = await self._ask(view, page, asking, visit)
            fetched = await self._fetch(view, page, results, visit) if plan.fetches else None
            winners, banners = [each.winners for each in results], [each.winners for each in asking.banners]
            merged = merge(plan, page, winners, fetched=fetched, banners=banners)
            visit.winners, visit.banners, visit.shown = merged.ads, merged.banners, merged.listings
            if not merged.ads:
                raise NoAds(_why_none(view, page, results, asking.banners), visit.detail)
            if view.found.rule.mode == "shadow":
                return self._as_it_came(view, organic, visit, Reason.SHADOW)
            return self._merged(organic, merged, visit)
        except NoAds as none:
            visit.detail = none.detail
            return self._as_it_came(view, organic, visit, none.reason)
        except Exception:
            log.exception("visit %s of page %s: a bug; the page stays organic", visit.id, visit.page)
            visit.winners = 0
            return self._as_it_came(view, organic, visit, Reason.BUG)

    # -- the steps -----------------------------------------------------------

    def _begin(self, view: View) -> OpenVisit:
        rule = view.found.rule
        ask = view.ask
        clock, book = self._clock, view.found.book
        return OpenVisit(self._new_id(), rule.page, rule.slots, ask.method, ask.path, book, clock, clock.now())

    def _eligible(self, view: View, visit: OpenVisit) -> tuple[Reason | None, Asking | None]:
        """Why the visit gets no ads; or, where it may, the asking, which may already be under way."""
        found, ask = view.found, view.ask
        try:
            user = user_of(found.rule, ask, found.captures)
            why_not = why_no_ads(found.rule, ask, found.captures, user)
            visit.arm = arm_of(found.rule, user, why_not)
            return why_not, None if why_not is not None else self._ads.begin(found.match, ask, user)
        except Exception:
            log.exception("visit %s of page %s: a bug; the page stays organic", visit.id, visit.page)
            return Reason.BUG, None

    def _read(self, view: View, organic: Organic) -> Page:
        """The listings in the organic answer."""
        if organic.why_not is not None:
            raise NoAds(organic.why_not)
        try:
            return organic.page(view.found.plan, self._max_body)
        except NotAListing as trouble:
            raise NoAds(Reason.NOT_A_LISTING, str(trouble)) from trouble

    async def _ask(self, view: View, page: Page, asking: Asking, visit: OpenVisit) -> Sequence[Result]:
        """One result for each listing; a listing with too few products is not asked about, banners always are."""
        rule = view.found.rule
        visit.organic, fewest = page.listings, rule.skip.fewer_than
        asked, candidates = [], []
        for listing in page.listings:
            if listing.ids and len(listing) >= fewest:
                asked.append(listing)
                candidates.append(Candidates(listing.ids, listing.scores, listing.place))
        if not asked and not rule.banners:
            raise NoAds(Reason.TOO_FEW_PRODUCTS, _how_few(page))
        within = visit.asks_for_ads(rule.auction.timeout)
        try:
            results = await asking.answer(candidates, within)
        finally:
            visit.has_ads()
        if len(asked) == len(page.listings):
            return results
        answered = dict(zip(map(id, asked), results, strict=True))
        return [answered.get(id(listing), NOTHING) for listing in page.listings]

    async def _fetch(
        self, view: View, page: Page, results: Sequence[Result], visit: OpenVisit
    ) -> Mapping[str, bytes] | None:
        """The products that won and are not on the page, as far as they come in the time that is left."""
        plan = view.found.plan
        wanted = [
            product_id
            for listing, result in zip(page.listings, results, strict=True)
            for product_id in missing(plan, listing, result.winners)
        ]
        if not wanted:
            return None
        within = visit.time_left(plan.rule.auction.timeout)
        try:
            found = await self._products.fetch(plan, view.ask, view.peer, wanted, within)
        finally:
            visit.has_ads()
        visit.fetched, visit.detail = len(found.items), found.missed
        return found.items

    # -- the three ways in which a page view ends ------------------------------

    def _merged(self, organic: Organic, merged: Merged, visit: OpenVisit) -> Answer:
        body = coding.encode(merged.body, organic.coding)
        return answer.whole(200, organic.merged_head + self._ended(visit, Reason.SERVED, 200), body)

    def _as_it_came(self, view: View, organic: Organic, visit: OpenVisit, reason: Reason) -> Answer:
        """The marketplace's own bytes; how far they may be cached depends on why."""
        response = organic.response
        if reason is not Reason.SHADOW:
            visit.winners = visit.banners = 0
        told = self._ended(visit, reason, response.status)
        if reason is Reason.HEAD and _would_be_merged(view, organic):
            lines = for_merged_page(response.raw_headers) + told
            return Answer(response.status, answer.status_line(response) + lines, bodyless=True)
        kept = for_shopper if _left_alone(view, reason) else for_organic_page
        head = kept(response.raw_headers) + told
        if organic.whole:
            return answer.whole(response.status, answer.status_line(response) + head, organic.raw)
        return answer.relayed(response, head, view.ask.method, organic.raw)

    def _no_page(self, visit: OpenVisit, trouble: MarketplaceTrouble) -> Answer:
        visit.marketplace_answered()
        visit.detail = str(trouble)
        return answer.for_trouble(trouble, self._ended(visit, trouble.reason, trouble.status))

    def _ended(self, visit: OpenVisit, reason: Reason, status: int) -> bytes:
        """Close the visit, hand it on, and return the header lines that tell it to the shopper."""
        ended = visit.end(reason, status)
        self._watch(ended, lambda: visit.in_full(ended))
        return status_headers(ended) if self._tell else b""


def _left_alone(view: View, reason: Reason | None) -> bool:
    """Whether the page is wholly the marketplace's, caching and conditional requests included."""
    return reason in DECIDED_BY_THE_URL or view.found.rule.mode == "shadow"


def _would_be_merged(view: View, organic: Organic) -> bool:
    """Whether a GET of what was asked for by HEAD may have ads merged into it."""
    if _left_alone(view, Reason.HEAD) or organic.response.status != 200:
        return False
    return view.found.plan.takes(organic.content_type)


def _how_few(page: Page) -> str:
    """What is missing, in words: items, or only what the rule calls their ids."""
    items = sum(map(len, page.listings))
    none = items and not any(listing.ids for listing in page.listings)
    return f"{items} items, none with an id where `products.id` says" if none else f"{items} items"


def _why_none(view: View, page: Page, results: Sequence[Result], banners: Sequence[Result]) -> Reason:
    """Why no ad was placed: the reason of the page's first listing; a banner that won had no place."""
    if any(banner.winners for banner in banners):
        return Reason.NO_MATCH
    if len(page.listings[0]) < view.found.rule.skip.fewer_than:
        return Reason.TOO_FEW_PRODUCTS
    return Reason.NO_MATCH if results[0].winners else Reason.NO_WINNERS
