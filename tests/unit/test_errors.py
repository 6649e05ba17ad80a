"""Errors say whose fault they are."""

from proxy.errors import AdPlatformTrouble, MarketplaceDown, MarketplaceSlow, NoAds, ShopperTrouble
from proxy.reasons import Reason


def test_trouble_with_ads_is_one_way_of_having_none() -> None:
    trouble = AdPlatformTrouble(Reason.ADS_DOWN, "refused")
    assert isinstance(trouble, NoAds)
    assert (trouble.reason, str(trouble)) == (Reason.ADS_DOWN, "ads_down: refused")
    assert str(NoAds(Reason.NO_WINNERS)) == "no_winners"


def test_a_marketplace_that_is_down_is_not_one_that_is_slow() -> None:
    assert (MarketplaceDown.status, MarketplaceSlow.status) == (502, 504)
    assert (MarketplaceDown.reason, MarketplaceSlow.reason) == (Reason.MARKETPLACE_DOWN, Reason.MARKETPLACE_SLOW)


def test_a_refused_request_has_a_status_and_a_title() -> None:
    trouble = ShopperTrouble(400, "no")
    assert (trouble.status, trouble.title) == (400, "no")
