"""Ways to the ad platform."""

from pathlib import Path

from proxy.clock import ManualClock
from proxy.server.ad_platform import ad_platform
from proxy.server.read_settings import read_settings


def a_client(url):
    flags = {"upstream": "http://shop.example", "ads_url": url, "rules": str(Path())}
    return ad_platform(read_settings(flags, {"SPONSORED_PROXY_ADS_KEY": "TSE_x"}), ManualClock(), 3, "widgets")


def test_each_purpose_has_a_pool_of_its_own():
    one, other = a_client("https://ads.example/base"), a_client("https://ads.example/base")
    assert one.pool is not other.pool
    assert one.name == "ad platform (widgets)"
    assert one.origin.secure
    assert one.origin.base_path == "/base"
