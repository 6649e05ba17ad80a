import pytest

from proxy.rules.selector import Selector
from proxy.search.lossless.scan import Span
from proxy.search.lossless.spot import Spot
from proxy.search.lossless.whereabouts import Whereabouts

TEXT = b'{"a":{"b":[1,{"c":2}]},"d":1,"d":"last","e\\"f":null}'


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("$", TEXT),
        ("$.a", b'{"b":[1,{"c":2}]}'),
        ("$.a.b", b'[1,{"c":2}]'),
        ("$.a.b[1].c", b"2"),
        ("$.d", b'"last"'),
        ("$['e\"f']", b"null"),
        ("$.a.x", None),
        ("$.d.x", None),
    ],
)
@pytest.mark.parametrize("addressed", [True, False])
def test_a_value_is_found_where_it_stands(selector, found, addressed, monkeypatch):
    if not addressed:
        monkeypatch.setattr(Whereabouts, "place", lambda *_: None)
    span = Spot(Selector.parse(selector).steps).find(TEXT)
    assert (span and TEXT[slice(*span)]) == found
    assert span is None or isinstance(span, Span)
