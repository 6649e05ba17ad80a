"""Where in an item its id stands. Pure.

An id has a name that says so, is in (nearly) every item, is text or a whole
number, and is never the same twice. A name that speaks of products is better
than a bare `id`; an id of something else (a brand, an image) is none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from proxy.discovery import words
from proxy.discovery.candidates import Object, at, can_be_named
from proxy.discovery.words import words_of
from proxy.rules.selector import Index, Name, Selector, Step

MOST_LOOKED_AT: Final = 1_000
MOST_LISTINGS: Final = 20
DEEPEST: Final = 3
GOOD: Final = 0.55
"""From here on a place is an id by its name and its values."""

UNNAMED: Final = 0.12
"""What a key gets that says nothing of an id; then the values speak."""

_BY_KEY: Final = {
    "objectID": 1.0,
    "permanentid": 1.0,
    "_id": 0.82,
    "entityId": 0.97,
    "uniqueID": 0.97,
    "uniqueId": 0.97,
}
_BY_WORDS: Final = {
    ("id",): 0.95,
    ("pid",): 0.93,
    ("sku",): 0.84,
    ("uid",): 0.8,
    ("uuid",): 0.78,
    ("guid",): 0.78,
    ("asin",): 0.85,
    ("vin",): 0.85,
    ("tcin",): 0.85,
    ("code",): 0.74,
    ("number",): 0.6,
    ("no",): 0.6,
    ("nr",): 0.6,
    ("ref",): 0.62,
    ("reference",): 0.62,
    ("referencia",): 0.66,
    ("codigo",): 0.7,
    ("artnr",): 0.8,
    ("artikelnummer",): 0.84,
    ("upc",): 0.6,
    ("mpn",): 0.6,
    ("ean",): 0.6,
    ("gtin",): 0.6,
    ("barcode",): 0.56,
    ("isbn",): 0.7,
    ("identifier",): 0.88,
    ("urn",): 0.72,
    ("kod",): 0.72,
    ("код",): 0.72,
    ("код", "товара"): 0.93,
    ("codice",): 0.74,
    ("cikkszám",): 0.84,
    ("cikkszam",): 0.84,
    ("numer",): 0.62,
    ("nummer",): 0.62,
    ("número",): 0.62,
    ("番号",): 0.7,
    ("コード",): 0.72,
    ("编号",): 0.72,
    ("编码",): 0.72,
    ("번호",): 0.7,
    ("코드",): 0.72,
    ("артикул",): 0.8,
    ("jan",): 0.6,
    ("pzn",): 0.8,
    ("dpci",): 0.8,
    ("plu",): 0.7,
    ("nsn",): 0.7,
    ("prdno",): 0.93,
    ("goodsno",): 0.93,
    ("key",): 0.58,
    ("slug",): 0.42,
    ("handle",): 0.42,
}

_WEAKER: Final = {
    "offer": 0.1,
    "model": 0.12,
    "style": 0.06,
    "external": 0.12,
    "web": 0.05,
    "master": 0.04,
    "record": 0.1,
    "doc": 0.15,
    "document": 0.15,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """A place that may hold the id.

    Attributes:
        steps: the path inside the item.
        score: 0 to 1, how sure it is.
        values: the ids, of those items that have one.
        repeats: how many of them stand there again.
        missing: how many items have none.
    """

    steps: tuple[Step, ...]
    score: float
    values: tuple[str, ...]
    repeats: int
    missing: int

    def __str__(self) -> str:
        return str(Selector.of(self.steps))


def identities(arrays: Sequence[Sequence[Object]], wrap: Sequence[str] = (), called: str = "") -> list[Identity]:
    """Every place in the items that may hold their id, the likeliest first.

    Args:
        arrays: the items of each listing; two listings may show the same product, one listing should not.
        wrap: the keys from an item to the product itself; what stands there, or on the way, counts as near. Items
            without it (a banner among the products) need no id.
        called: the key of the list: in `hotels`, a `hotelId` is a product's.
    """
    products = [[item for item in items[:MOST_LOOKED_AT] if at([item], wrap)] for items in arrays[:MOST_LISTINGS]]
    arrays = [items for items in products if items]
    every = [item for items in arrays for item in items]
    owners = named_one(called) | _named_by_their_fields(at(every, wrap))
    found = [_judged(steps, arrays, wrap, owners) for steps in _places(every)]
    ranked = sorted((each for each in found if each and each.score > 0.05), key=lambda each: -each.score)
    return _outermost_first(ranked)


def _named_by_their_fields(products: Sequence[Object]) -> frozenset[str]:
    """What products are called by their own fields: with a `trackName` and a `trackPrice`, tracks."""
    keys = [words_of(key) for each in products[:5] for key in each]
    return _first_of(keys, words.TITLE) & _first_of(keys, words.PRICE)


def _first_of(keys: Iterable[tuple[str, ...]], what: frozenset[str]) -> frozenset[str]:
    return frozenset(named[0] for named in keys if len(named) == 2 and named[1] in what)


def _outermost_first(ranked: list[Identity]) -> list[Identity]:
    """Where the same ids stand further out, too, under a good name, that is the simpler place to read."""
    same = [each for each in ranked[1:] if each.score > GOOD and each.values == ranked[0].values and not each.missing]
    outer = min(same, key=lambda each: len(each.steps), default=None)
    if outer is None or len(outer.steps) >= len(ranked[0].steps):
        return ranked
    return [outer, *(each for each in ranked if each is not outer)]


def _places(items: Sequence[Object]) -> Iterable[tuple[Step, ...]]:
    """The paths of all text and numbers inside the items, objects followed, arrays of one element too."""
    places: dict[tuple[Step, ...], None] = {}
    for item in [*items[:20], *items[-5:]]:
        places.update(dict.fromkeys(_leaves(item, ())))
    return places


def _leaves(item: Object, steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    for key, value in list(item.items())[:150]:
        if not can_be_named(key):
            continue
        here = (*steps, Name(key))
        if isinstance(value, dict) and len(here) < DEEPEST:
            yield from _leaves(value, here)
        elif isinstance(value, list) and len(value) == 1 and _is_scalar(value[0]):
            yield (*here, Index(0))
        elif isinstance(value, list) and value and isinstance(value[0], dict) and len(here) < DEEPEST:
            yield from _leaves(value[0], (*here, Index(0)))
        elif _is_scalar(value):
            yield here


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def identity_at(steps: tuple[Step, ...], arrays: Sequence[Sequence[Object]]) -> Identity | None:
    """What stands at one place, whatever it is called; None where it is nothing like an id."""
    return _read_at(steps, arrays, 1.0)


def named_one(called: str) -> frozenset[str]:
    """What one element of a list of this name is called: of `hotels`, hotel."""
    return frozenset(_singular(word) for word in words_of(called))


def _singular(word: str) -> str:
    return word.removesuffix("s") if not word.endswith("ies") else f"{word[:-3]}y"


def _judged(
    steps: tuple[Step, ...], arrays: Sequence[Sequence[Object]], wrap: Sequence[str], owners: frozenset[str]
) -> Identity | None:
    named = _name_score(steps, owners)
    judged = _read_at(steps, arrays, named * _nearness(steps, wrap)) if named else None
    if judged is None or named > UNNAMED:
        return judged
    by_values = _by_values(steps, judged.values) * _nearness(steps, wrap) * _told_apart(judged)
    return replace(judged, score=max(judged.score, by_values))


def _read_at(steps: tuple[Step, ...], arrays: Sequence[Sequence[Object]], weight: float) -> Identity | None:
    found = [[value for item in items if _is_scalar(value := _value(item, steps)) and value != ""] for items in arrays]
    values = [value for each in found for value in each]
    if not values:
        return None
    repeats = sum(len(each) - len(set(map(str, each))) for each in found)
    missing = sum(map(len, arrays)) - len(values)
    found_there = Identity(steps, weight * _plausible(values), tuple(map(str, values)), repeats, missing)
    return replace(found_there, score=found_there.score * _told_apart(found_there))


def _told_apart(identity: Identity) -> float:
    """How well the ids tell the items apart, 0 to 1: in each item, never the same."""
    distinct = 1 - identity.repeats / len(identity.values)
    present = len(identity.values) / (len(identity.values) + identity.missing)
    return float(present**1.5 * distinct**2)


def _value(item: object, steps: Iterable[Step]) -> object:
    for step in steps:
        if isinstance(step, Name) and isinstance(item, dict):
            item = item.get(step.key)
        elif isinstance(step, Index) and isinstance(item, list) and step.n < len(item):
            item = item[step.n]
        else:
            return None
    return item


# -- by its name ------------------------------------------------------------------


def _names(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The keys on the way to an id; a last one that only says "here is the value" (`id.raw`) is none."""
    keys = tuple(step.key for step in steps if isinstance(step, Name))
    return keys[:-1] if len(keys) > 1 and keys[-1].lower() in words.BARE_VALUES else keys


