import pytest

from proxy.discovery.naming import beneath, general_pattern, name_page, pattern_of
from proxy.discovery.request import Request
from proxy.rules.matching.paths import PathPattern


def named(path, searched=False):
    return tuple(getattr(name_page(Request("GET", path).ask, searched), key) for key in ("name", "type"))


@pytest.mark.parametrize(
    ("path", "searched", "name"),
    [
        ("/api/search", True, ("search", "search")),
        ("/api/search", False, ("search", "search")),
        ("/api/categories/hats", False, ("category", "category")),
        ("/api/categories/hats", True, ("category", "search")),
        ("/products/7/similar", False, ("similar", "PDP")),
        ("/api/featured", False, ("home", "home")),
        ("/api/v2/deals.json", False, ("deals", "other")),
        ("/api/v2/Große Deals", False, ("gro-e-deals", "other")),
        ("/api", True, ("search", "search")),
        ("/api/v1", False, ("products", "other")),
        ("/", False, ("products", "other")),
    ],
)
def test_a_page_is_named_by_its_path(path, searched, name):
    assert named(path, searched) == name


def test_without_a_request_it_is_a_search():
    assert name_page(None, searched=False).name == "search"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/search",
        "/1/indexes/*/queries",
        "/a{b}/c",
        "/a%20b",
        "/50%",
        "/%zz",
        "/a b",
        "/a//b/",
        "/gr%C3%BCn",
        "/a\x7f",
        "/x" * 70,
    ],
)
def test_a_pattern_takes_the_path_of_which_it_was_made(path):
    pattern = PathPattern.parse(pattern_of(path))
    assert pattern.match(Request("GET", path).ask.segments) is not None


def test_the_words_searched_for_become_a_capture():
    assert pattern_of("/search/red%20shoes", 1) == "/search/{term}"


@pytest.mark.parametrize(
    ("path", "wider"),
    [
        ("/api/search", None),
        ("/en-GB/api/search", "/{locale}/api/search"),
        ("/api/categories/hats", "/api/categories/{category}"),
        ("/stores/12/products/search", "/stores/{store}/products/search"),
        ("/api/products/1234/similar", "/api/products/{id}/similar"),
        ("/api/v2/search", None),
    ],
)
def test_what_looks_as_if_it_varied_is_shown_as_a_capture(path, wider):
    assert general_pattern(path) == wider


def test_a_presets_path_may_stand_behind_a_prefix():
    path = "/shop/search-api/1/indexes/products/query"
    segments = path[1:].split("/")
    pattern = PathPattern.parse("/1/indexes/{index}/query")
    takes = [pattern.match(tuple(segments[at:])) is not None for at in range(len(segments))]
    assert beneath(path, pattern.text, segments, takes) == "/shop/search-api/1/indexes/{index}/query"
    assert beneath(path, pattern.text, segments, [False] * 6) is None
