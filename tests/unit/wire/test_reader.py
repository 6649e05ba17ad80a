"""proxy/wire/reader.py"""

import pytest

from proxy.wire.errors import BrokenAnswer, HeadTooLarge
from proxy.wire.reader import MAX_INTERIM, Reader
from tests.unit.wire.scripted import answer

OK = b"HTTP/1.1 200 OK\r\n"


def read(
    data: bytes, size: int = 0, method: str = "GET", end: bool | None = None, upgrade: bool = False
) -> tuple[bytes, Reader]:
    """The body read from `data`, `size` bytes at a time; `end`: the connection then ends, cleanly or not."""
    reader = Reader(method, upgrade=upgrade)
    body = b""
    for at in range(0, len(data), size or len(data) or 1):
        body += reader.feed(data[at : at + (size or len(data))])
    if end is not None:
        reader.end(end)
    return body, reader


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
@pytest.mark.parametrize(
    ("data", "body", "reusable"),
    [
        (answer(b"hello"), b"hello", True),
        (answer(b""), b"", True),
        (answer(b"hello", b"Connection: close"), b"hello", False),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello", True),
        (OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n1\r\na\r\n0\r\n\r\n", b"a", False),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"hello"), b"hello", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2 + answer(b"hello"), b"hello", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (answer(b"hello") + b"EXTRA", b"hello", False),
        (answer(b"hello") + answer(b"other"), b"hello", False),
        (answer(b"") + b"\r\n", b"", False),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nx", b"", False),
    ],
)
def test_an_answer_is_read_in_any_pieces(data: bytes, body: bytes, reusable: bool, size: int) -> None:
    found, reader = read(data, size)
    assert (found, reader.done, reader.error, reader.reusable) == (body, True, None, reusable)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_body_without_framing_ends_with_the_connection(size: int) -> None:
    body, reader = read(OK + b"\r\nhello", size)
    assert (body, reader.done) == (b"hello", False)
    reader.end(clean=True)
    assert reader.done
    assert not reader.reusable
    assert read(OK + b"\r\nhello", size, end=False)[1].error


@pytest.mark.parametrize(
    "data",
    [
        OK,
        b"H",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        answer(b"hello")[:-1],
        OK + b"Content-Length: 5\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n",
    ],
)
def test_an_answer_cut_short_never_looks_complete(data: bytes) -> None:
    for size in (0, 1, 5):
        for clean in (True, False):
            _, reader = read(data, size, end=clean)
            assert reader.error
            assert not reader.done


def test_the_answer_to_head_has_no_body_and_a_second_answer_is_not_part_of_it() -> None:
    body, reader = read(OK + b"Content-Length: 1234\r\n\r\n", method="HEAD")
    assert (body, reader.reusable) == (b"", True)
    assert reader.framing
    assert reader.framing.length == 1234
    body, reader = read(OK + b"Content-Length: 5\r\n\r\nhello", method="HEAD")
    assert (body, reader.done, reader.reusable) == (b"", True, False)


def test_interim_answers_are_bounded() -> None:
    interim = b"HTTP/1.1 102 Processing\r\n\r\n"
    assert read(interim * MAX_INTERIM + answer())[1].done
    assert read(interim * (MAX_INTERIM + 1) + answer())[1].error


def test_a_change_of_protocol_is_taken_only_where_it_was_asked_for() -> None:
    data = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello"
    assert read(data)[1].error
    for size in (0, 1, 4):
        body, reader = read(data, size, upgrade=True)
        assert reader.head
        assert (reader.head.status, body, reader.done) == (101, b"\x81\x05hello", False)


@pytest.mark.parametrize(
    "data",
    [
        b"GARBAGE",
        b"\r\n",
        b"\x16\x03\x01\x00",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        b"HTTP/1.1 200 OK\r\nX: y\n\r\nhello",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        OK + b"X: a\x00b\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nX\r\n\r\n" + answer(),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX\r\n\r\n",
    ],
)
def test_what_is_not_http_is_an_error_at_once(data: bytes) -> None:
    for size in (0, 1, 2, 5):
        body, reader = read(data, size)
        assert (body, reader.head, reader.done) == (b"", None, False)
        assert reader.error


def test_a_head_is_bounded_whole_or_in_pieces_with_or_without_an_end() -> None:
    long = OK + b"X: " + b"y" * 70_000
    for data in (long, long + b"\r\n\r\n"):
        for size in (0, 1000, 8192):
            assert isinstance(read(data, size)[1].error, HeadTooLarge)
    assert read(OK + b"Set-Cookie: " + b"y" * 12_000 + b"\r\nContent-Length: 0\r\n\r\n")[1].done


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
def test_a_head_that_is_broken_and_too_long_has_the_same_fault_in_any_pieces(end: bytes) -> None:
    broken, long = OK + b"X: y\n\n" + b"z" * 70_000 + end, OK + b"X: " + b"z" * 70_000 + b"\n\n" + end
    assert {type(read(broken, size)[1].error) for size in (0, 1000, 8192, 100_000)} == {BrokenAnswer}
    assert {type(read(long, size)[1].error) for size in (0, 1000, 8192, 100_000)} == {HeadTooLarge}


def test_nothing_is_taken_behind_an_error() -> None:
    body, reader = read(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\nx\r\n1\r\nb\r\n0\r\n\r\n", 1)
    assert (body, reader.done) == (b"a", False)
    assert reader.error
    assert not reader.reusable
