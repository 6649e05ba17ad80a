"""Which click a purchase is owed to. Pure.

The last click before it, by the same user, within 14 days, on an ad of a campaign
that promotes what was bought: the product that was clicked, or another one of the
same campaign. In which order the two are reported does not matter.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from proxy.sandbox.campaigns import Market

WINDOW: Final = 14 * 86_400.0
"""How long a click counts, in seconds."""


class Click(NamedTuple):
    """A click on an ad. `event` is its number in the books; `campaign` a UUID as text; `at` seconds since 1970."""

    event: int
    campaign: str
    product: str
    at: float


def owed_to(product: str, at: float, clicks: Iterable[Click], market: Market) -> Click | None:
    """The click to which the sale of `product` at `at` is owed; of two in one moment, the one that was told later."""
    counting = [click for click in clicks if 0 <= at - click.at <= WINDOW and promotes(click, product, market)]
    return max(counting, key=lambda click: (click.at, click.event), default=None)


def promotes(click: Click, product: str, market: Market) -> bool:
    """Is `product` what was clicked, or what the clicked campaign bids for as well?"""
    if product == click.product:
        return True
    campaign = market.by_uuid.get(click.campaign)
    if campaign is None:
        return False
    known = market.by_id.get(product)
    vendor = known.vendor if known is not None else None
    return any(
        bid.any_product or product in bid.product_ids or (vendor is not None and vendor == bid.vendor)
        for bid in campaign.bids
    )
