"""The thread that commits for everybody who waits.

One commit, one sync of the disk, however many requests wait: what comes in while
the disk is busy goes into the next one. Nobody is answered before the commit has
returned. The event loop only puts jobs down and picks outcomes up; the jobs are
done in `committing.py`.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from proxy.clock import Clock
from proxy.events.event import Event
from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.sqlite.committing import Committer, Job, Work
from proxy.events.keeping.sqlite.connection import translated
from proxy.events.keeping.sqlite.locks import Turns
from proxy.events.keeping.sqlite.place import Place

PATIENCE: Final = 10.0
"""Seconds after which a job that nobody has begun is given up: a process may hang while it is its turn."""


class Writer:
    """The one that writes, in this process.

    Args:
        place: where the files lie.
        limit: `--outbox-size`, bytes.
        clock: for the times that are written down.
    """

    def __init__(self, place: Place, limit: int, clock: Clock) -> None:
        self._place = place
        self._committer = Committer(place, limit, clock)
        self._turns = Turns(place)
        self._jobs: deque[Job] = deque()
        self._something = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write_on, name="outbox", daemon=True)

    @property
    def trouble(self) -> OutboxTrouble | None:
        """Why nothing new could be kept the last time; None when it could."""
        return self._committer.trouble

    def distrust(self, trouble: OutboxTrouble) -> None:
        """Damage was found: keep nothing new in this file."""
        self._committer.distrust(trouble)

    def start(self) -> None:
        """Begin; called in the event loop that waits for the outcomes."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def close(self) -> None:
        """Do what is left, and end; what cannot be done for long is left to those who claim it again."""
        with self._something:
            self._closing = True
            self._something.notify()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    # -- in the event loop

    async def put(self, events: Sequence[Event]) -> Sequence[Put]:
        """Keep events; returns when they are on the disk.

        Raises:
            OutboxTrouble: they are not.
        """
        answers: Sequence[Put] = await self._ask(Job(self._loop.create_future(), events=events))
        return answers

    async def run(self, work: Work, *, keeps: bool = False) -> Any:
        """Do some work in a transaction; what it returned, when it is on the disk. `keeps`: whether it needs new room.

        Raises:
            OutboxTrouble: it was not done.
        """
        return await self._ask(Job(self._loop.create_future(), work=work, keeps=keeps))

    async def _ask(self, job: Job) -> Any:
        with self._something:
            if self._closing:
                raise OutboxTrouble("disk", "it is closed")
            self._jobs.append(job)
            self._something.notify()
        job.done.add_done_callback(_look_at)  # its caller may be gone; that is no error of anybody's
        try:
            # Whoever is cancelled while waiting leaves the job under way: it is kept whole, or not at all.
            return await asyncio.wait_for(asyncio.shield(job.done), PATIENCE)
        except TimeoutError:
            self._give_up(job)
            raise OutboxTrouble("disk", f"nothing could be written for {PATIENCE:g} s") from None

    def _give_up(self, job: Job) -> None:
        with self._something, contextlib.suppress(ValueError):
            self._jobs.remove(job)

    # -- in the thread

    def _write_on(self) -> None:
        while self._wait():
            jobs: list[Job] = []
            try:
                with translated(self._place.folder):
                    self._place.make()
                    with self._turns.mine():
                        jobs = self._take()
                        self._committer.do(jobs)
            except Exception as trouble:
                jobs = jobs or self._take()
                self._committer.end(jobs, trouble)
            self._hand_back(jobs)
        self._committer.close()
        self._turns.close()

    def _wait(self) -> bool:
        """Wait for jobs; False when there will be none any more."""
        with self._something:
            self._something.wait_for(lambda: self._jobs or self._closing)
            return bool(self._jobs)

    def _take(self) -> list[Job]:
        """All that wait. They are taken when it is our turn, not before: whoever comes meanwhile comes along."""
        with self._something:
            jobs = list(self._jobs)
            self._jobs.clear()
            return jobs

    def _hand_back(self, jobs: Sequence[Job]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed; nobody waits any more
            self._loop.call_soon_threadsafe(_hand_over, jobs)


def _hand_over(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.done.done():
            continue
        if isinstance(job.outcome, Exception):
            job.done.set_exception(job.outcome)
        else:
            job.done.set_result(job.outcome)


def _look_at(done: "asyncio.Future[Any]") -> None:
    if not done.cancelled():
        done.exception()
