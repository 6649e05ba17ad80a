"""What the platform must not forget: its file, its sealing secret, and what each campaign has spent.

SQLite in the data folder, written by this one process. Whatever belongs together
is written in one `transaction`, and is on its way to the disk before anybody is
answered: a process that is killed loses nothing that it said yes to. What was
spent is also held in memory, so that an auction never waits for the disk. Events
and reports have their own tables in the same file (`books.py`).
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from proxy.sandbox.budget import Spent

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spending (
    campaign TEXT NOT NULL, day TEXT NOT NULL, micros INTEGER NOT NULL, PRIMARY KEY (campaign, day)
) WITHOUT ROWID;
"""


class Store:
    """Opens, or makes, `sandbox.sqlite3` in `folder`. `db` is for those who keep tables of their own in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        # In WAL mode this outlives the process, however it ends; only a power cut can take the last moments.
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(_SCHEMA)
        self._spent: dict[str, dict[str, int]] = {}
        self._totals: dict[str, int] = {}
        self._remember()
        self.secret = self._secret()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything that is written inside, or nothing of it."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:  # a full disk has ended it already
                self.db.execute("ROLLBACK")
            self._remember()
            raise

    def spent(self, campaign: str, wall: float) -> Spent:
        """What `campaign` has spent, in all and on the day of `wall`."""
        return Spent(self._totals.get(campaign, 0), self._spent.get(campaign, {}).get(_day(wall), 0))

    def charge(self, campaign: str, micros: int, wall: float) -> None:
        """Add to what `campaign` has spent on the day of `wall`."""
        day = _day(wall)
        self.db.execute(
            "INSERT INTO spending VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET micros = micros + excluded.micros",
            (campaign, day, micros),
        )
        days = self._spent.setdefault(campaign, {})
        days[day] = days.get(day, 0) + micros
        self._totals[campaign] = self._totals.get(campaign, 0) + micros

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def _remember(self) -> None:
        self._spent.clear()
        for campaign, day, micros in self.db.execute("SELECT campaign, day, micros FROM spending"):
            self._spent.setdefault(campaign, {})[day] = micros
        self._totals = {campaign: sum(days.values()) for campaign, days in self._spent.items()}

    def _secret(self) -> bytes:
        self.db.execute("INSERT OR IGNORE INTO meta VALUES ('seal', ?)", (secrets.token_bytes(32),))
        row: tuple[bytes] = self.db.execute("SELECT value FROM meta WHERE name = 'seal'").fetchone()
        return row[0]


def _day(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).date().isoformat()
