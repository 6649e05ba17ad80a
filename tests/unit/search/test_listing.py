import pytest
from msgspec import Raw

from proxy.search.listing import gaps_between
from proxy.search.lossless.scan import Span
from proxy.search.plan import Plan
from tests.builders import a_rule


def read(body, **keys):
    return Plan(a_rule(list="$", **keys)).read(body).listings[0]


@pytest.mark.parametrize(
    ("body", "gaps"),
    [
        (b'[ {"id":1} , {"id":2} , {"id":3} ]', [b" , "]),
        (b'[{"id":1},{"id":2} ,\n{"id":3}]', [b",", b" ,\n"]),
        (b'[{"id":1} , {"id":2},{"id":3},{"id":4}]', [b" , ", b",", b","]),
        (b'[ {"id":1} ]', []),
        (b"[]", []),
    ],
)
def test_equal_gaps_are_one_and_others_are_each(body, gaps):
    assert list(read(body).pieces.gaps) == gaps


BODY = b'[{"id":1},{"id":2} ,{"id":3}]'
ITEMS = [Raw(b'{"id":%d}' % n) for n in (1, 2, 3)]


def test_items_that_are_where_they_were_found_are_known_to_the_byte():
    assert gaps_between(BODY, ITEMS, 1, 8) == (Span(1, 28), [b",", b" ,"])


@pytest.mark.parametrize(
    ("items", "start", "first"),
    [
        (ITEMS, 0, 8),
        (ITEMS, 2, 8),
        (ITEMS, 10, 8),
        (ITEMS[::-1], 1, 8),
        (ITEMS[:1] * 3, 1, 8),
        ([*ITEMS, ITEMS[0]], 1, 8),
    ],
)
def test_an_item_that_is_not_where_it_was_found_is_never_moved(items, start, first):
    assert gaps_between(BODY, items, start, first) is None


@pytest.mark.parametrize("wanted", [1, 9])
def test_of_two_equal_ids_the_first_is_found(wanted):
    listing = read(b'[{"id":"a"},{"x":1},{"id":"b"},{"id":"b"}]')
    assert (listing.ids, list(listing.positions)) == (["a", "b", "b"], [0, 2, 3])
    assert listing.places_of(["b", "x", "a"] * wanted) == [1, None, 0] * wanted
    assert listing.id_of == {0: "a", 2: "b", 3: "b"}
    assert len(listing) == 4
    assert listing.item(1) == b'{"x":1}'
