"""A request read as rules see it: decoded once, lenient, and never raising."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.ask import MISSING, Ask


@pytest.mark.parametrize(
    ("target", "segments"),
    [
        ("/", ("",)),
        ("/api/search", ("api", "search")),
        ("/api/search/", ("api", "search", "")),
        ("//a", ("", "a")),
        ("/a%2Fb/c", ("a/b", "c")),
        ("/caf%C3%A9?q=1", ("café",)),
        ("/caf\xc3\xa9", ("café",)),
        ("/%zz/%", ("%zz", "%")),
    ],
)
def test_segments_are_compared_decoded(target: str, segments: tuple[str, ...]) -> None:
    assert Ask("GET", target).segments == segments


def test_the_first_of_repeated_parameters_counts() -> None:
    ask = Ask("GET", "/s?q=red+shoes&q=blue&empty=&flag&%C3%A9=%C3%BC")
    assert ask.query == {"q": "red shoes", "empty": "", "flag": "", "é": "ü"}


def test_headers_are_found_whatever_their_case() -> None:
    ask = Ask("GET", "/", [(b"X-User-ID", b"u1"), (b"x-user-id", b"u2"), (b"X-L", b"caf\xe9")])
    assert ask.header("x-user-id") == "u1"
    assert ask.header("X-L") == "caf\ufffd"
    assert ask.header("absent") is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [(b"Shop.Example:8080", "shop.example"), (b"[::1]:80", "[::1]"), (b"shop", "shop"), (b"", "")],
)
def test_the_host_is_lower_case_and_has_no_port(host: bytes, expected: str) -> None:
    assert Ask("GET", "/", [(b"Host", host)]).host == expected


def test_cookies_come_from_every_cookie_line() -> None:
    ask = Ask("GET", "/", [(b"Cookie", b'a=1; b="x y"; =odd; bare'), (b"cookie", b"c=%20; a=2")])
    assert ask.cookies == {"a": "1", "b": "x y", "": "odd", "c": "%20"}


def test_a_json_body_is_read_whatever_its_type_says() -> None:
    ask = Ask("POST", "/", [(b"content-type", b"text/plain")], b'{"q": "shoes"}')
    assert ask.json == {"q": "shoes"}


@pytest.mark.parametrize("body", [None, b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_missing(body: bytes | None) -> None:
    assert Ask("POST", "/", (), body).json is MISSING


def test_a_form_is_read_as_utf_8() -> None:
    assert Ask("POST", "/", (), b"q=caf%C3%A9&x=\xc3\xa9").form == {"q": "café", "x": "é"}


def test_a_body_makes_another_ask() -> None:
    bare = Ask("POST", "/s?q=1", [(b"a", b"b")], client="1.2.3.4")
    read = bare.with_body(b"{}")
    assert (read.target, read.client, read.body, bare.body) == ("/s?q=1", "1.2.3.4", b"{}", None)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF)), st.binary())
def test_no_bytes_at_all_raise(target: str, body: bytes) -> None:
    ask = Ask("POST", "/" + target, [(body, body), (b"cookie", body), (b"host", body)], body)
    assert isinstance(ask.segments, tuple)
    assert all(isinstance(value, str) for value in (*ask.query.values(), *ask.form.values(), *ask.cookies.values()))
    assert isinstance(ask.host, str)
    ask.json  # noqa: B018
