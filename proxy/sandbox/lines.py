"""The report's lines, kept up with every request: a campaign, a product, a day, and what they add up to.

What a request adds is gathered in memory and written once, at its end, inside its
transaction (`books.py`), so that fifty impressions of one ad are one write.
"""

import sqlite3
from typing import Final

from proxy.sandbox.report import Day

_SCHEMA = """
CREATE TABLE IF NOT EXISTS report (
    campaign TEXT NOT NULL, product TEXT NOT NULL, day TEXT NOT NULL,
    impressions INTEGER NOT NULL DEFAULT 0, clicks INTEGER NOT NULL DEFAULT 0, spend INTEGER NOT NULL DEFAULT 0,
    sold INTEGER NOT NULL DEFAULT 0, sales REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, product, day)
) WITHOUT ROWID;
"""
_COLUMNS: Final = ("impressions", "clicks", "spend", "sold", "sales")
_ADD: Final = f"""
INSERT INTO report VALUES (?, ?, ?, {", ".join("?" * len(_COLUMNS))})
ON CONFLICT DO UPDATE SET {", ".join(f"{name} = {name} + excluded.{name}" for name in _COLUMNS)}
"""


class Lines:
    """The table of them, and what is not yet written."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._noted: dict[tuple[str, str, str], dict[str, float]] = {}
        db.executescript(_SCHEMA)

    def note(self, campaign: str, product: str, day: str, **more: float) -> None:
        """Add to a line; the names in `more` are its columns. Money is in micros."""
        line = self._noted.setdefault((campaign, product, day), dict.fromkeys(_COLUMNS, 0))
        for name, number in more.items():
            line[name] += number

    def write(self) -> None:
        """Write what was noted."""
        # As floats, since a sum may outgrow SQLite's integers; its columns make whole numbers whole again.
        self._db.executemany(_ADD, [(*key, *map(float, line.values())) for key, line in self._noted.items()])

    def forget(self) -> None:
        """What was noted is written, or never will be."""
        self._noted.clear()

    def read(self, campaign: str | None = None, day: str | None = None) -> list[Day]:
        """What each campaign's products did, day by day, the newest day first."""
        rows = self._db.execute(
            "SELECT campaign, product, day, impressions, clicks, spend, sold, sales FROM report"
            " WHERE (?1 IS NULL OR campaign = ?1) AND (?2 IS NULL OR day = ?2)"
            " AND impressions + clicks + sold > 0 ORDER BY day DESC, campaign, product",
            (campaign, day),
        )
        return [Day(*row) for row in rows]
