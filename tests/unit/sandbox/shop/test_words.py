from proxy.sandbox.shop.words import CATEGORIES, COLOURS, SELLERS


def test_nothing_stands_twice():
    kinds = [kind for category in CATEGORIES for kind in category.kinds]
    for names in (
        [category.id for category in CATEGORIES],
        [kind.id for kind in kinds],
        [kind.code for kind in kinds],
        [name for name, _, _ in COLOURS],
        [id for id, _ in SELLERS],
    ):
        assert len(names) == len(set(names))


def test_every_price_range_is_one():
    assert all(0 < kind.prices[0] < kind.prices[1] for category in CATEGORIES for kind in category.kinds)
