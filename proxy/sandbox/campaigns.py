"""What advertisers want: campaigns, bids and budgets as written in the sandbox's YAML. Pure.

These models are the YAML, key for key (`config.py` reads it). Money is held in
micros, millionths of the currency's major unit, as whole numbers, so that a
budget is spent to the last cent and not to the last float. A day is a day in UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Final, Literal, Self
from uuid import UUID, uuid5
from zlib import crc32

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from proxy.topsort.v2 import BANNERS, BRAND, LISTINGS, Category

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
Address = Annotated[str, Field(min_length=1, max_length=2000)]
Content = Mapping[str, JsonValue]
# What a winner of each kind of auction may be, as the vendor's contract has it.
_MAY_WIN: Final = {
    LISTINGS: {"product", "vendor"},
    BANNERS: {"product", "vendor", "brand", "url"},
    BRAND: {"product", "url"},
}


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bid(_Written):
    """What a campaign pays at most for a click: on products, on any product of a vendor, or on any product at all.

    A banner may also lead to a brand or an address, a sponsored brand also to an address.
    """

    product: Name | None = None
    products: tuple[Name, ...] = ()
    vendor: Name | None = None
    any_product: bool = False
    brand: Name | None = None
    url: Address | None = None
    bid: Annotated[Money, Field(gt=0)]

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        given = (self.product, self.products or None, self.vendor, self.any_product or None, self.brand, self.url)
        if sum(one is not None for one in given) != 1:
            raise ValueError(
                "give exactly one of `product`, `products`, `vendor` and `any_product`"
                " (a banner's also `brand` or `url`)"
            )
        return self

    @property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """What it is for, each as a type of winner and its id."""
        named = (("vendor", self.vendor), ("brand", self.brand), ("url", self.url))
        products = tuple(("product", id) for id in self.product_ids)
        return products + tuple((type, id) for type, id in named if id is not None)

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The products that it names; none where it names a vendor."""
        return (self.product,) if self.product is not None else self.products

    def on(self, product: str) -> int:
        """What it pays at most for a click on `product`, in micros.

        On any product that is a tenth of `bid` up to all of it. It follows from the id, so that products which
        nobody has written a campaign for differ, and the same ones win tomorrow.
        """
        if not self.any_product:
            return self.bid
        return max(1, self.bid * (100 + crc32(product.encode()) % 901) // 1000)


class Budget(_Written):
    """How much a campaign may spend. `even` spreads the daily budget over the day (see `budget.py`)."""

    total: Money | None = None
    daily: Money | None = None
    pacing: Literal["even", "asap"] = "even"


class Asset(_Written):
    """A banner's file, for one device or for both; `content` fills the marketplace's template."""

    url: Address
    device: Literal["desktop", "mobile"] | None = None
    content: Content | None = None


class Banner(_Written):
    """Makes a campaign one for banners: `slots` are slot ids, or of version 1 its placements (`Search-page`)."""

    slots: Annotated[tuple[Name, ...], Field(min_length=1)]
    assets: Annotated[tuple[Asset, ...], Field(min_length=1)]


class SponsoredBrand(_Written):
    """Makes a campaign one for sponsored brands. `placements` are placement ids; `products` stand beside the brand."""

    placements: Annotated[tuple[Name, ...], Field(min_length=1)]
    content: Content
    title: Name | None = None
    vendor: Name | None = None
    products: tuple[Name, ...] = ()


class Campaign(_Written):
    """One advertiser's wish, for listings, banners or sponsored brands.

    `keywords`, `categories` and `locations` narrow it; empty means everywhere.
    """

    name: Name
    id: UUID | None = None
    active: bool = True
    starts: date | None = None
    ends: date | None = None
    budget: Budget = Budget()
    bids: Annotated[tuple[Bid, ...], Field(min_length=1)]
    keywords: tuple[Name, ...] = ()
    categories: tuple[Name, ...] = ()
    locations: tuple[Name, ...] = ()
    banner: Banner | None = None
    sponsored_brand: SponsoredBrand | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if self.banner is not None and self.sponsored_brand is not None:
            raise ValueError("`banner` and `sponsored_brand` make two campaigns; give one of them")
        if self.kind != LISTINGS and any(bid.any_product for bid in self.bids):
            raise ValueError("`any_product` bids in listings alone; name what the ad leads to")
        if self.categories and self.kind == LISTINGS:
            raise ValueError("`categories` narrow a banner or a sponsored brand; a listing has its products")
        wrong = {type for bid in self.bids for type, _ in bid.targets} - _MAY_WIN[self.kind]
        if wrong:
            raise ValueError(f"`{min(wrong)}` cannot win here; give {', '.join(sorted(_MAY_WIN[self.kind]))}")
        return self

    @property
    def kind(self) -> str:
        """In which auctions it takes part, in the ad platform's words."""
        return BANNERS if self.banner else BRAND if self.sponsored_brand else LISTINGS

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

    def wants_category(self, category: Category | None) -> bool:
        """Is the auction for one of its categories?"""
        return not self.categories or is_in(self.categories, category)

    def wants_location(self, location: str | None) -> bool:
        """Is the auction run for one of its locations?"""
        return not self.locations or (location or "").casefold() in {place.casefold() for place in self.locations}


def is_in(categories: Sequence[str], category: Category | None) -> bool:
    """Do these categories meet the one that was asked for: one, all of several, or one of each disjunction?"""
    if category is None:
        return False
    has = set(categories)
    if category.id is not None:
        return category.id in has
    if category.ids is not None:
        return has.issuperset(category.ids)
    return all(not has.isdisjoint(either) for either in category.disjunctions or [[]])


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

    def quality(self, product: str) -> float:
        """A product's, as far as it is known; else 1."""
        known = self.by_id.get(product)
        return 1.0 if known is None else known.quality

    def vendor(self, product: str) -> str | None:
        """Whose a product is, as far as it is known."""
        known = self.by_id.get(product)
        return None if known is None else known.vendor

    @cached_property
    def by_uuid(self) -> Mapping[str, Campaign]:
        """The campaigns by their id on the wire."""
        return {str(campaign.uuid): campaign for campaign in self.campaigns}
