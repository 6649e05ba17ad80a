import json

import pytest

from proxy.discovery.request import Request
from proxy.discovery.request_marks import (
    graphql,
    paging,
    places,
    search_words,
    sorting_and_filtering,
    user_sources,
    word_in_path,
)


def get(target, *headers):
    return Request("GET", target, headers).ask


def post(body, target="/api/search"):
    return Request("POST", target, (), body if isinstance(body, bytes) else json.dumps(body).encode()).ask


@pytest.mark.parametrize(
    ("ask", "source"),
    [
        (get("/s?q=lamp"), "query.q"),
        (get("/s?lang=en&keyword=lamp&page=2"), "query.keyword"),
        (get("/s?search_term=lamp"), "query.search_term"),
        (get("/s?text.en=lamp"), "query.text.en"),
        (get("/s?search=x&query=lamp"), "query.query"),
        (get("/s?search[text]=lamp"), "query.search[text]"),
        (post({"query": "lamp"}), "body.$.query"),
        (post({"filter": {"category": "x"}, "params": {"searchTerm": "lamp"}}), "body.$.params.searchTerm"),
        (post({"queries": [{"indexUid": "p", "q": "lamp"}]}), "body.$.queries[0].q"),
        (post({"query": "query S($t: String) { s }", "variables": {"term": "lamp"}}), "body.$.variables.term"),
        (post(b"q=desk+lamp&page=1"), "form.q"),
        (get("/s?filter[search]=lamp&filter[name]=x"), "query.filter[search]"),
        (
            get("/graphql?operationName=S&variables=%7B%22in%22%3A%7B%22term%22%3A%22lamp%22%7D%7D"),
            "body.$.variables.in.term",
        ),
        (
            get("/graphql?query=query%20S(%24t:String)%7Bs(q:%24t)%7Bid%7D%7D&variables=%7B%22t%22:%22lamp%22%7D"),
            "body.$.variables.t",
        ),
        (post({"widget": {"search": {"keyphrase": "lamp"}}}), "body.$.widget.search.keyphrase"),
        (
            post({"query": "query S($t: String!) { s(search: $t) { id } }", "variables": {"t": "lamp"}}),
            "body.$.variables.t",
        ),
        (
            post({"query": "query S($t: String) { s(where: {term: $t}) { id } }", "variables": {"t": "lamp"}}),
            "body.$.variables.t",
        ),
    ],
)
def test_the_words_searched_for_are_found_by_their_name(ask, source):
    place = search_words(places(ask))
    assert place is not None
    assert place.source == source
    assert "lamp" in place.value


@pytest.mark.parametrize(
    "ask",
    [
        get("/s"),
        get("/s?q="),
        get("/s?page=2&size=3"),
        get("/s?query=query%20S%20%7B%20s%20%7D"),
        post(b"no form"),
        post({"query": {"match_all": {}}}),
        get("/graphql?operationName=S&variables=%7B%22q%22"),
        get("/graphql?operationName=S&variables=[1]"),
        post(b"\xff\xfe"),
    ],
)
def test_where_nothing_is_searched_for_nothing_is_found(ask):
    assert search_words(places(ask)) is None


@pytest.mark.parametrize(
    ("target", "segment"),
    [
        ("/search/red%20shoes", 1),
        ("/api/search/lamp", 2),
        ("/s/lamp", 1),
        ("/api/search", None),
        ("/search/products", None),
        ("/search/v2", None),
        ("/search/search.json", None),
        ("/search/", None),
        ("/products/lamp", None),
    ],
)
def test_the_words_may_be_a_segment_of_the_path(target, segment):
    assert word_in_path(get(target)) == segment


@pytest.mark.parametrize(
    ("ask", "source", "first"),
    [
        (get("/s?q=x&page=1"), "query.page", 1),
        (get("/s?q=x&page=0"), "query.page", 0),
        (get("/s?q=x&page=3"), "query.page", 1),
        (get("/s?q=x&offset=0"), "query.offset", 0),
        (get("/s?q=x&offset=24&page=2"), "query.page", 1),
        (get("/s?page[number]=1"), "query.page[number]", 1),
        (get("/s?page[offset]=20"), "query.page[offset]", 0),
        (post({"q": "x", "from": 0}), "body.$.from", 0),
        (post({"variables": {"after": "abc"}}), "body.$.variables.after", 0),
    ],
)
def test_the_page_of_results_is_found_with_its_first(ask, source, first):
    found = paging(places(ask), counted_from_0=False)
    assert found is not None
    assert (found.place.source, found.first) == (source, first)


