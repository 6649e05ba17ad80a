"""What the demo's storefront reports, from a real browser, to whoever stands before the shop."""

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from proxy.sandbox.shop.server import Shop
from proxy.topsort.event_faults import faults_of
from tests.browser import a_page, chromium
from tests.patience import SECONDS

DOOR = "/topsort/v2/events"
REPORT = "http://127.0.0.1:9/_sandbox/"


class Counter:
    """The shop behind a counter that tags ads as the proxy does, and keeps what is reported.

    `there` is whether anybody stands there at all, `statuses` are the next answers to reports (then 204).
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.cookies: list[str] = []
        self.posts = 0
        self.there = True
        self.statuses: list[int] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._in_loop(self._start())}"

    def clear(self) -> None:
        self.requests, self.cookies, self.posts, self.there, self.statuses = [], [], 0, True, []

    def close(self) -> None:
        self._in_loop(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Every event of a kind that was taken."""
        return [event for request in self.requests for event in request.get(kind, ())]

    def _in_loop(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(SECONDS)

    async def _start(self) -> int:
        app = Shop(report=REPORT, events="/topsort").app()
        app.middlewares.append(self._with_ads)
        app.router.add_post(DOOR, self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self._runner.addresses[0][1]

    async def _take(self, request: web.Request) -> web.Response:
        self.posts += 1
        body = await request.read()
        status = self.statuses.pop(0) if self.statuses else 204
        if status == 204:
            assert faults_of(body) == []
            self.requests.append(json.loads(body))
            self.cookies.append(request.cookies.get("tsuid", ""))
        return web.Response(status=status)

    @web.middleware
    async def _with_ads(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """The second product of a list becomes the ad at its head."""
        answer = await handler(request)
        if not (self.there and request.path.startswith("/api/")) or answer.status != 200:
            return answer
        page = json.loads(gzip.decompress(answer.body) if "Content-Encoding" in answer.headers else answer.body)
        if "products" not in page:
            return answer
        if len(page["products"]) > 1:
            ad = page["products"].pop(1) | {"resolvedBidId": "sealed-bid", "rank": 1}
            page["products"].insert(0, ad)
        return web.json_response(page, headers={"Sponsored-Status": "served; winners=1; visit=v"})


@pytest.fixture(scope="module")
def running() -> Iterator[Counter]:
    counter = Counter()
    yield counter
    counter.close()


@pytest.fixture
def counter(running: Counter) -> Counter:
    running.clear()
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as page:
        yield page


def come(page: Page, what: Any) -> None:
    """Wait, with the browser alive, until it is so."""
    deadline = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < deadline, "it never came true"
        page.wait_for_timeout(10)


def click_and_stay(page: Page) -> None:
    """Click the first card, two frames from now (by then every element in view was noticed), and go nowhere."""
    page.evaluate(
        """async () => {
            const frame = () => new Promise((next) => requestAnimationFrame(next));
            await frame();
            await frame();
            addEventListener("click", (event) => event.preventDefault());
            document.querySelector(".card a").click();
            await fetch("/healthz");
        }"""
    )


def in_view(page: Page) -> list[str]:
    """The products of which half is in the window, by the geometry of the page."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".card")].filter((card) => {
            const { top, bottom, height } = card.getBoundingClientRect();
            return Math.min(bottom, innerHeight) - Math.max(top, 0) >= height / 2;
        }).map((card) => card.dataset.tsProduct)"""
    )


def test_what_is_half_in_view_is_an_impression_once(counter, page):
    page.goto(f"{counter.url}/search?q=lamp")
    page.wait_for_selector(".card")
    expected = in_view(page)
    assert 0 < len(expected) < len(page.query_selector_all(".card"))
    come(page, lambda: len(counter.events("impressions")) >= len(expected))
    first, *others = sorted(counter.events("impressions"), key=lambda event: event["placement"]["position"])
    assert first["resolvedBidId"] == "sealed-bid"
    assert "entity" not in first
    assert [event["entity"]["id"] for event in others] == expected[1:]
    assert all("resolvedBidId" not in event and event["entity"]["type"] == "product" for event in others)
    assert first["placement"] == {"path": "/search", "position": 1, "page": 1, "searchQuery": "lamp"}
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    come(page, lambda: len(counter.events("impressions")) > len(expected))
    page.evaluate("scrollTo(0, 0)")
    click_and_stay(page)  # what is clicked is sent at once, with all that waits
    come(page, lambda: counter.events("clicks"))
    seen = [event.get("entity", {}).get("id", "ad") for event in counter.events("impressions")]
    assert len(seen) == len(set(seen))


def test_the_same_list_shown_again_is_another_page_view(counter, page):
    page.goto(f"{counter.url}/search?q=lamp")
    come(page, lambda: counter.events("impressions"))
    before = len(counter.events("impressions"))
    page.fill("#q", "mug")
    page.keyboard.press("Enter")
    come(page, lambda: len(counter.events("impressions")) > before)
    ids = [event["id"] for event in counter.events("impressions")]
    assert len(set(ids)) == len(ids)
    assert len([event for event in counter.events("impressions") if event.get("resolvedBidId")]) == 2


def test_an_event_has_a_fresh_id_a_time_and_the_shoppers_own_id(counter, page):
    page.goto(f"{counter.url}/search?q=lamp")
    come(page, lambda: counter.events("impressions"))
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "tsuid"]
    assert cookie["httpOnly"] is False
    assert 364 * 86_400 < cookie["expires"] - time.time() < 366 * 86_400
    for event in counter.events("impressions"):
        assert UUID(event["id"]).version == 4
        assert abs((datetime.now(UTC) - datetime.fromisoformat(event["occurredAt"])).total_seconds()) < 600
        assert event["opaqueUserId"] == cookie["value"]
    assert set(counter.cookies) == {cookie["value"]}
    page.reload()
    page.wait_for_selector(".card")
    assert [one["value"] for one in page.context.cookies() if one["name"] == "tsuid"] == [cookie["value"]]


def test_an_id_is_a_uuid_also_where_the_browser_gives_none(counter, page):
    page.add_init_script("Object.defineProperty(crypto, 'randomUUID', { value: undefined })")
    page.goto(f"{counter.url}/search?q=lamp")
    come(page, lambda: counter.events("impressions"))
    assert all(UUID(event["id"]).version == 4 for event in counter.events("impressions"))


def test_a_click_is_told_although_the_shopper_leaves_the_page(counter, page):
    page.goto(f"{counter.url}/search?q=lamp")
    page.click(".card.sponsored a")
    page.wait_for_selector(".product h1")
    come(page, lambda: counter.events("clicks"))
    (click,) = counter.events("clicks")
    assert click["resolvedBidId"] == "sealed-bid"
    assert click["placement"]["path"] == "/search"


def test_a_click_on_what_is_not_an_ad_names_the_product(counter, page):
    page.goto(f"{counter.url}/search?q=lamp")
    page.wait_for_selector(".card")
    organic = page.query_selector(".card:not(.sponsored)")
    product = organic.get_attribute("data-ts-product")
    organic.query_selector("a").click()
    come(page, lambda: counter.events("clicks"))
    assert counter.events("clicks")[0]["entity"] == {"id": product, "type": "product"}


def test_what_is_bought_is_a_purchase_with_its_items(counter, page):
    for product in ("TL-1001", "TL-1001", "AC-1015"):
        page.goto(f"{counter.url}/product/{product}")
        page.click("text=Add to basket")
    page.click("text=/^Buy 3 things for €/")
    come(page, lambda: counter.events("purchases"))
    (order,) = counter.events("purchases")
    assert [(item["productId"], item["quantity"]) for item in order["items"]] == [("TL-1001", 2), ("AC-1015", 1)]
    assert all(item["unitPrice"] > 0 and item["vendorId"].startswith("s-") for item in order["items"])
    assert order["id"][:8] in page.inner_text(".thanks")
    assert page.is_hidden(".pay")


def test_the_comparison_counts_what_the_shopper_sees_and_not_the_other_side(counter, page):
    page.goto(f"{counter.url}/search?q=lamp&compare=1")
    page.wait_for_selector(".rows.merged .row")
    come(page, lambda: counter.events("impressions"))
    rows = page.eval_on_selector_all(".rows.merged .row", "rows => rows.map((row) => row.dataset.tsProduct)")
    assert page.query_selector_all(".rows.organic [data-ts-product]") == []
    told = [event["entity"]["id"] for event in counter.events("impressions") if "entity" in event]
    assert set(told) <= set(rows)
    assert len(told) == len(set(told))


def test_what_could_not_be_taken_is_told_again_with_the_same_ids(counter, page, browser):
    counter.statuses = [503, 429]
    context = browser.new_context()
    other = context.new_page()
    bodies: list[str] = []
    other.on("request", lambda request: bodies.append(request.post_data) if request.url.endswith(DOOR) else None)
    other.goto(f"{counter.url}/search?q=lamp")
    # The browser tells of what it sends a moment later than the counter has it.
    come(other, lambda: len(bodies) >= 3 and counter.events("impressions"))
    ids = [{event["id"] for event in json.loads(body)["impressions"]} for body in bodies]
    assert len(ids) == 3
    assert ids[0] <= ids[1] <= ids[2] == {event["id"] for event in counter.events("impressions")}
    context.close()


def test_where_no_proxy_stands_nothing_is_sent_and_all_works(counter, page):
    counter.there = False
    page.goto(f"{counter.url}/search?q=lamp")
    page.click(".card a")
    page.click("text=Add to basket")
    page.click("text=/^Buy 1 thing for €/")
    page.wait_for_selector("text=Thank you.")
    assert counter.posts == 0


def test_where_the_proxy_takes_no_events_it_is_asked_once(counter, browser):
    counter.statuses = [404] * 9
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{counter.url}/search?q=lamp")
    come(page, lambda: counter.posts)
    page.fill("#q", "mug")
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text("“mug”")
    page.wait_for_selector(".card")
    click_and_stay(page)
    assert counter.posts == 1
    context.close()


@pytest.mark.parametrize("path", ["/", "/search?q=lamp&compare=1", "/product/TL-1001"])
def test_the_ad_platforms_report_is_one_click_away(counter, page, path):
    page.goto(counter.url + path)
    link = page.wait_for_selector("#report")
    assert (link.inner_text(), link.get_attribute("href")) == ("What the ad platform saw", REPORT)


def test_a_phone_is_a_phone(counter, page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{counter.url}/search?q=lamp")
    come(page, lambda: counter.events("impressions"))
    assert {event["deviceType"] for event in counter.events("impressions")} == {"mobile"}
    assert counter.events("impressions")[0]["channel"] == "onsite"
