"""What makes no sense in a rule for XML."""

import pytest

from tests.builders import a_rule_text, the_problems

XML = "{list: /feed/item, id: ./id}"
NONSENSE = [
    ({"tag": "{append: {at: ./p, value: rank}}"}, "tag.append", "is for JSON", "remove"),
    ({"tag": "{summary: $.ads}"}, "tag.summary", "is for JSON", "remove"),
    ({"banners": "[{slot_id: a, at: $.b}]"}, "banners", "is for JSON", "remove"),
    ({"match": "{path: /x, graphql: {operation: A}}"}, "match.graphql", "is for JSON", "remove"),
    ({"products": "{list: ./item, id: ./id}"}, "products.list", "from the document on", "/item"),
    ({"products": "{list: /feed/item, id: /id}"}, "products.id", "the same for every item", "./id"),
    ({"tag": "{at: /feed}"}, "tag.at", "the same for every item", "./feed"),
    ({"tag": "{fields: {'1 bid': resolved_bid_id}}"}, "tag.fields.1 bid", "cannot be the name", "attribute"),
    ({"tag": "{organic: {'a<b': null}}"}, "tag.organic.a<b", "cannot be the name", "attribute"),
    ({"layout": "{missing: fetch, fetch: '/p/{id}', product: $.item}"}, "layout.product", "XPath", "one format"),
]


@pytest.mark.parametrize(("sections", "key", "message", "hint"), NONSENSE)
def test_what_makes_no_sense_for_xml_is_refused(sections, key, message, hint):
    problems = the_problems(a_rule_text(**{"products": XML} | sections))
    assert (key, "error") in [(problem.key, problem.severity) for problem in problems], [*map(str, problems)]
    [problem] = [problem for problem in problems if problem.key == key and problem.severity == "error"]
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"tag": "{at: ./meta, fields: {'@bid': resolved_bid_id, 'g:rank': rank}, organic: {'@bid': null}}"},
        {
            "layout": "{missing: fetch, fetch: '/p/{id}', product: /answer/item}",
            "auction": "{slots: 2, search_query: query.q}",
        },
    ],
)
def test_a_rule_for_xml_that_makes_sense_has_no_problem(sections):
    assert not the_problems(a_rule_text(**{"products": XML} | sections))
