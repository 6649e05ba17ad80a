"""What the platform must not forget: what each campaign has spent, and its sealing secret.

SQLite in the data folder, written by this one process. What was spent is also
held in memory, so that an auction never waits for the disk. Charging writes and
commits before it answers. Events, attribution and reports get tables of their
own beside these; `user_version` says which are there.
"""

import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from proxy.sandbox.budget import Spent

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spending (
    campaign TEXT NOT NULL, day TEXT NOT NULL, micros INTEGER NOT NULL, PRIMARY KEY (campaign, day)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""


class Store:
    """Opens, or makes, `sandbox.sqlite3` in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        rows = self._db.execute("SELECT campaign, day, micros FROM spending")
        self._spent: dict[str, dict[str, int]] = {}
        for campaign, day, micros in rows:
            self._spent.setdefault(campaign, {})[day] = micros
        self._totals = {campaign: sum(days.values()) for campaign, days in self._spent.items()}
        self.secret = self._secret()

    def spent(self, campaign: str, wall: float) -> Spent:
        """What `campaign` has spent, in all and on the day of `wall`."""
        return Spent(self._totals.get(campaign, 0), self._spent.get(campaign, {}).get(_day(wall), 0))

    def charge(self, campaign: str, micros: int, wall: float) -> None:
        """Add to what `campaign` has spent on the day of `wall`."""
        day = _day(wall)
        self._db.execute(
            "INSERT INTO spending VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET micros = micros + excluded.micros",
            (campaign, day, micros),
        )
        days = self._spent.setdefault(campaign, {})
        days[day] = days.get(day, 0) + micros
        self._totals[campaign] = self._totals.get(campaign, 0) + micros

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _secret(self) -> bytes:
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('seal', ?)", (secrets.token_bytes(32),))
        row: tuple[bytes] = self._db.execute("SELECT value FROM meta WHERE name = 'seal'").fetchone()
        return row[0]


def _day(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).date().isoformat()
