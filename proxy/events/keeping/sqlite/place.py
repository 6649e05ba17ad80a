"""The outbox's files in the data folder. Nobody but their owner reads them.

Events say who bought what: every file is made 0600, before anything is in it.
Where root looks into the folder of another user (`sponsored-proxy events` in a
container, say), what root makes there is given to the folder's owner, or the
proxy could not open it any more.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_NAME: Final = "events.sqlite3"
_SIDE_FILES: Final = ("", "-wal", "-shm")
_ONLY_OURS: Final = 0o600


@dataclass(frozen=True)
class Place:
    """Where the files of the outbox in `folder` lie."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database. SQLite keeps two more beside it, with the same access: `-wal` and `-shm`."""
        return self.folder / _NAME

    @property
    def ballast(self) -> Path:
        """Room for a full disk."""
        return self.folder / "events.reserve"

    def lock(self, name: str) -> Path:
        """A lock file."""
        return self.folder / f"events.{name}.lock"

    def make(self) -> None:
        """See that the folder and an (empty) database are there.

        Raises:
            OSError: they cannot be made.
        """
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.file.exists():
            os.close(make_private(self.file))
            _write_down_names_of(self.folder)

    def set_aside(self, wall: float) -> Path:
        """Put the database away under a name with the date; where it lies now.

        Its `-wal` and `-shm` go with it, under the name that SQLite looks for.
        """
        moment = datetime.fromtimestamp(wall, UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        names = (f"{_NAME}.damaged-{moment}{more}" for more in ("", *(f"-{number}" for number in range(2, 1000))))
        aside = next(path for path in map(self.folder.joinpath, names) if not path.exists())
        for side in _SIDE_FILES:
            old = Path(f"{self.file}{side}")
            if old.exists():
                old.rename(f"{aside}{side}")
        _write_down_names_of(self.folder)
        return aside

    def those_set_aside(self) -> Sequence[Path]:
        """The databases that were set aside, oldest first."""
        try:
            names = os.listdir(self.folder)
        except OSError:
            return ()
        aside = (name for name in names if name.startswith(f"{_NAME}.damaged-"))
        return [self.folder / name for name in sorted(aside) if not name.endswith(_SIDE_FILES[1:])]


def make_private(path: Path, flags: int = 0) -> int:
    """Open a file of ours for writing, made if it is missing; a descriptor.

    Raises:
        OSError: it cannot be opened.
    """
    made = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, _ONLY_OURS)
    if made:
        os.fchmod(descriptor, _ONLY_OURS)
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _write_down_names_of(folder: Path) -> None:
    """A new name in a folder outlives a power cut only when the folder itself was synced."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
