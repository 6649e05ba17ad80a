"""What advertisers want: campaigns, bids and budgets as written in the sandbox's YAML. Pure.

These models are the YAML, key for key (`config.py` reads it). Money is held in
micros, millionths of the currency's major unit, as whole numbers, so that a
budget is spent to the last cent and not to the last float. A day is a day in UTC.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Literal, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MICROS = 1_000_000
# Any fixed UUID: a campaign without an id gets one that follows from its name, so that it is the same after a restart.
_NAMES = UUID("5b0a9d4e-3c71-4f0f-9f52-6a4c8f0d1e77")


def micros(amount: object) -> int:
    """`0.35` -> 350000. Raises ValueError for what is no amount of money."""
    try:
        value = Decimal(str(amount)) * MICROS
    except InvalidOperation:
        raise ValueError("not an amount of money; write it like 0.35") from None
    if not value.is_finite() or value < 0 or value != value.to_integral_value() or value > 10**15:
        raise ValueError("not an amount of money; write it like 0.35")
    return int(value)


Money = Annotated[int, BeforeValidator(micros)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bid(_Written):
    """What a campaign pays at most for a click: on products, or on any product of a vendor."""

    product: Name | None = None
    products: tuple[Name, ...] = ()
    vendor: Name | None = None
    bid: Annotated[Money, Field(gt=0)]

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if sum((self.product is not None, bool(self.products), self.vendor is not None)) != 1:
            raise ValueError("give exactly one of `product`, `products` and `vendor`")
        return self

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The products that it names; none where it names a vendor."""
        return (self.product,) if self.product is not None else self.products


class Budget(_Written):
    """How much a campaign may spend. `even` spreads the daily budget over the day (see `budget.py`)."""

    total: Money | None = None
    daily: Money | None = None
    pacing: Literal["even", "asap"] = "even"


class Campaign(_Written):
    """One advertiser's wish. `keywords` and `locations` narrow it; empty means everywhere."""

    name: Name
    id: UUID | None = None
    active: bool = True
    starts: date | None = None
    ends: date | None = None
    budget: Budget = Budget()
    bids: Annotated[tuple[Bid, ...], Field(min_length=1)]
    keywords: tuple[Name, ...] = ()
    locations: tuple[Name, ...] = ()

    @cached_property
    def uuid(self) -> UUID:
        """Its id on the wire."""
        return self.id or uuid5(_NAMES, self.name)

    def wants_query(self, query: str | None) -> bool:
        """Is every word of one of its keywords in the search? Without keywords: any search, and none."""
        if not self.keywords:
            return True
        words = set((query or "").casefold().split())
        return any(set(keyword.casefold().split()) <= words for keyword in self.keywords)

    def wants_location(self, location: str | None) -> bool:
        """Is the auction run for one of its locations?"""
        return not self.locations or (location or "").casefold() in {place.casefold() for place in self.locations}


class Product(_Written):
    """What the platform knows of the catalogue; a product that is not listed has quality 1 and no vendor."""

    id: Name
    vendor: Name | None = None
    categories: tuple[Name, ...] = ()
    quality: Annotated[float, Field(gt=0, le=1)] = 1.0


class Market(_Written):
    """The whole file: a reserve price, the catalogue, the campaigns."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    reserve: Money = 0
    catalogue: Name | None = None
    products: tuple[Product, ...] = ()
    campaigns: tuple[Campaign, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        seen: set[UUID] = set()
        for campaign in self.campaigns:
            if campaign.uuid in seen:
                raise ValueError(f"two campaigns are called {campaign.name!r}, or have the same id")
            seen.add(campaign.uuid)
        return self

    @cached_property
    def by_id(self) -> Mapping[str, Product]:
        """The catalogue by product id."""
        return {product.id: product for product in self.products}

    @cached_property
    def by_uuid(self) -> Mapping[str, Campaign]:
        """The campaigns by their id on the wire."""
        return {str(campaign.uuid): campaign for campaign in self.campaigns}
