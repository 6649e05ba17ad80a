from collections import Counter

from proxy.sandbox.shop.catalogue import catalogue


def test_it_is_the_same_at_every_start():
    assert catalogue() == catalogue()


def test_it_is_a_whole_shop():
    items = catalogue()
    assert 280 <= len(items) <= 340
    assert min(Counter(item.category.id for item in items).values()) >= 30
    assert len({item.id for item in items}) == len({item.name for item in items}) == len(items)


def test_each_product_is_believable():
    for item in catalogue():
        low, high = item.kind.prices
        assert low <= item.price <= high + 1
        assert 3.5 <= item.rating <= 5
        assert item.reviews > 0
        assert item.name.startswith(item.brand)
        assert item.kind.noun in item.name
        assert item.seller in item.description
