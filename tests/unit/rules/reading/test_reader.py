import pytest

from proxy.rules.files import read_book
from tests.builders import a_rule_text, the_problems

TEN_MISTAKES = """\
page: Search Page
mode: lve
match:
  path: api/search
products:
  list: $..items
  id: $.id
  vender: $.seller
auction:
  slotz: 3
  timeout: 150
  honour_gpc: yes
layout:
  place: top
  keep_organic: "true"
tag:
  fields:
    bid: resolved_bidid
"""


def test_ten_mistakes_are_exactly_ten_problems() -> None:
    problems = the_problems(TEN_MISTAKES)
    assert [(problem.line, problem.key) for problem in problems] == [
        (1, "page"),
        (2, "mode"),
        (4, "match.path"),
        (6, "products.list"),
        (8, "products.vender"),
        (10, "auction.slotz"),
        (11, "auction.timeout"),
        (12, "auction.honour_gpc"),
        (15, "layout.keep_organic"),
        (18, "tag.fields.bid"),
    ]
    assert all(problem.is_error and problem.hint for problem in problems)


def test_the_problems_of_all_files_are_told_at_once() -> None:
    problems = the_problems(a=a_rule_text(mode="lve"), b="{", c=a_rule_text(page="c", auction="{slots: 0}"))
    assert [problem.file for problem in problems] == ["rules/a.yaml", "rules/b.yaml", "rules/c.yaml"]


def test_a_problem_is_shown_as_the_house_shows_it() -> None:
    text = a_rule_text(auction="").replace("\n", "\n", 1) + "auction:\n  slotz: 3\n"
    assert str(the_problems(text)[0]) == (
        "rules/search.yaml:5  auction.slotz: there is no such key\n"
        "   5 |   slotz: 3\n"
        "         ^^^^^   did you mean `slots`?"
    )


