import pytest

from proxy.discovery.identity import GOOD, identities, names_a_product


def ids(*items, wrap=()):
    return [str(each) for each in identities([items], wrap)]


def items(**keys):
    return [{key: value[n] for key, value in keys.items()} for n in range(len(next(iter(keys.values()))))]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("id", "sku"),
        ("id", "slug"),
        ("objectID", "id"),
        ("productId", "id"),
        ("product_id", "_id"),
        ("id", "brand_id"),
        ("sku", "parentId"),
        ("sku", "image_id"),
        ("code", "categoryCode"),
        ("itemId", "sellerId"),
        ("id_producto", "sku"),
        ("artikelnummer", "slug"),
        ("productid", "ean"),
        ("permanentid", "sku"),
    ],
)
def test_the_name_that_speaks_of_the_product_comes_first(better, worse):
    there = items(**{worse: ["a1", "a2", "a3"], better: ["b1", "b2", "b3"]})
    assert ids(*there)[0] == f"$.{better}"


def test_numbers_and_text_are_ids_and_other_values_are_none():
    there = items(id=[1.5, 2.5], key=[True, False], url=["/a", "/b"], sku=["x", "y"])
    assert ids(*there)[0] == "$.sku"


def test_what_repeats_or_is_missing_comes_later():
    assert ids(*items(productId=["1", "1", "1"], sku=["a", "b", "c"]))[0] == "$.sku"
    assert ids({"id": 1, "sku": "a"}, {"sku": "b"}, {"sku": "c"})[0] == "$.sku"


def test_the_wrap_is_where_it_is_looked_for_first():
    there = [{"id": f"line{n}", "product": {"id": f"p{n}", "brand": {"id": n}}} for n in range(3)]
    assert ids(*there, wrap=("product",))[0] == "$.product.id"


def test_of_two_places_with_the_same_ids_the_outer_is_taken():
    there = [{"id": str(n), "product": {"id": str(n)}} for n in range(3)]
    assert ids(*there, wrap=("product",))[0] == "$.id"


def test_an_array_of_one_value_can_hold_it():
    assert ids({"sku": ["a"]}, {"sku": ["b"]}) == ["$.sku[0]"]


def test_a_list_without_such_a_name_gets_a_weak_guess():
    (guess, *_) = identities([items(zzz=["a", "b"], title=["x", "y"])])
    assert str(guess) == "$.zzz"
    assert guess.score < GOOD


def test_counts_and_prices_are_never_guessed():
    assert ids(*items(price=[1, 2], count=[3, 4], total_price=[5, 6])) == []


def test_repeats_and_gaps_are_counted():
    best = identities([[{"id": 1}, {"id": 1}, {"id": 2}, {}]])[0]
    assert (best.values, best.repeats, best.missing) == (("1", "1", "2"), 1, 1)


def test_a_name_can_say_that_it_is_a_products():
    assert names_a_product(identities([items(productId=[1, 2])])[0])
    assert not names_a_product(identities([items(id=[1, 2])])[0])


def test_two_listings_may_show_the_same_product():
    (best,) = identities([[{"id": 1}, {"id": 2}], [{"id": 2}]])
    assert best.repeats == 0


def test_what_the_list_is_called_says_whose_id_it_is():
    there = items(hotelId=["h1", "h2"], slug=["a", "b"], chainId=["c", "d"])
    named = identities([there], (), "hotels")[0]
    assert (str(named), named.score > identities([there])[0].score) == ("$.hotelId", True)


def test_a_banner_among_the_products_needs_no_id():
    best = identities([[{"product": {"id": 1}}, {"banner": {"x": 1}}, {"product": {"id": 2}}]], ("product",))[0]
    assert (str(best), best.missing) == ("$.product.id", 0)
