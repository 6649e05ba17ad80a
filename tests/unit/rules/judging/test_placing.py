import pytest

from tests.builders import a_rule_text, the_problems

# What is wrong, where, and a word of the message and of the hint; nothing else may be found.
NONSENSE = [
    ({"layout": "{positions: [1, 3]}"}, "layout.positions", "`place: top`", "place: positions"),
    ({"layout": "{place: positions}"}, "layout.place", "needs `positions`", "[1, 4, 9]"),
    ({"layout": "{place: every, positions: [1, 3]}"}, "layout.positions", "`place: every`", "place: positions"),
    ({"layout": "{first: 2}"}, "layout.first", "`first` means nothing", "place: every"),
    ({"layout": "{first: 2, step: 4}"}, "layout.first", "`first` and `step` mean nothing", "place: every"),
    ({"layout": "{place: every, first: 2}"}, "layout.place", "needs `step`", "step: 5"),
    ({"layout": "{place: positions, positions: [1, 1]}"}, "layout.positions[1]", "1 stands twice", "[1]"),
    ({"layout": "{place: positions, positions: [4, 1]}"}, "layout.positions[1]", "1 stands behind 4", "[1, 4]"),
    ({"layout": "{page_size: grow}"}, "layout.page_size", "unless `keep_organic`", "keep_organic: true"),
    ({"layout": "{keep_organic: false, page_size: keep}"}, "layout.page_size", "unless", "keep_organic: true"),
    ({"layout": "{place: in_place, keep_organic: true}"}, "layout.keep_organic", "nothing moves", "remove"),
    ({"layout": "{max_per_vendor: 1}"}, "layout.max_per_vendor", "where the vendor stands", "products.vendor"),
    ({"layout": "{missing: fetch}"}, "layout.missing", "needs `fetch`", "/api/products/{id}"),
    ({"layout": "{fetch: '/p/{id}'}"}, "layout.fetch", "means nothing without `missing: fetch`", "both"),
    ({"layout": "{product: $.item}"}, "layout.product", "means nothing without `missing: fetch`", "both"),
    ({"layout": "{missing: fetch, fetch: '/p/{id}', place: in_place}"}, "layout.missing", "nothing is added", "drop"),
    ({"tag": "{fields: {}}"}, "tag.fields", "nothing would be written", "remove `fields`"),
    ({"tag": "{organic: {bid: resolved_bid_id}}"}, "tag.organic.bid", "has no `resolved_bid_id`", "null"),
    (
        {"tag": "{fields: {tags: resolved_bid_id}, append: {at: $.tags, value: rank}}"},
        "tag.append.at",
        "writes `tags` over this array",
        "remove",
    ),
    ({"tag": "{summary: $.products}"}, "tag.summary", "each other's way", "another place"),
    ({"tag": "{summary: '$.products[0].ads'}"}, "tag.summary", "each other's way", "another place"),
    ({"products": "{list: $, id: $.id}", "tag": "{summary: $.ads}"}, "tag.summary", "whole body", "remove"),
    ({"match": "{path: /s, methods: [POST]}", "cache": "{ttl: 30s}"}, "cache", "only answers to GET", "remove"),
    ({"products": "{list: //hit, id: $.id}"}, "products.id", "XPath", "one format"),
    (
        {"banners": "[{slot_id: a, at: $.b, category: =x, search_query: query.q}]"},
        "banners[0].search_query",
        "not both",
        "remove one",
    ),
    ({"banners": "[{slot_id: a, at: $.b}, {slot_id: c, at: $.b}]"}, "banners[1].at", "`banners[0].at`", "another"),
    (
        {"banners": str([{"slot_id": "a", "at": f"$.b{n}"} for n in range(20)])},
        "banners[19]",
        "more than a page can hold",
        "19 at most",
    ),
]


@pytest.mark.parametrize(("sections", "key", "message", "hint"), NONSENSE)
def test_what_makes_no_sense_together_is_refused(sections: dict[str, str], key: str, message: str, hint: str) -> None:
    problems = [problem for problem in the_problems(a_rule_text(**sections)) if "this version" not in problem.message]
    assert [(problem.key, problem.severity) for problem in problems] == [(key, "error")], [*map(str, problems)]
    assert message in problems[0].message
    assert hint in problems[0].hint
    assert problems[0].line > 0


