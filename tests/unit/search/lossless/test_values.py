import msgspec
import pytest
from msgspec import Raw

from proxy.search.lossless.values import laid_values
from proxy.search.lossless.whereabouts import Whereabouts


def laid(body: bytes) -> bytes | None:
    """What stands from the first value to the last of the object `o` of a body; None where it is not proved."""
    whole = msgspec.json.decode(body, type=dict[str, Raw])["o"]
    values = [*msgspec.json.decode(whole, type=dict[str, Raw]).values()]
    span = laid_values(whole, values, body, Whereabouts(body))
    return None if span is None else body[span.start : span.end]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"x":0,"o":{"a":[1],"b":{"c":2}},"y":0}', b'[1],"b":{"c":2}'),
        (b'{ "o" :\t{ "a" : 1 , "b,\\":" : "2"\n} }', b'1 , "b,\\":" : "2"'),
        (b'{"o":{"a":null}}', b"null"),
        ('{"o":{"é":"ü","ö":1}}'.encode(), '"ü","ö":1'.encode()),
        (b'{"o":{"":{}}}', b"{}"),
    ],
)
def test_values_lie_where_nothing_but_their_keys_stands_between_them(body: bytes, found: bytes) -> None:
    assert laid(body) == found


@pytest.mark.parametrize(
    "body",
    [
        b'{"o":{}}',
        b'{"o":{"a":1,"a":2}}',
        b'{"o":{"a":1,"b":2,"a":3}}',
        b'{"o":{"b":0,"a":1,"\\u0061":3}}',
        b'{"o":{"a":1,"b":2,"b":3}}',
        b'{"o":{"a":{"x":1},"a":{"x":2},"b":2}}',
    ],
)
def test_a_key_that_stands_twice_leaves_nothing_proved(body: bytes) -> None:
    assert laid(body) is None


def test_pieces_of_another_body_are_nowhere_in_this_one() -> None:
    body = b'{"a":1}'
    whole = msgspec.json.decode(body, type=Raw)
    copied = [Raw(bytes(each)) for each in msgspec.json.decode(whole, type=dict[str, Raw]).values()]
    assert laid_values(whole, copied, body, Whereabouts(body)) is None
    assert laid_values(Raw(b'{"a":1}'), copied, body, Whereabouts(body)) is None
