"""A real django-oscar behind the proxy: the lists of its REST API come with ads, as one array and in pages."""

import gzip
import json
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from typing import Any, NamedTuple

import pytest

from tests.backends.running import HERE, sandbox, started
from tests.conformance.running import DIRECTLY, ROOT, Proxy, needs

PYTHON = ROOT / ".venv/oscar/bin/python"
FOLDER = HERE / "oscar"
BIDS = {"7": 2.0, "3": 1.5, "12": 9.0}  # the last is not in the shop


class Said(NamedTuple):
    """An answer: its header fields and its JSON."""

    headers: HTTPMessage
    json: Any


@pytest.fixture(scope="module")
def oscar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    needs("django-oscar (in .venv/oscar)", PYTHON.exists())
    folder = tmp_path_factory.mktemp("oscar")
    with started([PYTHON, FOLDER / "serve.py"], FOLDER=str(folder), PYTHONDONTWRITEBYTECODE="1") as url:
        yield url


@pytest.fixture(scope="module")
def proxy(oscar: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """It keeps the shopper's Host, since the shop writes addresses of its own into its answers."""
    folder = tmp_path_factory.mktemp("proxy")
    with (
        sandbox(folder, BIDS, elsewhere={"desk": "8"}) as ads,
        Proxy(folder, port_of(oscar), port_of(ads), "--preserve-host", rules=FOLDER / "rules") as proxy,
    ):
        yield f"http://127.0.0.1:{proxy.port}"


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def get(url: str, coding: str = "identity") -> Said:
    request = urllib.request.Request(url, headers={"Accept": "application/json", "Accept-Encoding": coding})
    with DIRECTLY.open(request, timeout=20) as answer:
        body = answer.read()
    return Said(answer.headers, json.loads(gzip.decompress(body) if coding == "gzip" else body))


def without_tags(product: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in product.items() if key not in ("resolvedBidId", "rank")}


def assert_merged(through: list[dict[str, Any]], alone: list[dict[str, Any]], proxy: str, oscar: str) -> None:
    """The winners stand first, and every product is the shop's, but for the host in its links."""
    ids = [product["id"] for product in alone]
    assert [product["id"] for product in through] == [7, 3, *(one for one in ids if one not in (7, 3))]
    assert [product.get("rank") for product in through] == [1, 2] + [None] * (len(ids) - 2)
    assert all(product["resolvedBidId"] for product in through[:2])
    theirs = json.loads(json.dumps(alone).replace(oscar, proxy))
    assert sorted(map(without_tags, through), key=str) == sorted(theirs, key=str)


def test_a_list_that_is_one_array_has_its_winners_first(oscar: str, proxy: str) -> None:
    alone, through = get(f"{oscar}/api/products/?search=lamp"), get(f"{proxy}/api/products/?search=lamp")
    assert len(alone.json) == 7
    assert_merged(through.json, alone.json, proxy, oscar)
    assert through.headers["Sponsored-Status"].startswith("served; winners=2")


def test_a_list_in_pages_has_its_winners_first(oscar: str, proxy: str) -> None:
    path = "/api/products/?search=lamp&page_size=7"
    alone, through = get(oscar + path), get(proxy + path)
    assert_merged(through.json["results"], alone.json["results"], proxy, oscar)
    assert {**through.json, "results": []} == {**alone.json, "results": []}


def test_the_link_to_the_next_page_leads_through_the_proxy_to_a_page_without_ads(proxy: str) -> None:
    following = get(f"{proxy}/api/products/?search=lamp&page_size=4").json["next"]
    assert following.startswith(proxy)
    said = get(following)
    assert [product["id"] for product in said.json["results"]] == [5, 6, 7]
    assert said.headers["Sponsored-Status"].startswith("skipped_page")


def test_a_winner_that_is_not_in_the_list_is_fetched_from_the_shop(oscar: str, proxy: str) -> None:
    """Whoever searches for a desk is offered the rattan chair; a product's own page of the API has more fields than a list."""
    through, itself = get(f"{proxy}/api/products/?search=desk").json, get(f"{oscar}/api/products/8/").json
    assert [product["id"] for product in through] == [8, 3, 2]
    assert [product.get("rank") for product in through] == [1, 2, None]
    assert without_tags(through[0]) == json.loads(json.dumps(itself).replace(oscar, proxy))


def test_the_shops_cookies_and_the_rest_of_its_api_come_through(oscar: str, proxy: str) -> None:
    assert "oscar_open_basket=" in get(f"{proxy}/api/products/?search=lamp").headers["Set-Cookie"]
    assert get(f"{proxy}/api/products/7/price/").json == get(f"{oscar}/api/products/7/price/").json


def test_a_compressed_list_is_merged_and_compressed_again(proxy: str) -> None:
    said = get(f"{proxy}/api/products/?search=lamp", coding="gzip")
    assert said.headers["Content-Encoding"] == "gzip"
    assert [product["id"] for product in said.json[:2]] == [7, 3]
