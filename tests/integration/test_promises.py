"""The promises, tried on the running demo as a person would with `curl`: what differs, and what never may.

The marketplace is asked directly and through the proxy, and the two answers are
held against each other line by line.
"""

import http.client
import json
import os
import signal
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.integration.demonstration import Demonstration
from tests.patience import SECONDS

SEARCH = "/api/search?q=lamp"
Answer = tuple[int, list[tuple[str, str]], bytes]

# What a proxy must add or drop (RFC 9110 section 7.6), and the clock of each answer.
OF_ANY_PROXY = {"via", "date", "connection"}
# What a matched page tells of its visit, and what caches may make of it.
OF_A_MATCHED_PAGE = OF_ANY_PROXY | {"sponsored-status", "server-timing", "cache-control"}
# What is no longer true once the body has changed.
OF_A_MERGED_PAGE = OF_A_MATCHED_PAGE | {"content-length", "etag", "last-modified", "expires", "age", "accept-ranges"}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demonstration]:
    with Demonstration("--quiet") as running:
        yield running.running()


def answer(origin: str, path: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=SECONDS)
    connection.request("GET", path, headers={"Accept": "application/json"})
    response = connection.getresponse()
    found = (response.status, response.getheaders(), response.read())
    connection.close()
    return found


def differing(one: Answer, other: Answer) -> set[str]:
    """The names of the header fields that are not in both answers with the same value."""
    return {name.lower() for name, _ in set(one[1]) ^ set(other[1])}


def reason(of: Answer) -> str:
    return dict(of[1])["Sponsored-Status"].partition(";")[0]


@pytest.mark.parametrize("path", ["/", "/assets/shop.js", "/images/TL-1001.svg", "/api/products/TL-1001", "/nothing"])
def test_a_page_without_a_rule_differs_only_in_what_any_proxy_adds(demo: Demonstration, path: str) -> None:
    direct, through = answer(demo.shop, path), answer(demo.url, path)
    assert (through[0], through[2]) == (direct[0], direct[2])
    assert differing(direct, through) <= OF_ANY_PROXY


def test_a_matched_page_differs_only_in_the_moved_and_tagged_items_and_the_headers_of_a_merge(
    demo: Demonstration,
) -> None:
    direct, through = answer(demo.shop, SEARCH), answer(demo.url, SEARCH)
    assert reason(through) == "served"
    assert differing(direct, through) <= OF_A_MERGED_PAGE
    organic, merged = json.loads(direct[2]), json.loads(through[2])
    assert [set(banner) for banner in merged.pop("banners")] == [{"id", "type", "resolvedBidId", "asset"}]
    ads = [product for product in merged["products"] if "resolvedBidId" in product]
    assert len(ads) == 3
    for ad in ads:
        for tag in ("resolvedBidId", "rank", "sponsored", "label", "campaign"):
            ad.pop(tag, None)
    places = {product["id"]: place for place, product in enumerate(organic["products"])}
    merged["products"].sort(key=lambda product: places[product["id"]])
    assert merged == organic


def lying(demo: Demonstration) -> None:
    demo.behave(lie=["html"])


def failing(demo: Demonstration) -> None:
    demo.behave(fail_rate=1)


def stopped(demo: Demonstration) -> None:
    os.kill(int(demo.says(r"kill -9 (\d+)")[1]), signal.SIGSTOP)


def killed(demo: Demonstration) -> None:
    os.kill(int(demo.says(r"kill -9 (\d+)")[1]), signal.SIGKILL)
    demo.says("the ad platform was ended by SIGKILL")


@pytest.mark.parametrize(
    ("trouble", "reasons"),
    [
        (lying, {"ads_invalid", "breaker_open"}),
        (failing, {"ads_down", "breaker_open"}),
        (stopped, {"too_late", "breaker_open"}),
        (killed, {"ads_down", "breaker_open"}),
    ],
)
def test_whatever_befalls_the_ad_platform_the_page_is_the_marketplaces_byte_for_byte(
    trouble: object, reasons: set[str]
) -> None:
    with Demonstration("--quiet") as demo:
        demo.running()
        assert reason(answer(demo.url, SEARCH)) == "served"
        trouble(demo)  # type: ignore[operator]
        direct = answer(demo.shop, SEARCH)
        for _ in range(10):
            through = answer(demo.url, SEARCH)
            assert (through[0], through[2]) == (200, direct[2])
            assert reason(through) in reasons
            assert differing(direct, through) <= OF_A_MATCHED_PAGE
            waited = float(dict(through[1])["Server-Timing"].partition("auction;dur=")[2].partition(",")[0])
            assert waited < 150 + 1000  # the rule's budget; a busy machine may take a little longer to notice
