"""Whose turn it is to write, and who of this machine delivers.

Both are locks of the kernel on files, so they end with the process that holds
them, however it ends.

SQLite's own way of waiting (sleep, and try again) lets one busy process starve
the others. So whoever wants to write takes a turn here first. One lock would not
do: whoever lets go of it and wants it again at once is faster than those who
must wake up first. With two, the next in line already holds the first one, and
whoever has just written must stand behind all who wait for it.

Writing and checkpoints never run side by side either, since a checkpoint is part
of somebody's turn. That also keeps us clear of SQLite's WAL-reset bug (fixed in
3.51.3; https://sqlite.org/wal.html#walresetbug).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy.events.keeping.sqlite.place import Place, make_private


class Turns:
    """Turns to write, across processes. For one thread of this process."""

    def __init__(self, place: Place) -> None:
        self._next = _Lock(place.lock("next"))
        self._now = _Lock(place.lock("now"))

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Wait for a turn, and have it.

        Raises:
            OSError: the lock files cannot be opened.
        """
        self._next.take()
        try:
            self._now.take()
        finally:
            self._next.let_go()
        try:
            yield
        finally:
            self._now.let_go()

    def close(self) -> None:
        """Close the lock files."""
        self._next.close()
        self._now.close()


class Deliverer:
    """Who delivers, of all processes of this machine: the first to ask, until it closes or dies."""

    def __init__(self, place: Place) -> None:
        self._lock = _Lock(place.lock("deliverer"))

    def is_us(self) -> bool:
        """Whether it is this process; becomes it where nobody is.

        Raises:
            OSError: the lock file cannot be opened.
        """
        return self._lock.take(wait=False)

    def close(self) -> None:
        """Let another one deliver."""
        self._lock.close()


class _Lock:
    """An exclusive lock on a file of its own. One that was deleted meanwhile is made anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._held = False

    def take(self, *, wait: bool = True) -> bool:
        """Have the lock; False where another has it and we do not wait. Taking it twice is taking it once."""
        if self._held and self._is_there():
            return True
        self._held = False
        while True:
            if not self._is_there():
                self.close()
                self._descriptor = make_private(self._path)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                return False
            if self._is_there():  # else it was deleted while we waited, and others lock another one
                self._held = True
                return True

    def let_go(self) -> None:
        if self._held:
            self._held = False
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        self._held = False
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _is_there(self) -> bool:
        """Whether the file that we hold open is still the one of this name."""
        if self._descriptor < 0:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(self._path))
        except OSError:
            return False
