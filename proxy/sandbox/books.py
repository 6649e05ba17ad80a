"""The platform's books: every event once, what it cost, and what it led to.

`enter` takes one request: all of its events or none, in one transaction, by the
time it returns on its way to the disk. `id` is the idempotency key of its kind:
who comes again is counted, and nothing else. A click on an ad costs its
campaign the sealed price, but never more than what is left of its budget. Sales
(`sales.py`) and the report (`lines.py`) are kept up in the same transaction, and so
are the counts: looking at them costs nothing, however many events there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from proxy.sandbox.attribution import Click
from proxy.sandbox.budget import money_left
from proxy.sandbox.campaigns import Market
from proxy.sandbox.lines import Lines
from proxy.sandbox.report import Day
from proxy.sandbox.reported import Event
from proxy.sandbox.sales import Sales
from proxy.sandbox.seal import SealedBid
from proxy.sandbox.store import Store
from proxy.topsort.events import KINDS

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL, user TEXT NOT NULL,
    bid TEXT, campaign TEXT, product TEXT, charged INTEGER NOT NULL DEFAULT 0, written BLOB NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS clicks ON events (user, at) WHERE kind = 'clicks' AND campaign IS NOT NULL;
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 2;
"""
_COUNTED: Final = (*KINDS, "duplicates", "requests")


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as the books have it: money in micros, `at` in seconds since 1970, `written` as it was sent."""

    number: int
    kind: str
    id: str
    at: float
    user: str
    bid: str | None
    campaign: str | None
    product: str | None
    charged: int
    written: bytes


class Books:
    """Events, sales and the report, in the store's file.

    Args:
        store: the file, and what is spent.
        market: whose campaigns pay, and what they promote.
    """

    def __init__(self, store: Store, market: Market) -> None:
        self._store = store
        self._market = market
        self._db = store.db
        self._db.executescript(_SCHEMA)
        self._counts = self._counted()
        self._lines = Lines(self._db)
        self._sales = Sales(self._db, market, self._lines)

    def enter(self, events: Sequence[Event], bids: Mapping[str, SealedBid], wall: float) -> None:
        """Take one request. `bids` are the ads that its events name, opened; `wall` is now, for the budget's day."""
        before = dict(self._counts)
        try:
            with self._store.transaction():
                for event in events:
                    self._take(event, bids.get(event.bid or ""), wall)
                self._counts["requests"] += 1
                self._lines.write()
                changed = [(name, number) for name, number in self._counts.items() if number != before[name]]
                self._db.executemany("REPLACE INTO counts VALUES (?, ?)", changed)
        except BaseException:
            self._counts = before
            raise
        finally:
            self._lines.forget()

    def counts(self) -> dict[str, int]:
        """How many events of each kind, how many of them in all, how many came again, how many requests were taken."""
        kinds = {kind: self._counts[kind] for kind in KINDS}
        return {
            **kinds,
            "unique": sum(kinds.values()),
            "duplicates": self._counts["duplicates"],
            "requests": self._counts["requests"],
        }

    def latest(self, limit: int, kind: str | None = None, id: str | None = None) -> Iterator[Kept]:
        """The events as they came in, the newest first; of one kind, or with one id, where that is given."""
        rows = self._db.execute(
            "SELECT number, kind, id, at, user, bid, campaign, product, charged, written FROM events"
            " WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id = ?2) ORDER BY number DESC LIMIT ?3",
            (kind, id, limit),
        )
        return (Kept(*row) for row in rows)

    def report(self, campaign: str | None = None, day: str | None = None) -> list[Day]:
        """What each campaign's products did, day by day, the newest day first."""
        return self._lines.read(campaign, day)

    # -- one event ----------------------------------------------------------

    def _take(self, event: Event, bid: SealedBid | None, wall: float) -> None:
        campaign = str(UUID(bytes=bid.campaign)) if bid is not None else None
        product = bid.product if bid is not None else ", ".join(event.products) or None
        row = (event.kind, event.id, event.at, event.user, event.bid, campaign, product, event.written)
        written = self._db.execute(
            "INSERT INTO events (kind, id, at, user, bid, campaign, product, written) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            row,
        )
        if written.rowcount == 0:
            self._counts["duplicates"] += 1
            return
        self._counts[event.kind] += 1
        number = written.lastrowid or 0
        if event.kind == "purchases":
            for item in event.items:
                self._sales.enter(event, item, number)
        elif bid is not None and campaign is not None:
            self._show(event, Click(number, campaign, bid.product, event.at), bid.price, wall)

    def _show(self, event: Event, ad: Click, price: int, wall: float) -> None:
        """An ad was seen or clicked."""
        if event.kind == "impressions":
            self._lines.note(ad.campaign, ad.product, event.day, impressions=1)
            return
        micros = self._charge(ad, price, wall)
        self._lines.note(ad.campaign, ad.product, event.day, clicks=1, spend=micros)
        self._sales.claim(ad, event.user)

    def _charge(self, click: Click, price: int, wall: float) -> int:
        """What the click costs, in micros: its price, or what is left where that is less."""
        campaign = self._market.by_uuid.get(click.campaign)
        left = money_left(campaign, self._store.spent(click.campaign, wall)) if campaign is not None else None
        micros = price if left is None else min(price, left)
        self._store.charge(click.campaign, micros, wall)
        self._db.execute("UPDATE events SET charged = ? WHERE number = ?", (micros, click.event))
        return micros

    def _counted(self) -> dict[str, int]:
        known = dict(self._db.execute("SELECT name, number FROM counts"))
        return {name: known.get(name, 0) for name in _COUNTED}
