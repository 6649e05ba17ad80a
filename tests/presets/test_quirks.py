"""What is peculiar to single backends: later pages, redirects, errors under 200, cursors, words in odd places."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from proxy.ask import Ask
from proxy.reasons import Reason
from proxy.rules.files import read_book
from tests.presets.samples import Sample, read
from tests.presets.test_presets import shortest, through


async def ended(sample: Sample, rule: str = "") -> tuple[str, bytes, list[dict[str, Any]]]:
    """Why the page view ended as it did, its body, and the auctions that were asked for."""
    _, body, auctions, proxy = await through(sample, rule)
    return str(proxy.visits[0].reason), body, auctions


def changed(name: str, old: str, new: str) -> Sample:
    """A sample with another request."""
    sample = read(name)
    assert (sample.target + sample.body.decode()).count(old) >= 1, name
    return replace(sample, target=sample.target.replace(old, new), body=sample.body.decode().replace(old, new).encode())


# -- later pages -----------------------------------------------------------------------

LATER = {
    "algolia": ("page=0", "page=1"),
    "algolia-multi": ("page=0", "page=2"),
    "bigcommerce": ('"after":null', '"after":"YXJyYXljb25uZWN0aW9uOjY="'),
    "bloomreach": ("start=0", "start=10"),
    "bloomreach-category": ("start=0", "start=10"),
    "commercetools": ('"offset":0', '"offset":20'),
    "commercetools-projection": ("offset=0", "offset=20"),
    "constructor": ("page=1", "page=2"),
    "constructor-browse": ("page=1", "page=2"),
    "coveo": ('"page":0', '"page":1'),
    "coveo-listing": ('"page":0', '"page":1'),
    "django-oscar": ("page=1", "page=2"),
    "django-oscar-paged": ("page=1", "page=2"),
    "elasticsearch": ('"from":0', '"from":20'),
    "elasticsearch-msearch": ('"from":0', '"from":20'),
    "klevu": ('"offset":0', '"offset":12'),
    "magento": ("currentPage]=1", "currentPage]=2"),
    "magento-graphql": ("currentPage%22%3A1", "currentPage%22%3A2"),
    "medusa": ("offset=0", "offset=12"),
    "meilisearch": ('"offset":0', '"offset":20'),
    "meilisearch-federated": ('"offset":0', '"offset":20'),
    "meilisearch-multi": ('"offset":0', '"offset":20'),
    "opensearch": ('"from": 0', '"from": 6'),
    "saleor": ('"first":6', '"first":6,"after":"WyIwLjUiLCAiMzY1Il0="'),
    "searchspring": ("page=1", "page=2"),
    "sfcc": ("offset=0", "offset=25"),
    "sfcc-ocapi": ("start=0", "start=25"),
    "shopify-graphql": ('"first":7', '"first":7,"after":"eyJsYXN0X2lkIjo4fQ=="'),
    "shopify-graphql-nodes": ('"first":6', '"last":6,"startCursor":"eyJsYXN0X2lkIjo4fQ=="'),
    "solr": ("start=0", "start=6"),
    "solr-grouped": ("start=0", "start=6"),
    "typesense": ("&page=1", "&page=2"),
    "typesense-grouped": ("&page=1", "&page=2"),
    "typesense-multi": ("&page=1", "&page=2"),
    "vendure": ('"skip":0', '"skip":6'),
    "vertex": ('"pageSize":20', '"pageSize":20,"pageToken":"QDMwADM1EmYxQWY2"'),
    "vtex": ("page=1", "page=2"),
    "vtex-catalog": ("_from=0", "_from=6"),
}


@pytest.mark.parametrize("name", LATER)
async def test_later_pages_have_no_ads(name: str) -> None:
    sample = changed(name, *LATER[name])
    assert await ended(sample) == (Reason.SKIPPED_PAGE, sample.answer, [])


async def test_a_later_page_is_found_in_the_base64_of_a_persisted_query() -> None:
    sample = read("vtex-graphql")
    extensions = json.loads(parse_qs(sample.target)["extensions"][0])
    variables = json.loads(b64decode(extensions["variables"]))
    later = b64encode(json.dumps({**variables, "from": 10, "to": 19}).encode()).decode()
    sample = changed("vtex-graphql", quote(extensions["variables"], safe="/"), quote(later, safe="/"))
    assert await ended(sample) == (Reason.SKIPPED_PAGE, sample.answer, [])


async def test_elasticsearchs_query_language_may_come_with_a_get() -> None:
    sample = replace(read("elasticsearch"), method="GET")
    reason, _, [auction] = await ended(sample)
    assert (reason, auction["searchQuery"]) == (Reason.SERVED, "desk lamp")
    later = replace(changed("elasticsearch", '"from":0', '"from":20'), method="GET")
    assert (await ended(later))[0] == Reason.SKIPPED_PAGE


async def test_an_elasticsearch_cursor_is_a_later_page() -> None:
    sample = changed("elasticsearch", '"from":0', '"search_after":[9.5,40502]')
    assert (await ended(sample))[0] == Reason.SKIPPED_PAGE


SORTED = {
    "bloomreach": "&sort=price+asc",
    "constructor": "&sort_by=price",
    "medusa": "&order=-created_at",
    "searchspring": "&sort.price=asc",
    "sfcc": "&sort=price-low-to-high",
    "solr": "&sort=price+asc",
    "typesense": "&sort_by=price:asc",
    "vtex": "&sort=price:asc",
}


@pytest.mark.parametrize("name", SORTED)
async def test_pages_that_the_shopper_sorted_have_no_ads(name: str) -> None:
    sample = read(name)
    sample = replace(sample, target=sample.target + SORTED[name])
    assert await ended(sample) == (Reason.SKIPPED_QUERY, sample.answer, [])


# -- answers that are no products ---------------------------------------------------------

NO_PRODUCTS = {
    "constructor": '{"response":{"redirect":{"data":{"url":"/sale","match_id":7,"rule_id":3},"matched_terms":["sale"],'
    '"matched_user_input":["sale"]}},"result_id":"8c4f","request":{"term":"sale"}}',
    "constructor-browse": '{"response":{"redirect":{"data":{"url":"/sale"}}},"result_id":"8c4f"}',
    "algolia": '{"message":"Index products does not exist","status":404}',
    "typesense-multi": '{"results":[{"code":404,"error":"Not found."},{"code":400,"error":"Bad JSON."}]}',
    "elasticsearch-msearch": '{"took":1,"responses":[{"error":{"type":"x"},"status":404}]}',
    "shopify-graphql": '{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}',
    "saleor": '{"errors":[{"message":"x","locations":[],"path":["products"]}],"data":{"products":null}}',
    "magento-graphql": '{"errors":[{"message":"x"}],"data":null}',
    "vtex": '{"products":null,"redirect":"/sale"}',
    "django-oscar": '{"detail":"Not found."}',
}


@pytest.mark.parametrize("name", NO_PRODUCTS)
async def test_a_redirect_or_an_error_under_200_passes_as_it_came(name: str) -> None:
    sample = replace(read(name), answer=NO_PRODUCTS[name].encode())
    assert await ended(sample) == (Reason.NOT_A_LISTING, sample.answer, [])


async def test_searches_for_facets_alone_get_no_auction() -> None:
    facets = {"hits": [], "nbHits": 640, "facets": {"brand": {"Tern": 12}}, "index": "products"}
    one = {**facets, "hits": [{"objectID": "90042"}]}
    sample = replace(read("algolia-multi"), answer=json.dumps({"results": [facets, one]}).encode())
    assert await ended(sample) == (Reason.TOO_FEW_PRODUCTS, sample.answer, [])


# -- cursors, global ids, vendors ----------------------------------------------------------


@pytest.mark.parametrize(("name", "connection"), [("shopify-graphql", "products"), ("saleor", "products")])
async def test_an_edge_moves_with_its_cursor_and_the_next_page_stays(name: str, connection: str) -> None:
    sample = read(name)
    _, body, _ = await ended(sample)
    before, after = (json.loads(each)["data"][connection] for each in (sample.answer, body))
    assert after["edges"][0]["cursor"] == before["edges"][-1]["cursor"]
    assert after["edges"][0]["node"] == {
        **before["edges"][-1]["node"],
        "resolvedBidId": after["edges"][0]["node"]["resolvedBidId"],
        "rank": 1,
    }
    assert after["pageInfo"] == before["pageInfo"]
    assert "resolvedBidId" not in after["edges"][0]


async def test_every_ad_is_told_beside_the_data_where_typed_clients_drop_fields() -> None:
    sample = read("shopify-graphql")
    _, body, _ = await ended(sample)
    ids = [sample.ids[0][-1], sample.ids[0][1]]
    told = json.loads(body)["extensions"]
    assert told["sponsored"] == [
        {"id": one, "rank": rank, "resolvedBidId": f"bid-{one}"} for rank, one in enumerate(ids, 1)
    ]
    assert {name: each for name, each in told.items() if name != "sponsored"} == json.loads(sample.answer)["extensions"]


async def test_the_number_in_a_global_id_of_base64_can_be_the_catalogues() -> None:
    sample = read("saleor")
    rule = shortest("saleor") + 'products: {id_pattern: "^Product:(.+)"}\n'
    reason, _, [auction] = await ended(sample, rule)
    assert reason == Reason.SERVED
    assert auction["products"]["ids"] == ["311", "327", "338", "342", "359", "365"]


async def test_a_whole_global_id_can_be_the_catalogues() -> None:
    sample = read("shopify-graphql-nodes")
    reason, _, [auction] = await ended(sample, shortest(sample.name) + "products: {id_pattern: }\n")
    assert reason == Reason.SERVED
    assert auction["products"]["ids"][0] == "gid://shopify/Product/8000000090011"


async def test_a_vendor_of_the_preset_is_counted_by_once_a_rule_asks_for_it() -> None:
    sample = read("vtex")
    one_each = shortest("vtex").replace("slots: 2", "slots: 7") + "layout: {max_per_vendor: 1}\n"
    two_of_one = replace(sample, answer=sample.answer.replace(b'"sellerId":"hoshi"', b'"sellerId":"orbit"'))
    assert b"resolvedBidId" in (await ended(two_of_one, one_each))[1]
    assert (await ended(two_of_one, one_each))[1].count(b'"values":["bid-') == 1
    assert (await ended(sample, one_each))[1].count(b'"values":["bid-') == 2


async def test_one_listing_of_several_can_be_named() -> None:
    sample = read("algolia-multi")
    rule = shortest("algolia-multi") + "products: {list: \"$.results[?@.index == 'products'].hits\"}\n"
    reason, _, auctions = await ended(sample, rule)
    assert reason == Reason.SERVED
    assert [(one["products"]["ids"], one["searchQuery"]) for one in auctions] == [(sample.ids[0], "headphones")]


# -- words in odd places --------------------------------------------------------------------

LAMP = '{"multi_match":{"query":"lamp","fields":["title"]}}'
WORDS = [
    ("elasticsearch", "GET /products/_search?q=lamp", ""),
    ("elasticsearch", "POST /products/_search", f'{{"query":{LAMP}}}'),
    ("elasticsearch", "POST /products/_search", '{"query":{"match":{"title":"lamp"}}}'),
    ("elasticsearch", "POST /products/_search", '{"query":{"match":{"title":{"query":"lamp","operator":"and"}}}}'),
    ("elasticsearch", "POST /products/_search", '{"query":{"query_string":{"query":"lamp"}}}'),
    ("elasticsearch", "POST /products/_search", '{"query":{"simple_query_string":{"query":"lamp"}}}'),
    ("elasticsearch", "POST /products/_search", f'{{"query":{{"bool":{{"must":{LAMP},"filter":[]}}}}}}'),
    ("elasticsearch", "POST /products/_search", f'{{"query":{{"bool":{{"must":[{{"term":{{"a":1}}}},{LAMP}]}}}}}}'),
    ("elasticsearch", "POST /products/_search", '{"query":{"bool":{"must":[{"match":{"title":{"query":"lamp"}}}]}}}'),
    ("elasticsearch", "POST /products/_search", f'{{"query":{{"bool":{{"should":[{LAMP}]}}}}}}'),
    ("elasticsearch", "POST /products/_search", f'{{"query":{{"function_score":{{"query":{LAMP}}}}}}}'),
    ("algolia", "POST /1/indexes/products/query", '{"query":"lamp","hitsPerPage":20}'),
    ("algolia", "POST /1/indexes/products/query", '{"params":"hitsPerPage=20&query=lamp"}'),
    ("algolia-multi", "POST /1/indexes/%2A/queries", '{"requests":[{"indexName":"a","params":{"query":"lamp"}}]}'),
    ("meilisearch", "GET /indexes/products/search?q=lamp", ""),
    ("solr", "POST /solr/catalog/select", "q=lamp&rows=6"),
    ("solr", "POST /solr/catalog/select", '{"query":"lamp"}'),
    ("vtex", "GET /api/io/_v/api/intelligent-search/product_search/?q=lamp", ""),
    ("vtex-graphql", "POST /_v/segment/graphql/v1", '{"operationName":"productSearchV3","variables":{"query":"lamp"}}'),
    (
        "shopify-graphql",
        "POST /api/2025-07/graphql.json",
        '{"query":"{search{edges{node{id}}}}","variables":{"q":"lamp"}}',
    ),
    (
        "commercetools",
        "POST /eu/products/search",
        '{"query":{"fullText":{"field":"name","language":"en","value":"lamp"}}}',
    ),
    ("commercetools-projection", "GET /eu/product-projections/search?text.de=lamp", ""),
    ("commercetools-projection", "POST /eu/product-projections/search", "text.en=lamp&limit=20"),
    ("magento-graphql", "POST /graphql", '{"query":"{products{items{sku}}}","variables":{"search":"lamp"}}'),
    ("saleor", "POST /graphql/", '{"query":"{products{edges{node{id}}}}","variables":{"filter":{"search":"lamp"}}}'),
    ("vendure", "POST /shop-api", '{"query":"{search{items{sku}}}","variables":{"term":"lamp"}}'),
    ("bigcommerce", "POST /graphql", '{"query":"{site{search{a}}}","variables":{"searchTerm":"lamp"}}'),
    ("constructor", "GET /search/lamp?key=k", ""),
    ("django-oscar", "GET /api/products/?q=lamp", ""),
]


@pytest.mark.parametrize(("name", "line", "body"), WORDS)
def test_the_words_are_found_wherever_the_backend_takes_them(name: str, line: str, body: str) -> None:
    book = read_book({"rule.yaml": shortest(name).encode()}).book
    assert book
    method, target = line.split()
    ask = Ask(method, target, [(b"host", b"shop.example")], body.encode() if method == "POST" else None)
    match = book.find(ask)
    assert match, book.explain(ask)
    assert match.rule.auction.search_query.read(ask, match.captures) == "lamp"
