import json
from urllib.parse import urlencode

import pytest

from proxy.ask import Ask
from proxy.rules.matching.graphql import LONGEST, operation_name, operations_of, top_fields
from tests.builders import an_ask


def posted(content_type: str = "application/json", **parts: object) -> Ask:
    return an_ask("/graphql", "POST", [("content-type", content_type)], json.dumps(parts).encode())


def test_the_name_that_is_said_decides_without_a_look_at_the_document() -> None:
    assert operation_name(posted(operationName="Search", query="query Other { x }")) == "Search"
    assert operation_name(posted(operationName="Search", query="not graphql")) == "Search"


def test_a_persisted_query_is_known_by_its_name() -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "ab" * 32}}
    assert operation_name(posted(operationName="Search", extensions=extensions)) == "Search"
    assert top_fields(posted(operationName="Search", extensions=extensions)) == frozenset()


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query Search { a }", "Search"),
        ('query Search($q: String = "}") @live { a }', "Search"),
        ("# a comment\nquery Search { a }", "Search"),
        ("fragment F on T { x } query Search { ...F }", "Search"),
        ("mutation Buy { a }", "Buy"),
        ("{ a }", None),
        ("query { a }", None),
        ("query A { a } query B { b }", None),
        ("fragment F on T { x }", None),
        ("query Search {", None),
        ("", None),
    ],
)
def test_without_a_name_said_the_only_operation_of_the_document_is_it(document: str, name: str | None) -> None:
    assert operation_name(posted(query=document)) == name
    assert operation_name(posted(query=document, operationName=None)) == name
    assert operation_name(posted(query=document, operationName="")) == name


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ("{ search(q: 1) { id } cart { id } }", {"search", "cart"}),
        ("{ products: search { id } }", {"search"}),
        ("{ search: somethingElse }", {"somethingElse"}),
        ("query A { ...F } fragment F on Query { search { x } }", {"search"}),
        ("{ ... on Query { search { x } } ... @include(if: true) { other } }", {"search", "other"}),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A search }", {"search"}),
        ("{ ...Missing search }", {"search"}),
        ("mutation { search }", set()),
        ("subscription { search }", set()),
        ("{ a { search } }", {"a"}),
    ],
)
def test_top_level_fields_go_by_their_own_name(document: str, fields: set[str]) -> None:
    assert top_fields(posted(query=document)) == fields


def test_of_several_operations_the_named_one_counts() -> None:
    document = "query A { a } query B { b }"
    assert top_fields(posted(query=document, operationName="B")) == {"b"}
    assert top_fields(posted(query=document, operationName="C")) == frozenset()
    assert top_fields(posted(query=document)) == frozenset()


def test_a_get_carries_it_in_the_url() -> None:
    ask = an_ask("/graphql?" + urlencode({"query": "query Search { search { id } }", "variables": "{}"}))
    assert operation_name(ask) == "Search"
    assert top_fields(ask) == {"search"}
    assert operation_name(an_ask("/graphql?operationName=Search&extensions=%7B%7D")) == "Search"


def test_a_body_of_the_type_graphql_is_the_document() -> None:
    ask = an_ask(
        "/graphql", "POST", [("content-type", "application/graphql; charset=utf-8")], b"query Search { search }"
    )
    assert operation_name(ask) == "Search"
    assert top_fields(ask) == {"search"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'[{"query":"{a}"}]', b"5", b"\xff", b'{"query":5}', b'{"query":{"a":1}}', b"{" * 5000, None]
)
def test_what_is_no_graphql_has_no_name_and_no_fields(body: bytes | None) -> None:
    ask = an_ask("/graphql", "POST", [("content-type", "application/json")], body)
    assert operation_name(ask) is None
    assert top_fields(ask) == frozenset()


def test_documents_without_end_are_not_parsed() -> None:
    assert operations_of("{" * 10_000) == ()
    assert operations_of("{ a " * 5_000) == ()
    assert operation_name(posted(query="query Search { a }" + " " * LONGEST)) is None


def test_a_document_is_parsed_once() -> None:
    operations_of.cache_clear()
    for _ in range(5):
        operation_name(posted(query="query Once { a }"))
    assert operations_of.cache_info().misses == 1
    assert (operations_of.cache_info().maxsize or 0) <= 256
