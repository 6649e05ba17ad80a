import pytest

from proxy.rules.jsonpath import read, write
from proxy.rules.steps import Every, Index, Name, SelectorError, Where


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
    assert read(text) == steps


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
        read(text)
    assert message in caught.value.message
    assert caught.value.column == column
    assert hint in caught.value.hint


def test_steps_are_written_in_the_normal_way() -> None:
    steps = (Name("a"), Name("b c"), Name("it's"), Index(2), Every(), Where(("k", "a b"), "v'"), Where(("n",), None))
    assert write(steps) == "$.a['b c']['it\\'s'][2][*][?@.k['a b'] == 'v\\''][?@.n == null]"
    assert read(write(steps)) == steps
