"""Who wins, and at what price. Pure.

Ranking is bid x quality. A product wins at most one slot, and so does a vendor
campaign. The price is a generalised second price: the least with which a winner
would have kept its rank against whoever stood next, at least the reserve, never
more than its own bid. Equal scores: the higher bid, then the earlier in the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class Contender:
    """One bid that takes part.

    Attributes:
        campaign: the campaign's UUID, as text.
        type: "product", or "vendor" where the campaign bids for a vendor.
        id: what the campaign promotes: the product's id, or the vendor's.
        product: the product that would be shown.
        bid: the most it pays for a click, in micros.
        quality: over 0, at most 1: the catalogue's quality times the request's.
    """

    campaign: str
    type: str
    id: str
    product: str
    bid: int
    quality: float

    @property
    def score(self) -> Fraction:
        """Exact, so that no rank hangs on the rounding of a float."""
        return self.bid * Fraction(self.quality)


@dataclass(frozen=True, slots=True)
class Won:
    """A slot won: `price` is what a click on it costs, in micros."""

    rank: int
    contender: Contender
    price: int


def decide(contenders: Iterable[Contender], slots: int, reserve: int = 0) -> tuple[Won, ...]:
    """The winners of one auction, rank 1 first, `slots` of them at most."""
    standing = sorted((c for c in contenders if c.bid >= reserve), key=lambda c: (-c.score, -c.bid))
    winners: list[Won] = []
    for place in _one_slot_each(standing):
        if len(winners) == slots:
            break
        following = standing[place + 1] if place + 1 < len(standing) else None
        winners.append(Won(len(winners) + 1, standing[place], price(standing[place], following, reserve)))
    return tuple(winners)


def price(winner: Contender, following: Contender | None, reserve: int) -> int:
    """The least, in whole micros, that keeps `winner` ahead of `following`."""
    needed = ceil(following.score / Fraction(winner.quality)) if following is not None else 0
    return min(winner.bid, max(reserve, needed))


def _one_slot_each(standing: list[Contender]) -> Iterator[int]:
    """Places in `standing` of those who may win: the best bid for each product and for each vendor campaign."""
    products: set[str] = set()
    vendors: set[tuple[str, str]] = set()
    for place, contender in enumerate(standing):
        vendor = (contender.campaign, contender.id) if contender.type == "vendor" else None
        if contender.product in products or vendor in vendors:
            continue
        products.add(contender.product)
        if vendor is not None:
            vendors.add(vendor)
        yield place
