"""Codings come off within a bound and go on again; what cannot be read raises, and nothing is inflated too far."""

import contextlib
import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from proxy.search.coding import CodingTrouble, TooLarge, decode, encode, knows

TEXT = b'{"items": [' + b",".join(b'{"id": %d}' % n for n in range(2000)) + b"]}"
ALL = [b"gzip", b"x-gzip", b"deflate", b"br", b"zstd"]


@pytest.mark.parametrize("coding", [*ALL, b"identity", b"", b" GZIP "])
def test_what_goes_on_comes_off_again(coding: bytes) -> None:
    assert decode(encode(TEXT, coding), coding, len(TEXT)) == TEXT


@pytest.mark.parametrize("coding", [*ALL, b""])
@pytest.mark.parametrize("limit", [0, 100, len(TEXT) - 1])
def test_a_body_over_the_bound_is_refused(coding: bytes, limit: int) -> None:
    with pytest.raises(TooLarge):
        decode(encode(TEXT, coding), coding, limit)


@pytest.mark.parametrize("coding", ALL)
@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-4], lambda b: b[: len(b) // 2], lambda b: b"hello", lambda b: b[:8] + b"spoilt" + b[14:]]
)
def test_a_spoilt_body_is_refused(coding: bytes, spoil: object) -> None:
    with pytest.raises(CodingTrouble):
        decode(spoil(encode(TEXT, coding)), coding, 1 << 20)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("bomb", "coding"),
    [
        (gzip.compress(b"0" * (64 << 20)), b"gzip"),
        (zlib.compress(b"0" * (64 << 20)), b"deflate"),
        (brotli.compress(b"0" * (16 << 20), quality=3), b"br"),
        (zstandard.ZstdCompressor().compress(b"0" * (64 << 20)), b"zstd"),
    ],
)
def test_a_bomb_is_never_inflated_past_the_bound(bomb: bytes, coding: bytes) -> None:
    with pytest.raises(TooLarge):
        decode(bomb, coding, 1 << 20)


def test_gzip_may_have_several_members() -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two"), b"gzip", 100) == b"one two"


def test_deflate_is_read_bare_too() -> None:
    bare = zlib.compressobj(wbits=-15)
    assert decode(bare.compress(TEXT) + bare.flush(), b"deflate", 1 << 20) == TEXT


def test_of_several_zstd_frames_the_last_must_be_whole_too() -> None:
    one, two = (zstandard.ZstdCompressor().compress(text) for text in (b"one", b"two"))
    assert decode(one + two, b"zstd", 1 << 20) == b"onetwo"
    for broken in (two[:-1], two[:-3], two[:4], b"\0"):
        with pytest.raises(CodingTrouble):
            decode(one + broken, b"zstd", 1 << 20)


def test_zstd_without_a_promised_size_must_be_whole() -> None:
    stream = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    body = stream.compress(TEXT) + stream.flush()
    assert decode(body, b"zstd", 1 << 20) == TEXT
    with pytest.raises(CodingTrouble):
        decode(body[:-3], b"zstd", 1 << 20)


@pytest.mark.parametrize(("coding", "known"), [(b"gzip", True), (b"", True), (b"gzip, br", False), (b"x-foo", False)])
def test_it_says_which_codings_it_knows(coding: bytes, known: bool) -> None:
    assert knows(coding) is known
    if not known:
        with pytest.raises(CodingTrouble):
            decode(b"x", coding, 10)


@given(st.binary(max_size=300), st.sampled_from(ALL))
def test_any_bytes_are_a_body_or_a_trouble(body: bytes, coding: bytes) -> None:
    with contextlib.suppress(CodingTrouble):
        assert len(decode(body, coding, 1000)) <= 1000