@pytest.mark.parametrize(
    ("sections", "key", "hint"),
    [
        ({"slots": "3", "auction": ""}, "slots", "`slots` belongs under `auction` or `banners`"),
        ({"auction": "{slots: 2, positions: [1]}"}, "auction.positions", "`positions` belongs under `layout`"),
        ({"auction": "{slots: 2, hashUser: true}"}, "auction.hashUser", "did you mean `hash_user`?"),
        ({"auction": "{slots: 2, Search-Query: query.q}"}, "auction.Search-Query", "did you mean `search_query`?"),
        ({"layout": "{rollout: 5}"}, "layout.rollout", "`rollout` belongs under the rule itself"),
        ({"auction": "{slots: 2, xyzzy: 1}"}, "auction.xyzzy", "its keys are `slots`, `max_products`"),
        ({"skip": "{after_page: {form: query.page, first: 1}}"}, "skip.after_page.form", "did you mean `from`?"),
        ({"tag": "{append: {at: $.x, values: 1}}"}, "tag.append.values", "did you mean `value`?"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_one(sections: dict[str, str], key: str, hint: str) -> None:
    problems = the_problems(a_rule_text(**sections))
    assert [problem.key for problem in problems] == [key], [*map(str, problems)]
    assert problems[0].message == "there is no such key"
    assert hint in problems[0].hint


@pytest.mark.parametrize(
    ("sections", "key", "hint"),
    [
        ({"page": ""}, "page", "for example `page: search`"),
        ({"match": ""}, "match", "write `match:` with `path`"),
        ({"match": "{methods: [GET]}"}, "match.path", "for example `path: /api/search`"),
        ({"products": ""}, "products", "write `products:` with `list` and `id`"),
        ({"products": "{list: $.a}"}, "products.id", "for example `id: $.id`"),
        ({"auction": ""}, "auction", "write `auction:` with `slots`"),
        ({"auction": "{max_products: 2}"}, "auction.slots", "for example `slots: 3`"),
        ({"auction": "{slots: 2, page: {}}"}, "auction.page.type", "for example `type: search`"),
        (
            {"auction": "{slots: 2, user: cookie.a, consent: {equals: yes}}"},
            "auction.consent.from",
            "cookie.ads_consent",
        ),
        ({"auction": "{slots: 2, user: cookie.a, consent: {from: cookie.c}}"}, "auction.consent.equals", '"yes"'),
        ({"skip": "{after_page: {from: query.page}}"}, "skip.after_page.first", "for example `first: 1`"),
        ({"skip": "{after_page: {first: 1}}"}, "skip.after_page.from", "query.page"),
        ({"tag": "{append: {at: $.x}}"}, "tag.append.value", "resolved_bid_id"),
    ],
)
def test_a_missing_key_is_told_once_with_an_example(sections: dict[str, str], key: str, hint: str) -> None:
    problems = the_problems(a_rule_text(**sections))
    assert [(problem.key, problem.message) for problem in problems] == [(key, "this key is missing")]
    assert hint in problems[0].hint


@pytest.mark.parametrize(
    ("sections", "key", "message"),
    [
        ({"auction": "5"}, "auction", "`5` stands here, not a section"),
        ({"auction": ""}, "auction", "missing"),
        ({"auction": "[1]"}, "auction", "a list stands here, not a section"),
        ({"skip": "null"}, "skip", "nothing stands here, not a section"),
        ({"match": "{path: [a]}"}, "match.path", "a list stands here, not a path"),
        ({"match": "{path: {id}}"}, "match.path", "a section stands here, not a path"),
        ({"match": "{path: /a, methods: GET}"}, "match.methods", "`GET` stands here, not a list of methods"),
        ({"match": "{path: /a, methods: []}"}, "match.methods", "the list is empty"),
        ({"match": "{path: /a, query: {q: }}"}, "match.query.q", "nothing stands here, not text"),
        ({"match": "{path: /a, headers: {X-A: a, x-a: b}}"}, "match.headers.x-a", "this key stands twice"),
        ({"match": "{path: /a, headers: {'x a': b}}"}, "match.headers.x a", "is not a header name"),
        ({"banners": "{slot_id: a, at: $.b}"}, "banners", "a list of sections must stand here"),
        ({"banners": "[x]"}, "banners[0]", "`x` stands here, not a section"),
        ({"page": ""}, "page", "missing"),
        ({"page": "~"}, "page", "nothing stands here, not a page name"),
        ({"auction": "{slots: 2, user: []}"}, "auction.user", "the list is empty"),
    ],
)
def test_a_value_of_another_kind_is_told_for_what_it_is(sections: dict[str, str], key: str, message: str) -> None:
    problems = the_problems(a_rule_text(**sections))
    assert [problem.key for problem in problems] == [key], [*map(str, problems)]
    assert message in problems[0].message


def test_a_key_that_stands_twice_is_refused_wherever_it_stands() -> None:
    text = a_rule_text(auction="") + "auction:\n  slots: 2\n  slots: 3\nmode: live\nmode: off\n"
    problems = the_problems(text)
    assert [(problem.line, problem.key, problem.message) for problem in problems] == [
        (6, "auction.slots", "this key stands twice"),
        (8, "mode", "this key stands twice"),
    ]
    assert "line 5" in problems[0].hint


def test_a_file_may_hold_a_list_of_rules() -> None:
    both = b"- {page: a, match: {path: /a}, products: {list: $.p, id: $.id}, auction: {slots: 1}}\n"
    book = read_book({"all.yaml": both + both.replace(b"/a", b"/b").replace(b"page: a", b"page: b")}).book
    assert book
    assert [rule.page for rule in book.rules] == ["a", "b"]


def test_a_section_that_is_written_wrongly_is_told_how_to_be_written() -> None:
    (problem,) = the_problems(a_rule_text(match="\n  path:/api/search"))
    assert problem.hint == "a space must follow the colon: write `path: /api/search`"
    (problem,) = the_problems(a_rule_text(auction="\n  - slots: 2"))
    assert problem.hint == "write its keys without the `-` before them"
    (problem,) = the_problems(a_rule_text(match="\n  path: /a\n  methods: GET, POST"))
    assert problem.hint == "write [GET, POST]"


@pytest.mark.parametrize("text", ["5\n", "hello\n", "- 5\n- hello\n", "[[]]\n"])
def test_what_is_no_rule_is_told_for_what_it_is(text: str) -> None:
    assert all("stands here, not a rule" in problem.message for problem in the_problems(text))


@pytest.mark.parametrize("key", ["ads_key", "api_key", "apiKey", "token", "ads-key"])
def test_a_key_of_the_ad_platform_is_refused_and_never_shown(key: str) -> None:
    (problem,) = the_problems(a_rule_text() + f"{key}: hunter2hunter2\n")
    assert "does not belong in a rule" in problem.message
    assert "--ads-key-file" in problem.hint
    assert "hunter2" not in str(problem)
    assert "hunter2" not in str(problem.as_json())


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"match": "{path: /a, headers: {authorization: Bearer TSE_abcdef123456}}"}, "match.headers"),
        ({"auction": "{slots: 2, user: =TSE_abcdef123456}"}, "auction.user"),
        ({"page": "TSE_abcdef123456"}, "page"),
        ({"comment": "TSE_abcdef123456"}, "comment"),
    ],
)
def test_a_text_that_looks_like_a_key_is_refused_wherever_it_stands(sections: dict[str, str], key: str) -> None:
    (problem,) = the_problems(a_rule_text(**sections))
    assert problem.key == key
    assert "does not belong in a rule" in problem.message
    assert "abcdef" not in str(problem)


