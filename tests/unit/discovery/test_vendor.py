import pytest

from proxy.discovery.vendor import vendor


def two(**keys):
    """Two items; each value is a pair."""
    return [{key: pair[n] for key, pair in keys.items()} for n in range(2)]


@pytest.mark.parametrize(
    ("items", "path"),
    [
        (two(seller=[{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]), "$.seller.id"),
        (two(sellerId=["a", "b"]), "$.sellerId"),
        (two(vendor_id=["a", "b"], vendor=["A", "B"]), "$.vendor_id"),
        (two(merchant=[{"code": "a"}, {"code": "b"}]), "$.merchant.code"),
    ],
)
def test_an_id_of_several_sellers_is_beyond_doubt(items, path):
    found = vendor(items)
    assert found is not None
    assert (found.path, found.sure) == (path, True)


@pytest.mark.parametrize(
    "items",
    [two(vendor=["Acme", "Bell"]), two(sellerId=["a", "a"]), two(store_id=["a", "b"]), two(seller=["a", "b"])],
)
def test_a_name_one_seller_or_a_store_is_a_guess(items):
    found = vendor(items)
    assert found is not None
    assert not found.sure


@pytest.mark.parametrize(
    "items",
    [two(id=[1, 2]), two(seller=[None, None]), two(seller=[{"url": "x"}, {"url": "y"}]), two(sellerRating=[1, 2]), []],
)
def test_where_nobody_is_named_nobody_is_found(items):
    assert vendor(items) is None


def test_it_is_looked_for_in_the_product_itself():
    found = vendor([{"node": {"seller": {"id": n}}} for n in range(3)], ("node",))
    assert found is not None
    assert (found.path, found.example) == ("$.node.seller.id", "0")
