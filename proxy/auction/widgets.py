"""Auctions that a page's own widgets ask for (the vendor's banners.js, say): their JSON out, the platform's back.

The page knows no key; ours is added, and nothing of the widget's header goes
on. What the platform says of the question is handed back as it is; what it says
of our key, and all trouble, is not the widget's business: 503, in the vendor's
shape. Gates, time and limits are those of our own auctions (`caller.py`), with
a breaker and a pool apart, so that widgets and search pages never cost each
other an ad.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from typing import Final

from proxy import __version__
from proxy.auction.breaker import Breaker
from proxy.auction.caller import LONGEST_CALL, MOST_BYTES, MOST_IN_FLIGHT
from proxy.auction.verdict import Effect
from proxy.clock import Clock
from proxy.topsort import v2
from proxy.topsort.bearer import Bearer
from proxy.topsort.errors import ErrorCode, write_error
from proxy.wire.client import Client
from proxy.wire.errors import BodyTooLarge, WireTrouble
from proxy.wire.retry_after import seconds_of

_log = logging.getLogger(__name__)

_UNAVAILABLE: Final = (503, write_error(ErrorCode.INTERNAL_SERVER_ERROR, "there are no ads now; please try again"))
_OURS: Final = frozenset((401, 402, 403, 404, 405))
"""Refusals that concern the key, the account or `--ads-url`, none of which is the widget's."""


class Unusable(Exception):
    """There is no answer for the widget; `effect` (and `wait`, seconds) is what the breaker is told."""

    def __init__(self, effect: Effect, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.effect = effect
        self.wait = wait


class Widgets:
    """Asks for widgets.

    Args:
        client: a pool of connections to the ad platform, for widgets alone.
        key: gives the key; read for each call.
        clock: for the breaker.
        chance: a number in [0, 1), for the spread of the breaker's pauses.
        most: calls in flight at once.
        longest: seconds after which a call is given up.

    Attributes:
        counts: `asked`, `answered`, `failed`, `overloaded`, `breaker_open`.
        breaker: whether the ad platform is asked.
    """

    def __init__(
        self,
        client: Client,
        key: Callable[[], str],
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        most: int = MOST_IN_FLIGHT,
        longest: float = LONGEST_CALL,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.breaker = Breaker()
        self.in_flight = 0
        self._client = client
        self._key = key
        self._clock = clock
        self._chance = chance
        self._most = most
        self._longest = longest
        self._bearer: Bearer | None = None

    async def ask(self, body: bytes) -> tuple[int, bytes]:
        """Status and JSON body for the widget that asks with `body`."""
        try:
            bearer = self._bearer_now()
        except ValueError:
            return self._none("failed")
        if self.in_flight >= self._most:
            return self._none("overloaded")
        ticket = self.breaker.enter(self._clock.now())
        if ticket is None:
            return self._none("breaker_open")
        self.counts["asked"] += 1
        return await self._ask(bearer, body, ticket)

    async def _ask(self, bearer: Bearer, body: bytes, ticket: int) -> tuple[int, bytes]:
        told, effect, wait = False, Effect.FAILED, None
        self.in_flight += 1
        try:
            answer = await self._exchange(bearer, body)
            told, effect = True, Effect.ANSWERED
            self.counts["answered"] += 1
        except Unusable as trouble:
            told, effect, wait = True, trouble.effect, trouble.wait
            answer = self._none("failed")
        finally:
            self.in_flight -= 1
            if told:
                self._tell(ticket, effect, wait)
            else:  # the widget has gone, or a mistake of ours: it says nothing about the platform
                self.breaker.withdrawn(ticket)
        return answer

    async def _exchange(self, bearer: Bearer, body: bytes) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(self._longest):
                response = await self._client.send(
                    bearer.head(len(body)),
                    method="POST",
                    body=body,
                    first_byte=2 * self._longest,
                    reuse=True,  # should the connection have ended under us, an ad is lost and nobody is harmed
                    again=False,
                )
                try:
                    said = await response.read(MOST_BYTES)
                finally:
                    response.abandon()
        except TimeoutError:
            raise Unusable(Effect.FAILED, "no answer in time") from None
        except BodyTooLarge:
            raise Unusable(Effect.FAILED, f"the answer is over {MOST_BYTES} bytes") from None
        except WireTrouble as trouble:
            raise Unusable(Effect.FAILED, f"{type(trouble).__name__}: {trouble}") from None
        wait = seconds_of(response.header(b"retry-after"), self._clock.wall())
        return _answer(response.status, said, wait, bearer)

    # -- gates ----------------------------------------------------------------

    def _bearer_now(self) -> Bearer:
        key = self._key()
        if self._bearer is None or not self._bearer.has(key):
            origin = self._client.origin
            agent = f"sponsored-proxy/{__version__}"
            self._bearer = Bearer(key, origin.base_path + v2.AUCTIONS, origin.authority.decode(), agent)
            self.breaker.new_key()
        return self._bearer

    def _none(self, why: str) -> tuple[int, bytes]:
        self.counts[why] += 1
        return _UNAVAILABLE

    def _tell(self, ticket: int, effect: Effect, wait: float | None) -> None:
        breaker, now, opened = self.breaker, self._clock.now(), self.breaker.opened
        match effect:
            case Effect.ANSWERED:
                breaker.answered(ticket, now, self._chance())
            case Effect.KEY_REFUSED:
                breaker.refused(ticket, now, self._chance())
            case Effect.WAIT:
                breaker.told_to_wait(ticket, now, wait, self._chance())
            case Effect.FAILED:
                breaker.failed(ticket, now, self._chance())
        if breaker.opened != opened:
            _log.warning("asking the ad platform for widgets stops for a while")


def _answer(status: int, said: bytes, wait: float | None, bearer: Bearer) -> tuple[int, bytes]:
    """What the widget is answered; raises `Unusable` where it is nothing of the platform's."""
    if status in (401, 403):
        raise Unusable(Effect.KEY_REFUSED, f"status {status}")
    if status == 429:
        raise Unusable(Effect.WAIT, "status 429", wait)
    if status in _OURS:
        raise Unusable(Effect.ANSWERED, f"status {status}")  # as in our own auctions: the platform is well
    told = bearer.safe_json(said) if 200 <= status < 500 and not 300 <= status < 400 else None
    if told is None or status == 408:
        raise Unusable(Effect.FAILED, f"status {status}")
    return status, told
