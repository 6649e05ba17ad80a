"""The ad platform, asked: a visit's auctions within the time that the shopper gives.

`Ads.begin` makes a visit's `Asking`; `Asking.answer` gives one result for each
listing, or raises an `AdPlatformTrouble` with the reason. How a call is made is
`caller.py`. Here: what is asked, in how many calls, how long the shopper waits,
and whether a page whose answers mostly come too late is asked for at all.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from proxy.ask import Ask
from proxy.auction.breaker import Breaker, Share, State
from proxy.auction.caller import LONGEST_CALL, MOST_IN_FLIGHT, Caller
from proxy.auction.dialects import DIALECTS
from proxy.auction.question import Candidates, question_for
from proxy.auction.verdict import ANSWERED, Verdict, failed
from proxy.auction.winners import NOT_HELD, NOTHING, Result
from proxy.clock import Clock
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.rules.book import Match
from proxy.rules.rule import Rule
from proxy.topsort import v2
from proxy.wire.client import Client

log = logging.getLogger(__name__)

MOST_PAGES: Final = 10_000
NOT_ASKED: Final = (Reason.BREAKER_OPEN, Reason.OVERLOADED)


class Ads:
    """The ad platform as one worker sees it.

    Args:
        client: the pool of connections to the ad platform, and to nobody else.
        key: gives the key; read for each call.
        api: which API it speaks, a name in `DIALECTS`.
        clock: for the breakers.
        most: calls in flight at once; one more is `OVERLOADED`.
        longest: seconds after which a call is given up and counts as a failure.
        chance: a number in [0, 1), for the spread of the breakers' pauses.

    Attributes:
        counts: `calls`, `answered`, `late` (calls for which the shopper no longer waited), `dropped_winners`,
            `result_errors`, and each `Reason` for which a call had no results.
        breaker: the ad platform's; `state` and `opened` are for whoever watches.
    """

    def __init__(
        self,
        client: Client,
        key: Callable[[], str],
        api: str = "v2",
        clock: Clock | None = None,
        *,
        most: int = MOST_IN_FLIGHT,
        longest: float = LONGEST_CALL,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.caller = Caller(client, key, DIALECTS[api], clock, most=most, longest=longest, chance=chance)
        self.breaker = self.caller.breaker
        self.counts: Counter[str] = self.caller.counts
        self._pages: dict[tuple[str, float], Breaker] = {}

    @property
    def in_flight(self) -> int:
        """Calls under way now, those included for which nobody waits any more."""
        return self.caller.in_flight

    @property
    def pages_stopped(self) -> tuple[str, ...]:
        """The pages for which nothing is asked now, since the answers came too late."""
        return tuple(name for (name, _), page in self._pages.items() if page.state is not State.CLOSED)

    def begin(self, match: Match, ask: Ask, user: str | None) -> "Asking":
        """A visit's asking; the auction itself is asked for in `Asking.answer`. `user` is what `user_of` said."""
        return Asking(self, match, ask, user)

    def page(self, rule: Rule) -> Breaker:
        """The breaker of this page's late calls; a page whose timeout was changed begins anew."""
        name = (rule.page, rule.auction.timeout)
        page = self._pages.get(name)
        if page is None:
            if len(self._pages) >= MOST_PAGES:
                self._pages.clear()
            page = self._pages[name] = Breaker(in_a_row=None, share=Share(keep=20))
        return page

    async def close(self) -> None:
        """End what is under way."""
        await self.caller.close()


