import pytest

from proxy.discovery.looks import has_price_outside, has_title_outside, look_at

LAMP = {"name": "Lamp", "price": 12.5, "image": "/lamp.jpg"}


def traits(**keys):
    return look_at([keys]).traits


@pytest.mark.parametrize(
    ("keys", "trait"),
    [
        ({"name": "Lamp"}, "title"),
        ({"productName": "Lamp"}, "title"),
        ({"title": {"en": "Lamp"}}, "title"),
        ({"title": ["Lamp"]}, "title"),
        ({"price": 3}, "price"),
        ({"price": "EUR 12,50"}, "price"),
        ({"salePrice": {"amount": "3"}}, "price"),
        ({"thumb_image": "x"}, "picture"),
        ({"x": "https://cdn.example/a.webp?w=3"}, "picture"),
        ({"handle": "lamp"}, "link"),
        ({"vendor": "Acme"}, "brand"),
        ({"sku": "L-1"}, "code"),
        ({"doc_count": 3}, "count"),
    ],
)
def test_keys_and_values_are_traits(keys, trait):
    assert trait in traits(**keys)


@pytest.mark.parametrize("keys", [{"brandName": "Acme"}, {"name": ""}, {"name": 3}, {"category_title": "Lamps"}])
def test_not_every_name_is_a_products(keys):
    assert "title" not in traits(**keys)


@pytest.mark.parametrize("keys", [{"price": True}, {"price": {}}, {"price": "ask us"}, {"price": None}])
def test_not_everything_called_a_price_is_one(keys):
    assert "price" not in traits(**keys)


@pytest.mark.parametrize(
    ("item", "wrap"),
    [
        (LAMP, "$"),
        ({"node": LAMP, "cursor": "x"}, "$.node"),
        ({"_id": "1", "_source": LAMP}, "$._source"),
        ({"document": LAMP, "highlights": []}, "$.document"),
        ({"hit": {"document": LAMP}}, "$.hit.document"),
        ({**LAMP, "brand": {"name": "Acme", "url": "/acme", "image": "/acme.jpg"}}, "$"),
        ({"id": 1, "brand": {"name": "Acme", "price": 3, "image": "/acme.jpg"}}, "$"),
    ],
)
def test_the_product_is_found_in_its_wrap(item, wrap):
    assert look_at([item, item]).at == wrap


def test_a_price_further_inside_is_seen():
    look = look_at([{"name": "Lamp", "variants": [{"prices": [{"value": {"price": 3}}]}]}])
    assert look.deep_price
    assert look.worth > look_at([{"name": "Lamp"}]).worth


def test_alike_is_the_share_of_common_keys():
    assert look_at([{"a": 1, "b": 1}, {"a": 2, "b": 3}]).alike == 1
    assert look_at([{"a": 1}, {"b": 1}]).alike == 0.5
    assert look_at([]).alike == 0


def test_a_price_outside_a_list_is_not_one_in_it():
    items = [{"id": "1", "offers": [{"price": 9}], "tags": [{"id": "t"}]}]
    assert has_price_outside(items, ("tags",))
    assert not has_price_outside(items, ("offers",))
    assert not has_price_outside(items, ())


def test_a_name_outside_a_list_is_not_one_in_it():
    items = [{"hotel": {"name": "Inn"}, "rates": [{"name": "Flex"}]}]
    assert has_title_outside(items, ("rates",))
    assert not has_title_outside([{"rates": [{"name": "Flex"}]}], ("rates",))