def _name_score(steps: tuple[Step, ...], owners: frozenset[str]) -> float:
    """How much the key speaks of a product's id, 0 to 1; any other key gets a little, for lists that name none."""
    key = _names(steps)[-1]
    if key in _BY_KEY:
        return _BY_KEY[key]
    named = words_of(key)
    if len(named) > 1 and named[-1].isdecimal():  # `isbn13`
        named = named[:-1]
    if named in _BY_WORDS:
        return _BY_WORDS[named]
    if len(named) > 1 and named[-1] in words.ENDS_AN_ID:
        return _compound(named[-1], named[:-1], owners)
    if len(named) > 1 and named[0] in words.BEGINS_AN_ID:
        return _compound(named[0], named[1:], owners)
    if len(named) == 1:
        return _run_together(named[0])
    return 0.0 if set(named) & (words.PRICE | words.PICTURE | words.COUNT | words.TITLE) else UNNAMED


def _compound(what: str, of: tuple[str, ...], called: frozenset[str] = frozenset()) -> float:
    """`product_id`: an id, and of what. `called` is what the list is called, one of it."""
    owners = set(of)
    if owners & words.PLACES:
        return 0.4
    if len(of) == 1 and owners <= called and what in ("id", "uid"):
        return 0.94
    if owners & words.MAKERS and owners & {"part", "product"}:
        return 0.57  # the maker's number: not the shop's, but the product's
    if owners & words.OF_SOMETHING_ELSE:
        return 0.2
    base = 0.93 if what in ("id", "ids", "uid", "pid", "identifier") else _BY_WORDS.get((what,), 0.7) + 0.1
    if len(of) == 1 and owners & words.IS_A_PRODUCT:
        base += 0.04  # `productId` is more than a bare `id`; `itemId` and `catalog_product_id` may be anything
    if owners & words.OF_A_PRODUCT:
        return min(0.97, base) - max((_WEAKER.get(owner, 0.0) for owner in owners), default=0.0)
    return 0.6 * base


