"""Calls to the ad platform: who may go, how long it may take, what its end means.

Three gates, in this order: the breaker (can they answer at all?), the bulkhead
(so many at once and no queue), the time (a second, then it is given up). A call
runs by itself, so that nobody who stops waiting cuts it; cutting would cost a
connection each time. It is never repeated. Who asked awaits the future of its
verdict; whoever gives that future an end no longer waits, and where the shopper's
time ends before the call's, that end is TOO_LATE.

On a connection that is kept, as nearly all are, a call is no task: it is sent at
once, and its verdict made in the very callback that brings the answer.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from proxy import __version__
from proxy.auction.breaker import Breaker
from proxy.auction.dialects import Dialect
from proxy.auction.patience import Patience
from proxy.auction.verdict import ANSWERED, Effect, Verdict, failed, judge
from proxy.clock import Clock, SystemClock
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason
from proxy.topsort import v2
from proxy.topsort.bearer import Bearer
from proxy.wire.client import Client
from proxy.wire.errors import BodyTooLarge, WireTrouble
from proxy.wire.response import Response

log = logging.getLogger(__name__)

MOST_IN_FLIGHT: Final = 100
LONGEST_CALL: Final = 1.0
"""Seconds; a platform that needs longer counts as one that does not answer."""
MOST_BYTES: Final = 256 * 1024


class Call:
    """One call.

    Attributes:
        asked: how many auctions.
        started: when, by the clock.
        told: the verdict, for the one who asked; done before the call's end where nobody waits any more.
        within: seconds that the shopper waits.
        left: seconds that the call goes on after that.
    """

    __slots__ = ("asked", "bearer", "left", "started", "stop", "ticket", "told", "within")

    def __init__(self, asked: int, started: float, told: "asyncio.Future[Verdict]", within: float, left: float) -> None:
        self.asked = asked
        self.started = started
        self.told = told
        self.within = within
        self.left = left
        self.bearer: Bearer
        self.ticket: int  # the breaker's
        self.stop: Callable[[], object] | None = None  # ends what is under way for it, at the cost of a connection

    def end(self) -> None:
        """End what is under way for it, if anything is."""
        stop, self.stop = self.stop, None  # what is ended knows the call, and neither shall keep the other
        if stop is not None:
            stop()

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
        counts: `calls`, `answered`, `late` (the shopper's time was over before), `dropped_winners`, `result_errors`,
            and each `Reason` for which a call failed.
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
        self._calls = Patience(self._over)
        self._connecting: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """Calls under way now, those included for which nobody waits any more."""
        return len(self._calls)

    def start(self, auctions: Sequence[v2.Auction], within: float, *, early: bool = False) -> Call:
        """Begin a call for a shopper who waits `within` seconds, or, where it is early, does not wait yet (`wait`).

        It ends by itself within a second, or within `within` seconds where that is longer. Where a gate is shut,
        nothing is sent, and the verdict is there at once: BREAKER_OPEN, OVERLOADED, or ADS_REFUSED for want of a key.
        """
        now = self.clock.now()
        longest = within if within > self._longest else self._longest
        told = asyncio.get_running_loop().create_future()
        call = Call(len(auctions), now, told, longest if early else within, 0.0 if early else longest - within)
        body = self.dialect.write(auctions)  # first: where it raises, no ticket of the breaker is left in its hands
        try:
            bearer = call.bearer = self._bearer_now()
        except ValueError as trouble:
            return self._refused(call, Reason.ADS_REFUSED, str(trouble))
        ticket = self.breaker.enter(now)
        if ticket is None:
            return self._refused(call, Reason.BREAKER_OPEN, "the ad platform failed lately")
        if len(self._calls) >= self._most:
            self.breaker.withdrawn(ticket)
            return self._refused(call, Reason.OVERLOADED, f"{self._most} calls are under way")
        call.ticket = ticket
        self.counts["calls"] += 1
        self._send(call, bearer.head(len(body)) + body, 2 * longest)  # the call is given up earlier
        return call

    def wait(self, call: Call, within: float) -> None:
        """From now on the shopper waits for an early call, `within` seconds at most."""
        if not call.told.done():
            call.within = within
            call.left = self._calls.shorten(call, within)

    async def close(self) -> None:
        """End what is under way."""
        for call in self._calls.end_all():
            self.breaker.withdrawn(call.ticket)
            call.tell(failed(Reason.ADS_DOWN, "we are closing"))
            call.end()
        await asyncio.gather(*self._connecting, return_exceptions=True)

    # -- the gates ------------------------------------------------------------

    def _bearer_now(self) -> Bearer:
        """Raises ValueError where the key cannot be sent."""
        key, bearer = self._key(), self._bearer
        if bearer is None or not bearer.has(key):
            origin = self._client.origin
            target = origin.base_path + self.dialect.path
            bearer = self._bearer = Bearer(key, target, origin.authority.decode(), f"sponsored-proxy/{__version__}")
            self.breaker.new_key()
        return bearer

    def _refused(self, call: Call, reason: Reason, detail: str) -> Call:
        self.counts[str(reason)] += 1
        call.tell(Verdict(ANSWERED, trouble=AdPlatformTrouble(reason, detail)))
        return call

    # -- one call -------------------------------------------------------------

    def _send(self, call: Call, request: bytes, first_byte: float) -> None:
        """Send it at once on a connection that is kept, or as soon as there is one."""
        self._calls.begin(call, call.within)
        response = self._client.send_now(
            request, method="POST", first_byte=first_byte, limit=MOST_BYTES, told=partial(self._answered, call)
        )
        if response is not None:
            call.stop = response.abandon
            return
        task = asyncio.get_running_loop().create_task(self._connect(call, request, first_byte), name="auction")
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        call.stop = task.cancel

    async def _connect(self, call: Call, request: bytes, first_byte: float) -> None:
        try:
            response = await self._client.send(
                request,
                method="POST",
                first_byte=first_byte,
                reuse=True,  # should the connection have ended under us, an auction is lost and nobody is harmed
                again=False,
            )
        except WireTrouble as trouble:
            self._end(call, _down(trouble))
        except Exception as bug:
            self._end_by(call, bug)
        else:
            call.stop = response.abandon
            response.tell(MOST_BYTES, partial(self._answered, call))

    def _answered(self, call: Call, response: Response) -> None:
        """The answer is there, or will never be."""
        try:
            self._end(call, self._judged(call, response))
        except Exception as bug:
            self._end_by(call, bug)

    def _judged(self, call: Call, response: Response) -> Verdict:
        try:
            body = response.body(MOST_BYTES)
        except BodyTooLarge:
            response.abandon()
            return failed(Reason.ADS_INVALID, f"the answer is over {MOST_BYTES} bytes")
        except WireTrouble as trouble:
            return _down(trouble)
        verdict = judge(response.status, body, response.header, self.dialect, call.asked, self.clock.wall)
        return verdict if verdict.trouble is None else verdict.told_safely(call.bearer.safe)

    # -- its end --------------------------------------------------------------

    def _end(self, call: Call, verdict: Verdict) -> None:
        if self._calls.end(call):
            call.tell(verdict)
            self._settle(call, verdict)

    def _end_by(self, call: Call, bug: Exception) -> None:
        self._calls.end(call)
        self.breaker.withdrawn(call.ticket)
        call.tell_of(bug)

    def _over(self, call: Call) -> None:
        """Its time is over: the shopper's, and the call goes on for what is left; or its own."""
        if call.left > 0:
            self._calls.begin(call, call.left)
            call.left = 0.0
            if not call.told.done():
                self.counts["late"] += 1
                call.tell(failed(Reason.TOO_LATE, f"no answer within {call.within * 1000:.0f} ms"))
            return
        verdict = failed(Reason.TOO_LATE, "no answer in time")
        call.tell(verdict)
        self._settle(call, verdict)
        call.end()

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


def _down(trouble: WireTrouble) -> Verdict:
    trouble.__traceback__ = None  # its frames lead back to it, by whoever told the call that it has failed
    return failed(Reason.ADS_DOWN, f"{type(trouble).__name__}: {trouble}")
