"""From a shopper's eyes to the advertiser's report: InstantSearch and Topsort's SDK in a real browser, the proxy, the platform.

Nothing stands in for anything here but the search server: the proxy and the ad platform in a box are processes of their own.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.backends.running import sandbox
from tests.browser import a_page, chromium
from tests.clients.node import HERE, bundle
from tests.clients.search_server import SearchServer
from tests.conformance.running import DIRECTLY, Proxy, wait_for, write_rules

BIDS = {"P-7765": 2.0, "P-7804": 1.5}  # the storm lamp and the garden lamp
RULE = "{page: search, preset: algolia-multi, auction: {slots: 2, timeout: 5s}}"


@pytest.fixture
def shop() -> Iterator[SearchServer]:
    with SearchServer() as server:
        server.files["/"] = ("text/html", (HERE / "storefront.html").read_bytes())
        server.files["/storefront.js"] = ("text/javascript", bundle("storefront.js"))
        yield server


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[str]:
    with sandbox(tmp_path, BIDS) as url:
        yield url


@pytest.fixture
def proxy(shop: SearchServer, platform: str, tmp_path: Path) -> Iterator[Proxy]:
    rules = write_rules(tmp_path / "rules", RULE)
    with Proxy(tmp_path, shop.port, int(platform.rpartition(":")[2]), rules=rules) as proxy:
        yield proxy


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser, a_page(browser) as page:
        yield page


def told(platform: str, what: str) -> Any:
    with DIRECTLY.open(f"{platform}/_sandbox/{what}", timeout=10) as answer:
        return json.load(answer)


def test_what_a_shopper_sees_clicks_and_buys_stands_in_the_advertisers_report(
    proxy: Proxy, platform: str, page: Page
) -> None:
    page.goto(f"http://127.0.0.1:{proxy.port}/?report=shopper-1")
    ads = page.locator("#hits article[data-ts-resolved-bid]")
    expect(ads).to_have_count(2)
    page.locator("#box input").fill("lamp")
    expect(page.locator("#stats")).to_have_text("9 products")
    expect(ads.first).to_have_attribute("data-sku", "P-7765")
    ads.first.locator("em").click()
    ads.first.locator("button").click()

    counts = {"impressions": 4, "clicks": 1, "purchases": 1, "pageviews": 0, "unique": 6, "duplicates": 0}
    wait_for(lambda: told(platform, "events/count").items() >= counts.items(), "all events at the platform")
    storm, garden = sorted(told(platform, "report")["rows"], key=lambda row: row["product"])
    assert (storm["product"], storm["impressions"], storm["clicks"], storm["sales"]) == ("P-7765", 2, 1, 49.0)
    assert (garden["product"], garden["impressions"], garden["clicks"], garden["sales"]) == ("P-7804", 2, 0, 0.0)
    assert storm["spend"] == 1.5, "the price is what the next bidder offered"