def _run_together(word: str) -> float:
    """`productid`, `itemcode`: words without a seam."""
    for what in ("id", "sku", "code", "number", "nummer", "no", "nr", "ref"):
        owner = word.removesuffix(what)
        if owner != word and (owner in words.OF_A_PRODUCT or owner in words.OF_SOMETHING_ELSE):
            return _compound(what, (owner,))
    if word.endswith("id") and word not in words.NO_ID:
        return 0.4
    return 0.0 if word in words.PRICE | words.PICTURE | words.COUNT | words.TITLE else 0.1


def names_a_product(identity: Identity) -> bool:
    """Its key says of what it is the id: `productId`."""
    named = words_of(_names(identity.steps)[-1])
    return len(named) > 1 and not words.IS_A_PRODUCT.isdisjoint(named)


def of_what(identity: Identity) -> frozenset[str]:
    """The words of its key before the last: of `jobId`, job."""
    return frozenset(words_of(_names(identity.steps)[-1])[:-1])


# -- by its values ----------------------------------------------------------------

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
_URL: Final = re.compile(r"(?:https?:)?//|\w+\.\w+/|data:")


def _plausible(values: Sequence[object]) -> float:
    """How much values look like ids, 0 to 1."""
    looked_at = values[:200]
    return sum(map(_plausible_one, looked_at)) / len(looked_at)


def _plausible_one(value: object) -> float:
    if isinstance(value, float):
        return 0.4 if value.is_integer() else 0.1
    if isinstance(value, int):
        return 1.0 if value >= 0 else 0.3
    text = str(value)
    if len(text) > 200 or "\n" in text or text.lower() in ("true", "false", "null", "none"):
        return 0.05
    if _URL.match(text) or _DATE.fullmatch(text):
        return 0.1
    if text.startswith("/"):  # the path of a page, mostly
        return 0.6
    return 0.55 if re.search(r"\s", text) else 1.0


_CODE: Final = re.compile(r"(?=.*\d)[\w.:-]{5,40}")


def _by_values(steps: tuple[Step, ...], values: Sequence[str]) -> float:
    """How much the values alone look like ids, where no key says so: codes of one length, else each page's address."""
    if all(map(_CODE.fullmatch, values)) and not any(map(_NUMBER.fullmatch, values)) and len(values) > 1:
        return 0.4 if len(set(map(len, values))) == 1 else 0.3
    of_page = not words.LINK.isdisjoint(words_of(_names(steps)[-1]))
    return 0.25 if of_page and all(map(_URL.match, values)) else 0.0


_NUMBER: Final = re.compile(r"\d{1,5}|\d+[.,]\d*")

# -- by its place -----------------------------------------------------------------


def _nearness(steps: tuple[Step, ...], wrap: Sequence[str]) -> float:
    """1 in the product itself; a bit less on the way to it; each further object takes from it."""
    path = [step.key for step in steps if isinstance(step, Name)]
    around = list(_names(steps)[:-1])
    listed = 0.97 if isinstance(steps[-1], Index) else 1.0
    if Index(0) in steps[:-1]:  # the first of several: of its variants at best, where nothing else has an id
        listed = 0.3 if words.ITS_VARIANTS.isdisjoint(words_of(path[-2])) else 0.6
    if around == list(wrap):
        return listed
    if around == list(wrap[: len(around)]):
        # `content`, `attributes` and the like are a part of the thing whose id stands beside them.
        part = len(wrap) == len(around) + 1 and wrap[-1].lower() in words.ASPECTS
        return listed if part else 0.97 * listed
    beyond = around[len(wrap) :] if around[: len(wrap)] == list(wrap) else around
    factor = 1.0
    for key in beyond:
        named = set(words_of(key))
        factor *= 0.85 if named & words.OF_A_PRODUCT else 0.35 if named & words.OF_SOMETHING_ELSE else 0.7
    return factor * listed
