"""A real Vendure behind the proxy: its GraphQL shop API answers with ads in the list, which its own schema knows nothing of."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from typing import Any, NamedTuple

import pytest

from tests.backends.running import HERE, sandbox, started
from tests.clients.node import NODE, needs_node, run_node
from tests.conformance.running import DIRECTLY, Proxy

FOLDER = HERE / "vendure"
BIDS = {"7": 2.0, "3": 1.5, "12": 9.0}  # the last is not in the shop
TAGS = ("resolvedBidId", "rank")
CLIENTS = ("graphql-request", "urql", "apollo")
SEARCH = """
query Search($input: SearchInput!) {
  search(input: $input) {
    totalItems
    items { productId productName slug sku score priceWithTax { __typename ... on PriceRange { min max } } }
  }
}
"""
BY_VARIANT = "{ search(input: {groupByProduct: false}) { items { productId productVariantId sku } } }"


class Said(NamedTuple):
    """An answer: status, header fields, its JSON."""

    status: int
    headers: HTTPMessage
    json: Any

    @property
    def items(self) -> list[dict[str, Any]]:
        return self.json["data"]["search"]["items"]


@pytest.fixture(scope="module")
def vendure() -> Iterator[str]:
    needs_node(FOLDER)
    with started([NODE, FOLDER / "serve.mjs"], VENDURE_DISABLE_TELEMETRY="true") as url:
        yield url


@pytest.fixture(scope="module")
def proxy(vendure: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("vendure")
    with (
        sandbox(folder, BIDS) as ads,
        Proxy(folder, port_of(vendure), port_of(ads), rules=FOLDER / "rules") as proxy,
    ):
        yield f"http://127.0.0.1:{proxy.port}"


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def ask(url: str, query: str, **variables: Any) -> Said:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/shop-api", body, {"Content-Type": "application/json"})
    try:
        with DIRECTLY.open(request, timeout=20) as answer:
            return Said(answer.status, answer.headers, json.load(answer))
    except urllib.error.HTTPError as refused:
        return Said(refused.code, refused.headers, json.load(refused))


def lamps(url: str, **more: Any) -> Said:
    return ask(url, SEARCH, input={"term": "lamp", "groupByProduct": True, "take": 10, **more})


def without_tags(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in TAGS}


def test_the_winners_stand_first_and_all_else_is_vendures(vendure: str, proxy: str) -> None:
    alone, through = lamps(vendure), lamps(proxy)
    assert [item["productId"] for item in alone.items] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [item["productId"] for item in through.items] == ["7", "3", "1", "2", "4", "5", "6"]
    assert [item.get("rank") for item in through.items] == [1, 2, None, None, None, None, None]
    assert all(item["resolvedBidId"] for item in through.items[:2])
    assert sorted(map(without_tags, through.items), key=str) == sorted(alone.items, key=str)
    assert through.json["data"]["search"]["totalItems"] == 7
    assert through.headers["Sponsored-Status"].startswith("served; winners=2")


def test_the_ads_stand_beside_the_data_as_well(proxy: str) -> None:
    """Vendure's schema is closed: whoever types its answers has no field for a tag in an item."""
    said = lamps(proxy)
    tags = [{"id": item["productId"], **{tag: item[tag] for tag in TAGS}} for item in said.items[:2]]
    assert said.json["extensions"]["sponsored"] == tags


def test_graphql_clients_read_the_merged_list(vendure: str, proxy: str) -> None:
    said, alone = run_node("graphql.mjs", SHOP=proxy).json, run_node("graphql.mjs", SHOP=vendure).json
    assert said.pop("errors") == alone.pop("errors") == []
    assert [read["ids"] for read in said.values()] == [["7", "3", "1", "2", "4", "5", "6"]] * 3
    assert [read["tagged"] or read["ads"] for read in alone.values()] == [[], [], []]


def test_graphql_clients_find_the_ads_in_the_items_or_beside_them(proxy: str) -> None:
    """Apollo's cache keeps of an item only what was asked for; it reads the summary, the others either."""
    said = run_node("graphql.mjs", SHOP=proxy).json
    assert {name: said[name]["tagged"] for name in CLIENTS} == {
        "graphql-request": ["7", "3"],
        "urql": ["7", "3"],
        "apollo": [],
    }
    for name in ("urql", "apollo"):
        assert [(ad["id"], ad["rank"]) for ad in said[name]["ads"]] == [("7", 1), ("3", 2)]
        assert all(ad["resolvedBidId"] for ad in said[name]["ads"])


def test_of_two_variants_the_first_is_the_ad(vendure: str, proxy: str) -> None:
    alone = ask(vendure, BY_VARIANT)
    through = ask(proxy, BY_VARIANT)
    assert [item["sku"] for item in through.items[:2]] == ["LMP-7", "LMP-3"]
    assert sorted(map(without_tags, through.items), key=str) == sorted(alone.items, key=str)


@pytest.mark.parametrize(
    "query",
    [
        "{ products { items { id name } } }",
        "mutation { addItemToOrder(productVariantId: 1, quantity: 1) { __typename } }",
        "{ search(input: {}) { items { nonsense } } }",
        "{ search(input: {}",
    ],
    ids=["another field", "a mutation", "no such field", "no GraphQL"],
)
def test_what_is_no_search_or_fails_is_answered_alike(vendure: str, proxy: str, query: str) -> None:
    alone, through = ask(vendure, query), ask(proxy, query)
    assert (through.status, through.json) == (alone.status, alone.json)


def test_a_later_page_is_vendures_own(vendure: str, proxy: str) -> None:
    alone, through = lamps(vendure, skip=3), lamps(proxy, skip=3)
    assert through.json == alone.json
    assert through.headers["Sponsored-Status"].startswith("skipped_page")


def test_a_shoppers_session_goes_both_ways(proxy: str) -> None:
    """Vendure hands out its session as a token in the head; the next request brings it back."""
    said = ask(
        proxy,
        "mutation { addItemToOrder(productVariantId: 1, quantity: 2) { __typename ... on Order { totalQuantity } } }",
    )
    token = said.headers["vendure-auth-token"]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{proxy}/shop-api", b'{"query": "{ activeOrder { totalQuantity } }"}', headers)
    with DIRECTLY.open(request, timeout=20) as answer:
        assert json.load(answer)["data"]["activeOrder"] == {"totalQuantity": 2}
