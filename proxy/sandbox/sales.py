"""Sales, and the clicks to which they are owed.

A sale finds its click when it is told, and a click that is told later finds the
sales that it led to: in whichever order the two come, the report is the same.
Runs inside the transaction of the request (`books.py`).
"""

import sqlite3

from proxy.sandbox.attribution import WINDOW, Click, owed_to, promotes
from proxy.sandbox.campaigns import Market
from proxy.sandbox.lines import Lines
from proxy.sandbox.reported import Event, Item

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sales (
    number INTEGER PRIMARY KEY, purchase INTEGER NOT NULL, user TEXT NOT NULL, at REAL NOT NULL, day TEXT NOT NULL,
    product TEXT NOT NULL, amount REAL NOT NULL, quantity INTEGER NOT NULL,
    click INTEGER, click_at REAL, campaign TEXT, clicked TEXT
);
CREATE INDEX IF NOT EXISTS sales_of_users ON sales (user, at);
"""


class Sales:
    """The lines of all orders; `market` says what a campaign promotes, `lines` is the report."""

    def __init__(self, db: sqlite3.Connection, market: Market, lines: Lines) -> None:
        self._db = db
        self._market = market
        self._lines = lines
        db.executescript(_SCHEMA)

    def enter(self, event: Event, item: Item, purchase: int) -> None:
        """Take one line of an order, which is event number `purchase`."""
        rows = self._db.execute(
            "SELECT number, campaign, product, at FROM events"
            " WHERE kind = 'clicks' AND campaign IS NOT NULL AND user = ? AND at BETWEEN ? AND ?",
            (event.user, event.at - WINDOW, event.at),
        )
        click = owed_to(item.product, event.at, (Click(*row) for row in rows), self._market)
        owed = (click.event, click.at, click.campaign, click.product) if click is not None else (None,) * 4
        self._db.execute(
            "INSERT INTO sales (purchase, user, at, day, product, amount, quantity, click, click_at, campaign, clicked)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (purchase, event.user, event.at, event.day, item.product, item.amount, item.quantity, *owed),
        )
        if click is not None:
            self._lines.note(click.campaign, click.product, event.day, sold=item.quantity, sales=item.amount)

    def claim(self, click: Click, user: str) -> None:
        """Give `click` the sales that were told before it."""
        rows = self._db.execute(
            "SELECT number, product, day, quantity, amount, campaign, clicked FROM sales"
            " WHERE user = ? AND at BETWEEN ? AND ? AND (click IS NULL OR click_at <= ?)",
            (user, click.at, click.at + WINDOW, click.at),
        ).fetchall()
        for number, product, day, quantity, amount, owner, clicked in rows:
            if not promotes(click, product, self._market):
                continue
            if owner is not None:
                self._lines.note(owner, clicked, day, sold=-quantity, sales=-amount)
            self._db.execute(
                "UPDATE sales SET click = ?, click_at = ?, campaign = ?, clicked = ? WHERE number = ?",
                (click.event, click.at, click.campaign, click.product, number),
            )
            self._lines.note(click.campaign, click.product, day, sold=quantity, sales=amount)
