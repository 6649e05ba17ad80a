import pytest

from proxy.rules.selector import Selector
from proxy.search.lossless.path import Path


def values(selector, text):
    return [bytes(each) for each in Path(Selector.parse(selector).steps).all(text)]


ITEM = b'{"id":1.0,"v":[{"sku":"a","k":1},{"sku":"b","k":true},7],"o":{"x":null,"y":[]},"a\\"b":5, "d":1, "d":2}'


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("$", [ITEM]),
        ("$.id", [b"1.0"]),
        ("$.v[0].sku", [b'"a"']),
        ("$.v[*].sku", [b'"a"', b'"b"']),
        ("$.v[?@.k == true].sku", [b'"b"']),
        ("$.v[?@.k == 1].sku", [b'"a"']),
        ("$.o[*]", [b"null", b"[]"]),
        ("$['a\"b']", [b"5"]),
        ("$.d", [b"2"]),
        ("$.v[9]", []),
        ("$.id.x", []),
        ("$.o.x.y", []),
        ("$.nope", []),
    ],
)
def test_a_path_finds_its_values(selector, found):
    assert values(selector, ITEM) == found


@pytest.mark.parametrize("text", [b"", b"{", b"null", b"[[" * 100_000, b'{"id":\xff}', b'{"id":"\\ud800"}'])
def test_what_is_no_json_has_no_values(text):
    assert values("$.id", text) == []
