import pytest

from tests.builders import a_rule_text, the_problems

# What is wrong, where, and a word of the message and of the hint; nothing else may be found.
NONSENSE = [
    ({"rollout": "50"}, "rollout", "without `auction.user`", "auction.user: cookie.tsuid"),
    ({"holdout": "5"}, "holdout", "without `auction.user`", "auction.user: cookie.tsuid"),
    ({"holdout": "100", "auction": "{slots: 2, user: cookie.a}"}, "holdout", "nobody", "mode: off"),
    ({"auction": "{slots: 2, hash_user: true}"}, "auction.hash_user", "no `user` to hash", "write `user`"),
    (
        {"auction": "{slots: 2, consent: {from: cookie.c, equals: 'yes'}}"},
        "auction.consent",
        "no `user` to withhold",
        "write `user`",
    ),
    ({"auction": "{slots: 2, user: =bob}"}, "auction.user", "one user of all shoppers", "cookie.NAME"),
    ({"auction": "{slots: 2, search_query: path.term}"}, "auction.search_query", "captures no `term`", "`/{term}`"),
    (
        {"match": "{path: '/c/{category}'}", "auction": "{slots: 2, search_query: path.categroy}"},
        "auction.search_query",
        "captures no `categroy`",
        "did you mean `path.category`?",
    ),
    ({"auction": "{slots: 2, user: [cookie.a, path.b]}"}, "auction.user[1]", "captures no `b`", ""),
    ({"auction": "{slots: 2, search_query: form.q}"}, "auction.search_query", "takes only GET", "[POST]"),
    ({"auction": "{slots: 2, user: [cookie.a, body.$.u]}"}, "auction.user[1]", "takes only GET", "[POST]"),
    ({"match": "{path: /g, methods: [POST], graphql: {}}"}, "match.graphql", "neither", "operation: Search"),
    (
        {"match": "{path: /g, methods: [POST, PUT], graphql: {operation: S}}"},
        "match.methods",
        "not sent with PUT",
        "[POST]",
    ),
    ({"match": "{path: /s, query: {q: '*'}}", "skip": "{query: [sort, q]}"}, "skip.query", "every request", "remove"),
    (
        {"skip": "{query: [page], after_page: {from: query.page, first: 1}}"},
        "skip.after_page.from",
        "`skip.query`, too",
        "remove it",
    ),
    ({"skip": "{after_page: {from: =1, first: 1}}"}, "skip.after_page.from", "the same of every page", ""),
]


@pytest.mark.parametrize(("sections", "key", "message", "hint"), NONSENSE)
def test_what_makes_no_sense_together_is_refused(sections: dict[str, str], key: str, message: str, hint: str) -> None:
    problems = [problem for problem in the_problems(a_rule_text(**sections)) if "this version" not in problem.message]
    assert [(problem.key, problem.severity) for problem in problems] == [(key, "error")], [*map(str, problems)]
    assert message in problems[0].message
    assert hint in problems[0].hint
    assert problems[0].line > 0


DOUBTFUL = [
    ({"auction": "{slots: 3, max_products: 2}"}, "auction.max_products", "3 winners"),
    ({"auction": "{slots: 3, device: mobile}"}, "auction.device", "only banners"),
    ({"match": "{path: /g, graphql: {operation: S}}"}, "match.graphql", "only GET is taken"),
    ({"match": "{path: '/api/:category/x'}"}, "match.path", "`:category` takes only a segment of these very letters"),
    ({"match": "{path: '/c/<slug:name>'}"}, "match.path", "`<slug:name>` takes only"),
    ({"match": "{path: '/c/[...rest]'}"}, "match.path", "`[...rest]` takes only"),
]


@pytest.mark.parametrize(("sections", "key", "message"), DOUBTFUL)
def test_what_is_probably_meant_otherwise_is_warned_of(sections: dict[str, str], key: str, message: str) -> None:
    problems = the_problems(a_rule_text(**sections))
    assert [(problem.key, problem.severity) for problem in problems] == [(key, "warning")], [*map(str, problems)]
    assert message in problems[0].message


FINE = [
    {"match": "{path: '/v2/placements/default:search'}"},
    {"match": "{path: '/c/a[1]/<b'}"},
    {"rollout": "50", "holdout": "60", "auction": "{slots: 2, user: cookie.a}"},
    {"auction": "{slots: 2, user: cookie.a, hash_user: true, consent: {from: cookie.c, equals: yes}}"},
    {"match": "{path: '/c/{x}/{rest...}'}", "auction": "{slots: 2, search_query: [path.x, path.rest, path]}"},
    {"match": "{path: /s, methods: [GET, POST]}", "auction": "{slots: 2, search_query: [query.q, body.$.q]}"},
    {"match": "{path: /g, methods: [POST], graphql: {field: search}}"},
    {"match": "{path: /g, methods: [GET], graphql: {field: search}}"},
]


@pytest.mark.parametrize("sections", FINE)
def test_what_makes_sense_has_no_problem(sections: dict[str, str]) -> None:
    assert the_problems(a_rule_text(**sections)) == ()
