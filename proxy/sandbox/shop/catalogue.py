"""The catalogue: some three hundred products, the same at every start. Pure.

Chance comes from hashes of names, so that adding a word changes few products
and two machines show the same shop.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from proxy.sandbox.shop.words import CATEGORIES, COLOURS, SELLERS, Category, Kind

A_KIND = 13
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Item:
    """A product, with all that the shop knows of it. `variant` is the form in which it is drawn."""

    id: str
    name: str
    brand: str
    seller_id: str
    seller: str
    category: Category
    kind: Kind
    colour: str
    hue: str
    colour_words: str
    material: str
    price: Decimal
    rating: float
    reviews: int
    variant: int

    @property
    def words(self) -> str:
        """What it can be found by, beside its name."""
        return f"{self.kind.also} {self.material} {self.colour} {self.colour_words} {self.category.name} {self.seller}"

    @property
    def description(self) -> str:
        """Two sentences for its own page."""
        material = self.material[0].upper() + self.material[1:]
        return f"{self.kind.line} {material}, in {self.colour}. Made by {self.brand}, sold and sent by {self.seller}."

    @property
    def popularity(self) -> float:
        """What sets apart two products that fit a search equally well: liked, and liked by many."""
        return self.rating * math.sqrt(math.sqrt(self.reviews + 1))


def catalogue() -> tuple[Item, ...]:
    """Every product, by category and kind."""
    return tuple(item for category in CATEGORIES for kind in category.kinds for item in _of_kind(category, kind))


def _of_kind(category: Category, kind: Kind) -> Iterator[Item]:
    models = kind.models.split()
    materials = kind.materials.split("|")
    for number in range(A_KIND):
        draw = _Draw(f"{kind.id}/{number}")
        colour, hue, also = COLOURS[(number + draw.below(2) + len(kind.id)) % len(COLOURS)]
        brand = category.makers[number % len(category.makers)]
        model = models[number % len(models)].replace("-", " ")
        seller_id, seller = SELLERS[draw.below(len(SELLERS))]
        yield Item(
            id=f"{kind.code}-{1001 + number * 7}",
            name=f"{brand} {model} {kind.noun}, {colour}",
            brand=brand,
            seller_id=seller_id,
            seller=seller,
            category=category,
            kind=kind,
            colour=colour,
            hue=hue,
            colour_words=also,
            material=materials[draw.below(len(materials))],
            price=_price(kind, draw),
            rating=round(3.6 + draw.share() * 1.3, 1),
            reviews=int(6 + 900 * draw.share() ** 3),
            variant=int(kind.forms[number % len(models)]) if kind.forms else draw.below(3),
        )


def _price(kind: Kind, draw: "_Draw") -> Decimal:
    low, high = kind.prices
    whole = int(low + (high - low) * draw.share() ** 1.6)
    cents = "0.90" if high < 100 else "0.00"
    return Decimal(whole) + Decimal(cents)


class _Draw:
    """Numbers that follow from a name, one after the other."""

    def __init__(self, name: str) -> None:
        self._stream = iter(hashlib.shake_128(name.encode()).digest(64))

    def below(self, limit: int) -> int:
        return (next(self._stream) * 256 + next(self._stream)) % limit

    def share(self) -> float:
        return (next(self._stream) * 256 + next(self._stream)) / 65_536
