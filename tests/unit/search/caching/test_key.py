"""Two requests have one name only where the marketplace cannot tell them apart."""

from typing import Any

import pytest

from proxy.search.caching.key import Asked, Naming, changes_something, goes_past, varying
from proxy.search.headers import Peer
from tests.builders import a_rule, an_ask

STRANGER = Peer("203.0.113.7", False, b"http")
BALANCER = Peer("10.0.0.1", True, b"http")


def asked(*headers: tuple[str, str], peer: Peer = STRANGER, vary: Any = (), **ask: Any) -> Asked:
    rule = a_rule(cache={"ttl": "30s"} | ({"vary": list(vary)} if vary else {}))
    return Naming(rule).asked(an_ask(headers=headers, **ask), peer)


def name(one: Asked) -> tuple[Any, ...]:
    return one.uri, one.said


def test_the_url_and_the_host_are_the_name_of_an_answer() -> None:
    assert name(asked()) == name(asked(("user-agent", "x")))
    assert name(asked()) != name(asked(target="/api/search?q=y"))
    assert name(asked()) != name(asked(("host", "other.example")))
    assert name(asked(("Host", "SHOP.example"))) == name(asked())


@pytest.mark.parametrize("field", ["x-forwarded-host", "X-Forwarded-Proto", "x-forwarded-prefix", "Forwarded"])
def test_what_a_trusted_proxy_says_makes_another_answer(field: str) -> None:
    assert name(asked((field, "evil"), peer=BALANCER)) != name(asked(peer=BALANCER))
    assert name(asked((field, "evil"))) == name(asked())  # it never reaches the marketplace


def test_each_shoppers_address_makes_no_answer_of_its_own() -> None:
    assert name(asked(("x-forwarded-for", "192.0.2.1"), peer=BALANCER)) == name(asked(peer=BALANCER))


@pytest.mark.parametrize(
    ("source", "one", "other"),
    [
        ("header.x-a", [("X-A", "1")], [("X-A", "2")]),
        ("header.x-a", [("X-A", "1")], [("X-A", "1"), ("X-A", "2")]),
        ("header.x-a", [], [("X-A", "")]),
        ("header.x-a", [("X-A", "\xff")], [("X-A", "\xfe")]),
        ("cookie.a", [("Cookie", "a=1")], [("Cookie", "a=2")]),
        ("cookie.a", [("Cookie", "a=1")], [("Cookie", "a=1; a=2")]),
        ("cookie.a", [("Cookie", "a=1")], [("Cookie", 'a="1"')]),
        ("cookie.a", [("Cookie", "a=1")], [("Cookie", "a=1"), ("Cookie", "a=2")]),
    ],
)
def test_what_the_rule_varies_by_is_compared_to_the_byte(source: str, one: Any, other: Any) -> None:
    assert name(asked(*one, vary=[source])) != name(asked(*other, vary=[source]))
    assert name(asked(*one, vary=[source])) == name(asked(*one, vary=[source]))


@pytest.mark.parametrize(
    ("headers", "vary", "personal"),
    [
        ([], [], False),
        ([("Cookie", "a=1")], [], True),
        ([("Cookie", "a=1")], ["cookie.a"], False),
        ([("Cookie", "a=1; b=2")], ["cookie.a"], True),
        ([("Cookie", "a=1; b=2")], ["cookie.a", "cookie.b"], False),
        ([("Cookie", "a=1"), ("Cookie", "b=2")], ["cookie.a"], True),
        ([("Cookie", "a=1; b=2")], ["header.cookie"], False),
        ([("Cookie", "nameless")], ["cookie.a"], True),
        ([("Authorization", "x")], ["header.authorization"], True),
    ],
)
def test_who_may_have_an_answer_of_ones_own(headers: Any, vary: Any, personal: bool) -> None:
    assert asked(*headers, vary=vary).is_personal is personal


@pytest.mark.parametrize(
    ("ask", "body", "fresh", "past"),
    [
        (an_ask(), None, True, False),
        (an_ask(method="HEAD"), None, True, False),
        (an_ask(method="POST"), None, True, True),
        (an_ask(), b"{}", True, True),
        (an_ask(headers=[("Range", "bytes=0-1")]), None, False, True),
        (an_ask(headers=[("Range", "bytes=0-1")]), None, True, False),
        (an_ask(headers=[("X-Original-URL", "/admin")]), None, True, True),
    ],
)
def test_what_goes_past(ask: Any, body: bytes | None, fresh: bool, past: bool) -> None:
    assert goes_past(ask, body, fresh=fresh) is past


def test_safe_methods_change_nothing() -> None:
    assert [each for each in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "X") if changes_something(each)] == [
        "POST",
        "PUT",
        "X",
    ]


def test_codings_that_we_cannot_read_make_no_difference() -> None:
    one, other = [(b"Accept-Encoding", b"gzip, dcz")], [(b"accept-encoding", b"gzip")]
    assert varying((b"accept-encoding",), one) == varying((b"accept-encoding",), other)
    assert varying((b"accept-encoding",), one) != varying((b"accept-encoding",), [])
