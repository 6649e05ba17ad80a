"""Calls to the ad platform: who may go, how long it may take, what its end means.

Three gates, in this order: the breaker (can they answer at all?), the bulkhead
(so many at once and no queue), the time (a second, then it is given up). A call
is a task of its own, so that nobody who stops waiting cuts it; cutting would
cost a connection each time. It is never repeated. Who asked holds a future of
its verdict; whoever gives that future an end no longer waits.

One timer serves all calls: they nearly all have the same second to live.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from proxy import __version__
from proxy.auction.breaker import Breaker
from proxy.auction.dialects import Dialect
from proxy.auction.verdict import ANSWERED, Answer, Effect, Verdict, failed, judge
from proxy.clock import Clock, SystemClock
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.topsort import v2
from proxy.topsort.bearer import Bearer
from proxy.wire.client import Client
from proxy.wire.errors import BodyTooLarge, WireTrouble

log = logging.getLogger(__name__)

MOST_IN_FLIGHT: Final = 100
LONGEST_CALL: Final = 1.0
"""Seconds; a platform that needs longer counts as one that does not answer."""
MOST_BYTES: Final = 256 * 1024


class Call:
    """One call under way."""

    __slots__ = ("asked", "bearer", "body", "ends", "overdue", "patience", "started", "task", "ticket", "told")

    def __init__(
        self,
        body: bytes,
        asked: int,
        bearer: Bearer,
        ticket: int,
        started: float,
        patience: float,
        told: "asyncio.Future[Verdict]",
    ) -> None:
        self.body = body
        self.asked = asked  # how many auctions
        self.bearer = bearer
        self.ticket = ticket  # the breaker's
        self.started = started  # by the clock
        self.patience = patience  # seconds
        self.ends = told.get_loop().time() + patience
        self.told = told  # what the one who asked learns; done before the call's end where nobody waits any more
        self.overdue = False
        self.task: asyncio.Task[None] | None = None

    def tell(self, verdict: Verdict) -> None:
        """Let the one who asked know, if anybody still waits."""
        if not self.told.done():
            self.told.set_result(verdict)

    def tell_of(self, bug: Exception) -> None:
        """What no caller sees must stand in the log."""
        if self.told.done():
            log.error("an auction call met a bug", exc_info=bug)
        else:
            self.told.set_exception(bug)


class Caller:
    """Posts auctions to one ad platform.

    Args:
        client: the pool of connections to it, and to nobody else.
        key: gives the key; read for each call, so that it can be replaced under way.
        dialect: how it wants to be asked.
        clock: for the breaker.
        most: calls in flight at once.
        longest: seconds after which a call is given up.
        chance: a number in [0, 1), for the spread of the breaker's pauses.

    Attributes:
        counts: `calls`, `answered`, `dropped_winners`, `result_errors`, and each `Reason` for which a call failed.
        breaker: whether the ad platform is asked; `state` and `opened` are for whoever watches.
    """

    def __init__(
        self,
        client: Client,
        key: Callable[[], str],
        dialect: Dialect,
        clock: Clock | None = None,
        *,
        most: int = MOST_IN_FLIGHT,
        longest: float = LONGEST_CALL,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.breaker = Breaker()
        self.dialect = dialect
        self.clock = clock or SystemClock()
        self.chance = chance
        self._client = client
        self._key = key
        self._bearer: Bearer | None = None
        self._most = most
        self._longest = longest
        self._calls: set[Call] = set()
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def in_flight(self) -> int:
        """Calls under way now, those included for which nobody waits any more."""
        return len(self._calls)

    def start(self, auctions: Sequence[v2.Auction], within: float) -> "asyncio.Future[Verdict]":
        """Begin a call. It ends by itself within a second, or within `within` seconds where that is longer.

        Whoever no longer waits for its verdict gives the future another end; the call goes on.

        Raises:
            AdPlatformTrouble: BREAKER_OPEN, OVERLOADED, or ADS_REFUSED for want of a key; nothing was sent.
        """
        try:
            return self._start(auctions, within)
        except AdPlatformTrouble as trouble:
            self.counts[str(trouble.reason)] += 1
            raise

    async def close(self) -> None:
        """End what is under way."""
        tasks = [call.task for call in self._calls if call.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    # -- the gates ------------------------------------------------------------

    def _start(self, auctions: Sequence[v2.Auction], within: float) -> "asyncio.Future[Verdict]":
        bearer = self._bearer_now()
        now = self.clock.now()
        if not self.breaker.would_let(now):
            raise AdPlatformTrouble(Reason.BREAKER_OPEN, "the ad platform failed lately")
        if len(self._calls) >= self._most:
            raise AdPlatformTrouble(Reason.OVERLOADED, f"{self._most} calls are under way")
        body = self.dialect.write(auctions)
        ticket = self.breaker.enter(now)
        assert ticket is not None
        loop = asyncio.get_running_loop()
        call = Call(body, len(auctions), bearer, ticket, now, max(within, self._longest), loop.create_future())
        call.task = loop.create_task(self._run(call), name="auction")
        self._calls.add(call)
        self.counts["calls"] += 1
        if self._sweep is None:
            self._sweep = loop.call_at(call.ends, self._end_overdue)
        return call.told

    def _bearer_now(self) -> Bearer:
        key = self._key()
        if self._bearer is None or not self._bearer.has(key):
            origin = self._client.origin
            target = origin.base_path + self.dialect.path
            try:
                self._bearer = Bearer(key, target, origin.authority.decode(), f"sponsored-proxy/{__version__}")
            except ValueError as trouble:
                raise AdPlatformTrouble(Reason.ADS_REFUSED, str(trouble)) from None
            self.breaker.new_key()
        return self._bearer

    # -- one call -------------------------------------------------------------

    async def _run(self, call: Call) -> None:
        verdict = None
        try:
            verdict = await self._exchange(call)
        except asyncio.CancelledError:
            if not call.overdue:
                call.tell(failed(Reason.ADS_DOWN, "we are closing"))
                raise
            verdict = failed(Reason.TOO_LATE, "no answer in time")
        except Exception as bug:
            call.tell_of(bug)
            return
        finally:
            self._calls.discard(call)
            if verdict is None:
                self.breaker.withdrawn(call.ticket)
        call.tell(verdict)
        self._settle(call, verdict)

    async def _exchange(self, call: Call) -> Verdict:
        try:
            response = await self._client.send(
                call.bearer.head(len(call.body)),
                method="POST",
                body=call.body,
                first_byte=2 * call.patience,  # the sweep comes earlier
                reuse=True,  # should the connection have ended under us, an auction is lost and nobody is harmed
                again=False,
            )
            try:
                body = await response.read(MOST_BYTES)
            finally:
                response.abandon()
        except BodyTooLarge:
            return failed(Reason.ADS_INVALID, f"the answer is over {MOST_BYTES} bytes")
        except WireTrouble as trouble:
            return failed(Reason.ADS_DOWN, f"{type(trouble).__name__}: {trouble}")
        answer = Answer(response.status, body, response.header(b"content-encoding"), response.header(b"retry-after"))
        return judge(answer, self.dialect, call.asked, self.clock.wall()).told_safely(call.bearer.safe)

    def _settle(self, call: Call, verdict: Verdict) -> None:
        """Tell the breaker, the counters and, where asking stops, the log."""
        breaker, now = self.breaker, self.clock.now()
        before, opened = breaker.state, breaker.opened
        effect = verdict.effect
        if effect is ANSWERED and now - call.started <= self._longest:
            breaker.answered(call.ticket, now, self.chance())
        elif effect is Effect.KEY_REFUSED:
            breaker.refused(call.ticket, now, self.chance())
        elif effect is Effect.WAIT:
            breaker.told_to_wait(call.ticket, now, verdict.wait, self.chance())
        else:
            breaker.failed(call.ticket, now, self.chance())
        self._count(verdict)
        if breaker.opened != opened:
            log.warning("asking the ad platform stops for a while: %s", verdict.trouble or "half of the calls fail")
        elif breaker.state is not before:
            log.info("the ad platform answers; asking goes on")

    def _count(self, verdict: Verdict) -> None:
        if verdict.trouble is not None:
            self.counts[str(verdict.trouble.reason)] += 1
            return
        self.counts["answered"] += 1
        for result in verdict.results:
            if result.skipped:
                self.counts["dropped_winners"] += result.skipped
            if result.error:
                self.counts["result_errors"] += 1

    def _end_overdue(self) -> None:
        """End the calls whose time is over, and come back for the next."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._sweep = None
        for call in self._calls:
            if call.ends <= now and call.task is not None and not call.overdue:
                call.overdue = True
                call.task.cancel()
        later = [call.ends for call in self._calls if not call.overdue]
        if later:
            self._sweep = loop.call_at(min(later), self._end_overdue)
