"""A file that is read again when it changes.

What it said last stays in force while it cannot be read, or says what nobody
understands; that is logged, once. What it says itself is never logged.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

from proxy.clock import Clock

_log = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 1.0
_LARGEST: Final = 2**20 + 1

T = TypeVar("T")


def content_of(file: Path) -> bytes:
    """The bytes of a file, a mebibyte and a bit at most.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        return opened.read(_LARGEST)


class LiveFile(Generic[T]):
    """The value of a file.

    Args:
        file: the file.
        read: makes the value of its bytes, or raises ValueError with a text that may be logged.
        clock: the time; the file is looked at once a second at most.
    """

    def __init__(self, file: Path, read: Callable[[bytes], T], clock: Clock) -> None:
        self._file = file
        self._read = read
        self._clock = clock
        self._looked: float | None = None
        self._seen: tuple[int, ...] | None = None
        self._value: T | None = None
        self._complaint = ""

    def __call__(self) -> T | None:
        """The value in force; None where it could never be read."""
        now = self._clock.now()
        if self._looked is None or now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            self._look()
        return self._value

    def _look(self) -> None:
        try:
            status = os.stat(self._file)
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen != self._seen:
                self._value = self._read(content_of(self._file))
                self._seen, self._complaint = seen, ""
        except (OSError, ValueError) as trouble:
            self._complain(str(getattr(trouble, "strerror", None) or trouble))

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            stays = "what it said last stays in force" if self._value is not None else "events are refused until it can"
            _log.error("%s cannot be used; %s: %s", self._file, stays, complaint)
        self._complaint = complaint
