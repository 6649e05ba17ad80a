"""Who sells a product, as its item says it. Pure.

Found by name, like everything else of an item. Only an id of several sellers
is beyond doubt: a bare name may be a brand (Shopify's `vendor` is one), and
the same seller everywhere is none that could be counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from proxy.discovery.candidates import Object, can_be_named
from proxy.discovery.words import words_of
from proxy.rules.selector import Name, Selector

SELLERS: Final = ("seller", "vendor", "merchant", "supplier", "marketplace", "store", "shop")
_DOUBTFUL: Final = frozenset({"store", "shop", "marketplace"})
_IDS: Final = frozenset({"id", "code", "uid", "uuid", "slug", "handle", "key"})


@dataclass(frozen=True, slots=True)
class Vendor:
    """A place that says who sells.

    Attributes:
        path: the JSONPath inside the item.
        sure: it is an id, and there are several of them.
        example: one of its values.
    """

    path: str
    sure: bool
    example: str


def vendor(items: Sequence[Object], wrap: Sequence[str] = ()) -> Vendor | None:
    """Where the items say who sells them, the surest place first; None where they do not.

    Args:
        items: the items of a listing.
        wrap: the keys from an item to the product itself.
    """
    places = [tuple(wrap) + place for place in _places(_inner(items, wrap))]
    found = [judged for place in dict.fromkeys(places) if (judged := _judged(place, items))]
    return min(found, key=lambda each: not each.sure, default=None)


def _inner(items: Iterable[Object], path: Sequence[str]) -> Iterator[Object]:
    for item in list(items)[:50]:
        value: object = item
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            yield value


def _places(objects: Iterable[Object]) -> Iterator[tuple[str, ...]]:
    for each in objects:
        for key, value in list(each.items())[:150]:
            named = words_of(key)
            if not named or named[0] not in SELLERS or len(named) > 2 or not can_be_named(key):
                continue
            if isinstance(value, dict):
                ids = [inner for inner in value if can_be_named(inner) and set(words_of(inner)[-1:]) & _IDS]
                yield from ((key, inner) for inner in sorted(ids, key=lambda inner: words_of(inner) != ("id",)))
            elif named[-1] in (*_IDS, *SELLERS):
                yield (key,)


def _judged(path: tuple[str, ...], items: Sequence[Object]) -> Vendor | None:
    values = [str(value) for holder in _inner(items, path[:-1]) if _is_id(value := holder.get(path[-1]))]
    if 5 * len(values) < 3 * min(len(items), 50):
        return None
    owner = words_of(path[-1]) if len(words_of(path[-1])) > 1 else words_of(path[-2] if len(path) > 1 else path[-1])
    is_id = words_of(path[-1])[-1] in _IDS and owner[0] not in _DOUBTFUL
    return Vendor(str(Selector.of(map(Name, path))), is_id and len(set(values)) > 1, values[0])


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
