import itertools

from proxy.rules.book import Book
from tests.builders import a_book, a_rule, an_ask


def taker(book: Book, target: str = "/api/search", **ask: object) -> str | None:
    match = book.find(an_ask(target, **ask))  # type: ignore[arg-type]
    return match.rule.page if match else None


def test_a_rule_takes_its_path_and_no_other() -> None:
    book = a_book()
    assert taker(book) == "search"
    for other in ("/", "/api", "/api/search/", "/api/searches", "/API/search", "/api/search/x", "*"):
        assert taker(book, other) is None


def test_a_rule_for_get_also_takes_head() -> None:
    book = a_book()
    assert taker(book, method="HEAD") == "search"
    for other in ("POST", "get", "OPTIONS", "M-SEARCH"):
        assert taker(book, method=other) is None
    assert taker(a_book(a_rule(methods=["POST"])), method="HEAD") is None


def test_the_most_specific_rule_takes_a_request_whatever_the_order_of_the_files() -> None:
    rules = [
        a_rule(page="rest", path="/c/{rest...}"),
        a_rule(page="one", path="/c/{x}"),
        a_rule(page="literal", path="/c/hats"),
        a_rule(page="one-rest", path="/c/{x}/{rest...}"),
        a_rule(page="other-one", path="/{x}/hats"),
    ]
    for order in itertools.permutations(rules):
        book = Book(order)
        assert taker(book, "/c/hats") == "literal"
        assert taker(book, "/c/caps") == "one"
        assert taker(book, "/c/caps/red") == "one-rest"
        assert taker(book, "/c/") == "rest"
        assert taker(book, "/c") == "rest"
        assert taker(book, "/d/hats") == "other-one"
        assert [verdict.rule.page for verdict in book.explain(an_ask("/c/hats")) if verdict.takes] == ["literal"]


def test_the_left_segment_decides_before_the_right_one() -> None:
    book = a_book(a_rule(page="right", path="/{x}/b/c"), a_rule(page="left", path="/a/{y}/{z...}"))
    assert taker(book, "/a/b/c") == "left"


def test_where_the_more_specific_rule_does_not_hold_the_next_one_takes_it() -> None:
    book = a_book(a_rule(page="narrow", path="/c/hats", query={"type": "product"}), a_rule(page="wide", path="/c/{x}"))
    assert taker(book, "/c/hats?type=product") == "narrow"
    assert taker(book, "/c/hats") == "wide"
    deep = a_book(a_rule(page="deep", path="/a/b/c/d"), a_rule(page="back", path="/a/{x}/c/e"))
    assert taker(deep, "/a/b/c/e") == "back"


def test_of_equal_paths_the_one_with_more_conditions_and_then_the_first_takes_it() -> None:
    plain, first = a_rule(page="plain"), a_rule(page="first", query={"q": "*"})
    second, more = a_rule(page="second", headers={"x": "*"}), a_rule(page="more", query={"q": "*"}, host="shop.example")
    book = a_book(plain, first, second, more)
    assert taker(book, "/api/search?q=") == "more"
    assert taker(book, "/api/search?q=", headers=[("host", "other.example"), ("x", "1")]) == "first"
    assert taker(book, "/api/search", headers=[("x", "1")]) == "second"
    assert taker(book) == "plain"


def test_captures_are_decoded_and_belong_to_the_rule_that_takes_it() -> None:
    book = a_book(a_rule(page="a", path="/c/{one}/x"), a_rule(page="b", path="/c/{other}/{rest...}"))
    match = book.find(an_ask("/c/h%C3%BCte%2F1/x"))
    assert match
    assert match.captures == {"one": "hüte/1"}
    match = book.find(an_ask("/c/hats/a%20b/c"))
    assert match
    assert match.captures == {"other": "hats", "rest": "a b/c"}


