"""RFC 9111 section 4.3, as tables."""

import pytest

from proxy.search.caching.validation import asks_on_condition, condition_of, holds_still, is_of, refreshed
from tests.unit.search.caching.answers import kept, lines

THEN = "Sun, 06 Nov 1994 08:00:00 GMT"


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ([], b""),
        (['ETag: "v1"'], b'If-None-Match: "v1"\r\n'),
        ([f"Last-Modified: {THEN}"], b"If-Modified-Since: Sun, 06 Nov 1994 08:00:00 GMT\r\n"),
        (["Last-Modified: once"], b""),
        (
            ['ETag: W/"v1"', f"Last-Modified: {THEN}"],
            b'If-None-Match: W/"v1"\r\nIf-Modified-Since: %b\r\n' % THEN.encode(),
        ),
    ],
)
def test_what_we_ask_with(fields: list[str], condition: bytes) -> None:
    assert condition_of(kept(*fields)) == condition


@pytest.mark.parametrize(
    ("fields", "news", "same"),
    [
        (['ETag: "v1"'], ['ETag: "v1"'], True),
        (['ETag: W/"v1"'], ['ETag: "v1"'], True),
        (['ETag: "v1"'], ['ETag: "v2"'], False),
        (['ETag: "v1"'], [], True),
        ([], ['ETag: "v2"'], True),
    ],
)
def test_of_which_answer_a_304_speaks(fields: list[str], news: list[str], same: bool) -> None:
    assert is_of(kept(*fields), lines(*news)) is same


def test_a_304_brings_news_of_the_head_and_none_of_the_body() -> None:
    one = kept("X-A: 1", "X-A: 2", "X-B: 1", "Content-Encoding: gzip", "Date: " + THEN)
    news = lines("x-a: 3", "Content-Type: text/html", "Content-Encoding: br", "Content-Length: 0", "Age: 4", "X-C: 1")
    assert refreshed(one, news) == [
        (b"X-B", b"1"),
        (b"Content-Encoding", b"gzip"),
        (b"Content-Type", b"application/json"),
        (b"x-a", b"3"),
        (b"Age", b"4"),
        (b"X-C", b"1"),
    ]


@pytest.mark.parametrize(
    ("condition", "still"),
    [
        ('If-None-Match: "v1"', True),
        ('If-None-Match: W/"v1"', True),
        ('If-None-Match: "v0", "v1"', True),
        ("If-None-Match: *", True),
        ('If-None-Match: "v0"', False),
        ("If-None-Match: v1", False),
        (f"If-Modified-Since: {THEN}", True),
        ("If-Modified-Since: Sun, 06 Nov 1994 07:59:59 GMT", False),
        ("If-Modified-Since: yesterday", False),
        ("X-A: 1", False),
    ],
)
def test_when_the_shopper_has_it_already(condition: str, still: bool) -> None:
    assert holds_still(lines(condition), kept('ETag: "v1"', f"Last-Modified: {THEN}")) is still


def test_without_validators_nobody_can_know() -> None:
    assert not holds_still(lines('If-None-Match: "v1"'), kept())
    assert not holds_still(lines(f"If-Modified-Since: {THEN}"), kept())


def test_who_asks_on_a_condition() -> None:
    assert asks_on_condition(lines('If-None-Match: "v1"'))
    assert asks_on_condition(lines(f"If-Modified-Since: {THEN}"))
    assert not asks_on_condition(lines("If-Match: x"))
