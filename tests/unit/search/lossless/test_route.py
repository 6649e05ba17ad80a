import msgspec
import pytest

from proxy.rules.selector import Selector
from proxy.search.listing import NotAListing
from proxy.search.lossless import route
from proxy.search.lossless.route import Route
from proxy.search.lossless.whereabouts import Whereabouts


def listings(selector, body):
    """Each listing as the bytes from its first item to its last."""
    found = Route(Selector.parse(selector)).listings(body, body, Whereabouts(body))
    for each in found:
        if each.items:
            assert body[each.span.start : each.span.end].startswith(bytes(each.items[0]))
            assert body[each.span.start : each.span.end].endswith(bytes(each.items[-1]))
    return [body[each.span.start : each.span.end] if each.items else b"" for each in found]


SHAPES = [
    ("$", b"[ 1,2 ]", [b"1,2"]),
    ("$", b"[]", [b""]),
    ("$.items", b'{"items":[1 , 2]}', [b"1 , 2"]),
    ("$.hits.hits", b'{"took":1,"hits":{"total":1,"hits":[{"_id":1}]}}', [b'{"_id":1}']),
    ("$.results[*].hits", b'{"results":[{"hits":[1]},{"code":404},7,{"hits":[]},{"hits":[2,3]}]}', [b"1", b"", b"2,3"]),
    ("$.results[1].hits", b'{"results":[{"x":1},{"hits":[1]}]}', [b"1"]),
    ("$[0].a", b'[{"a":[1]},{"a":[2]}]', [b"1"]),
    ("$.r[0][1]", b'{"r":[[[1],[2]]]}', [b"2"]),
    ("$.s[?@.key == 'p'].items", b'{"s":[{"key":"q","items":[1]},{"key":"p","items":[2]},null]}', [b"2"]),
    (
        "$.s[?@.a.b == 2].i",
        b'{"s":[{"a":{"b":2.0},"i":[1]},{"a":{"b":"2"},"i":[2]},{"i":[3],"a":{"b":2}}]}',
        [b"1", b"3"],
    ),
    ("$.grouped[*].docs", b'{"grouped":{"a":{"docs":[1]},"b":{"docs":[2]},"c":0}}', [b"1", b"2"]),
    ("$['a\"b'].items", b'{"a\\"b":{"items":[1]}}', [b"1"]),
    ("$.i\u00e9ms", '{"iéms":[1]}'.encode(), [b"1"]),
    ("$.items", b'{"\\u0069tems":[1]}', [b"1"]),
    ("$.items", b'{"a":"items","b":{"items":[0]},"items":[1]}', [b"1"]),
    ("$.a.a", b'{"a":{"a":[1]}}', [b"1"]),
    ("$.items", b'{"items":[{"items":[1],"items":[2]}]}', [b'{"items":[1],"items":[2]}']),
]


@pytest.mark.parametrize(("selector", "body", "found"), SHAPES)
def test_listings_are_found_in_every_shape(selector, body, found):
    assert listings(selector, body) == found


@pytest.mark.parametrize(("selector", "body", "found"), SHAPES)
def test_they_are_found_without_any_address_too(selector, body, found, monkeypatch):
    monkeypatch.setattr(route, "_laid", lambda *_: None)
    monkeypatch.setattr(route, "laid_values", lambda *_: None)
    assert listings(selector, body) == found


DOUBLED = [
    ("$.items", b'{"items":[1],"items":[2]}'),
    ("$.items", b'{"items":[1],"x":0,"items":[]}'),
    ("$.items", b'{"items":7,"items":[2]}'),
    ("$.items", b'{"items":[1],"\\u0069tems":[2]}'),
    ("$.items", b'{"\\u0069tems":[1],"it\\u0065ms":[2]}'),
    ("$.a.items", b'{"a":{"items":[1]},"a":{"items":[2]}}'),
    ("$.a.items", b'{"a":null,"a":{"items":[2]}}'),
    ("$.a.items", b'{"a":{"items":[1],"items":[2]}}'),
    ("$.a.a", b'{"a":{"a":[1]},"a":{"a":[1]}}'),
    ("$.r[*].h", b'{"r":[{"h":[1]},{"h":[1],"h":[2]}]}'),
    ("$.r[*].h", b'{"r":[],"r":[{"h":[1]}]}'),
    ("$.g[*].h", b'{"g":{"a":{"h":[1]},"a":{"h":[2]}}}'),
    ("$['a/b']", b'{"a\\/b":[1],"a/b":[2]}'),
]


@pytest.mark.parametrize(("selector", "body"), DOUBLED)
@pytest.mark.parametrize("addressed", [True, False])
def test_a_key_that_stands_twice_on_the_way_makes_no_listing(selector, body, addressed, monkeypatch):
    if not addressed:
        monkeypatch.setattr(route, "_laid", lambda *_: None)
        monkeypatch.setattr(route, "laid_values", lambda *_: None)
    with pytest.raises((NotAListing, msgspec.ValidationError)):
        listings(selector, body)


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        ("$.r[*].h", b'{"r":[]}'),
        ("$.r[*].h", b'{"r":[{"x":1},null]}'),
        ("$.r[5].h", b'{"r":[{"h":[1]}]}'),
        ("$.r[?@.k == 'x'].h", b'{"r":[{"h":[1]}]}'),
    ],
)
def test_several_listings_of_which_there_is_none_are_no_listing(selector, body):
    with pytest.raises(NotAListing):
        listings(selector, body)


@pytest.mark.parametrize("key", ["items", "\\u0069tems"])
@pytest.mark.parametrize("first", ['"none"', "[2]"])
def test_a_key_that_stands_twice_makes_no_listing_either_where_one_of_the_two_is_no_array(key, first):
    second = "[2]" if first[0] == '"' else "null"
    body = f'{{"r":[{{"items":[1]}},{{"{key}":{first},"items":{second}}}]}}'.encode()
    with pytest.raises(NotAListing, match="stands 2 times"):
        listings("$.r[*].items", body)
    assert listings("$.r[*].items", b'{"r":[{"items":[1]},{"items":"items","x":{"items":[3]}}]}') == [b"1"]


@pytest.mark.parametrize(
    ("selector", "body", "places"),
    [
        ("$.r[*].h", b'{"r":[{"h":[1]},{"error":1},{"h":[2]}]}', [(0, 3), (2, 3)]),
        ("$.r[?@.i == 'p'].h", b'{"r":[{"h":[1]},{"i":"p","h":[2]}]}', [(1, 2)]),
        ("$.r[*].g[*].h", b'{"r":[{"g":[{"h":[1]},{"h":[2]}]},{"g":[{"h":[3]}]}]}', [(0, 2), (0, 2), (1, 2)]),
        ("$.data[*].r[*].h", b'{"data":{"a":{"r":[{"h":[1]},{"h":[2]}]}}}', [(0, 2), (1, 2)]),
        ("$.data[*].edges", b'{"data":{"shop":{},"a":{"edges":[1]},"b":{"edges":[2]}}}', [None, None]),
        ("$.r[1].h", b'{"r":[{"h":[1]},{"h":[2]}]}', [None]),
        ("$.h", b'{"h":[1]}', [None]),
    ],
)
def test_of_several_listings_each_knows_which_element_it_is_in(selector, body, places):
    found = Route(Selector.parse(selector)).listings(body, body, Whereabouts(body))
    assert [each.place for each in found] == places