def test_merge_keys_are_refused_and_anchors_are_taken() -> None:
    (problem,) = the_problems(a_rule_text() + "skip:\n  <<: {bots: false}\n")
    assert "merge keys" in problem.message
    text = a_rule_text(auction="&ads {slots: 7}")
    other = text.replace("search", "other").replace("&ads {slots: 7}", "*ads")
    rules = "".join(f"- {rule.rstrip().replace(chr(10), chr(10) + '  ')}\n" for rule in (text, other))
    book = read_book({"a.yaml": rules.encode()}).book
    assert book
    assert [rule.auction.slots for rule in book.rules] == [7, 7]


def test_yaml_traps_do_not_bite() -> None:
    text = a_rule_text(
        match="{path: /a, query: {a: 0123, b: no, c: on, d: 12:30:45, e: 1_000, f: true, g: 1.10, h: null_, i: 0x1F}}",
        tag="{organic: {a: null, b: ~, c: true, d: 1.10, e: '=no', f: =null}}",
    )
    reading = read_book({"a.yaml": text.encode()})
    assert reading.book, [*map(str, reading.problems)]
    rule = reading.book.rules[0]
    assert rule.match.query == {
        "a": "0123",
        "b": "no",
        "c": "on",
        "d": "12:30:45",
        "e": "1_000",
        "f": "true",
        "g": "1.10",
        "h": "null_",
        "i": "0x1F",
    }
    written = [value.json for value in rule.tag.organic.values()]
    assert written == [b"null", b"null", b"true", b"1.10", b'"no"', b'"null"']


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("no", "a whole number from 1 to 40"),
        ("010", "write 10"),
        ("12:30:45", "a whole number"),
        ("1_0", "write 10"),
        ('"3"', "write 3, without quotes"),
        ("+3", "write 3"),
        ("3.0", "a whole number"),
        ("0x3", "a whole number"),
        ("1e1", "a whole number"),
        ("", "write a whole number"),
        ("99999999999999999999999", "from 1 to 40"),
        ("-1", "from 1 to 40"),
        ("٣", "a whole number"),
    ],
)
def test_a_number_is_written_as_a_number_and_else_refused(value: str, hint: str) -> None:
    (problem,) = the_problems(a_rule_text(auction="") + f"auction:\n  slots: {value}\n")
    assert problem.key == "auction.slots"
    assert hint in problem.hint


def test_the_rule_is_what_was_written_and_the_rest_is_default() -> None:
    text = a_rule_text(auction="{slots: 3, user: [cookie.a, header.X-B], timeout: 1.5s, page: {type: PDP}}")
    book = read_book({"a.yaml": text.encode()}).book
    assert book
    rule = book.rules[0]
    assert (rule.auction.slots, rule.auction.timeout, rule.auction.max_products) == (3, 1.5, 500)
    assert [source.text for source in rule.auction.user] == ["cookie.a", "header.X-B"]
    assert rule.auction.page
    assert [source.text for source in rule.auction.page.id] == ["path"]
    assert rule.tag.fields.keys() == {"resolvedBidId", "rank"}
    assert (rule.layout.place, rule.mode, rule.rollout, rule.skip.bots) == ("top", "live", 100, True)
