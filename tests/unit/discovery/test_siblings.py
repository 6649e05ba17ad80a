from proxy.discovery.candidates import candidates
from proxy.discovery.siblings import listings_of

PRODUCTS = [
    {"id": 1, "name": "Lamp", "price": 3, "image": "/a.jpg"},
    {"id": 2, "name": "Desk", "price": 4, "image": "/b.jpg"},
]
ARTICLES = [{"id": 7, "headline": "How to light", "author": "A", "date": "2026-01-01"}]


def named(*holders):
    (candidate,) = (each for each in candidates({"results": list(holders)}) if str(each) == "$.results[*].hits")
    return str(listings_of(candidate))


def test_arrays_of_one_kind_are_all_listings():
    assert named({"hits": PRODUCTS}, {"hits": PRODUCTS[:1]}) == "$.results[*].hits"
    assert named({"index": "a", "hits": PRODUCTS}, {"index": "b", "hits": PRODUCTS}) == "$.results[*].hits"


def test_others_are_left_out_by_a_field_that_tells_them_apart():
    value = named({"index": "products", "hits": PRODUCTS}, {"index": "articles", "hits": ARTICLES})
    assert value == "$.results[?@.index == 'products'].hits"


def test_without_such_a_field_by_their_number():
    assert named({"hits": ARTICLES}, {"hits": PRODUCTS}) == "$.results[1].hits"


def test_where_neither_can_be_said_all_are_named():
    assert named({"hits": PRODUCTS}, {"hits": PRODUCTS}, {"hits": ARTICLES}) == "$.results[*].hits"


def test_products_of_which_fewer_fields_were_asked_for_are_products():
    value = named(
        {"index": "p", "hits": PRODUCTS}, {"index": "p", "hits": [{"id": 3}]}, {"index": "a", "hits": ARTICLES}
    )
    assert value == "$.results[?@.index == 'p'].hits"
