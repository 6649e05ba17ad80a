"""The thread that commits for everybody who waits.

One commit, one sync of the disk, however many requests wait: what comes in while
the disk is busy goes into the next one. Nobody is answered before the commit has
returned. The event loop only puts jobs down and picks outcomes up.

A job either keeps something new, or it does not (a settlement, say). On a full
disk the former are refused; the latter go on, on the room of the ballast.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from proxy.clock import Clock
from proxy.events.event import Event
from proxy.events.outbox import OutboxTrouble, Put
from proxy.events.sqlite import taking, upkeep
from proxy.events.sqlite.ballast import Ballast
from proxy.events.sqlite.connection import Connection, translated
from proxy.events.sqlite.locks import Turns
from proxy.events.sqlite.place import Place

PATIENCE: Final = 10.0
"""Seconds after which a job that nobody has begun is given up: a process may hang while it is its turn."""

_log = logging.getLogger(__name__)
Work = Callable[[sqlite3.Connection], Any]


@dataclass(eq=False)
class Job:
    """Something to be written: `events` to be put, or `work` to be done.

    Attributes:
        done: told the outcome, in the event loop.
        keeps: whether it needs new room.
        outcome: a value, or the exception that it ended with.
    """

    done: "asyncio.Future[Any]"
    events: Sequence[Event] | None = None
    work: Work | None = None
    keeps: bool = True
    outcome: Any = field(default=None)


class Writer:
    """The one that writes, in this process.

    Args:
        place: where the files lie.
        limit: `--outbox-size`, bytes.
        clock: for the times that are written down.
    """

    def __init__(self, place: Place, limit: int, clock: Clock) -> None:
        self._place = place
        self._limit = limit
        self._clock = clock
        self._connection = Connection(place, writes=True)
        self._turns = Turns(place)
        self._ballast = Ballast(place)
        self._jobs: deque[Job] = deque()
        self._something = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write_on, name="outbox", daemon=True)
        self._suspicion: OutboxTrouble | None = None
        self._damaged: tuple[sqlite3.Connection, OutboxTrouble] | None = None
        self.trouble: OutboxTrouble | None = None
        """Why nothing new could be kept the last time; None when it could."""

    def start(self) -> None:
        """Begin; called in the event loop that waits for the outcomes."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def close(self) -> None:
        """Do what is left, and end."""
        with self._something:
            self._closing = True
            self._something.notify()
        self._thread.join()

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
                        self._do(jobs)
            except Exception as trouble:
                jobs = jobs or self._take()
                self._end(jobs, trouble)
            self._hand_back(jobs)
        self._connection.close()
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

    def _do(self, jobs: Sequence[Job]) -> None:
        keeping = [job for job in jobs if job.keeps]
        others = [job for job in jobs if not job.keeps]
        if keeping:
            try:
                self._see_that_there_is_room()
            except OutboxTrouble as trouble:
                self._end(keeping, trouble)
                keeping = []
        if keeping or others:
            self._do_together(others + keeping)
        if others and (self._is_full() or not self._ballast.is_there()):
            self._make_room()

    def _see_that_there_is_room(self) -> None:
        """Whether anything new may be kept."""
        connection = self._connection.get()
        if self._suspicion is not None:
            self._damaged, self._suspicion = (connection, self._suspicion), None
        if self._damaged is not None and self._damaged[0] is connection:
            raise self._damaged[1]
        self._ballast.make()
        if self.trouble is not None and self._is_full() and not self._make_room():
            raise self.trouble

    def _is_full(self) -> bool:
        """Whether the disk was full and still is."""
        is_disk = self.trouble is not None and self.trouble.why == "disk"
        return is_disk and not self._ballast.has_room_beside_it()

    def _do_together(self, jobs: Sequence[Job], *, once_more: bool = True) -> None:
        try:
            self._commit(jobs)
        except OutboxTrouble as trouble:
            if trouble.why == "disk" and once_more:
                self._connection.close()
                if self._make_room():
                    return self._do_together(jobs, once_more=False)
            self._do_what_can_be_done(jobs, trouble)
        except Exception as bug:
            if len(jobs) == 1:
                return self._end(jobs, bug)
            # One of them is at fault; the others must not suffer for it.
            for job in jobs:
                self._do_together([job])
        return None

    def _do_what_can_be_done(self, jobs: Sequence[Job], trouble: OutboxTrouble) -> None:
        """After trouble with the file: nothing new; the rest one by one, on the room of the ballast if it must be."""
        self._end([job for job in jobs if job.keeps], trouble)
        for job in jobs:
            if not job.keeps:
                try:
                    self._commit_alone(job)
                except OutboxTrouble as still:
                    self._end([job], still)

    def _commit_alone(self, job: Job) -> None:
        try:
            self._commit([job])
        except OutboxTrouble as trouble:
            if trouble.why != "disk":
                raise
            self._ballast.let_go()
            self._commit([job])
            self._make_room()

    def _make_room(self) -> bool:
        """On a full disk: give back what is free in the file, on the ballast's room if need be; whether it helped."""
        if not self._shrinks():
            self._ballast.let_go()
            self._shrinks()
        with contextlib.suppress(OutboxTrouble):
            self._ballast.make()
        return self._ballast.is_there() and self._ballast.has_room_beside_it()

    def _shrinks(self) -> bool:
        try:
            with translated(self._place.file):
                connection = self._connection.get()
                upkeep.give_back(connection, upkeep.spare(connection, slack=0))
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except OutboxTrouble:
            return False
        return True

    def _commit(self, jobs: Sequence[Job]) -> None:
        """All of them in one transaction; their outcomes count when it is on the disk."""
        with translated(self._place.file):
            connection = self._connection.get()
            try:
                connection.execute("BEGIN IMMEDIATE")
                outcomes = self._outcomes(connection, jobs)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        for job, outcome in outcomes:
            self._end([job], outcome)

    def _outcomes(self, connection: sqlite3.Connection, jobs: Sequence[Job]) -> list[tuple[Job, Any]]:
        outcomes = [(job, job.work(connection)) for job in jobs if job.work is not None]
        puts = [(job, job.events) for job in jobs if job.events is not None]
        if puts:
            answers = taking.put(connection, [events for _, events in puts], self._clock.wall(), self._limit)
            outcomes += [(job, answer) for (job, _), answer in zip(puts, answers, strict=True)]
        return outcomes

    def _end(self, jobs: Sequence[Job], outcome: Any) -> None:
        for job in jobs:
            job.outcome = outcome
            if job.keeps:
                self._remember(outcome)

    def _remember(self, outcome: Any) -> None:
        full = isinstance(outcome, OutboxTrouble) and outcome.why == "full"  # the disk took what it was asked to take
        trouble = outcome if isinstance(outcome, OutboxTrouble) and not full else None
        if trouble is not None and self.trouble is None:
            _log.error("%s", trouble)
        if trouble is None and self.trouble is not None and not isinstance(outcome, Exception):
            _log.warning("the outbox keeps events again")
        self.trouble = trouble
        known = self._damaged is not None and self._damaged[1] is trouble
        if trouble is not None and trouble.why == "damaged" and not known:
            self.distrust(trouble)

    def distrust(self, trouble: OutboxTrouble) -> None:
        """Damage was found: keep nothing new in this file, until another lies in its place."""
        self._suspicion = trouble

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
