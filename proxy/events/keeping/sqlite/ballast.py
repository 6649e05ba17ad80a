"""Room on the disk that is kept for the day on which the disk is full.

Even a deletion needs room, in SQLite's log. So a file of a mebibyte lies beside
the database; when the disk is full it is deleted, and what is delivered can
leave. While it is missing no events are taken; it is made again as soon as there
is room for it.
"""

import contextlib
import os
from typing import Final

from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite.place import Place, make_private

SIZE: Final = 1024 * 1024
_MORE: Final = 256 * 1024


class Ballast:
    """The file of room in a place."""

    def __init__(self, place: Place) -> None:
        self._path = place.ballast

    def is_there(self) -> bool:
        """Whether there is room for a deletion, whatever comes."""
        try:
            return self._path.stat().st_size == SIZE
        except OSError:
            return False

    def make(self) -> None:
        """See that it is there.

        Raises:
            OutboxTrouble: there is no room.
        """
        if self.is_there():
            return
        try:
            descriptor = make_private(self._path)
            try:
                _fill(descriptor, SIZE)
            finally:
                os.close(descriptor)
        except OSError as error:
            self.let_go()
            raise OutboxTrouble("disk", f"{self._path}: {error.strerror}") from error

    def has_room_beside_it(self, in_the_file: int = 0) -> bool:
        """Whether the disk has room for some events more; `in_the_file`: free bytes that the database owns already."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return False
        return not disk.f_flag & os.ST_RDONLY and disk.f_bavail * disk.f_frsize + in_the_file >= _MORE

    def let_go(self) -> None:
        """Give its room to what is needed more."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _fill(descriptor: int, size: int) -> None:
    """Own so many bytes of the disk: a file of zeros that was never written owns none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:  # macOS
        for offset in range(0, size, _MORE):
            os.pwrite(descriptor, bytes(_MORE), offset)
