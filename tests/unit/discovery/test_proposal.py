import json

import pytest

from proxy.discovery import Request, discover
from proxy.discovery.proposal import id_pattern, proposals

ITEMS = [{"id": f"p{n}", "name": f"Lamp {n}", "price": n + 0.5, "seller": {"id": f"s{n}"}} for n in range(4)]


def proposed(value, request=None):
    return list(proposals(discover(json.dumps(value).encode(), request), request))


def plain(request, value=None):
    (proposal,) = proposed(value or {"products": ITEMS}, request)
    return proposal


def test_everything_that_the_request_says_is_used():
    proposal = plain(Request("GET", "/api/search?q=lamp&sort=price&page=1", (("Cookie", "tsuid=u"),)))
    assert (proposal.path, proposal.methods, proposal.id, proposal.tag_at) == ("/api/search", (), "$.id", "$")
    assert proposal.search
    assert proposal.search.source == "query.q"
    assert [place.key for place in proposal.sorts] == ["sort"]
    assert proposal.paging
    assert (proposal.paging.place.source, proposal.paging.first) == ("query.page", 1)
    assert proposal.users == ("cookie.tsuid",)
    assert proposal.vendor
    assert proposal.vendor.path == "$.seller.id"


def test_without_a_request_its_path_is_not_known():
    proposal = plain(None)
    assert not proposal.path_known
    assert proposal.search is None


@pytest.mark.parametrize(
    ("request_", "methods"),
    [
        (Request("POST", "/s", (), b'{"query": "lamp"}'), ("POST",)),
        (Request("GET", "/s", (), b'{"query": "lamp"}'), ("GET", "POST")),
        (Request("HEAD", "/s?q=lamp"), ()),
    ],
)
def test_the_methods_fit_what_is_read(request_, methods):
    assert plain(request_).methods == methods


def test_words_in_the_path_are_captured():
    proposal = plain(Request("GET", "/search/red%20lamp"))
    assert (proposal.path, proposal.search and proposal.search.source) == ("/search/{term}", "path.term")


def test_pages_are_counted_as_the_answer_counts():
    proposal = plain(Request("GET", "/s?page=2"), {"meta": {"currentPage": 0}, "products": ITEMS})
    assert proposal.paging
    assert proposal.paging.first == 0


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        (("gid://shopify/Product/1", "gid://shopify/Product/2"), "gid://shopify/Product/(.+)"),
        (("urn:shop:1", "urn:shop:2"), "urn:shop:(.+)"),
        (("gid://shopify/Product/1", "gid://shopify/Variant/2"), None),
        (("gid://shopify/Product/1", "2"), None),
        (("a/1", "a/2"), None),
    ],
)
def test_of_global_ids_the_last_part_is_the_catalogues(values, pattern):
    assert id_pattern(values) == pattern


HITS = {"took": 1, "timed_out": False, "hits": {"hits": [{"_id": f"{n}", "_source": ITEMS[n]} for n in range(4)]}}


def test_over_a_preset_only_what_differs_is_said():
    first, last = proposed(
        HITS, Request("POST", "/products/_search", (), b'{"query":{"multi_match":{"query":"lamp"}}}')
    )
    assert (first.preset, first.path, first.methods, first.id, first.search) == ("elasticsearch", None, (), None, None)
    assert (last.preset, last.path) == (None, "/products/_search")


def test_a_presets_path_behind_a_prefix_is_kept():
    first, _ = proposed(HITS, Request("POST", "/shop/products/_search", (), b"{}"))
    assert first.path == "/shop/{index}/_search"


def test_words_that_the_preset_does_not_read_are_named():
    first, _ = proposed(HITS, Request("POST", "/products/_search", (), b'{"params": {"searchTerm": "lamp"}}'))
    assert first.search
    assert first.search.source == "body.$.params.searchTerm"


def test_an_id_that_is_not_the_presets_is_said():
    hits = [{key: value for key, value in item.items() if key != "id"} | {"sku": item["id"]} for item in ITEMS]
    first, _ = proposed({"hits": hits, "estimatedTotalHits": 4, "processingTimeMs": 1})
    assert (first.preset, first.id) == ("meilisearch", "$.sku")
