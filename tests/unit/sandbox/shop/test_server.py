"""The shop over real HTTP."""

import gzip
import json
from xml.etree import ElementTree

import pytest
from aiohttp.test_utils import TestClient, TestServer

from proxy.sandbox.shop.server import Shop


@pytest.fixture
async def shop():
    async with TestClient(TestServer(Shop().app()), auto_decompress=False) as client:
        yield client


async def test_a_search_answers_as_marketplaces_do(shop):
    answer = await shop.get("/api/search?q=lamp&page=2&per_page=5", headers={"Accept-Encoding": "identity"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    found = await answer.json()
    assert list(found) == ["query", "page", "per_page", "total", "facets", "products"]
    assert (found["query"], found["page"], found["per_page"], found["total"]) == ("lamp", 2, 5, 39)
    product = found["products"][0]
    assert set(product) == {
        "id", "name", "brand", "seller", "category", "price", "currency", "rating", "reviews", "image", "url",
    }  # fmt: skip
    assert set(product["seller"]) == {"id", "name"}


async def test_a_price_has_two_places_as_shops_write_it(shop):
    answer = await shop.get("/api/search?q=mug", headers={"Accept-Encoding": "identity"})
    assert b'"price":33.90,' in await answer.read()


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/api/featured", 24),
        ("/api/categories/audio", 24),
        ("/api/search?q=", 24),
        ("/api/search?q=lamp&per_page=1000", 39),
        ("/api/search?q=lamp&category=audio", 0),
        ("/api/search?q=lamp&brand=Ostra&brand=Halden&per_page=100", 18),
        ("/api/search?q=lamp&price=-50", 3),
        ("/api/search?q=lamp&organic=1&anything=else", 24),
        ("/api/products/TL-1001/similar", 8),
    ],
)
async def test_listings_have_products(shop, path, count):
    answer = await shop.get(path, headers={"Accept-Encoding": "identity"})
    assert len((await answer.json())["products"]) == count


@pytest.mark.parametrize("shape", ["wide", "narrow"])
async def test_a_banner_has_a_picture_of_its_product(shop, shape):
    answer = await shop.get(f"/banners/{shape}/PL-1085.svg", headers={"Accept-Encoding": "identity"})
    assert (answer.status, answer.content_type) == (200, "image/svg+xml")
    assert (
        ElementTree.fromstring(await answer.text()).findtext("{http://www.w3.org/2000/svg}title")
        == "Nordlys: pendant lamp"
    )


@pytest.mark.parametrize("path", ["/banners/wide/XX-1.svg", "/banners/square/PL-1085.svg"])
async def test_no_banner_shows_what_the_shop_does_not_have(shop, path):
    assert (await shop.get(path)).status == 404


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=-1", "per_page=1.5", "sort=best", "price=cheap", "price=5"]
)
async def test_a_parameter_that_makes_no_sense_is_a_400_that_names_it(shop, query):
    answer = await shop.get(f"/api/search?q=lamp&{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in (await answer.json())["error"]


@pytest.mark.parametrize(
    "path",
    ["/api/products/nothing", "/api/products/nothing/similar", "/api/categories/nothing", "/images/no.svg", "/x"],
)
async def test_what_is_not_there_is_a_404(shop, path):
    assert (await shop.get(path)).status == 404


async def test_a_product_has_a_page_of_its_own(shop):
    answer = await shop.get("/api/products/TL-1001", headers={"Accept-Encoding": "identity"})
    product = (await answer.json())["product"]
    assert product["id"] == "TL-1001"
    assert product["description"]
    assert (await shop.get(product["url"])).status == 200


async def test_shelves_are_listed_with_their_counts(shop):
    categories = (await (await shop.get("/api/categories")).json())["categories"]
    assert len(categories) == 8
    assert sum(one["count"] for one in categories) == 312


async def test_it_compresses_for_whoever_offers_it(shop):
    plain = await shop.get("/api/search?q=lamp", headers={"Accept-Encoding": "identity"})
    zipped = await shop.get("/api/search?q=lamp", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await zipped.read()) == await plain.read()
    assert len(await zipped.read()) < len(await plain.read()) / 3
    assert plain.headers["ETag"] != zipped.headers["ETag"]
    assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/api/search?q=lamp", "/images/TL-1001.svg", "/", "/assets/shop.css"])
async def test_who_has_it_already_gets_a_304(shop, path):
    first = await shop.get(path)
    assert first.headers["Cache-Control"]
    again = await shop.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_a_head_says_what_a_get_would(shop):
    got = await shop.get("/api/search?q=lamp")
    head = await shop.head("/api/search?q=lamp")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert await head.read() == b""


async def test_every_picture_is_one(shop):
    products = (await (await shop.get("/api/featured", headers={"Accept-Encoding": "identity"})).json())["products"]
    for product in products:
        answer = await shop.get(product["image"], headers={"Accept-Encoding": "identity"})
        assert answer.content_type == "image/svg+xml"
        assert ElementTree.fromstring(await answer.read()).tag.endswith("svg")


@pytest.mark.parametrize("path", ["/", "/search?q=x", "/c/audio", "/product/TL-1001"])
async def test_pages_load_nothing_from_elsewhere(shop, path):
    answer = await shop.get(path, headers={"Accept-Encoding": "identity"})
    page = (await answer.read()).decode()
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize("name", ["../server.py", "..%2fserver.py", "%2e%2e/server.py", "nothing.css", "shop"])
async def test_only_assets_are_assets(shop, name):
    assert (await shop.get(f"/assets/{name}")).status == 404


async def test_it_answers_json_to_a_health_check(shop):
    assert json.loads(await (await shop.get("/healthz")).read()) == {"status": "ok"}


async def test_it_says_where_the_ad_platform_reports_and_takes_events_if_it_was_told(shop):
    assert await (await shop.get("/api/shop")).json() == {"report": None, "events": None}
    async with TestClient(TestServer(Shop(0, "http://there.example/", "/topsort").app())) as told:
        said = {"report": "http://there.example/", "events": "/topsort"}
        assert await (await told.get("/api/shop")).json() == said