def test_a_body_is_needed_only_where_the_rule_that_may_take_it_reads_it() -> None:
    book = a_book(
        a_rule(page="graphql", path="/graphql", methods=["GET", "POST"], graphql={"operation": "Search"}),
        a_rule(page="form", path="/s", methods=["POST"], search_query="form.q"),
        a_rule(page="plain", path="/p", methods=["POST"]),
        a_rule(page="reads", path="/p", methods=["POST"], search_query="body.$.q", user="cookie.a", query={"x": "1"}),
    )
    for target, method, needs in [
        ("/graphql", "POST", True),
        ("/graphql", "GET", False),
        ("/graphql", "PUT", False),
        ("/s", "POST", True),
        ("/p", "POST", False),
        ("/p?x=1", "POST", True),
        ("/p?x=2", "POST", False),
        ("/other", "POST", False),
    ]:
        assert book.needs_body(an_ask(target, method=method)) is needs, (target, method)
        assert not book.needs_body(an_ask(target, method=method, body=b""))


def test_a_get_with_a_body_is_read_like_any_other() -> None:
    book = a_book(a_rule(methods=["GET", "POST"], search_query="body.$.q"))
    for announced in [("content-length", "9"), ("transfer-encoding", "chunked")]:
        assert book.needs_body(an_ask(headers=[announced]))
        assert book.find(an_ask(headers=[announced])) is None
        assert book.find(an_ask(headers=[announced], body=b'{"q":"a"}'))
    for bare in [[], [("content-length", "0")]]:
        assert not book.needs_body(an_ask(headers=bare))
        assert book.find(an_ask(headers=bare))


def test_a_request_whose_body_was_not_read_is_left_to_a_rule_that_does_not_need_it() -> None:
    reads = a_rule(page="reads", methods=["POST"], search_query="body.$.q", query={"x": "1"})
    book = a_book(reads, a_rule(page="plain", methods=["POST"]))
    assert taker(book, "/api/search?x=1", method="POST") == "plain"
    assert taker(book, "/api/search?x=1", method="POST", body=b"{}") == "reads"
    assert taker(a_book(reads), "/api/search?x=1", method="POST") is None


def test_explain_says_of_every_rule_why_it_does_not_take_a_request() -> None:
    book = a_book(
        a_rule(page="wide", path="/api/{x}"),
        a_rule(page="other", path="/cart"),
        a_rule(page="posts", methods=["POST"]),
        a_rule(page="host", host="*.shop.example"),
        a_rule(page="query", query={"type": "product"}),
        a_rule(page="absent", query={"z": "*"}),
        a_rule(page="header", headers={"X-Channel": "web"}),
        a_rule(page="taker"),
        a_rule(page="late"),
        a_rule(page="asks", query={"q": "*"}, path="/api/{y}"),
    )
    ask = an_ask("/api/search?q=x&type=brand", headers=[("x-channel", "app")])
    why = {verdict.rule.page: (verdict.takes, verdict.why) for verdict in book.explain(ask)}
    assert why == {
        "wide": (False, "its match holds, but the path of `taker` is more specific"),
        "other": (False, "the path is /api/search, not /cart"),
        "posts": (False, "the method is GET; the rule takes POST"),
        "host": (False, "the host is shop.example, not *.shop.example"),
        "query": (False, "the query parameter `type` is `brand`, not `product`"),
        "absent": (False, "the query parameter `z` is absent"),
        "header": (False, "the header `x-channel` is `app`, not `web`"),
        "taker": (True, "everything under `match` holds"),
        "late": (False, "its match holds, but `taker` comes before it (the two tie: first file first)"),
        "asks": (False, "its match holds, but the path of `taker` is more specific"),
    }


def test_explain_and_find_agree_about_a_body_that_was_not_read() -> None:
    book = a_book(a_rule(methods=["POST"], search_query="body.$.q"))
    (verdict,) = book.explain(an_ask(method="POST"))
    assert not verdict.takes
    assert "reads the request's body" in verdict.why
    (verdict,) = book.explain(an_ask(method="PUT"))
    assert verdict.why == "the method is PUT; the rule takes POST"


def test_a_book_of_the_same_rules_has_the_same_name() -> None:
    assert a_book(a_rule()).name == a_book(a_rule()).name
    assert a_book(a_rule(slots=2)).name != a_book(a_rule(slots=3)).name
    assert len(a_book().name) == 8


def test_among_many_rules_the_one_is_found() -> None:
    book = Book([a_rule(page=f"p{n}", path=f"/p{n}/{{x}}") for n in range(100)])
    match = book.find(an_ask("/p77/a"))
    assert match
    assert match.rule.page == "p77"
    assert book.find(an_ask("/p100/a")) is None
