"""Whatever a sample holds, `init` says something; and the rule that it writes is one that `check` takes."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.discovery import NotASample, Request, discover, write_rule
from proxy.rules.files import read_book

KEYS = st.sampled_from(
    ["id", "_id", "sku", "productId", "name", "title", "price", "image", "node", "_source", "document", "data", "products",
     "hits", "results", "edges", "items", "facets", "count", "type", "index", "seller", "vendor", "page", "gid", "it's", "[*]"]
)  # fmt: skip
WORDS = KEYS | st.text(max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["gid://shopify/Product/1", "gid://shopify/Product/2", "https://a.example/x.jpg", "2026-01-01"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6), max_leaves=40
)
PRODUCTS = st.lists(st.dictionaries(WORDS, VALUES, min_size=1, max_size=6), min_size=1, max_size=5)
SAMPLES = VALUES | st.dictionaries(WORDS, PRODUCTS | VALUES, max_size=5) | PRODUCTS
TARGETS = st.text(max_size=30).map("/".__add__) | st.sampled_from(
    [
        "/api/search?q=x&page=1&sort=a",
        "/search/red%20shoes",
        "/1/indexes/*/queries",
        "/{a}/{b...}",
        "/a?[]=1&=2&q[0]=x&page[]=3",
    ]
)
REQUESTS = st.none() | st.builds(
    Request,
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE"]),
    TARGETS,
    st.lists(st.tuples(st.sampled_from(["Cookie", "X-User-Id", "Host"]), st.text(max_size=12)), max_size=3).map(tuple),
    st.none() | st.binary(max_size=20) | VALUES.map(lambda value: json.dumps(value).encode()),
)


@given(SAMPLES, REQUESTS)
@settings(max_examples=400)
def test_any_json_is_answered_and_any_rule_passes_check(sample: Any, request: Request | None) -> None:
    discovery = discover(json.dumps(sample).encode(), request)
    if discovery.found is None:
        assert (discovery.list, discovery.id, discovery.sure) == (None, None, False)
        return
    text = write_rule(discovery, request, "a sample").text
    reading = read_book({"rule.yaml": text.encode()})
    assert reading.book is not None, "\n".join(map(str, reading.problems)) + text
    rule = reading.book.rules[0]
    assert (str(rule.products.list), str(rule.products.id)) == (discovery.list, discovery.id)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sample_or_told_not_to_be(body: bytes) -> None:
    with suppress(NotASample):
        assert discover(body).runners_up is not None


NAMES = st.sampled_from(
    ["item", "products", "id", "sku", "name", "price", "image", "g:id", "seller", "a-b", "a.b", "ä"]
)
ELEMENTS: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(["", "1", "x y", "9.50", "&lt;", "gid://shop/P/1"]),
    lambda inner: st.lists(
        st.builds("<{0} n='{1}'>{2}</{0}>".format, NAMES, st.sampled_from(["1", "p2", "it&apos;s"]), inner)
        | st.builds("<{0}>{1}</{0}><{0}>{2}</{0}>".format, NAMES, inner, inner),
        max_size=4,
    ).map("".join),
    max_leaves=30,
)


@given(NAMES.filter(lambda name: ":" not in name), ELEMENTS)
@settings(max_examples=150)
def test_any_xml_is_answered_and_any_rule_passes_check(root: str, inside: str) -> None:
    discovery = discover(f"<{root} xmlns:g='urn:g'>{inside}</{root}>".encode())
    if discovery.found is not None:
        text = write_rule(discovery, None).text
        reading = read_book({"rule.yaml": text.encode()})
        assert reading.book is not None, "\n".join(map(str, reading.problems)) + text
        assert str(reading.book.rules[0].products.list) == discovery.list
