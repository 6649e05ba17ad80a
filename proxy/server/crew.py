"""The workers, together: started, started again, told what is new, counted.

A worker that dies is replaced at once; one that dies as soon as it lives is
replaced more and more slowly. What the dead counted stays counted.
"""

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from proxy.clock import Clock
from proxy.ops.metrics import Tally, added_up
from proxy.search.visit import Visit
from proxy.server import control
from proxy.server.child import Child

_log = logging.getLogger(__name__)

# One that lived so long was fine: it is replaced at once.
_FINE_SECONDS: Final = 5.0
_SHORTEST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 10.0
# Workers that die so often before any of them ever served will not get better by themselves.
_STILLBORN: Final = 3
# A worker tells its news every second; one that is silent for so long hangs, and its shoppers with it.
_SILENCE_SECONDS: Final = 60.0
_REPORT_SECONDS: Final = 0.5
_VISITS_KEPT: Final = 50


def pause_after(lived: float, last_pause: float) -> float:
    """Seconds to wait before a worker that lived for `lived` seconds is replaced."""
    if lived >= _FINE_SECONDS:
        return 0.0
    return min(max(_SHORTEST_PAUSE, last_pause * 2), _LONGEST_PAUSE)


class Crew:
    """All workers.

    Args:
        listener: the socket they share.
        app: where they find their app.
        clock: the time.
        told: what worker N is told at its start.
        settled: called whenever a worker begins to serve.
    """

    def __init__(
        self,
        listener: socket.socket,
        app: str,
        clock: Clock,
        told: Callable[[int], control.Start],
        settled: Callable[[Child], None],
    ) -> None:
        self._listener = listener
        self._app = app
        self._clock = clock
        self._told = told
        self._settled = settled
        self._children: dict[int, Child] = {}
        self._dead = Tally()
        self._ever_served = False
        self._stillborn = 0
        self._leaving = asyncio.Event()
        self.visits: deque[Visit] = deque(maxlen=_VISITS_KEPT)
        self.restarts = 0

    async def keep(self, number: int) -> None:
        """Keep worker N alive, until all leave.

        Raises:
            RuntimeError: none of them ever came to serve.
        """
        pause = 0.0
        while not self._leaving.is_set():
            born = self._clock.now()
            try:
                death = await self._live_through(number)
            except OSError as trouble:  # no process or no descriptor to be had: perhaps in a moment
                death = f"could not be started: {trouble.strerror}"
            if not self._leaving.is_set():
                pause = pause_after(self._clock.now() - born, pause)
                self._mourn(number, death, pause)
                await self._rest(pause)

    async def _live_through(self, number: int) -> str:
        """A worker's life, from start to end; how it ended."""
        child = await Child.start(number, self._listener, self._app, self._clock, lambda: self._told(number))
        self._children[number] = child
        if self._leaving.is_set():
            child.say(control.Drain(0))
        death = await self._hear_out(child)
        self._bury(child)
        return f"pid {child.pid}, {death}"

    async def _hear_out(self, child: Child) -> str:
        try:
            return await child.live(self._hear)
        except Exception:  # it said what we do not understand: a mistake of ours, and no reason to end the others
            _log.exception("worker %d (pid %d) is not understood", child.number, child.pid)
            child.kill()
            return "ended by us"

    def _hear(self, child: Child, message: control.ToParent) -> None:
        if isinstance(message, control.News):
            self.visits.extend(msgspec.msgpack.decode(visit, type=Visit) for visit in message.visits)
        elif message.trouble:
            # It refused what its parent had checked. A fresh one takes the book in force, or dies loudly.
            _log.error("worker %d is replaced: %s", child.number, message.trouble)
            child.say(control.Drain(5.0))
        else:
            self._ever_served = True
            self._settled(child)

    def _bury(self, child: Child) -> None:
        self._children.pop(child.number, None)
        self._dead.merge(child.tally, gauges=False)

    def _mourn(self, number: int, death: str, pause: float) -> None:
        self.restarts += 1
        _log.error("worker %d died (%s); the next one starts in %.2f s", number, death, pause)
        self._stillborn += not self._ever_served
        if self._stillborn >= _STILLBORN:
            raise RuntimeError("no worker comes to serve; see above for why they die")

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._leaving.wait(), seconds)
        except TimeoutError:
            return

    # -- what the parent does with them --------------------------------------

    @property
    def serves(self) -> bool:
        """Whether any of them serves, by whatever rules: while an edit is taken, the old ones are as good."""
        return any(child.generation for child in self._children.values())

    def serving(self, generation: int) -> int:
        """How many serve by these rules."""
        return sum(child.generation == generation for child in self._children.values())

    def tell(self, message: control.ToWorker) -> None:
        """Tell all of them something."""
        for child in self._children.values():
            child.say(message)

    async def tally(self) -> Tally:
        """Everything they counted, the dead included; who does not answer soon counts with what it said last."""
        children = list(self._children.values())
        await asyncio.gather(*(child.report(_REPORT_SECONDS) for child in children))
        return added_up((child.tally for child in self._children.values()), self._dead)

    def end_the_silent(self) -> None:
        """End those that hang; they are replaced."""
        for child in self._children.values():
            if self._clock.now() - child.heard > _SILENCE_SECONDS:
                _log.error("worker %d (pid %d) hangs and is ended", child.number, child.pid)
                child.kill()

    def drain(self, within: float) -> None:
        """Let them end what is under way, and go."""
        self._leaving.set()
        self.tell(control.Drain(within))

    def kill(self) -> None:
        """End all of them at once."""
        self._leaving.set()
        for child in self._children.values():
            child.kill()
