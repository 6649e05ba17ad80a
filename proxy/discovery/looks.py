"""What the objects of a list look like: have they names, prices, pictures? Pure.

An item may be wrapped (`edges[].node`, `hits[]._source`), so a look says also
where inside the item the product itself stands: that is where its fields are,
and where a tag belongs.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from proxy.discovery import words
from proxy.discovery.candidates import Object, at, can_be_named
from proxy.discovery.words import words_of
from proxy.rules.selector import Name, Selector

SAMPLE: Final = 60  # items that are looked at closely
MOST_LEVELS: Final = 3  # wraps around wraps
_PICTURE: Final = re.compile(r"(?:https?:)?/\S*\.(?:jpe?g|png|webp|gif|avif)(?:[?#]\S*)?", re.I)
_MONEY: Final = re.compile(r"\D{0,4}\d[\d.,'  ]*\D{0,4}")

WEIGHTS: Final = {
    "price": 3.0,
    "title": 2.0,
    "picture": 1.5,
    "link": 0.8,
    "brand": 0.8,
    "code": 0.8,
    "about": 0.5,
    "stock": 0.5,
    "kind": 0.4,
}
"""What each trait of a product is worth. A price tells most: hardly anything else has one."""

DEEP_PRICE: Final = 1.5
DEEP_TITLE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Look:
    """How objects look.

    Attributes:
        wrap: the keys from the item to the product itself.
        traits: what it has of `WEIGHTS`.
        keys: the keys that most of the objects have, each with how many of them do (0 to 1).
        deep_price: a price stands somewhere further inside.
        deep_title: a name does, too.
    """

    wrap: tuple[str, ...]
    traits: frozenset[str]
    keys: dict[str, float]
    deep_price: bool = False
    deep_title: bool = False

    @property
    def worth(self) -> float:
        """How much they look like products."""
        own = sum(WEIGHTS[trait] for trait in self.traits if trait in WEIGHTS)
        return own + DEEP_PRICE * self.deep_price + DEEP_TITLE * self.deep_title

    @property
    def at(self) -> str:
        """The wrap as a JSONPath inside the item."""
        return str(Selector.of(Name(key) for key in self.wrap))

    @property
    def alike(self) -> float:
        """How much of their keys the objects share, 0 to 1."""
        return sum(self.keys.values()) / len(self.keys) if self.keys else 0.0


def look_at(items: Sequence[Object]) -> Look:
    """How items look, at the level at which they look most like products."""
    looks = _at_all_levels(items[:SAMPLE], _looked(items[:SAMPLE], ()))
    # A level further in must be worth more: it is the exception.
    return max(looks, key=lambda look: look.worth - 0.4 * len(look.wrap))


def _at_all_levels(items: Sequence[Object], look: Look) -> Iterator[Look]:
    yield look
    if len(look.wrap) < MOST_LEVELS:
        for inner in _inside(items, look):
            yield from _at_all_levels(items, inner)


def _inside(items: Sequence[Object], look: Look) -> Iterator[Look]:
    """The looks of the objects one level further in, where most items have one and its name may be a wrap's."""
    outer = at(items, look.wrap)
    for key in look.keys:
        named = frozenset(words_of(key))
        if not can_be_named(key) or (
            key.lower() not in words.WRAPS and (named & words.NOT_A_WRAP or "title" in look.traits)
        ):
            continue
        inner = at(outer, (key,))
        if inner and 5 * len(inner) >= 2 * len(outer):
            yield _looked(inner, (*look.wrap, key))


def _looked(objects: Sequence[Object], wrap: tuple[str, ...]) -> Look:
    counts = Counter(key for each in objects for key in each)
    # A key that a single one of many has says nothing of their kind.
    keys = {key: n / len(objects) for key, n in counts.items() if 4 * n >= len(objects)}
    traits = frozenset(trait for key in keys for trait in _traits(key, [each[key] for each in objects if key in each]))
    deep_price = "price" not in traits and any(_has(each, words.PRICE, _is_price) for each in objects[:3])
    deep_title = "title" not in traits and any(_has(each, words.TITLE, _is_title, 3) for each in objects[:3])
    return Look(wrap, traits, keys, deep_price, deep_title)


def _traits(key: str, values: Sequence[object]) -> Iterable[str]:
    named = frozenset(words_of(key))
    if named & words.PRICE and any(map(_is_price, values)):
        yield "price"
    elif named & words.TITLE and not named & words.NOT_A_TITLE and any(map(_is_title, values)):
        yield "title"
    if named & words.PICTURE or any(isinstance(value, str) and _PICTURE.fullmatch(value) for value in values[:5]):
        yield "picture"
    for trait, table in _BY_NAME:
        if named & table:
            yield trait


_BY_NAME: Final = (
    ("link", words.LINK),
    ("brand", words.BRAND),
    ("about", words.ABOUT),
    ("stock", words.STOCK),
    ("code", words.CODE),
    ("kind", words.KIND),
    ("count", words.COUNT),
    ("opinion", words.OPINION),
    ("scale", words.SCALE),
)


def _is_price(value: object) -> bool:
    if isinstance(value, str):
        return len(value) < 30 and _MONEY.fullmatch(value.strip()) is not None
    return isinstance(value, int | float | dict | list) and not isinstance(value, bool) and value not in ({}, [])


def _is_title(value: object) -> bool:
    if isinstance(value, dict):  # {"en": "Lamp", "de-DE": "Lampe"}
        return any(isinstance(inner, str) and len(inner) > 1 for inner in value.values())
    if isinstance(value, list):  # Solr's fields of several values
        return len(value) == 1 and isinstance(value[0], str)
    return isinstance(value, str) and len(value) > 1


def has_price_outside(items: Sequence[Object], path: Sequence[str]) -> bool:
    """The items have a price, however deep, that does not stand at a path of keys in them."""
    return bool(path) and any(_has(_without(item, path), words.PRICE, _is_price) for item in items[:3])


def has_title_outside(items: Sequence[Object], path: Sequence[str]) -> bool:
    """The same of a name, a few levels deep."""
    return bool(path) and any(_has(_without(item, path), words.TITLE, _is_title, 2) for item in items[:3])


def _without(value: object, path: Sequence[str]) -> object:
    """A value less what stands at a path in it; arrays on the way are followed."""
    if isinstance(value, list):
        return [_without(each, path) for each in value[:3]]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    rest = {key: inner for key, inner in value.items() if key != path[0]}
    return {**rest, path[0]: _without(value[path[0]], path[1:])} if len(path) > 1 else rest


def _has(value: object, named: frozenset[str], looks: Callable[[object], bool], deepest: int = 6) -> bool:
    """A key of such a name with such a value, a few levels deep, in objects and in the first of each array."""
    if isinstance(value, list):
        return bool(value) and deepest > 0 and _has(value[0], named, looks, deepest - 1)
    if not isinstance(value, dict):
        return False
    for key, inner in list(value.items())[:80]:
        if not named.isdisjoint(words_of(key)) and looks(inner):
            return True
        if deepest > 0 and _has(inner, named, looks, deepest - 1):
            return True
    return False
