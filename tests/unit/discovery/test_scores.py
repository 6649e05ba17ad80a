import pytest

from proxy.discovery.candidates import candidates
from proxy.discovery.scores import ENOUGH, scored


def lamps(n=4, **more):
    return [{"id": f"p{at}", "name": f"Lamp {at}", "price": at + 0.5, "image": f"/{at}.jpg", **more} for at in range(n)]


def first(value):
    return str(scored(candidates(value))[0].candidate)


BESIDE = {
    "facets": [{"name": "brand", "values": [{"id": f"b{n}", "value": f"B{n}", "count": n} for n in range(30)]}],
    "categories": [{"id": n, "name": f"C {n}", "url": f"/c/{n}", "image": f"/{n}.jpg"} for n in range(30)],
    "breadcrumbs": [{"id": n, "name": f"C {n}", "url": f"/c/{n}"} for n in range(5)],
    "suggestions": [{"id": n, "name": f"lamp {n}", "url": f"/s?q={n}"} for n in range(10)],
    "sortOptions": [{"id": n, "name": f"by {n}"} for n in range(10)],
    "reviews": [{"id": n, "title": "good", "author": "A", "rating": 3, "text": "very"} for n in range(10)],
    "stores": [{"id": n, "name": f"Shop {n}", "url": f"/shop/{n}"} for n in range(10)],
    "recommendedProducts": lamps(12),
    "recentlyViewed": lamps(12),
    "banners": [{"id": n, "title": f"Sale {n}", "image": "/x.jpg", "url": "/x"} for n in range(3)],
}


@pytest.mark.parametrize("name", ["products", "items", "hits", "results", "list", "zzz"])
@pytest.mark.parametrize("beside", BESIDE)
def test_products_win_over_whatever_stands_beside_them(name, beside):
    assert first({beside: BESIDE[beside], name: lamps()}) == f"$.{name}"


@pytest.mark.parametrize("inner", ["variants", "images", "skus", "items", "offers", "reviews", "relatedProducts"])
def test_what_stands_inside_products_is_a_part_of_them(inner):
    parts = [{"id": f"v{n}", "name": f"Red {n}", "price": 3, "image": "/v.jpg"} for n in range(5)]
    assert first({"products": lamps(**{inner: parts})}) == "$.products"


@pytest.mark.parametrize("group", ["results", "sections", "categories", "zzz"])
@pytest.mark.parametrize("inner", ["products", "hits", "items"])
def test_a_list_of_lists_is_none_itself(group, inner):
    value = {group: [{"id": f"g{n}", "title": f"Shelf {n}", inner: lamps()} for n in range(3)]}
    assert first(value) == f"$.{group}[*].{inner}"


def test_bare_ids_under_a_good_name_are_enough():
    assert scored(candidates({"products": [{"id": 1}, {"id": 2}]}))[0].points >= ENOUGH
    assert scored(candidates([{"id": 1}, {"id": 2}]))[0].points >= ENOUGH


def test_facets_alone_are_no_products():
    values = [{"value": f"v{n}", "count": n} for n in range(20)]
    assert scored(candidates({"facets": [{"name": "brand", "values": values}]}))[0].points < ENOUGH


def test_the_weightiest_reason_stands_first():
    best = scored(candidates({"products": lamps()}))[0]
    assert best.because[0] == "with name, price, picture"
    assert "an id in $.id" in best.because
    assert "4 objects" in best.because


def test_an_object_of_thousands_of_lists_is_looked_through_all_the_same():
    value = {f"k{n}": {"x": [{"id": n}]} for n in range(5_000)} | {"products": lamps()}
    assert first(value) == "$.products"


def test_people_are_no_products():
    people = [{"id": n, "email": "a@b.example", "first_name": "A", "avatar": f"/{n}.jpg"} for n in range(6)]
    (told,) = scored(candidates({"data": people}))
    assert told.points < ENOUGH
    assert "they look like people" in told.because