class Asking:
    """One visit's auctions.

    Attributes:
        sent: the auctions of each call, once `answer` was called; for whoever explains a request.
        banners: one result for each banner of the rule, once `answer` has returned.
    """

    __slots__ = ("_ads", "_ask", "_match", "_user", "banners", "sent")

    def __init__(self, ads: Ads, match: Match, ask: Ask, user: str | None) -> None:
        self._ads = ads
        self._match = match
        self._ask = ask
        self._user = user
        self.sent: tuple[tuple[v2.Auction, ...], ...] = ()
        self.banners: tuple[Result, ...] = ()

    async def answer(self, listings: Sequence[Candidates], within: float) -> tuple[Result, ...]:
        """One result for each listing, in their order.

        Several calls side by side are waited for together; the listings of one that fails have no winners.

        Args:
            listings: the products of each listing.
            within: seconds that the shopper may still wait.

        Raises:
            AdPlatformTrouble: where every call failed, with the first one's reason: TOO_LATE, ADS_DOWN, ADS_REFUSED,
                ADS_INVALID, BREAKER_OPEN, OVERLOADED.
        """
        rule, captures, dialect = self._match.rule, self._match.captures, self._ads.caller.dialect
        question = question_for(rule, self._ask, captures, listings, self._user)
        wanted = question.listings + question.banners if dialect.banners else question.listings
        places = [place for place, auction in enumerate(wanted) if auction is not None]
        calls = [places[first : first + dialect.most] for first in range(0, len(places), dialect.most)]
        self.sent = tuple([tuple([auction for place in call if (auction := wanted[place])]) for call in calls])
        results = [NOTHING] * (len(listings) + len(rule.banners))
        if calls:
            for call, verdict in zip(calls, await self._verdicts(rule, within), strict=True):
                found = verdict.results if verdict.trouble is None else [NOT_HELD] * len(call)
                for place, result in zip(call, found, strict=True):
                    results[place] = result
        self.banners = tuple(results[len(listings) :])
        return tuple(results[: len(listings)])

    async def _verdicts(self, rule: Rule, within: float) -> list[Verdict]:
        """What became of each call; raises where nothing came of any. The page's breaker learns what was late."""
        if within <= 0:
            raise AdPlatformTrouble(Reason.TOO_LATE, "no time is left")
        caller, page = self._ads.caller, self._ads.page(rule)
        ticket = page.enter(caller.clock.now())
        if ticket is None:
            self._ads.counts[str(Reason.BREAKER_OPEN)] += 1
            raise AdPlatformTrouble(Reason.BREAKER_OPEN, "the answers for this page came too late")
        late, opened = None, page.opened
        try:
            verdicts = await self._wait(within)
            late = _late(verdicts)
        finally:
            if late is None:
                page.withdrawn(ticket)
            else:
                (page.failed if late else page.answered)(ticket, caller.clock.now(), caller.chance())
        if page.opened != opened:
            log.warning("page %s: the ad platform's answers come too late; asking stops for a while", rule.page)
        first = verdicts[0].trouble
        if first is not None and all(verdict.trouble is not None for verdict in verdicts):
            raise first
        return verdicts

    async def _wait(self, within: float) -> list[Verdict]:
        """Start all calls and wait for them; what is not there in time is TOO_LATE, and runs on by itself."""
        calls = [self._started(auctions, within) for auctions in self.sent]
        timer = calls[0].get_loop().call_later(within, self._too_late, calls, within)
        verdicts = []
        try:
            for call in calls:
                verdicts.append(await call)
        except asyncio.CancelledError:
            self._ads.counts["late"] += sum([call.cancelled() or not call.done() for call in calls])
            raise
        finally:
            timer.cancel()
        return verdicts

    def _started(self, auctions: Sequence[v2.Auction], within: float) -> "asyncio.Future[Verdict]":
        try:
            return self._ads.caller.start(auctions, within)
        except AdPlatformTrouble as trouble:
            refused = asyncio.get_running_loop().create_future()
            refused.set_result(Verdict(ANSWERED, trouble=trouble))
            return refused

    def _too_late(self, calls: "Sequence[asyncio.Future[Verdict]]", within: float) -> None:
        """The shopper waits no longer."""
        for call in calls:
            if not call.done():
                self._ads.counts["late"] += 1
                call.set_result(failed(Reason.TOO_LATE, f"no answer within {within * 1000:.0f} ms"))


def _late(verdicts: Sequence[Verdict]) -> bool | None:
    """Whether any answer came too late; None where nothing was asked."""
    reasons = [verdict.trouble.reason for verdict in verdicts if verdict.trouble is not None]
    if len(reasons) == len(verdicts) and all(reason in NOT_ASKED for reason in reasons):
        return None
    return Reason.TOO_LATE in reasons
