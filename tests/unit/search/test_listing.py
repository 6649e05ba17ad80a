import pytest
from msgspec import Raw

from proxy.search.listing import Listing
from proxy.search.plan import Plan
from tests.builders import a_rule


def read(body, **keys):
    return Plan(a_rule(list="$", **keys)).read(body).listings[0]


def test_equal_gaps_are_one_and_others_are_each():
    assert read(b'[ {"id":1} , {"id":2} , {"id":3} ]').gaps == [b" , "]
    assert read(b'[{"id":1},{"id":2} ,\n{"id":3}]').gaps == [b",", b" ,\n"]
    assert read(b'[ {"id":1} ]').gaps == []


def test_an_item_that_is_not_where_it_was_found_is_never_moved():
    body = b'[{"id":1},{"id":2}]'
    other, right = [Raw(b'{"id":1}'), Raw(b'{"id":3}')], [Raw(b'{"id":1}'), Raw(b'{"id":2}')]
    for items, span in [(other, (1, 18)), (other[:1], (2, 9)), (right, (1, 17))]:
        with pytest.raises(LookupError):
            _ = Listing(body, items, span, [], []).gaps


@pytest.mark.parametrize("wanted", [1, 9])
def test_of_two_equal_ids_the_first_is_found(wanted):
    listing = read(b'[{"id":"a"},{"x":1},{"id":"b"},{"id":"b"}]')
    assert (listing.ids, list(listing.positions)) == (["a", "b", "b"], [0, 2, 3])
    assert listing.places_of(["b", "x", "a"] * wanted) == [1, None, 0] * wanted
    assert listing.id_of == {0: "a", 2: "b", 3: "b"}
    assert len(listing) == 4
    assert listing.item(1) == b'{"x":1}'
