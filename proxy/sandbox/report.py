"""What advertisers are told: what their ads did, and what that was worth. Pure.

A line is a campaign, a product of it and a day in UTC. A sale stands at the
product that was clicked, on the day of the purchase. Money is in micros here and
in major units in what is shown; a share of nothing (a CTR without impressions)
is None, not 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from proxy.sandbox.campaigns import MICROS, Market


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted: `spend` and `sales` in micros, `sold` in pieces."""

    impressions: int = 0
    clicks: int = 0
    spend: int = 0
    sold: int = 0
    sales: float = 0.0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)))

    @property
    def ctr(self) -> float | None:
        """Clicks for each impression."""
        return self.clicks / self.impressions if self.impressions else None

    @property
    def cpc(self) -> float | None:
        """What a click cost on average, in micros."""
        return self.spend / self.clicks if self.clicks else None

    @property
    def roas(self) -> float | None:
        """Sales for each unit of money that was spent."""
        return self.sales / self.spend if self.spend else None

    def told(self) -> dict[str, float | None]:
        """As JSON has it: money in major units."""
        return {
            "impressions": self.impressions,
            "clicks": self.clicks,
            "ctr": _rounded(self.ctr, 4),
            "spend": self.spend / MICROS,
            "cpc": _rounded(None if self.cpc is None else self.cpc / MICROS, 6),
            "sold": self.sold,
            "sales": round(self.sales / MICROS, 6),
            "roas": _rounded(self.roas, 4),
        }


@dataclass(frozen=True, slots=True)
class Day:
    """One line: what a product of a campaign did on a day (YYYY-MM-DD)."""

    campaign: str
    product: str
    day: str
    impressions: int
    clicks: int
    spend: int
    sold: int
    sales: float

    @property
    def figures(self) -> Figures:
        """Its numbers alone, which can be added up."""
        return Figures(self.impressions, self.clicks, self.spend, self.sold, self.sales)


def total(lines: Iterable[Day]) -> Figures:
    """All lines added up."""
    return sum((line.figures for line in lines), Figures())


def by_campaign(lines: Iterable[Day]) -> Mapping[str, Figures]:
    """Each campaign's lines added up, by its id."""
    sums: dict[str, Figures] = {}
    for line in lines:
        sums[line.campaign] = sums.get(line.campaign, Figures()) + line.figures
    return sums


def told(lines: Iterable[Day], market: Market) -> dict[str, object]:
    """The report as JSON has it."""
    lines = list(lines)
    return {
        "currency": market.currency,
        "total": total(lines).told(),
        "rows": [
            {
                "day": line.day,
                "campaign": line.campaign,
                "name": name_of(line.campaign, market),
                "product": line.product,
                **line.figures.told(),
            }
            for line in lines
        ],
    }


def name_of(campaign: str, market: Market) -> str:
    """What people call it; its id where it is no longer in the file."""
    known = market.by_uuid.get(campaign)
    return known.name if known is not None else campaign


def _rounded(number: float | None, places: int) -> float | None:
    return None if number is None else round(number, places)
