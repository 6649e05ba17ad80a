"""Search vendors' own clients read merged answers: nothing differs from what they read without the proxy but order and tags."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.clients.node import HERE, Ran, run_node
from tests.clients.python import run_client
from tests.clients.search_apis import CATALOGUE
from tests.clients.search_server import Asked, SearchServer
from tests.conformance.ads import AdPlatform
from tests.conformance.running import Proxy

IN_NODE = ("algolia", "elasticsearch", "meilisearch", "opensearch", "typesense")
IN_PYTHON = ("algolia", "elasticsearch", "meilisearch", "solr", "typesense")
CLIENTS = [*(f"{client}.mjs" for client in IN_NODE), *(f"{client}.py" for client in IN_PYTHON)]
TAGS = {"resolvedBidId", "rank"}

# What a proxy adds, what belongs to one hop, and what a client makes up anew for each request.
OF_ONE_REQUEST = {
    *("host", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
    *("connection", "content-length", "transfer-encoding", "accept-encoding", "request-id"),
}


class Read(NamedTuple):
    """What one client read, call by call; what the search server and the ad platform were asked for it."""

    calls: dict[str, Any]
    asked: list[Asked]
    auctions: list[dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[SearchServer]:
    with SearchServer() as server:
        yield server


@pytest.fixture(scope="module")
def platform() -> Iterator[AdPlatform]:
    platform = AdPlatform()
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def proxy(server: SearchServer, platform: AdPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with Proxy(tmp_path_factory.mktemp("proxy"), server.port, platform.port, rules=HERE / "rules") as proxy:
        yield proxy


@pytest.fixture(scope="module")
def read(server: SearchServer, platform: AdPlatform, proxy: Proxy) -> Callable[[str, int], Read]:
    done: dict[tuple[str, int], Read] = {}

    def read(client: str, port: int) -> Read:
        if (client, port) not in done:
            asked, asked_for_ads = len(server.asked), len(platform.calls)
            calls = run(client, f"http://127.0.0.1:{port}").json
            auctions = [auction for call in platform.calls[asked_for_ads:] for auction in call.body["auctions"]]
            done[client, port] = Read(calls, server.asked[asked:], auctions)
        return done[client, port]

    return read


def run(client: str, url: str) -> Ran:
    name, _, language = client.partition(".")
    return run_client(name, url) if language == "py" else run_node(client, SEARCH=url)


@pytest.fixture(params=CLIENTS)
def alone(request: pytest.FixtureRequest, read: Callable[[str, int], Read], server: SearchServer) -> Read:
    return read(request.param, server.port)


@pytest.fixture
def through(request: pytest.FixtureRequest, alone: Read, read: Callable[[str, int], Read], proxy: Proxy) -> Read:
    return read(request.node.callspec.params["alone"], proxy.port)


def listings(value: Any) -> list[list[dict[str, Any]]]:
    """Every list of products in an answer, in order; each product as the client would show it."""
    if isinstance(value, dict):
        return [found for each in value.values() for found in listings(each)]
    if not isinstance(value, list):
        return []
    products = [shown(each) for each in value if isinstance(each, dict) and "sku" in shown(each)]
    return [products] if products else [found for each in value for found in listings(each)]


def shown(hit: dict[str, Any]) -> dict[str, Any]:
    return hit.get("_source") or hit.get("document") or hit


def without_ads(value: Any) -> Any:
    """An answer with no tags, and its products in an order that no ad has changed."""
    if isinstance(value, dict):
        return {key: without_ads(each) for key, each in value.items() if key not in TAGS}
    if isinstance(value, list):
        each = [without_ads(one) for one in value]
        is_listing = any(isinstance(one, dict) and "sku" in shown(one) for one in each)
        return sorted(each, key=lambda one: shown(one)["sku"]) if is_listing else each
    return value


def merged(organic: list[str]) -> list[tuple[str, str | None, int | None]]:
    """The list as it must be shown: the ad platform lets the third and the fifth win."""
    ads = [organic[place] for place in (2, 4) if place < len(organic)] or organic[-1:]
    rest = [(sku, None, None) for sku in organic if sku not in ads]
    return [(sku, f"bid-{sku}", rank) for rank, sku in enumerate(ads, 1)] + rest


def test_every_list_of_products_has_its_ads_on_top(alone: Read, through: Read) -> None:
    for call in alone.calls:
        organic = [[product["sku"] for product in one] for one in listings(alone.calls[call])]
        tagged = [
            [(product["sku"], product.get("resolvedBidId"), product.get("rank")) for product in one]
            for one in listings(through.calls[call])
        ]
        assert tagged == [merged(each) for each in organic], call


def test_all_else_reads_as_it_does_without_the_proxy(alone: Read, through: Read) -> None:
    assert {call: without_ads(answer) for call, answer in through.calls.items()} == {
        call: without_ads(answer) for call, answer in alone.calls.items()
    }


def test_each_auction_is_told_the_words_of_its_own_search(through: Read) -> None:
    """What a search for lamps finds first is a lamp, and so for chairs; only a federated list goes on with the others."""
    names = {product["sku"]: product["name"].lower() for product in CATALOGUE}
    assert through.auctions
    for auction in through.auctions:
        assert auction["searchQuery"] in names[auction["products"]["ids"][0]]


def test_an_index_that_there_is_not_is_the_same_error(alone: Read, through: Read) -> None:
    assert through.calls["missing"]["error"]
    assert through.calls["missing"] == alone.calls["missing"]


def test_the_search_server_is_asked_the_same(alone: Read, through: Read) -> None:
    assert [fair(asked) for asked in through.asked] == [fair(asked) for asked in alone.asked]


def fair(asked: Asked) -> tuple[Any, ...]:
    headers = {name: value for name, value in asked.headers.items() if name not in OF_ONE_REQUEST}
    return asked.method, asked.target, headers, asked.body


def test_the_calls_are_those_that_find_products(alone: Read) -> None:
    """So that no test above holds because nothing was found."""
    found = {call for call, answer in alone.calls.items() if listings(answer)}
    assert found == set(alone.calls) - {"nothing", "missing"}
    assert not any("error" in answer for call, answer in alone.calls.items() if call != "missing")
