"""Segment's own senders, unchanged but for host and key: through the proxy into the advertiser's report."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from segment.analytics.client import Client

from tests.backends.running import sandbox
from tests.browser import a_page, chromium
from tests.clients.node import bundle, run_node
from tests.clients.search_server import SearchServer
from tests.conformance.running import CANARY, DIRECTLY, Proxy, wait_for

BIDS = {"P-7765": 2.0, "P-7804": 1.5}
KEY = "wk_of_a_test"
MAPPING = """\
track: {Product Viewed: impression, Product Clicked: click, Order Completed: purchase}
pageviews: [page]
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sandbox(tmp_path_factory.mktemp("platform"), BIDS) as url:
        yield url


@pytest.fixture(scope="module")
def proxy(platform: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "segment.keys").write_text(f"another\n{KEY}\n")
    (folder / "segment.yaml").write_text(MAPPING)
    flags = ["--segment-write-key-file", "segment.keys", "--segment-mapping", "segment.yaml"]
    with SearchServer() as shop:
        shop.files["/"] = ("text/html", b'<!doctype html><link rel="icon" href="data:,"><script src="/s.js"></script>')
        shop.files["/s.js"] = ("text/javascript", bundle("segment_browser.js"))
        with Proxy(folder, shop.port, int(platform.rpartition(":")[2]), *flags) as proxy:
            yield proxy
            assert KEY not in proxy.output()


def asked(url: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {CANARY}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with DIRECTLY.open(urllib.request.Request(url, data, headers), timeout=10) as answer:
        return json.load(answer)


def a_bid(platform: str) -> str:
    """The seal of an ad for the storm lamp, which a shopper was shown just now."""
    auction = {"type": "listings", "slots": 1, "products": {"ids": [*BIDS]}}
    [result] = asked(f"{platform}/v2/auctions", {"auctions": [auction]})["results"]
    return result["winners"][0]["resolvedBidId"]


class Arrivals:
    """What arrived at the ad platform since it was made."""

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        rows = asked(f"{self._platform}/_sandbox/report")["rows"]
        lamp = next((row for row in rows if row["product"] == "P-7765"), {})
        seen = {name: lamp.get(name, 0) for name in ("impressions", "clicks", "sales")}
        return {**seen, "pageviews": asked(f"{self._platform}/_sandbox/events/count")["pageviews"]}

    def are(self, **wanted: float) -> None:
        """Wait until there is just so much more."""

        def there() -> bool:
            return {name: count - self._before[name] for name, count in self._now().items()} == wanted

        wait_for(there, f"{wanted} in the report")


def test_analytics_node_is_taken_and_told_nothing_is_wrong(proxy: Proxy, platform: str) -> None:
    arrivals, bid = Arrivals(platform), a_bid(platform)
    said = run_node("segment_node.mjs", HOST=f"http://127.0.0.1:{proxy.port}", KEY=KEY, BID=bid).json
    assert said == {"failed": []}
    arrivals.are(impressions=1, clicks=1, sales=49.0, pageviews=0)


def test_analytics_node_is_told_of_a_key_that_is_not_taken(proxy: Proxy) -> None:
    [*failed] = run_node("segment_node.mjs", HOST=f"http://127.0.0.1:{proxy.port}", KEY="none", BID="b").json["failed"]
    assert failed
    assert all("401" in why for why in failed)


@pytest.mark.parametrize("gzip", [False, True])
def test_analytics_python_is_taken_plain_and_gzipped(proxy: Proxy, platform: str, gzip: bool) -> None:
    arrivals, bid, failed = Arrivals(platform), a_bid(platform), []
    host = f"http://127.0.0.1:{proxy.port}/topsort/segment"
    sender = Client(KEY, host=host, gzip=gzip, max_retries=0, on_error=lambda error, _: failed.append(error))
    for name in ("Product Viewed", "Product Clicked"):
        sender.track(None, name, {"resolvedBidId": bid}, anonymous_id="shopper-of-python")
    products = [{"product_id": "P-7765", "price": 24.5, "quantity": 2}]
    sender.track(None, "Order Completed", {"products": products}, anonymous_id="shopper-of-python")
    sender.flush()
    sender.join()
    assert failed == []
    arrivals.are(impressions=1, clicks=1, sales=49.0, pageviews=0)


def test_analytics_python_reads_what_is_wrong(proxy: Proxy) -> None:
    failed: list[Any] = []
    host = f"http://127.0.0.1:{proxy.port}/topsort/segment"
    sender = Client("none", host=host, max_retries=0, on_error=lambda error, _: failed.append(error))
    sender.track("u", "Product Clicked")
    sender.flush()
    sender.join()
    assert [(error.status, error.code) for error in failed] == [(401, "key")]


@pytest.mark.parametrize("how", ["one request a call", "batching"])
def test_analytics_next_is_taken_from_a_browser(proxy: Proxy, platform: str, how: str) -> None:
    arrivals, bid = Arrivals(platform), a_bid(platform)
    with chromium() as browser, a_page(browser) as page:
        page.goto(f"http://127.0.0.1:{proxy.port}/?key={KEY}&bid={bid}&{'batching' if how == 'batching' else ''}")
        page.wait_for_function("document.title === 'sent'")
        arrivals.are(impressions=1, clicks=1, sales=49.0, pageviews=1)
