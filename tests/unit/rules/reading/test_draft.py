import pytest

from proxy.rules.reading.draft import Draft, Unreadable
from proxy.rules.reading.reader import read_rule
from proxy.rules.reading.yamltext import read_yaml
from tests.builders import a_rule_text


def drafted(**sections: str) -> Draft:
    text = a_rule_text(**sections)
    root = read_yaml(text)
    assert root
    return read_rule(root, "rules/a.yaml", text.splitlines())


def test_a_key_that_is_not_given_has_its_default() -> None:
    draft = drafted()
    assert draft.get("auction.max_products") == 500
    assert draft.get("layout.place") == "top"
    assert draft.get("tag.append") is None
    assert draft.get("auction.slots") == 2
    assert draft.given("auction.slots")
    assert not draft.given("auction.max_products")


@pytest.mark.parametrize(
    ("sections", "path"),
    [
        ({"auction": "{slots: x}"}, "auction.slots"),
        ({"auction": "{slotz: 2}"}, "auction.slots"),
        ({"auction": "{}"}, "auction.slots"),
        ({"auction": ""}, "auction.max_products"),
        ({"auction": "5"}, "auction.user"),
        ({"slots": "5", "auction": ""}, "auction.slots"),
        ({"preset": "algoria", "match": ""}, "match.path"),
        ({"tag": "{append: [1]}"}, "tag.append.at"),
    ],
)
def test_what_the_author_meant_is_not_guessed(sections: dict[str, str], path: str) -> None:
    with pytest.raises(Unreadable):
        drafted(**sections).get(path)


def test_a_problem_is_shown_at_the_key_or_at_what_is_around_it() -> None:
    draft = drafted(match="{path: /a, query: {q: x}}", auction="{slots: 2, user: [cookie.a, cookie.b]}")
    for path, line, column in [
        ("auction.user[1]", 4, 38),
        ("auction.timeout", 4, 10),
        ("match.query.q", 2, 30),
        ("cache.ttl", 1, 1),
    ]:
        draft.tell("warning", path, "m")
        assert (draft.problems[-1].line, draft.problems[-1].column, draft.problems[-1].key) == (line, column, path)


def test_within_a_text_the_very_spot_is_shown() -> None:
    for text in ("$.a..b", "'$.a..b'", '"$.a..b"'):
        (problem,) = drafted(products=f"{{list: {text}, id: $.id}}").problems
        assert problem.source_line[problem.column - 1 :][: problem.length] == ".."


def test_where_the_text_does_not_stand_as_it_is_the_whole_of_it_is_shown() -> None:
    (problem,) = drafted(products='{list: "$\\u002e.b", id: $.id}').problems
    assert problem.source_line[problem.column - 1 :][: problem.length] == '"$\\u002e.b"'


def test_a_key_of_the_preset_is_given_but_not_the_authors() -> None:
    draft = drafted(preset="vtex", match="{host: shop.example}", products='{id: "$.items[0].itemId"}')
    for path, of_preset in [
        ("match.path", True),
        ("match.host", False),
        ("match", False),
        ("products.id", False),
        ("products.vendor", True),
        ("auction.search_query[1]", True),
        ("skip.query", True),
    ]:
        assert draft.of_preset(path) == of_preset
        assert draft.given(path) or "[" in path
    assert draft.rule


def test_a_problem_with_a_key_of_the_preset_is_shown_where_the_preset_is_named() -> None:
    (problem,) = drafted(preset="constructor", match="{path: '/find/{words}'}", products="").problems[:1]
    assert (problem.source_line, problem.column, problem.length) == ("preset: constructor", 9, 11)
    assert problem.key == "auction.search_query"
    assert problem.message.endswith("(`auction.search_query` comes from the preset `constructor`)")