DOUBTFUL = [
    ({"layout": "{place: positions, positions: [1, 3, 5]}"}, "layout.positions", "more positions (3) than slots (2)"),
    ({"layout": "{place: positions, positions: [1]}"}, "layout.positions", "fewer positions (1) than slots (2)"),
    ({"products": "{list: $.p, id: $.id, vendor: $.v}"}, "products.vendor", "max_per_vendor"),
    ({"tag": "{fields: {rank: rank}}"}, "tag.fields", "written nowhere"),
    ({"layout": "{missing: fetch, fetch: '/p/{id}'}"}, "layout.missing", "one of the page's own products"),
    ({"products": "{list: '$.p[*]', id: $.id}"}, "products.list", "a listing of every element"),
    (
        {"banners": str([{"slot_id": "a", "at": f"$.b{n}"} for n in range(5)])},
        "banners[4]",
        "each page asks twice",
    ),
    (
        {"match": "{path: /g, methods: [POST], graphql: {field: s}}", "products": "{list: $.p, id: $.id}"},
        "products.list",
        "under `data`",
    ),
]


@pytest.mark.parametrize(("sections", "key", "message"), DOUBTFUL)
def test_what_is_probably_meant_otherwise_is_warned_of(sections: dict[str, str], key: str, message: str) -> None:
    problems = the_problems(a_rule_text(**sections))
    assert [(problem.key, problem.severity) for problem in problems] == [(key, "warning")], [*map(str, problems)]
    assert message in problems[0].message


FINE = [
    {"layout": "{place: positions, positions: [1, 3]}"},
    {"layout": "{place: every, step: 5}"},
    {"layout": "{place: every, first: 2, step: 5}"},
    {"layout": "{keep_organic: true, page_size: grow}"},
    {"layout": "{place: in_place, keep_organic: false}"},
    {"layout": "{max_per_vendor: 1}", "products": "{list: $.p, id: $.id, vendor: $.v}"},
    {"tag": "{fields: {}, summary: $.extensions.ads}"},
    {"tag": "{fields: {}, append: {at: $.tags, value: resolved_bid_id}}"},
    {"tag": "{organic: {bid: null, id2: id, p: page, n: 1.0, t: =x}}"},
    {"products": "{list: '$.results[*].hits', id: $.id}", "tag": "{summary: $.ads}"},
    {"banners": "[{slot_id: a, at: $.b}, {slot_id: a, at: $.c.d, slots: 3, search_query: query.q}]"},
    {"banners": str([{"slot_id": "a", "at": f"$.b{n}"} for n in range(4)])},
    {
        "layout": "{missing: fetch, fetch: '/p/{id}', product: $.item}",
        "auction": "{slots: 2, search_query: query.q}",
    },
]


@pytest.mark.parametrize("sections", FINE)
def test_what_makes_sense_has_no_problem(sections: dict[str, str]) -> None:
    assert the_problems(a_rule_text(**sections)) == ()


@pytest.mark.parametrize(
    ("methods", "vary", "why"),
    [
        ("[GET]", "[header.x-a, query.lang]", "in the URL"),
        ("[GET]", "[header.x-a, =de]", "in the URL"),
        ("[GET, POST]", "[cookie.a, body.$.lang]", "in the body"),
    ],
)
def test_what_kept_answers_cannot_vary_by_is_told(methods: str, vary: str, why: str) -> None:
    (problem,) = the_problems(
        a_rule_text(match=f"{{path: /s, methods: {methods}}}", cache=f"{{ttl: 30s, vary: {vary}}}")
    )
    assert (problem.key, problem.severity) == ("cache.vary[1]", "warning")
    assert why in problem.message


def test_headers_and_cookies_are_what_kept_answers_vary_by() -> None:
    assert the_problems(a_rule_text(cache="{ttl: 30s, vary: [header.accept-language, cookie.region]}")) == ()
