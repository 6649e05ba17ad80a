from decimal import Decimal

import pytest

from proxy.sandbox.shop.catalogue import catalogue
from proxy.sandbox.shop.search import Search, Wish


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(catalogue())


def kinds(search: Search, q: str) -> set[str]:
    return {item.kind.id for item in search.find(Wish(q=q, per_page=100)).items}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("lamp", {"table-lamp", "floor-lamp", "pendant"}),
        ("lamps", {"table-lamp", "floor-lamp", "pendant"}),
        ("HEADPHONES", {"headphones"}),
        ("headpho", {"headphones"}),
        ("running shoes", {"sneaker"}),
        ("frying pan", {"pan"}),
        ("jumper", {"sweater"}),
    ],
)
def test_people_find_what_they_mean(search, q, expected):
    assert kinds(search, q) == expected


def test_colours_go_by_the_names_that_people_use(search):
    assert {item.colour for item in search.find(Wish(q="blue mug")).items} <= {"ink", "sky", "sea"}


def test_where_all_words_find_nothing_any_of_them_is_enough(search):
    assert kinds(search, "teapot spaceship") == {"teapot"}


@pytest.mark.parametrize("q", ["zzzz", "!!", '"', "'", "(", "*", "NEAR(", "a AND", "-", "\x00", "💡", '" OR 1=1 --'])
def test_no_text_breaks_the_search(search, q):
    assert search.find(Wish(q=q)).total >= 0


def test_no_words_show_everything_with_every_kind_on_the_first_page(search):
    found = search.find(Wish())
    assert found.total == len(catalogue())
    assert len({item.kind.id for item in found.items}) == 24


def test_pages_show_each_product_once(search):
    pages = [search.find(Wish(q="lamp", page=page, per_page=10)).items for page in (1, 2, 3, 4, 5)]
    assert [len(page) for page in pages] == [10, 10, 10, 9, 0]
    assert len({item.id for page in pages for item in page}) == 39


def test_a_category_a_brand_and_a_price_narrow_the_search(search):
    wish = Wish(category="audio", brands=("Tonn", "Byrd"), price=(Decimal(100), Decimal(200)), per_page=100)
    items = search.find(wish).items
    assert items
    for item in items:
        assert item.category.id == "audio"
        assert item.brand in ("Tonn", "Byrd")
        assert 100 <= item.price < 200


def test_facets_count_what_the_words_find_whatever_is_filtered(search):
    found = search.find(Wish(q="lamp", brands=("Ostra",)))
    assert sum(one["count"] for one in found.facets["brands"]) == 39
    assert sum(one["count"] for one in found.facets["prices"]) == 39
    assert found.total == next(one["count"] for one in found.facets["brands"] if one["name"] == "Ostra")


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("price_asc", lambda item: item.price),
        ("price_desc", lambda item: -item.price),
        ("rating", lambda item: -item.rating),
    ],
)
def test_a_sort_orders_all_pages(search, sort, key):
    items = search.find(Wish(q="chair", sort=sort, per_page=100)).items
    assert [key(item) for item in items] == sorted(key(item) for item in items)


def test_similar_things_are_of_the_same_kind_first_and_never_the_thing_itself(search):
    item = search.item("TL-1001")
    similar = search.similar(item, 20)
    assert [one.kind.id for one in similar[:12]] == ["table-lamp"] * 12
    assert {one.category.id for one in similar} == {"lighting"}
    assert item not in similar
    assert search.item("nothing") is None
