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
from proxy.auction.caller import LONGEST_CALL, MOST_IN_FLIGHT, Call, Caller
from proxy.auction.dialects import DIALECTS
from proxy.auction.foresight import Foresight, Key, Seen, key_of, sets_of
from proxy.auction.question import Candidates, question_for
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
            `result_errors`, `guesses` (visits that asked early), of these `guesses_right` and `guesses_wrong`, and
            each `Reason` for which a call had no results.
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
        self.foresight = Foresight(self.caller.clock.now)
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
        """A visit's asking; `user` is what `user_of` said.

        The auction is asked for in `Asking.answer`, or now already, where the rule wants it and the products can be
        foreseen.
        """
        asking = Asking(self, match, ask, user)
        if match.rule.auction.speculate:
            asking.foresee()
        return asking

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
        """End what is under way; nobody waits any longer."""
        await self.caller.close()


class Asking:
    """One visit's auctions.

    Attributes:
        sent: the auctions of each call, once they were asked for; for whoever explains a request.
        banners: one result for each banner of the rule, once `answer` has returned.
    """

    sent: Sequence[Sequence[v2.Auction]] = ()
    banners: tuple[Result, ...] = ()
    _calls: Sequence[Call] | None = None
    _wanted: Sequence[v2.Auction | None] = ()
    # Of what was foreseen:
    _key: Key | None = None
    _seen: Seen | None = None

    def __init__(self, ads: Ads, match: Match, ask: Ask, user: str | None) -> None:
        self._ads = ads
        self._match = match
        self._ask = ask
        self._user = user

    def foresee(self) -> None:
        """Ask now, on the products that came the last time, where the page's guesses are mostly right."""
        rule, ads = self._match.rule, self._ads
        self._key = key_of(rule, self._ask, self._match.captures)
        self._seen = None if self._key is None else ads.foresight.of(rule, self._key)
        if self._seen is None or not ads.foresight.gate(rule).is_open:
            return
        if not ads.page(rule).would_let(ads.caller.clock.now()):
            return
        self._deal(self._seen.listings)
        self._calls = [ads.caller.start(auctions, rule.auction.timeout, early=True) for auctions in self.sent]
        ads.counts["guesses"] += 1

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
        rule, count = self._match.rule, len(listings)
        if self._key is not None:
            self._compare(self._key, listings)
        if self._calls is None:
            self._deal(listings)
        found = await self._found(rule, within) if self.sent else ()
        if len(found) < count + len(rule.banners):
            found = self._at_their_places(found, count + len(rule.banners))
        self.banners = found[count:]
        return found[:count]

    def end(self) -> None:
        """The visit is over. A guess that was compared with nothing, since there was no listing, was a wrong one."""
        if self._seen is not None:
            self._ads.foresight.gate(self._match.rule).note(right=False)
            self._throw_away()

    def _compare(self, key: Key, listings: Sequence[Candidates]) -> None:
        """What came is what was foreseen, or the guess is thrown away; either way it is remembered."""
        rule, foresight = self._match.rule, self._ads.foresight
        if self._seen is not None:
            right = self._seen.sets == sets_of(listings)
            foresight.gate(rule).note(right)
            if not right:
                self._throw_away()
            elif self._calls is not None:
                self._ads.counts["guesses_right"] += 1
        self._seen = None
        foresight.remember(rule, key, listings)

    def _throw_away(self) -> None:
        """The calls run on by themselves; nobody waits for them, and nobody ever uses their answers."""
        self._ads.counts["guesses_wrong"] += self._calls is not None
        self._seen = self._calls = None

    def _deal(self, listings: Sequence[Candidates]) -> None:
        """The auctions, dealt into calls."""
        match, dialect = self._match, self._ads.caller.dialect
        question = question_for(match.rule, self._ask, match.captures, listings, self._user)
        self._wanted = wanted = question.listings + question.banners if dialect.banners else question.listings
        auctions, most = [auction for auction in wanted if auction is not None], dialect.most
        if len(auctions) <= most:
            self.sent = [auctions] if auctions else []
        else:
            self.sent = [auctions[first : first + most] for first in range(0, len(auctions), most)]

    def _at_their_places(self, found: tuple[Result, ...], count: int) -> tuple[Result, ...]:
        """The results of what was asked for, and nothing where nothing was."""
        left = iter(found)
        results = [NOTHING if auction is None else next(left) for auction in self._wanted]
        return (*results, *[NOTHING] * (count - len(results)))

    async def _found(self, rule: Rule, within: float) -> tuple[Result, ...]:
        """The results of all calls; raises where all failed. The page's breaker learns what was late."""
        if within <= 0:
            raise AdPlatformTrouble(Reason.TOO_LATE, "no time is left")
        caller, page = self._ads.caller, self._ads.page(rule)
        ticket = page.enter(caller.clock.now())
        if ticket is None:
            self._ads.counts[str(Reason.BREAKER_OPEN)] += 1
            raise AdPlatformTrouble(Reason.BREAKER_OPEN, "the answers for this page came too late")
        found: tuple[Result, ...] = ()
        troubles: list[AdPlatformTrouble] = []
        late, opened = None, page.opened
        try:
            calls = self._awaited(within)
            for call in calls:
                verdict = await call.told
                if verdict.trouble is None:
                    found += verdict.results
                else:
                    found += (NOT_HELD,) * call.asked
                    troubles.append(verdict.trouble)
            late = _late(troubles, len(calls)) if troubles else False
        except asyncio.CancelledError:
            self._leave()
            raise
        finally:
            if late is None:
                page.withdrawn(ticket)
            else:
                (page.failed if late else page.answered)(ticket, caller.clock.now(), caller.chance())
        if page.opened != opened:
            log.warning("page %s: the ad platform's answers come too late; asking stops for a while", rule.page)
        if len(troubles) == len(calls):
            # Not the first itself: its frames lead to it, and all they hold (the page) would wait for the collector.
            raise AdPlatformTrouble(troubles[0].reason, troubles[0].detail)
        return found

    def _awaited(self, within: float) -> Sequence[Call]:
        """All calls; the shopper waits for them from now on, and what is not there in time is TOO_LATE."""
        caller = self._ads.caller
        if self._calls is None:
            self._calls = [caller.start(auctions, within) for auctions in self.sent]
        else:
            for call in self._calls:
                caller.wait(call, within)
        return self._calls

    def _leave(self) -> None:
        """The shopper has gone; the calls run on by themselves."""
        for call in self._calls or ():
            self._ads.counts["late"] += call.told.cancel() or call.told.cancelled()


def _late(troubles: Sequence[AdPlatformTrouble], calls: int) -> bool | None:
    """Whether any of so many calls was answered too late; None where none of them was sent."""
    reasons = [trouble.reason for trouble in troubles]
    if Reason.TOO_LATE in reasons:
        return True
    return None if len(reasons) == calls and all(reason in NOT_ASKED for reason in reasons) else False
