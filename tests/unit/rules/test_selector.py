import pytest

from proxy.rules.selector import Index, Name, Selector

SHOP = {
    "data": {"items": [{"id": 1, "kind": "a", "o": {"k": True}}, {"id": 2, "kind": "b"}, {"id": 3}]},
    "results": [{"hits": [1, 2]}, {"hits": [3]}, {"code": 404}],
    "a b": "spaced",
    "größe": "L",
    "it's": 1,
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$", [SHOP]),
        ("$.data.items[0].id", [1]),
        ("$.data.items[9].id", []),
        ("$.data.items[*].id", [1, 2, 3]),
        ("$.results[*].hits", [[1, 2], [3]]),
        ("$.data[*]", [SHOP["data"]["items"]]),  # type: ignore[index]
        ("$.data.items[?@.kind == 'b'].id", [2]),
        ("$.data.items[?@.o.k == true].id", [1]),
        ("$.data.items[?@.id == 1.0].id", [1]),
        ("$.data.items[?@.kind == null].id", []),
        ("$['a b']", ["spaced"]),
        ("$.nowhere.at.all", []),
        ("$.data.items.id", []),
    ],
)
def test_all_values_are_found_in_document_order(text: str, found: list[object]) -> None:
    assert Selector.parse(text).find(SHOP) == found


def test_true_is_not_one_and_false_is_not_zero() -> None:
    items = [{"k": 1}, {"k": True}, {"k": 0}, {"k": False}, {"k": "1"}]
    assert Selector.parse("$[?@.k == 1]").find(items) == [{"k": 1}]
    assert Selector.parse("$[?@.k == true]").find(items) == [{"k": True}]
    assert Selector.parse("$[?@.k == false]").find(items) == [{"k": False}]


def test_an_xpath_is_known_as_one_and_a_jsonpath_is_not() -> None:
    assert Selector.parse("/products/product").is_xpath
    assert Selector.parse("./id").is_xpath
    assert not Selector.parse("$.id").is_xpath


def test_only_names_and_places_are_single() -> None:
    assert Selector.parse("$.a[0]['b']").is_single
    assert not Selector.parse("$.a[*]").is_single
    assert not Selector.parse("$.a[?@.b == 1]").is_single


def test_a_selector_is_a_value() -> None:
    assert Selector.parse("$.a") == Selector.parse("$.a")
    assert len({Selector.parse("$.a"), Selector.parse("$.a")}) == 1
    assert str(Selector.of((Name("a"), Name("b c"), Index(2)))) == "$.a['b c'][2]"
