import pytest

from proxy.rules.bodies import Place
from proxy.rules.selector import SelectorError
from proxy.rules.sources import Source, Sources
from tests.builders import an_ask

ASK = an_ask(
    "/c/hats?q=caf%C3%A9&empty=&page=2",
    method="POST",
    headers=[("cookie", "tsuid=u1; other=x"), ("X-User-Id", "h1")],
    body=b'{"query":"red","n":12345678901234567890,"f":1.5,"yes":true,"none":null,"list":["a","b"],"o":{"t":"deep"}}',
)
CAPTURES = {"category": "hats", "rest": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("query.q", "café"),
        ("query.page", "2"),
        ("query.empty", None),
        ("query.absent", None),
        ("header.x-user-id", "h1"),
        ("header.X-USER-ID", "h1"),
        ("cookie.tsuid", "u1"),
        ("cookie.nope", None),
        ("path", "/c/hats"),
        ("path.category", "hats"),
        ("path.rest", None),
        ("body.$.query", "red"),
        ("body.$.o.t", "deep"),
        ("body.$.n", "12345678901234567890"),
        ("body.$.f", "1.5"),
        ("body.$.yes", "true"),
        ("body.$.none", None),
        ("body.$.o", None),
        ("body.$.list[*]", "a"),
        ("body.$.absent", None),
        ("=fixed text", "fixed text"),
    ],
)
def test_a_source_reads_its_value(text: str, value: str | None) -> None:
    assert Source.parse(text).read(ASK, CAPTURES) == value


def test_a_form_field_is_read_from_an_urlencoded_body() -> None:
    ask = an_ask("/search", method="POST", body=b"q=red+hat&empty=")
    assert Source.parse("form.q").read(ask, {}) == "red hat"
    assert Source.parse("form.empty").read(ask, {}) is None


def test_a_body_that_is_no_json_has_no_values() -> None:
    assert Source.parse("body.$.query").read(an_ask(method="POST", body=b"{"), {}) is None
    assert Source.parse("body.$.query").read(an_ask(method="POST", body=b""), {}) is None


def test_the_first_that_is_present_counts() -> None:
    sources = Sources.parse("query.empty", "cookie.nope", "header.x-user-id", "cookie.tsuid")
    assert sources.read(ASK, {}) == "h1"
    assert Sources().read(ASK, {}) is None


def test_only_form_and_body_need_the_body() -> None:
    assert Source.parse("form.q").needs_body
    assert Source.parse("body.$.q").needs_body
    assert not Sources.parse("query.q", "header.a", "path", "=x").needs_body
    assert Sources.parse("query.q", "body.$.q").needs_body


def test_a_source_says_another_thing_of_each_listing() -> None:
    ask = an_ask(method="POST", body=b'{"requests":[{"q":"a"},{"q":""},{"q":"c"}],"q":"all"}')
    of_each = Sources.parse("body.$.requests[*].q", "body.$.q")
    assert of_each.are_of_listing
    assert [of_each.read(ask, {}, Place(n, 3)) for n in range(3)] == ["a", "all", "c"]
    assert of_each.read(ask, {}) == "a"
    assert of_each.read(ask, {}, Place(0, 2)) == "all"
    assert not Sources.parse("body.$.q", "query.q").are_of_listing


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("cookies.tsuid", "is no source", "did you mean `cookie.tsuid`?"),
        ("headers.x-id", "is no source", "did you mean `header.x-id`?"),
        ("q", "is no source", "`query.q`, or `=q`"),
        ("", "is no source", "=text"),
        ("session.id.x", "is no source", "query.…"),
        ("query", "lacks a name", "query.q"),
        ("query.", "lacks a name", "query.q"),
        ("path.", "lacks a name", "path.category"),
        ("body", "lacks a name", "body.$.query"),
        ("body.variables.term", "must begin with `$`", "`body.$.variables.term`"),
        ("body.$..term", "any depth", "name every level"),
        ("=", "no text", "=shop"),
    ],
)
def test_what_is_no_source_is_refused_with_the_right_spelling(text: str, message: str, hint: str) -> None:
    with pytest.raises(SelectorError) as caught:
        Source.parse(text)
    assert message in caught.value.message
    assert hint in caught.value.hint
