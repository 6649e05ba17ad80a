import pytest

from proxy.rules.files import read_book
from proxy.rules.rule import Rule
from tests.builders import the_problems


def a_rule_on(preset: str, **sections: str) -> Rule:
    """A rule with a preset; `a_rule_on("solr", match="{path: /x}")`."""
    sections = {"page": "search", "preset": preset, "auction": "{slots: 2}", **sections}
    text = "".join(f"{name}: {value}\n" for name, value in sections.items())
    reading = read_book({"rule.yaml": text.encode()})
    assert reading.book, [*map(str, reading.problems)]
    assert not reading.problems, [*map(str, reading.problems)]
    return reading.book.rules[0]


def test_a_rule_has_all_of_its_preset() -> None:
    rule = a_rule_on("typesense")
    assert str(rule.match.path) == "/collections/{collection}/documents/search"
    assert str(rule.products.id) == "$.document.id"
    assert [*map(str, rule.auction.search_query)] == ["query.q"]
    assert rule.auction.slots == 2
    assert rule.preset == "typesense"


def test_sections_are_laid_over_each_other_key_by_key() -> None:
    rule = a_rule_on(
        "solr", match="{path: /find}", skip="{after_page: {first: 1}}", auction="{slots: 3, user: cookie.u}"
    )
    assert str(rule.match.path) == "/find"
    assert rule.match.methods == ("GET", "POST")
    assert rule.skip.after_page
    assert rule.skip.after_page.first == 1
    assert rule.skip.after_page.source
    assert rule.skip.query == ("sort",)
    assert rule.auction.page
    assert rule.auction.slots == 3


def test_so_are_those_whose_keys_the_author_names() -> None:
    rule = a_rule_on("bloomreach", match="{query: {domain_key: shop}}")
    assert rule.match.query == {"domain_key": "shop", "request_type": "search", "search_type": "keyword"}
    assert a_rule_on("vtex-graphql", tag="{fields: {rank: rank}}").tag.fields.keys() == {"rank", "cacheId"}


def test_lists_and_texts_replace_and_so_does_an_empty_section() -> None:
    assert [*map(str, a_rule_on("solr", auction="{slots: 2, search_query: query.words}").auction.search_query)] == [
        "query.words"
    ]
    assert a_rule_on("solr", skip="{query: [order]}").skip.query == ("order",)
    assert a_rule_on("vtex-graphql", tag="{fields: {}}").tag.fields == {}


def test_a_key_with_nothing_behind_it_takes_the_presets_away() -> None:
    assert a_rule_on("solr", skip="{after_page: }").skip.after_page is None
    assert a_rule_on("solr", skip="~").skip.query == ()
    assert a_rule_on("bloomreach", match="{query: null}").match.query == {}
    (problem,) = the_problems("page: a\npreset: solr\nproducts: {list: }\nauction: {slots: 2}\n")
    assert (problem.key, problem.message) == ("products.list", "this key is missing")


def test_null_is_a_value_where_the_author_names_the_keys() -> None:
    assert a_rule_on("vtex-graphql", tag="{fields: {cacheId: null}}").tag.fields["cacheId"].json == b"null"


def test_a_template_is_one_value() -> None:
    append = a_rule_on("vtex", tag="{append: {value: {bid: resolved_bid_id}}}").tag.append
    assert append
    assert str(append.at) == "$.properties"
    assert isinstance(append.value, dict)
    assert append.value.keys() == {"bid"}


@pytest.mark.parametrize(
    ("text", "line", "key", "message", "hint"),
    [
        ("preset: solr", 2, "auction.slots", "missing; the preset `solr` leaves it to you", "`auction: {slots: 3}`"),
        ("preset: solr\nauction: {user: cookie.u}", 3, "auction.slots", "this key is missing", "`slots: 3`"),
        ("preset: sollr\nauction: {slots: 2}", 2, "preset", "there is no preset `sollr`", "did you mean `solr`?"),
        ("preset: [solr]\nauction: {slots: 2}", 2, "preset", "stands here", "algolia"),
        ("preset: solr\nauction: {slots: x}", 3, "auction.slots", "not a whole number", ""),
        ("preset: solr\nauction: {slots: 2}\nmatch: {pth: /a}", 4, "match.pth", "no such key", "`path`"),
        ("preset: solr\nauction: {slots: 2, slots: 3}", 3, "auction.slots", "stands twice", ""),
        ("preset: solr\nauction: {slots: 2}\nproducts: 5", 4, "products", "not a section", "`list`"),
        (
            "preset: solr\nauction: {slots: 2}\nmatch: {graphql: {field: a}}",
            2,
            "products.list",
            "comes from the preset",
            "$.data",
        ),
        (
            "preset: constructor\nauction: {slots: 2}\nmatch: {path: '/find/{q}'}",
            2,
            "auction.search_query",
            "captures no `term` (`auction.search_query` comes from the preset `constructor`)",
            "path.q",
        ),
    ],
)
def test_what_is_wrong_is_told_with_the_authors_line(text: str, line: int, key: str, message: str, hint: str) -> None:
    problem = the_problems(f"page: search\n{text}\n")[0]
    assert problem.file == "rules/search.yaml"
    assert (problem.line, problem.key) == (line, key)
    assert message in problem.message
    assert hint in problem.hint


def test_a_preset_names_places_that_a_rule_of_fewer_methods_does_not_reach() -> None:
    assert a_rule_on("solr", match="{methods: [GET]}").match.methods == ("GET",)


def test_two_rules_of_one_preset_can_tie_and_hear_of_it_in_their_own_files() -> None:
    rule = "page: {}\npreset: solr\nauction: {{slots: 2}}\n"
    (problem,) = the_problems(rule.format("a"), rule.format("b"))
    assert problem.severity == "warning"
    assert problem.file == "rules/search1.yaml"
    assert problem.source_line == "preset: solr"
