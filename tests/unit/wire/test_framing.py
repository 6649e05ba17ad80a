"""proxy/wire/framing.py"""

import pytest

from proxy.wire.errors import BrokenAnswer
from proxy.wire.framing import Ends, Framing, framing_of, idle_seconds
from proxy.wire.head import Head, read_head


def head(*lines: bytes, status: int = 200, version: bytes = b"1.1") -> Head:
    return read_head(b"\r\n".join((b"HTTP/%b %d X" % (version, status), *lines, b"", b"")))


CHUNKED = b"Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("lines", "ends", "length", "keep"),
    [
        ([b"Content-Length: 5"], Ends.BY_LENGTH, 5, True),
        ([b"content-LENGTH:5 "], Ends.BY_LENGTH, 5, True),
        ([b"Content-Length: 0"], Ends.AT_ONCE, 0, True),
        ([CHUNKED], Ends.BY_CHUNKS, None, True),
        ([b"transfer-encoding:  ChunkeD\t"], Ends.BY_CHUNKS, None, True),
        ([], Ends.BY_CLOSE, None, False),
        ([b"Content-Length: 5", b"Connection: close"], Ends.BY_LENGTH, 5, False),
        ([b"Content-Length: 5", b"Connection: x, ClOsE"], Ends.BY_LENGTH, 5, False),
        ([b"Content-Length: 5", b"Connection: x", b"Connection: close"], Ends.BY_LENGTH, 5, False),
        ([b"Content-Length: 5", b"Connection: keep-alive"], Ends.BY_LENGTH, 5, True),
        ([b"Content-Length: 5", b"Connection: not-close"], Ends.BY_LENGTH, 5, True),
        ([b"Content-Length: 5", CHUNKED], Ends.BY_CHUNKS, None, False),
    ],
)
def test_how_a_body_ends(lines: list[bytes], ends: Ends, length: int | None, keep: bool) -> None:
    assert framing_of(head(*lines), "GET") == Framing(ends, length, keep)


@pytest.mark.parametrize(
    ("lines", "ends", "keep"),
    [
        ([b"Content-Length: 5"], Ends.BY_LENGTH, False),
        ([b"Content-Length: 5", b"Connection: Keep-Alive"], Ends.BY_LENGTH, True),
        ([b"Content-Length: 5", b"Connection: keep-alive, close"], Ends.BY_LENGTH, False),
        ([CHUNKED, b"Connection: keep-alive"], Ends.BY_CHUNKS, False),
        ([b"Connection: keep-alive"], Ends.BY_CLOSE, False),
    ],
)
def test_http_1_0_keeps_a_connection_only_where_it_says_so(lines: list[bytes], ends: Ends, keep: bool) -> None:
    framing = framing_of(head(*lines, version=b"1.0"), "GET")
    assert (framing.ends, framing.keep_alive) == (ends, keep)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("HEAD", 404), ("GET", 204), ("GET", 304)])
def test_some_answers_have_no_body_whatever_their_fields_say(method: str, status: int) -> None:
    assert framing_of(head(b"Content-Length: 1234", status=status), method) == Framing(Ends.AT_ONCE, 1234, True)
    assert framing_of(head(CHUNKED, status=status), method) == Framing(Ends.AT_ONCE, None, True)
    assert framing_of(head(status=status), method) == Framing(Ends.AT_ONCE, None, True)
    assert not framing_of(head(b"Connection: close", status=status), method).keep_alive


VALUES = [b"+5", b"5_0", b"-1", b"0x5", b"5 5", b"", "٥".encode(), b"9" * 19, b"5, 5", b"5,6", b"5;", b"5.0", b"five"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_length_that_is_not_digits_is_refused(value: bytes, method: str) -> None:
    with pytest.raises(BrokenAnswer):
        framing_of(head(b"Content-Length: " + value), method)


def test_two_lengths_are_refused_even_where_they_agree() -> None:
    for second in (b"Content-Length: 5", b"content-length: 6", b"CONTENT-LENGTH:"):
        with pytest.raises(BrokenAnswer):
            framing_of(head(b"Content-Length: 5", b"X: y", second), "GET")


@pytest.mark.parametrize(
    "lines",
    [
        [b"Transfer-Encoding: identity"],
        [b"Transfer-Encoding: gzip, chunked"],
        [b"Transfer-Encoding: chunked, identity"],
        [b"Transfer-Encoding: chunked, chunked"],
        [CHUNKED, CHUNKED],
        [CHUNKED, b"Transfer-encoding: x"],
        [b"Transfer-Encoding: xchunked"],
        [b'Transfer-Encoding: "chunked"'],
        [b"Transfer-Encoding: chunked;a=b"],
        [b"Transfer-Encoding:"],
        [b"Transfer-Encoding: ,chunked"],
    ],
)
def test_a_transfer_coding_other_than_chunked_is_refused(lines: list[bytes]) -> None:
    for more in ([], [b"Content-Length: 5"]):
        with pytest.raises(BrokenAnswer):
            framing_of(head(*lines, *more), "GET")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"timeout=5", 5.0),
        (b"timeout=5, max=100", 5.0),
        (b"max=100,Timeout=30", 30.0),
        (b"max=1", None),
        (b"xtimeout=5", None),
        (b"timeout=x", None),
        (b"timeout=-5", None),
        (b"timeout=9999999", None),
    ],
)
def test_the_origins_own_idle_limit_is_read(value: bytes, seconds: float | None) -> None:
    assert idle_seconds(value) == seconds
