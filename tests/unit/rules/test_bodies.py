import json
from base64 import b64encode, urlsafe_b64encode

import pytest

from proxy.ask import Ask
from proxy.rules.bodies import FURTHEST, Place, values_at
from proxy.rules.selector import Selector
from tests.builders import an_ask


def found(path: str, ask: Ask, place: Place | None = None) -> list[object]:
    return list(values_at(Selector.parse(path).steps, ask, place))


def posted(body: object) -> Ask:
    return an_ask("/search", method="POST", body=body if isinstance(body, bytes) else json.dumps(body).encode())


# -- what a body is ------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json", ""])
def test_json_is_json_whatever_its_content_type_says(content_type: str) -> None:
    ask = an_ask(method="POST", headers=[("content-type", content_type)], body=b'{"q":"lamp"}')
    assert found("$.q", ask) == ["lamp"]


def test_several_lines_of_json_are_a_list_of_them() -> None:
    ask = posted(b'{"index":"a"}\n{"q":"lamp"}\r\n\n{"q":"chair"}\n')
    assert found("$[1].q", ask) == ["lamp"]
    assert found("$[*].q", ask) == ["lamp", "chair"]
    assert found("$.q", ask) == []


@pytest.mark.parametrize("body", [b"", b"{", b"q=lamp", b'{"q":1}\n{', b"\xff\n\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_says_nothing(body: bytes) -> None:
    assert found("$.q", posted(body)) == []


def test_a_request_without_a_body_is_read_by_its_query() -> None:
    variables = json.dumps({"search": "grater", "currentPage": 1})
    ask = an_ask("/graphql?operationName=a&variables=" + variables.replace(" ", "%20"))
    assert found("$.variables.search", ask) == ["grater"]
    assert found("$.variables.currentPage", ask) == [1]
    assert found("$.operationName", ask) == ["a"]


# -- a path that goes on into a text -----------------------------------------------------

INSIDE = {"fullText": "headphones", "from": 0}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(INSIDE),
        b64encode(json.dumps(INSIDE).encode()).decode(),
        b64encode(json.dumps(INSIDE).encode()).decode().rstrip("="),
        urlsafe_b64encode(json.dumps(INSIDE, indent=1).encode()).decode(),
        "from=0&fullText=headphones&fullText=other",
    ],
)
def test_a_text_is_read_as_what_it_is(text: str) -> None:
    assert found("$.extensions.variables.fullText", posted({"extensions": {"variables": text}})) == ["headphones"]


def test_a_form_is_decoded() -> None:
    ask = posted({"params": "query=caf%C3%A9%20lamp&page=0&facetFilters=%5B%5B%22brand%3Aa%22%5D%5D"})
    assert found("$.params.query", ask) == ["café lamp"]
    assert found("$.params.facetFilters[0][0]", ask) == ["brand:a"]


@pytest.mark.parametrize("text", ["lamp", "", "{", "[1", "eyJ!", "eyJxIjoi", "e30x", "{}", "=", "%"])
def test_a_text_that_is_none_of_these_has_nothing_inside(text: str) -> None:
    assert found("$.q.query", posted({"q": text})) == []
    assert found("$.q", posted({"q": text})) == [text]


# -- which of several ---------------------------------------------------------------------


def test_each_listing_has_the_element_of_its_own_place() -> None:
    ask = posted({"requests": [{"q": "a"}, {"params": "q=b"}, {}]})
    assert found("$.requests[*].q", ask, Place(0, 3)) == ["a"]
    assert found("$.requests[*].params.q", ask, Place(1, 3)) == ["b"]
    assert found("$.requests[*].q", ask, Place(2, 3)) == []


def test_two_lines_of_a_multi_search_belong_to_one_listing() -> None:
    ask = posted(b'{"index":"a"}\n{"q":"1"}\n{"index":"a"}\n{"size":0}\n{"index":"a"}\n{"q":"3"}\n')
    assert [found("$[*].q", ask, Place(n, 3)) for n in range(3)] == [["1"], [], ["3"]]


def test_what_cannot_be_dealt_out_evenly_belongs_to_nobody() -> None:
    ask = posted({"requests": [{"q": "a"}, {"q": "b"}, {"q": "c"}]})
    assert found("$.requests[*].q", ask, Place(0, 2)) == []
    assert found("$.requests[*].q", ask, Place(3, 4)) == []


def test_only_the_first_star_over_a_list_is_the_listings_own() -> None:
    ask = posted({"a": {"x": {"r": [{"w": ["1", "2"]}, {"w": ["3"]}]}}})
    assert found("$.a[*].r[*].w[*]", ask, Place(0, 2)) == ["1", "2"]


def test_looking_ends_with_the_first_value_that_is_wanted() -> None:
    ask = posted({"many": [{"q": n} for n in range(100_000)]})
    assert next(values_at(Selector.parse("$.many[*].q").steps, ask)) == 0


def test_a_look_goes_no_further_than_peoples_requests_do() -> None:
    hidden = {"many": [{"x": 1}] * FURTHEST + [{"q": "far"}], "near": [{"q": "near"}]}
    assert found("$.many[*].q", posted(hidden)) == []
    assert found("$.near[*].q", posted(hidden)) == ["near"]
    assert found("$.many[*].q", posted({"many": [{"q": n} for n in range(5_000)]})) == list(range((FURTHEST - 1) // 2))
    assert found("$.p.q", posted({"p": "q=1&x=" + "x" * 16 * FURTHEST})) == []
    assert found("$.p[*].q", posted({"p": ["q=1&x=" + "x" * 8 * FURTHEST] * 3})) == ["1"]
