"""The demo's pages in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser import a_page, chromium
from tests.integration.demonstration import Demonstration


@pytest.fixture(scope="module")
def demo():
    with Demonstration("--quiet") as running:
        yield running.running()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    with a_page(browser) as page:
        yield page


def labelled(page) -> list[bool]:
    """Of each product shown, whether it is labelled."""
    page.wait_for_selector(".card")
    return [bool(card.query_selector(".label")) for card in page.query_selector_all(".card")]


def names(page, where: str) -> list[str]:
    return [one.inner_text() for one in page.query_selector_all(f"{where} .name")]


def test_the_first_results_of_a_search_are_labelled_as_sponsored(demo, page):
    page.goto(f"{demo.url}/")
    page.fill("#q", "lamp")
    page.keyboard.press("Enter")
    expect(page).to_have_title("“lamp” · Larkmoor")
    assert labelled(page)[:5] == [True, True, True, False, False]
    assert page.inner_text(".card .label") == "Sponsored"
    assert page.inner_text("#visit-reason") == "served"
    assert "auction" in page.inner_text("#visit-times")
    assert page.url.endswith("/search?q=lamp")


def test_a_ribbon_stands_above_the_results_and_bears_the_marks_of_an_ad(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    (banner,) = page.query_selector_all("#ribbon .banner")
    assert banner.query_selector(".label").inner_text() == "Sponsored"
    assert banner.get_attribute("data-ts-resolved-bid")
    assert banner.get_attribute("data-ts-product") == "PL-1085"
    assert banner.query_selector("strong").inner_text() == "Longer evenings"
    page.wait_for_function("document.querySelector('#ribbon img').naturalWidth > 0")
    assert banner.bounding_box()["y"] < page.query_selector(".card").bounding_box()["y"]
    assert page.inner_text("#visit-meaning") == "4 ads merged in"
    page.click("#ribbon a")
    expect(page).to_have_title("Nordlys Tide pendant lamp, sand · Larkmoor")


def test_a_shelf_has_a_ribbon_of_its_own_and_a_page_without_ads_has_none(demo, page):
    page.goto(f"{demo.url}/c/garden")
    labelled(page)
    assert page.inner_text("#ribbon strong") == "Something green"
    page.select_option("select[name=sort]", "price_asc")
    expect(page.locator("#visit-reason")).to_have_text("skipped_query")
    assert page.is_hidden("#ribbon")


def test_the_front_page_has_ads_where_its_rule_says(demo, page):
    page.goto(f"{demo.url}/")
    assert [place for place, is_ad in enumerate(labelled(page), 1) if is_ad][:2] == [2, 8]


def test_a_label_stands_on_what_carries_a_resolved_bid_id_and_on_nothing_else(demo, page):
    page.goto(f"{demo.url}/search?q=chair")
    labels = labelled(page)
    marked = [card.get_attribute("data-ts-resolved-bid") for card in page.query_selector_all(".card")]
    assert [bool(mark) for mark in marked] == labels


def test_a_sorted_page_has_no_ads_and_says_why(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    page.select_option("select[name=sort]", "price_asc")
    expect(page.locator("#visit-reason")).to_have_text("skipped_query")
    assert not any(labelled(page))


def test_the_comparison_shows_what_moved_from_where_to_where(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    page.check("#compare", force=True)
    page.wait_for_selector(".rows.merged .row")
    organic, merged = names(page, ".rows.organic"), names(page, ".rows.merged")
    assert sorted(organic) == sorted(merged)
    first = page.query_selector(".rows.merged .row.sponsored")
    assert f"from {organic.index(merged[0]) + 1}" in first.query_selector(".moved").inner_text()
    assert len(page.query_selector_all(".wire.sponsored")) == 3
    assert len(page.query_selector_all(".wire")) == len(merged)
    assert page.query_selector_all(".card") == []


def test_at_the_shops_own_address_there_are_no_ads_and_all_works(demo, page):
    page.goto(f"{demo.shop}/search?q=lamp&compare=1")
    page.wait_for_selector(".rows.merged .row")
    assert names(page, ".rows.organic") == names(page, ".rows.merged")
    assert page.inner_text("#visit-reason") == "no proxy here"
    page.goto(f"{demo.shop}/search?q=lamp")
    assert not any(labelled(page))


def test_a_product_has_a_page_with_an_ad_beside_it(demo, page):
    page.goto(f"{demo.url}/c/lighting")
    page.click(".card a")
    page.wait_for_selector(".product h1")
    assert labelled(page)[0]
    assert page.inner_text(".product .price").startswith("€")


def test_back_and_forward_go_through_what_was_seen(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    page.click("text=Audio")
    expect(page.locator("#title")).to_have_text("Audio")
    page.go_back()
    expect(page.locator("#title")).to_have_text("“lamp”")
    assert any(labelled(page))


def test_pages_can_be_turned_and_later_ones_have_no_ads(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    page.click("text=→")
    expect(page.locator("#visit-reason")).to_have_text("skipped_page")
    assert not any(labelled(page))


def test_a_search_without_results_says_so(demo, page):
    page.goto(f"{demo.url}/search?q=zzzz")
    page.wait_for_selector("#note:not([hidden])")
    assert "Nothing found" in page.inner_text("#note")


def test_what_a_shopper_types_is_text(demo, page):
    page.goto(f"{demo.url}/search?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.locator("#title")).to_have_text("“<img src=x onerror=alert(1)>”")
    assert page.query_selector("#title img") is None


def test_a_hostile_ad_platform_writes_nothing_into_the_page(demo, page):
    demo.behave(lie=["hostile"])
    try:
        page.goto(f"{demo.url}/search?q=mug")
        labelled(page)
        assert page.query_selector("main script") is None
    finally:
        demo.behave(lie=[])


def test_nothing_is_wider_than_a_narrow_screen(demo, page):
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/search?q=lamp", "/search?q=lamp&compare=1", "/product/TL-1001"):
        page.goto(demo.url + path)
        page.wait_for_selector(".card, .row")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_it_can_be_used_with_the_keyboard_alone(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the products"
    page.keyboard.press("Enter")
    page.focus(".card a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".product h1")


def test_every_field_and_picture_has_a_name(demo, page):
    page.goto(f"{demo.url}/search?q=lamp")
    labelled(page)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('input, select, button, img, nav')]
            .filter(one => !(one.labels?.length || one.textContent.trim() || one.hasAttribute('alt')
                || one.getAttribute('aria-label'))).map(one => one.outerHTML)"""
    )
    assert unnamed == []
