"""The tables of the outbox. Pure.

`event` holds every event that we keep, on whichever shelf; its `ref` is never
used again. `seen` knows what was taken within seven days, by fingerprint.
`total` is kept by triggers, so that nobody ever counts rows. `state` is one row.

Times are seconds since 1970. `born` is on the clock of `standstill.py`, which
stands still with the delivery; `due` is the deliverer's own (`delivering.py`).
"""

from typing import Final

from proxy.events.event import Shelf

VERSION: Final = 1
"""`user_version` of the file. A file of a higher one is not touched."""

NUMBER: Final = {Shelf.WAITING: 0, Shelf.DEAD: 1, Shelf.FILTERED: 2}
SHELF: Final = {number: shelf for shelf, number in NUMBER.items()}
WAITING: Final = NUMBER[Shelf.WAITING]
DEAD: Final = NUMBER[Shelf.DEAD]
FILTERED: Final = NUMBER[Shelf.FILTERED]

OVERHEAD: Final = 200
"""Bytes that an event costs beside its id and its body: its row's other columns, its places in the indexes."""

EVENT_COLUMNS: Final = "ref, shelf, kind, id, digest, body, taken_at, born, attempts, said"
"""In the order of `deciding.kept`."""

# An id is a blob, since JSON can spell text that is no UTF-8 (a lone surrogate).
# No index is on `id`: only a person looks for one, and each would cost every event a page of the disk.
TABLES: Final = f"""
CREATE TABLE event (
    ref INTEGER PRIMARY KEY AUTOINCREMENT,
    shelf INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    size INTEGER NOT NULL,
    taken_at REAL NOT NULL,
    born REAL NOT NULL,
    due REAL NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    said TEXT NOT NULL DEFAULT ''
);
CREATE INDEX event_in_order ON event (shelf, ref);
CREATE INDEX event_untried ON event (kind, ref) WHERE shelf = {WAITING} AND attempts = 0;
CREATE INDEX event_tried ON event (kind, due) WHERE shelf = {WAITING} AND attempts > 0;

CREATE TABLE seen (
    name BLOB NOT NULL,
    content BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (name, content)
) WITHOUT ROWID;

CREATE TABLE total (
    shelf INTEGER NOT NULL,
    kind TEXT NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (shelf, kind)
) WITHOUT ROWID;
CREATE TRIGGER event_comes AFTER INSERT ON event BEGIN
    INSERT INTO total VALUES (new.shelf, new.kind, 1, new.size)
    ON CONFLICT (shelf, kind) DO UPDATE SET events = events + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER event_goes AFTER DELETE ON event BEGIN
    UPDATE total SET events = events - 1, bytes = bytes - old.size WHERE shelf = old.shelf AND kind = old.kind;
END;
CREATE TRIGGER event_moves AFTER UPDATE OF shelf ON event BEGIN
    UPDATE total SET events = events - 1, bytes = bytes - old.size WHERE shelf = old.shelf AND kind = old.kind;
    INSERT INTO total VALUES (new.shelf, new.kind, 1, new.size)
    ON CONFLICT (shelf, kind) DO UPDATE SET events = events + 1, bytes = bytes + excluded.bytes;
END;

CREATE TABLE state (
    stood REAL NOT NULL,
    still_since REAL,
    still_why TEXT NOT NULL,
    size_limit INTEGER NOT NULL,
    dead_limit INTEGER NOT NULL
);
INSERT INTO state VALUES (0, NULL, '', 0, 0);
"""


def marks(rows: int, columns: int = 0) -> str:
    """Question marks for `rows` values, or for so many rows of `columns` values each."""
    return ", ".join(["(" + ", ".join("?" * columns) + ")" if columns else "?"] * rows)


def clean(text: str) -> str:
    """Text that SQLite takes: half a surrogate pair is none."""
    return text.encode("utf-8", "replace").decode()
