"""Delivery: claim, post, settle, until we are told to stop.

Every process runs one; an outbox gives events only to the one that is to
deliver, and for the others this loop is a look a second. What happens to a
batch is `flight.py`'s; here is who goes next. Kinds take turns, so that a flood
of impressions holds no purchase up. All durations are on the monotonic clock.

While an address stands still because the set-up is at fault, the outbox is
told so again and again (nothing that waits grows older then), and one event at
a time asks whether it is mended.
"""

import asyncio
import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from proxy.clock import Clock
from proxy.events.delivering.destination import Standing
from proxy.events.delivering.flight import Flight, Posting, Watch
from proxy.events.delivering.lane import Lane, lanes, why_they_stand_still
from proxy.events.delivering.ledger import Ledger
from proxy.events.delivering.probing import event_for
from proxy.events.event import Kept
from proxy.events.keeping.outbox import Outbox, OutboxTrouble
from proxy.wire.client import Client

_log = logging.getLogger(__name__)

LOOK: Final = 1.0
"""Seconds: as often as this everything is looked at anew, whatever is told meanwhile."""
BREATH: Final = 0.02
"""Seconds between two looks that found nothing; twice as many after each further one, up to `LOOK`."""
MOST_CLAIMS: Final = 32
"""In one round."""
SAY_AGAIN: Final = 3.0
"""Seconds after which the outbox is told again that delivery stands still."""
SLOWEST: Final = 60.0
"""Seconds between two rounds that fail, at most."""


def _unwatched(_: Posting) -> None:
    pass


