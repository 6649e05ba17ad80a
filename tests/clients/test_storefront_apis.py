"""Commerce platforms' own clients read merged answers: each gets its preset's sample, alone and through the proxy."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from tests.clients.node import run_node
from tests.clients.search_server import JSON, SearchServer
from tests.conformance.ads import AdPlatform
from tests.conformance.running import ROOT, Proxy, write_rules

SAMPLES = ROOT / "tests" / "data" / "presets"
PRESETS = (
    *("medusa", "constructor", "constructor-browse", "constructor-autocomplete"),
    *("commercetools", "commercetools-projection", "shopify-graphql"),
)
OURS = ("resolvedBidId", "rank", "sponsored")  # the tag of an item, and the summary of all


def case(preset: str) -> dict[str, Any]:
    return yaml.safe_load((SAMPLES / preset / "case.yaml").read_text())


@pytest.fixture(scope="module")
def server() -> Iterator[SearchServer]:
    with SearchServer() as server:
        for preset in PRESETS:
            path = unquote(urlsplit(case(preset)["url"]).path)
            server.files[path] = (JSON, (SAMPLES / preset / "response.json").read_bytes())
        yield server


@pytest.fixture(scope="module")
def alone(server: SearchServer) -> dict[str, Any]:
    return run_node("storefront_apis.mjs", SEARCH=server.url).json


@pytest.fixture(scope="module")
def through(server: SearchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder, platform = tmp_path_factory.mktemp("proxy"), AdPlatform()
    rule = "- {{page: {0}, preset: {0}, auction: {{slots: 2, timeout: 5s}}}}\n"
    rules = write_rules(folder / "rules", "".join(map(rule.format, PRESETS)))
    with Proxy(folder, server.port, platform.port, rules=rules) as proxy:
        yield run_node("storefront_apis.mjs", SEARCH=f"http://127.0.0.1:{proxy.port}").json
    platform.close()


def listing(answer: Any, ids: list[str]) -> list[Any]:
    """The list in an answer whose items hold these ids, one each, in whatever order."""
    if isinstance(answer, list) and len(answer) == len(ids) and all(id_of(item, ids) for item in answer):
        return answer
    inside = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
    return next((found for each in inside if (found := listing(each, ids))), [])


def id_of(item: Any, ids: list[str]) -> str | None:
    """The one of these ids that stands at the shallowest place of an item."""
    level = [item]
    while level:
        values = [value for each in level for value in (each.values() if isinstance(each, dict) else each)]
        found = [one for one in ids for value in values if isinstance(value, str) and value.endswith(one)]
        if found:
            return found[0]
        level = [value for value in values if isinstance(value, dict)]
    return None


def tag_of(item: Any) -> tuple[str, int] | None:
    """The tag somewhere in an item."""
    if not isinstance(item, dict):
        return None
    if "resolvedBidId" in item:
        return item["resolvedBidId"], item["rank"]
    return next((tag for value in item.values() if (tag := tag_of(value))), None)


def without_ads(value: Any, ids: list[str]) -> Any:
    """An answer with no tags, its products in an order that no ad has changed."""
    if isinstance(value, dict):
        return {key: without_ads(each, ids) for key, each in value.items() if key not in OURS}
    if not isinstance(value, list):
        return value
    plain = [without_ads(each, ids) for each in value]
    return sorted(plain, key=json.dumps) if listing(value, ids) is value else plain


@pytest.mark.parametrize("preset", PRESETS)
def test_the_clients_list_has_its_ads_on_top(alone: dict[str, Any], through: dict[str, Any], preset: str) -> None:
    ids = case(preset)["ids"]
    assert [id_of(item, ids) for item in listing(alone[preset], ids)] == ids
    products = listing(through[preset], ids)
    ads = [ids[2], ids[4]]
    assert [id_of(item, ids) for item in products] == ads + [one for one in ids if one not in ads]
    assert [tag_of(item) for item in products[:3]] == [(f"bid-{ads[0]}", 1), (f"bid-{ads[1]}", 2), None]


@pytest.mark.parametrize("preset", PRESETS)
def test_all_else_reads_as_it_does_without_the_proxy(
    alone: dict[str, Any], through: dict[str, Any], preset: str
) -> None:
    ids = case(preset)["ids"]
    assert without_ads(through[preset], ids) == without_ads(alone[preset], ids)
