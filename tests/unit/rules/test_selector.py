import pytest

from proxy.rules.selector import Every, Index, Name, Selector, SelectorError, Where

SHOP = {
    "data": {"items": [{"id": 1, "kind": "a", "o": {"k": True}}, {"id": 2, "kind": "b"}, {"id": 3}]},
    "results": [{"hits": [1, 2]}, {"hits": [3]}, {"code": 404}],
    "a b": "spaced",
    "größe": "L",
    "it's": 1,
}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.data.items", (Name("data"), Name("items"))),
        ("$['a b']", (Name("a b"),)),
        ('$["a b"]', (Name("a b"),)),
        ("$[ 0 ]", (Index(0),)),
        ("$.results[*].hits", (Name("results"), Every(), Name("hits"))),
        ("$.größe", (Name("größe"),)),
        ("$['it\\'s']", (Name("it's"),)),
        ("$['\\u00e9\\ud83d\\ude00']", (Name("é😀"),)),
        ("$.a[?@.k == 'v']", (Name("a"), Where(("k",), "v"))),
        ("$.a[?@.k=='v']", (Name("a"), Where(("k",), "v"))),
        ('$.a[? @.k == "v" ]', (Name("a"), Where(("k",), "v"))),
        ("$.a[?@.b.c == 1]", (Name("a"), Where(("b", "c"), 1))),
        ("$.a[?@['b c'] == -1.5e2]", (Name("a"), Where(("b c",), -150.0))),
        ("$.a[?@.k == true]", (Name("a"), Where(("k",), True))),
        ("$.a[?@.k == null]", (Name("a"), Where(("k",), None))),
    ],
)
def test_names_places_every_and_filters_are_read(text: str, steps: tuple[object, ...]) -> None:
    assert Selector.parse(text).steps == steps


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


@pytest.mark.parametrize(
    ("text", "message", "column", "hint"),
    [
        ("products", "must begin with `$`", 0, "`$.products`"),
        ("", "must begin with `$`", 0, ""),
        ("$..products", "`..` (any depth) is not taken", 1, "name every level"),
        ("$.a.*", "`.*` (any name) is not taken", 3, "`[*]`"),
        ("$.a[0:2]", "`:` (a slice) is not taken", 5, "`[*]`"),
        ("$.a[:2]", "`:` (a slice) is not taken", 4, "`[*]`"),
        ("$.a[0,1]", "`,` (a union) is not taken", 5, "choose one"),
        ("$.a['x','y']", "`,` (a union) is not taken", 7, "choose one"),
        ("$.a[-1]", "counted from the end", 4, "from the start"),
        ("$.a.length()", "functions are not taken", 4, ""),
        ("$.a[?length(@.b) == 2]", "functions are not taken", 5, "[?@.key == 'value']"),
        ("$.a[(@.length-1)]", "a script", 4, ""),
        ("$.a[?(@.k == 1)]", "parentheses", 5, "[?@.key == 'value']"),
        ("$.a[?!@.k]", "`!` (not)", 5, ""),
        ("$.a[?@.k]", "`==` and a value must follow", 8, ""),
        ("$.a[?@.k != 1]", "`!=` in a filter is not taken", 9, ""),
        ("$.a[?@.k = 1]", "`=` in a filter is not taken", 9, ""),
        ("$.a[?@.k >= 1]", "`>=` in a filter is not taken", 9, ""),
        ("$.a[?@.k == 1 && @.l == 2]", "`&&` in a filter is not taken", 14, "one comparison"),
        ("$.a[?@ == 1]", "a key must follow the `@`", 6, ""),
        ("$.a[?$.k == 1]", "a filter begins with `@`", 5, ""),
        ("$.a[?@[0] == 1]", "only names can stand after the `@`", 9, ""),
        ("$.a[?@.k == abc]", "a value must stand here", 12, "text in quotes"),
        ("$.a[b]", "needs quotes", 4, "['b']"),
        ("$.a-b", "has a `-`", 2, "['a-b']"),
        ("$.a[", "must stand here", 4, ""),
        ("$.a[0", "is never closed", 3, "]"),
        ("$.a['x]", "quote is never closed", 4, ""),
        ("$.", "a name must follow", 2, ""),
        ("$.0", "a name must follow", 2, ""),
        ("$a", "`a` cannot stand here", 1, ""),
        ("$ .a", "` ` cannot stand here", 1, ""),
        ("$.a ", "cannot stand here", 3, ""),
        ("$['\\x']", "means nothing", 3, ""),
        ("$['\\ud800']", "surrogate", 3, ""),
        ("$[01]", "cannot stand here", 3, ""),
        ("$" + ".a" * 33, "32 steps", 65, ""),
    ],
)
def test_every_other_form_is_refused_by_its_name(text: str, message: str, column: int, hint: str) -> None:
    with pytest.raises(SelectorError) as caught:
        Selector.parse(text)
    assert message in caught.value.message
    assert caught.value.column == column
    assert hint in caught.value.hint


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
