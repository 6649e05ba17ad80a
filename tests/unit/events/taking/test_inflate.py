import gzip
import tracemalloc

import pytest

from proxy.events.taking.inflate import NotGzip, inflate

LIMIT = 1000


@pytest.mark.parametrize("text", [b"", b"x", b"event " * 100, b"y" * LIMIT])
def test_what_was_gzipped_comes_back(text):
    assert inflate(gzip.compress(text), LIMIT) == text


def test_one_byte_over_the_bound_is_too_much():
    assert inflate(gzip.compress(b"y" * (LIMIT + 1)), LIMIT) is None


def test_members_follow_each_other_and_count_together():
    one = gzip.compress(b"a" * 600)
    assert inflate(one + gzip.compress(b"b"), LIMIT) == b"a" * 600 + b"b"
    assert inflate(one + one, LIMIT) is None


def test_zeros_behind_it_are_padding():
    assert inflate(gzip.compress(b"text") + bytes(10), LIMIT) == b"text"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        gzip.compress(b"text")[:-1],
        gzip.compress(b"text")[:5],
        gzip.compress(b"text") + b"{}",
        b"\x1f\x8b" * 9,
    ],
)
def test_what_is_no_gzip_says_so(body):
    with pytest.raises(NotGzip):
        inflate(body, LIMIT)


def test_a_bomb_costs_what_the_bound_costs():
    bomb = gzip.compress(bytes(100_000_000))
    tracemalloc.start()
    try:
        assert inflate(bomb, 256 * 1024) is None
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
