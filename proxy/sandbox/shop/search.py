"""The shop's search: SQLite's FTS5, in memory, over the catalogue.

Words are stemmed and the last one is completed as it is typed. Every word has
to be there; only where that finds nothing is any of them enough. Better fits
come first, and of equal fits the more popular.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from proxy.sandbox.shop.catalogue import Item

_WORD = re.compile(r"\w+")
_WEIGHTS: Final = "8.0, 4.0, 1.0"  # name, kind, other words
MOST_A_PAGE: Final = 100

SORTS: Final[Mapping[str, Callable[[Item], tuple[object, ...]]]] = {
    "price_asc": lambda item: (item.price, item.id),
    "price_desc": lambda item: (-item.price, item.id),
    "rating": lambda item: (-item.rating, -item.reviews, item.id),
}
PRICES: Final = ((None, 25), (25, 50), (50, 100), (100, 200), (200, None))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shopper looks for. `price` is from and to, either may be open."""

    q: str = ""
    category: str | None = None
    brands: tuple[str, ...] = ()
    price: tuple[Decimal | None, Decimal | None] = (None, None)
    sort: str = "relevance"
    page: int = 1
    per_page: int = 24


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, and what there is in all."""

    wish: Wish
    total: int
    items: tuple[Item, ...]
    facets: dict[str, list[dict[str, object]]]


class Search:
    """Finds items of one catalogue."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = {item.id: item for item in items}
        self._popular = sorted(items, key=lambda item: (-item.popularity, item.id))
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE item USING fts5(id UNINDEXED, name, kind, words, tokenize='porter')")
        rows = [(item.id, item.name, item.kind.noun, item.words) for item in items]
        self._db.executemany("INSERT INTO item VALUES (?, ?, ?, ?)", rows)

    def item(self, id: str) -> Item | None:
        """The item of that id."""
        return self._items.get(id)

    def find(self, wish: Wish) -> Found:
        """One page of what fits."""
        fitting = [item for item in self._matching(wish.q) if wish.category in (None, item.category.id)]
        facets = _facets(fitting)
        kept = [item for item in fitting if _passes(item, wish)]
        if wish.sort in SORTS:
            kept.sort(key=SORTS[wish.sort])
        start = (wish.page - 1) * wish.per_page
        return Found(wish, len(kept), tuple(kept[start : start + wish.per_page]), facets)

    def similar(self, item: Item, count: int) -> tuple[Item, ...]:
        """Others of its kind first, then of its category, the most popular first."""
        others = [other for other in self._popular if other.category is item.category and other is not item]
        others.sort(key=lambda other: other.kind is not item.kind)
        return tuple(others[:count])

    def featured(self) -> tuple[Item, ...]:
        """The most popular ones of each kind, kinds taking turns, the best kinds first."""
        turns: Counter[str] = Counter()
        turn = {}
        for item in self._popular:
            turns[item.kind.id] += 1
            turn[item.id] = turns[item.kind.id]
        return tuple(sorted(self._popular, key=lambda item: turn[item.id]))

    def _matching(self, q: str) -> Sequence[Item]:
        words = _WORD.findall(q)
        if not words:
            return self.featured() if not q.strip() else ()
        return self._match(" ".join(_terms(words))) or self._match(" OR ".join(_terms(words)))

    def _match(self, expression: str) -> Sequence[Item]:
        rows = self._db.execute(f"SELECT id, bm25(item, 0, {_WEIGHTS}) FROM item WHERE item MATCH ?", (expression,))
        # bm25 is the better the lower; rounding lets popularity decide among those that fit alike.
        scored = [(round(score, 1), self._items[id]) for id, score in rows]
        scored.sort(key=lambda one: (one[0], -one[1].popularity, one[1].id))
        return [item for _, item in scored]


def _terms(words: Iterable[str]) -> list[str]:
    *others, last = (f'"{word}"' for word in words)
    return [*others, f"{last}*"]


def _passes(item: Item, wish: Wish) -> bool:
    low, high = wish.price
    return (
        (not wish.brands or item.brand in wish.brands)
        and (low is None or item.price >= low)
        and (high is None or item.price < high)
    )


def _facets(items: Iterable[Item]) -> dict[str, list[dict[str, object]]]:
    items = list(items)
    categories = Counter((item.category.id, item.category.name) for item in items)
    brands = Counter(item.brand for item in items)
    prices = [(low, high, sum((low or 0) <= item.price < (high or 10**9) for item in items)) for low, high in PRICES]
    return {
        "categories": [{"id": id, "name": name, "count": n} for (id, name), n in categories.most_common()],
        "brands": [{"name": name, "count": n} for name, n in sorted(brands.items())],
        "prices": [
            {"id": f"{low or ''}-{high or ''}", "from": low, "to": high, "count": n} for low, high, n in prices if n
        ],
    }