def test_a_page_that_the_answer_counts_from_0_begins_there():
    found = paging(places(get("/s?page=2")), counted_from_0=True)
    assert found is not None
    assert found.first == 0


@pytest.mark.parametrize("ask", [get("/s?page=last"), get("/s?q=x"), get("/s?pages=3")])
def test_what_is_no_page_of_results_is_none(ask):
    assert paging(places(ask), counted_from_0=False) is None


def test_what_sorts_and_filters_is_told_from_the_usual_order():
    found = places(get("/s?q=x&sort=price&order=relevance&brand=acme&filter[size]=m&page=1&sort_by="))
    active, usual = sorting_and_filtering(found)
    assert [place.key for place in active] == ["sort", "brand", "filter[size]"]
    assert [place.key for place in usual] == ["order", "sort_by"]


@pytest.mark.parametrize(
    "parameter",
    [
        "pageSize=20",
        "page_size=20",
        "page[size]=20",
        "imageSize=300x300",
        "includePrices=true",
        "include_filters=true",
        "withRatings=1",
        "priceCurrency=EUR",
        "price_list_id=7",
        "order_type=delivery",
        "orderId=17",
        "size=20&page=0",
        "size=24",
        "filter[q]=lamp",
    ],
)
def test_what_says_how_the_answer_shall_look_neither_sorts_nor_filters(parameter):
    assert sorting_and_filtering(places(get(f"/s?q=x&{parameter}")), items=24) == ([], [])


@pytest.mark.parametrize("parameter", ["sort=relevance,desc", "sort=-_score", "sort=best-match", "sort=_score:desc"])
def test_the_usual_order_may_have_a_direction(parameter):
    active, usual = sorting_and_filtering(places(get(f"/s?q=x&{parameter}")))
    assert (active, [place.key for place in usual]) == ([], ["sort"])


@pytest.mark.parametrize("parameter", ["size=42", "shoe_size=42", "size=M&page=1", "order[price]=asc", "orderBy=price"])
def test_what_sorts_or_filters_is_not_taken_for_the_size_of_a_page(parameter):
    active, _ = sorting_and_filtering(places(get(f"/s?q=x&{parameter}")), items=24)
    assert [place.key for place in active] == [parameter.partition("=")[0]]


def test_a_variable_is_a_page_of_results_where_it_is_given_to_one():
    body = {"query": "query S($n: Int) { s(currentPage: $n) { id } }", "variables": {"n": 2}}
    found = paging(places(post(body)), counted_from_0=False)
    assert found is not None
    assert found.place.source == "body.$.variables.n"


@pytest.mark.parametrize("document", ["query S { s(q: $t) ^", '{ s(q: "$t", text: "q: $t") }', "{ s }"])
def test_a_variable_of_no_known_use_is_not_the_words(document):
    assert search_words(places(post({"query": document, "variables": {"t": "lamp"}}))) is None


def test_what_a_body_sorts_by_cannot_be_skipped():
    assert sorting_and_filtering(places(post({"sort": "price"}))) == ([], [])


def test_who_asks_is_guessed_from_cookies_and_headers():
    ask = get("/s", ("Cookie", "lang=en; visitor_id=9; tsuid=u1"), ("X-User-Id", "7"), ("X-Channel", "web"))
    assert user_sources(ask) == ["cookie.tsuid", "cookie.visitor_id", "header.x-user-id"]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (post({"operationName": "Search", "query": "query Search { search }"}), ("Search", None)),
        (post({"query": "query Find { search }"}), ("Find", None)),
        (post({"query": "{ search(q: 1) { id } }"}), (None, "search")),
        (get("/graphql?operationName=Search&variables=%7B%7D"), ("Search", None)),
    ],
)
def test_a_graphql_operation_is_named(ask, expected):
    found = graphql(ask)
    assert found is not None
    assert (found.operation, found.field) == expected


@pytest.mark.parametrize(
    "ask", [get("/s?query=lamp"), post({"query": "lamp"}), post([1]), post({"query": "{"}), get("/s")]
)
def test_what_is_no_graphql_is_none(ask):
    assert graphql(ask) is None