class Delivery:
    """Delivers what waits in an outbox.

    Args:
        outbox: where events wait; opened, and closed after us.
        client: the pool of connections to the ad platform, for events alone.
        key: gives the ad platform's key.
        clock: the time.
        chance: a number in [0, 1), for pauses.
        watch: is handed every call that has ended.
        look: seconds after which everything is looked at anew.

    Attributes:
        rounds: how often everything was looked at.
        counts: `attempts` (calls), `retried` (events posted again), `ambiguous` (calls), `rejected_batches`,
            `expired`, `bugs`, and by kind `delivered.KIND` and `dead.KIND`.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: Client,
        key: Callable[[], str],
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        watch: Watch = _unwatched,
        look: float = LOOK,
    ) -> None:
        self.rounds = 0
        self.counts: Counter[str] = Counter()
        self._outbox = outbox
        self._clock = clock
        self._watch = watch
        self._look = look
        self._lanes = lanes(client, key, clock, chance)
        self._turns = deque((lane, kind) for lane in self._lanes for kind in lane.kinds)
        self._dry: set[str] = set()
        self._ledger = Ledger(outbox)
        self._flights: set[asyncio.Task[None]] = set()
        self._news: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._still_said_at: float | None = None
        self._fruitless = 0
        self._failures = 0
        self._closing = False
        self._within = 0.0
        self._running: asyncio.Future[None] | None = None

    @property
    def state(self) -> Mapping[str, Standing]:
        """How each address of the ad platform does, by its path."""
        return {lane.post.path: lane.destination.standing(self._clock.now()) for lane in self._lanes}

    @property
    def in_flight(self) -> int:
        """Batches on their way: posted, or about to be settled."""
        return len(self._flights)

    async def run(self) -> None:
        """Deliver until `close`, or until cancelled."""
        self._running = asyncio.get_running_loop().create_future()
        try:
            while not self._closing:
                await self._guarded_round()
        finally:
            try:
                await self._land()
            finally:
                self._running.set_result(None)

    async def close(self, within: float) -> None:
        """Stop. Calls under way may end for so many seconds; whatever was not delivered by then stays in the outbox."""
        self._closing, self._within = True, within
        self._wake.set()
        if self._running is not None:
            await asyncio.shield(self._running)

    # -- the loop ------------------------------------------------------------

    async def _guarded_round(self) -> None:
        """Trouble is logged and slows us down; it never ends the delivery."""
        self.rounds += 1
        try:
            await self._round()
        except OutboxTrouble as trouble:
            if not self._failures:
                _log.warning("delivery waits for the outbox: %s", trouble)
            pause = self._look
        except Exception:
            _log.exception("a mistake of ours in the delivery of events")
            self.counts["bugs"] += 1
            pause = min(self._look * 2**self._failures, SLOWEST)
        else:
            self._failures = 0
            return
        self._failures = min(self._failures + 1, 10)
        await self._rest(pause)

    async def _round(self) -> None:
        """One look at everything, and then the wait for what may change it."""
        self._wake.clear()
        if not await self._ledger.pay():
            await self._rest(self._look)
            return
        await self._say_whether_it_stands_still()
        for lane in self._lanes:
            lane.mind_the_key()
            await self._probe(lane)
        self._fruitless = 0 if await self._launch() else min(self._fruitless + 1, 10)
        self._listen()
        await self._rest(self._look)

    async def _launch(self) -> bool:
        """Send out what there is and what there is room for; whether it was anything."""
        launched = False
        # While we claim, calls end and make room: with a million events waiting, the rest of a round would never come.
        for _ in range(MOST_CLAIMS):
            turn = self._whose_turn()
            if turn is None or self._closing:
                return launched
            lane, kind = turn
            events = await self._outbox.claim(kind, lane.most)
            if events:
                self._fly(lane, events)
                launched = True
            else:
                self._dry.add(kind)
        self._wake.set()
        return launched

    def _whose_turn(self) -> tuple[Lane, str] | None:
        """The kind that waits longest, may have events, and whose lane has room."""
        for turn in self._turns:
            lane, kind = turn
            if kind not in self._dry and lane.room:
                self._turns.remove(turn)
                self._turns.append(turn)
                return turn
        return None

    # -- flights --------------------------------------------------------------

    def _fly(self, lane: Lane, events: Sequence[Kept], probe: bool = False) -> None:
        flight = Flight(
            lane, events, self._ledger, self.counts, self._clock, self._watch, lambda: self._closing, probe=probe
        )
        lane.in_flight += 1
        task = asyncio.get_running_loop().create_task(flight.run(), name="events")
        self._flights.add(task)
        task.add_done_callback(partial(self._landed, lane))

    def _landed(self, lane: Lane, task: "asyncio.Task[None]") -> None:
        lane.in_flight -= 1
        self._flights.discard(task)
        self._wake.set()
        if not task.cancelled() and (bug := task.exception()) is not None:
            _log.error("a mistake of ours in the delivery of events", exc_info=bug)
            self.counts["bugs"] += 1

    async def _land(self) -> None:
        """Let what is under way end in its time, and put down everything else."""
        try:
            if self._flights:
                await asyncio.wait(self._flights, timeout=self._within)
        finally:
            left = {*self._flights, *([self._news] if self._news is not None else [])}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            with suppress(OutboxTrouble):  # it was logged; what is not settled is claimed again
                await self._ledger.pay()

    # -- standing still -------------------------------------------------------

    async def _say_whether_it_stands_still(self) -> None:
        now = self._clock.now()
        why = why_they_stand_still(self._lanes)
        if not why:
            if self._still_said_at is not None:
                await self._outbox.go_on()
                self._still_said_at = None
        elif self._still_said_at is None or now - self._still_said_at >= SAY_AGAIN:
            await self._outbox.stand_still(why)
            self._still_said_at = now

    async def _probe(self, lane: Lane) -> None:
        probe = lane.destination.probe(self._clock.now(), lane.in_flight)
        if probe is None:
            return
        event = await event_for(probe, lane.kinds, self._outbox, self._ledger)
        if event is None:
            lane.nothing_to_probe()
        else:
            self._fly(lane, [event], probe=True)

    # -- waiting --------------------------------------------------------------

    def _listen(self) -> None:
        """Hear of new events, while there is room for any."""
        listening = self._news is not None and not self._news.done()
        if not listening and any(lane.room for lane in self._lanes):
            # Where another process delivers, there is always something new, and never anything to claim.
            pause = min(BREATH * 2**self._fruitless / 2, self._look) if self._fruitless else 0.0
            self._news = asyncio.create_task(self._hear(pause))

    async def _hear(self, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await self._outbox.wait(self._look)
        except OutboxTrouble:
            pass  # the next claim meets it too, and says so
        except Exception:
            _log.exception("a mistake of ours in the delivery of events")
            self.counts["bugs"] += 1
        self._dry.clear()
        self._wake.set()

    async def _rest(self, seconds: float) -> None:
        """Until something has changed, or so many seconds have passed; then something may be due that was not."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            self._dry.clear()
