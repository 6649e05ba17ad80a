import msgspec
from hypothesis import given
from hypothesis import strategies as st

from proxy.search.lossless.whereabouts import Whereabouts


@given(st.lists(st.integers() | st.text(max_size=5), min_size=1))
def test_a_piece_stands_where_its_bytes_are(values):
    body = b'{"x":1, "items" : ' + msgspec.json.encode(values) + b"}"
    items = msgspec.json.decode(body, type=dict[str, msgspec.Raw])["items"]
    where = Whereabouts(body)
    for piece in [items, *msgspec.json.decode(items, type=list[msgspec.Raw])]:
        start, length = where.place(piece)
        assert body[start : start + length] == bytes(piece)


def test_a_part_of_the_body_and_the_body_itself_have_a_place():
    body = b"0123456789"
    where = Whereabouts(body)
    assert where.place(body) == (0, 10)
    assert where.place(memoryview(body)[3:5]) == (3, 2)


def test_what_is_not_of_the_body_has_no_place():
    body = b'{"items":[1]}'
    copied = msgspec.json.decode(bytearray(body), type=dict[str, msgspec.Raw])["items"].copy()
    assert Whereabouts(body).place(copied) is None
