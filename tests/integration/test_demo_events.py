"""The demo from end to end: a shopper looks, clicks and buys, and the ad platform's report has it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import a_page, chromium
from tests.integration.demonstration import Demonstration
from tests.patience import SECONDS


@pytest.fixture(scope="module")
def demo() -> Iterator[Demonstration]:
    with Demonstration("--quiet") as running:
        yield running.running()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as page:
        yield page


def come(page: Page, what: Callable[[], Any]) -> Any:
    """Wait, with the browser alive, until it is so; what it was."""
    deadline = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < deadline, "it never came true"
        page.wait_for_timeout(50)
    return found


def events(demo: Demonstration, kind: str, user: str) -> list[dict[str, Any]]:
    """What the platform has of a shopper."""
    listed = demo.asks_sandbox(f"/_sandbox/events?limit=10000&kind={kind}")["events"]
    return [event for event in listed if event["user"] == user]


def shopper(page: Page) -> str:
    (cookie,) = [one["value"] for one in page.context.cookies() if one["name"] == "tsuid"]
    return cookie


def test_what_is_seen_clicked_and_bought_stands_in_the_report(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    page.wait_for_selector(".card.sponsored")
    user = shopper(page)
    seen = come(page, lambda: [event for event in events(demo, "impressions", user) if event["campaign"]])
    page.click(".card.sponsored a")
    page.wait_for_selector(".product h1")
    (click,) = come(page, lambda: events(demo, "clicks", user))
    assert click["resolvedBidId"] in {event["resolvedBidId"] for event in seen}
    assert click["charged"] > 0
    page.click("text=Add to basket")
    page.click(".pay")
    come(page, lambda: events(demo, "purchases", user))
    rows = demo.asks_sandbox("/_sandbox/report")["rows"]
    (row,) = [row for row in rows if row["product"] == click["product"] and row["campaign"] == click["campaign"]]
    assert (row["clicks"], row["spend"], row["sold"]) == (1, click["charged"], 1)
    assert row["sales"] > row["spend"]
    page.click("#report")
    page.wait_for_selector("text=What the ad platform saw")
    assert row["name"] in page.inner_text("main")


def test_a_banner_is_seen_clicked_and_charged_like_any_ad(demo, page):
    page.goto(f"{demo.url}/search?q=boots")
    bid = page.wait_for_selector("#ribbon .banner").get_attribute("data-ts-resolved-bid")
    user = shopper(page)
    come(page, lambda: [event for event in events(demo, "impressions", user) if event["resolvedBidId"] == bid])
    page.click("#ribbon a")
    page.wait_for_selector(".product h1")
    (click,) = come(page, lambda: events(demo, "clicks", user))
    assert (click["resolvedBidId"], click["product"]) == (bid, "BT-1050")
    assert click["charged"] > 0
    assert demo.asks_sandbox(f"/_sandbox/bid/{bid}")["kind"] == "banners"


def test_an_auction_and_its_events_name_the_same_shopper(demo, page):
    page.goto(f"{demo.url}/search?q=chair")
    user = shopper(page)
    seen = come(page, lambda: [event for event in events(demo, "impressions", user) if event["campaign"]])
    sealed = demo.asks_sandbox(f"/_sandbox/bid/{seen[0]['resolvedBidId']}")
    assert sealed["user"] == user


def test_an_ad_platform_that_loses_its_answers_counts_everything_once(demo, page):
    before = demo.asks_sandbox("/_sandbox/events/count")["duplicates"]
    demo.behave(events={"lie": ["close-after", "500-after", "truth"]})
    try:
        page.goto(f"{demo.url}/search?q=mug")
        page.wait_for_selector(".card.sponsored")
        user = shopper(page)
        come(page, lambda: events(demo, "impressions", user))
        come(page, lambda: demo.asks_sandbox("/_sandbox/events/count")["duplicates"] > before)
    finally:
        demo.behave(events={"lie": []})
    ids = [event["id"] for event in events(demo, "impressions", user)]
    assert len(ids) == len(set(ids))
