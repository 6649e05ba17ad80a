"""Jobs in a transaction, and what becomes of them when the disk is full or the file is damaged.

A job either keeps something new, or it does not (a settlement, say). On a full
disk the former are refused; the latter go on, on the room of the ballast if need
be. In a damaged file nothing new is kept, until another lies in its place.
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxy.clock import Clock
from proxy.events.event import Event
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite import taking, upkeep
from proxy.events.keeping.sqlite.ballast import Ballast
from proxy.events.keeping.sqlite.connection import Connection, translated
from proxy.events.keeping.sqlite.place import Place

_NO_ROOM: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}

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
    outcome: Any = None


class Committer:
    """Does jobs, many in a transaction. For one thread.

    Args:
        place: where the file lies.
        limit: `--outbox-size`, bytes.
        clock: for the times that are written down.
    """

    def __init__(self, place: Place, limit: int, clock: Clock) -> None:
        self._place = place
        self._limit = limit
        self._clock = clock
        self._connection = Connection(place, writes=True)
        self._ballast = Ballast(place)
        self._suspicion: OutboxTrouble | None = None
        self._damaged: tuple[tuple[int, int] | None, OutboxTrouble] | None = None
        self.trouble: OutboxTrouble | None = None
        """Why nothing new could be kept the last time; None when it could."""

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def do(self, jobs: Sequence[Job]) -> None:
        """Do them all, and give each its outcome. For one whose turn it is to write."""
        keeping = [job for job in jobs if job.keeps]
        others = [job for job in jobs if not job.keeps]
        if keeping:
            try:
                self._see_that_there_is_room()
            except OutboxTrouble as trouble:
                self.end(keeping, trouble)
                keeping = []
        if keeping or others:
            self._do_together(others + keeping)
        if others and (self._is_full() or not self._ballast.is_there()):
            self._make_room()

    def _see_that_there_is_room(self) -> None:
        """Whether anything new may be kept."""
        self._connection.get()
        if self._suspicion is not None:
            self._damaged, self._suspicion = (self._connection.which, self._suspicion), None
        if self._damaged is not None and self._damaged[0] == self._connection.which:
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
            self._connection.close()
            # A sync that failed is never tried again: what the kernel could not write it has forgotten.
            if once_more and _is_for_want_of_room(trouble) and self._make_room():
                return self._do_together(jobs, once_more=False)
            self._do_what_can_be_done(jobs, trouble)
        except Exception as bug:
            if len(jobs) == 1:
                return self.end(jobs, bug)
            # One of them is at fault; the others must not suffer for it.
            for job in jobs:
                self._do_together([job])
        return None

    def _do_what_can_be_done(self, jobs: Sequence[Job], trouble: OutboxTrouble) -> None:
        """After trouble with the file: nothing new; the rest one by one, on the room of the ballast if it must be."""
        self.end([job for job in jobs if job.keeps], trouble)
        for job in jobs:
            if not job.keeps:
                try:
                    self._commit_alone(job)
                except OutboxTrouble as still:
                    self.end([job], still)

    def _commit_alone(self, job: Job) -> None:
        try:
            self._commit([job])
        except OutboxTrouble as trouble:
            if not _is_for_want_of_room(trouble):
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
            self.end([job], outcome)

    def _outcomes(self, connection: sqlite3.Connection, jobs: Sequence[Job]) -> list[tuple[Job, Any]]:
        outcomes = [(job, job.work(connection)) for job in jobs if job.work is not None]
        puts = [(job, job.events) for job in jobs if job.events is not None]
        if puts:
            answers = taking.put(connection, [events for _, events in puts], self._clock.wall(), self._limit)
            outcomes += [(job, answer) for (job, _), answer in zip(puts, answers, strict=True)]
        return outcomes

    def end(self, jobs: Sequence[Job], outcome: Any) -> None:
        """Give them all this outcome."""
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


def _is_for_want_of_room(trouble: OutboxTrouble) -> bool:
    return getattr(trouble.__cause__, "sqlite_errorcode", None) in _NO_ROOM
