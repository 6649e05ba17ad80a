"""A storefront of InstantSearch's widgets in a real browser: the same page, its search host set to the proxy's."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import a_page, chromium
from tests.clients.node import HERE, bundle
from tests.clients.search_apis import CATALOGUE, search
from tests.clients.search_server import SearchServer
from tests.conformance.ads import AdPlatform
from tests.conformance.running import Proxy


@pytest.fixture(scope="module")
def shop() -> Iterator[SearchServer]:
    with SearchServer() as server:
        server.files["/"] = ("text/html", (HERE / "storefront.html").read_bytes())
        server.files["/storefront.js"] = ("text/javascript", bundle("storefront.js"))
        yield server


@pytest.fixture(scope="module")
def proxy(shop: SearchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    platform = AdPlatform()
    with Proxy(tmp_path_factory.mktemp("proxy"), shop.port, platform.port, rules=HERE / "rules") as proxy:
        yield proxy
    platform.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as page:
        yield page


def found(words: str, start: int = 0, brands: tuple[str, ...] = ()) -> list[str]:
    """The products of a page of results, as the marketplace has them."""
    return [product["sku"] for product in search(words, 12, start, brands).page]


def with_ads(organic: list[str]) -> list[str]:
    """The third and the fifth win."""
    ads = [organic[2], organic[4]]
    return ads + [sku for sku in organic if sku not in ads]


def shown(page: Page, organic: list[str], ads: bool = True) -> None:
    """The page comes to show these products: the sponsored ones first, labelled, each with its bid, or none of them."""
    expected = with_ads(organic) if ads else organic
    articles = page.locator("#hits article")
    expect(articles.first).to_have_attribute("data-sku", expected[0])
    expect(articles).to_have_count(len(expected))
    assert [each.get_attribute("data-sku") for each in articles.all()] == expected
    marks = [each.get_attribute("data-ts-resolved-bid") for each in articles.all()]
    assert marks == [f"bid-{sku}" if ads and place < 2 else None for place, sku in enumerate(expected)]
    assert page.locator("#hits em").count() == (2 if ads else 0)


def brands(page: Page) -> dict[str, str]:
    """How many products the page says there are of each brand."""
    labels = page.locator("#brands .ais-RefinementList-labelText").all_inner_texts()
    return dict(zip(labels, page.locator("#brands .ais-RefinementList-count").all_inner_texts(), strict=True))


def test_the_first_results_are_the_sponsored_ones(proxy: Proxy, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{proxy.port}/")
    shown(page, found(""))
    expect(page.locator("#stats")).to_have_text(f"{len(CATALOGUE)} products")


@pytest.mark.parametrize("api", ["meilisearch", "typesense"])
def test_the_adapters_of_other_search_apis_keep_the_ads(proxy: Proxy, page: Page, api: str) -> None:
    page.goto(f"http://127.0.0.1:{proxy.port}/?with={api}")
    shown(page, found(""))
    page.locator("#box input").fill("lamp")
    expect(page.locator("#stats")).to_have_text(f"{len(found('lamp'))} products")
    shown(page, found("lamp"))


def test_each_letter_that_a_shopper_types_searches_with_ads(proxy: Proxy, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{proxy.port}/")
    shown(page, found(""))
    page.locator("#box input").press_sequentially("chair")
    expect(page.locator("#stats")).to_have_text(f"{len(found('chair'))} products")
    shown(page, found("chair"))


def test_a_brand_that_is_chosen_filters_as_without_the_proxy(proxy: Proxy, page: Page) -> None:
    """The widgets then send two queries at once: the products of this brand, and how many there are of each."""
    page.goto(f"http://127.0.0.1:{proxy.port}/")
    shown(page, found(""))
    counts = brands(page)
    page.get_by_label("Hargreave").check()
    shown(page, found("", brands=("Hargreave",)))
    assert brands(page) == counts


def test_later_pages_of_results_have_no_ads(proxy: Proxy, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{proxy.port}/")
    shown(page, found(""))
    page.get_by_label("Page 2", exact=True).click()
    shown(page, found("", start=12), ads=False)


def test_a_search_that_the_client_remembers_shows_the_ads_of_its_first_answer(
    shop: SearchServer, proxy: Proxy, page: Page
) -> None:
    """Algolia's client keeps answers in the page's memory: the auction was one, and so is the impression."""
    page.goto(f"http://127.0.0.1:{proxy.port}/")
    shown(page, found(""))
    for words in ("lamp", "chair", "lamp"):
        asked = len(shop.asked)
        page.locator("#box input").fill(words)
        expect(page.locator("#stats")).to_have_text(f"{len(found(words))} products")
        shown(page, found(words))
    assert len(shop.asked) == asked


def test_a_storefront_of_another_host_may_ask_the_proxy(shop: SearchServer, proxy: Proxy, page: Page) -> None:
    page.goto(f"{shop.url}/?search=127.0.0.1:{proxy.port}")
    shown(page, found(""))


def test_at_the_search_servers_own_address_there_are_no_ads_and_all_works(shop: SearchServer, page: Page) -> None:
    page.goto(f"{shop.url}/")
    shown(page, found(""), ads=False)
    expect(page.locator("#stats")).to_have_text(f"{len(CATALOGUE)} products")
