import msgspec
import pytest

from proxy.search.lossless.names import Names


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ((), b"[1, 2]"),
        (("a",), b'{"a":[1,2]}'),
        (("a", "b c"), b'{"x":0,"a":{"b c":[1,2]}}'),
        (('"', "a"), b'{"\\"":{"a":[1,2]}}'),
    ],
)
def test_names_lead_to_a_value(names, text):
    assert Names(names, list[int]).decode(text) == [1, 2]


@pytest.mark.parametrize("names", [("a",), ("a", '"')])
@pytest.mark.parametrize("text", [b"{}", b"[]", b'{"a":null}', b'{"a":{"b":[1]}}', b'{"a":7}'])
def test_where_there_is_no_such_value_it_says_so(names, text):
    with pytest.raises(msgspec.ValidationError):
        Names(names, list[int]).decode(text)
