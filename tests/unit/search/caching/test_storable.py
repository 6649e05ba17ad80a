"""RFC 9111 section 3, as tables."""

from typing import Any

import pytest

from proxy.search.caching.key import Naming
from proxy.search.caching.storable import may_be_kept, vary_of
from proxy.search.headers import Peer
from tests.builders import a_rule, an_ask


def lines(*fields: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, _, value in (field.partition(": ") for field in fields)]


def kept(*fields: str, status: int = 200, ask: Any = (), vary: Any = ()) -> bool:
    rule = a_rule(cache={"ttl": "30s"} | ({"vary": list(vary)} if vary else {}))
    return may_be_kept(status, lines(*fields), Naming(rule).asked(an_ask(headers=ask), Peer("::1", True, b"http")))


@pytest.mark.parametrize(
    "fields",
    [
        ["Cache-Control: no-store"],
        ["Cache-Control: private"],
        ['Cache-Control: private="x-a", max-age=60'],
        ["Cache-Control: public, private"],
        ["Cache-Control: public", "Cache-Control: max-age=9, No-Store"],
        ["Set-Cookie: a=b"],
        ["Set-Cookie: a=b", "Cache-Control: public, max-age=60"],
        ["Vary: *"],
        ["Vary: accept, *"],
        ["Vary: X-Forwarded-For"],
        ["Vary: Via"],
    ],
)
def test_what_is_never_kept(fields: list[str]) -> None:
    assert not kept(*fields)


@pytest.mark.parametrize("status", [200, 203, 301, 302, 404, 410, 499])
def test_a_status_with_a_lifetime_is_kept_whatever_it_is(status: int) -> None:
    assert kept("Cache-Control: max-age=60", status=status)
    assert kept(status=status) is (status == 200)


@pytest.mark.parametrize("status", [101, 206, 304, 500, 502, 503, 504])
def test_parts_and_failures_are_not_kept(status: int) -> None:
    assert not kept("Cache-Control: public, max-age=60", status=status)


def test_what_must_be_understood_is_kept_where_it_is() -> None:
    assert kept("Cache-Control: max-age=60, must-understand", status=404)
    assert not kept("Cache-Control: max-age=60, must-understand", status=499)


@pytest.mark.parametrize(
    ("control", "with_credentials", "with_cookies"),
    [
        ("max-age=60", False, False),
        ("public", True, True),
        ("s-maxage=60", True, False),
        ("must-revalidate", True, False),
        ("proxy-revalidate", False, False),
    ],
)
def test_the_answer_to_one_shopper_is_kept_where_it_says_so(
    control: str, with_credentials: bool, with_cookies: bool
) -> None:
    control = f"Cache-Control: {control}"
    assert kept(control, ask=[("Authorization", "x")]) is with_credentials
    assert kept(control, ask=[("Cookie", "a=1")]) is with_cookies
    assert kept(control, ask=[("Cookie", "a=1"), ("Authorization", "x")]) is (with_credentials and with_cookies)
    assert kept(control, ask=[("Cookie", "a=1")], vary=["cookie.a"])


@pytest.mark.parametrize(
    ("fields", "vary"),
    [
        ([], ()),
        (["Vary: Accept, X-A", "vary: x-b,accept"], (b"accept", b"x-a", b"x-b")),
        (["Vary: "], ()),
        (["Content-Encoding: gzip"], (b"accept-encoding",)),
        (["Vary: *"], None),
    ],
)
def test_what_an_answer_varies_with(fields: list[str], vary: Any) -> None:
    assert vary_of(lines(*fields)) == vary
