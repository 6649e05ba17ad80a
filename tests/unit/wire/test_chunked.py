"""proxy/wire/chunked.py"""

import pytest

from proxy.wire.chunked import LAST_CHUNK, MAX_EXTENSIONS, MAX_LINE, Chunks, chunk


def fed(data: bytes, size: int = 0) -> tuple[bytes, Chunks]:
    """The body read from `data`, `size` bytes at a time."""
    chunks = Chunks()
    body = b""
    for at in range(0, len(data), size or len(data) or 1):
        if chunks.over or chunks.error:
            break
        body += chunks.feed(data[at : at + (size or len(data))])
    return body, chunks


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 7])
@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"0\r\n\r\n", b""),
        (b"1\r\na\r\n1\r\nb\r\n00000\r\n\r\n", b"ab"),
        (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (b"0000000000000005\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b'5;name=value;q="a;b"\r\nhello\r\n0;last\r\n\r\n', b"hello"),
        (b"5  \r\nhello\r\n0\t\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n0\r\nX-T: 1\r\nContent-Length: 99\r\n\r\n", b"hello"),
        (b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n"),
    ],
)
def test_a_chunked_body_is_read_in_any_pieces(data: bytes, body: bytes, size: int) -> None:
    found, chunks = fed(data, size)
    assert (found, chunks.over, chunks.error, chunks.rest) == (body, True, None, b"")


BROKEN = [
    b"5\r\nhello0\r\n\r\n",
    b"5\r\nhelloX\r\n0\r\n\r\n",
    b"5\r\nhello\r0\r\n\r\n",
    b"5\r\nhello\n0\r\n\r\n",
    b"5\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"0_5\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b"-1\r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n",
    b"\r\nhello\r\n0\r\n\r\n",
    b";x\r\nhello\r\n0\r\n\r\n",
    b"00000000000000005\r\nhello\r\n0\r\n\r\n",
    b"g\r\nhello\r\n0\r\n\r\n",
    b"5 5\r\nhello\r\n0\r\n\r\n",
    b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    b"5;a\rb\r\nhello\r\n0\r\n\r\n",
    b"5;a\x00b\r\nhello\r\n0\r\n\r\n",
    b"0\r\nno trailer\r\n\r\n",
    b"0\r\n : x\r\n\r\n",
    b"0\r\n\n",
    "٥\r\nhello\r\n0\r\n\r\n".encode(),
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_not_chunked_is_an_error_in_any_pieces_behind_the_same_bytes(data: bytes) -> None:
    whole, chunks = fed(data)
    assert chunks.error is not None
    assert not chunks.over
    for size in (1, 2, 3, 5, 7):
        found, chunks = fed(data, size)
        assert (found, chunks.error is not None, chunks.over) == (whole, True, False)


def test_what_comes_behind_the_end_is_kept_apart() -> None:
    body, chunks = fed(b"1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK")
    assert (body, chunks.rest) == (b"a", b"HTTP/1.1 200 OK")


def test_a_body_that_is_not_over_says_so() -> None:
    for data in (b"", b"5", b"5\r\n", b"5\r\nhel", b"5\r\nhello", b"5\r\nhello\r\n0\r\n", b"0\r\nX: y\r\n"):
        _, chunks = fed(data)
        assert not chunks.over
        assert chunks.error is None


def test_lines_extensions_and_trailers_are_bounded() -> None:
    assert fed(b"1;" + b"x" * MAX_LINE)[1].error
    assert fed(b"1;" + b"x" * MAX_LINE + b"\r\n")[1].error
    assert fed((b"1;" + b"x" * 1000 + b"\r\na\r\n") * (MAX_EXTENSIONS // 1000 + 1))[1].error
    assert fed(b"0\r\n" + b"X: y\r\n" * 10_000)[1].error
    assert not fed(b"0\r\n" + b"X: y\r\n" * 100 + b"\r\n")[1].error


def test_the_middle_of_a_large_chunk_is_not_copied() -> None:
    chunks = Chunks()
    chunks.feed(b"ffffff\r\n")
    piece = b"x" * 1000
    assert chunks.feed(piece) is piece


def test_chunks_are_written_as_they_are_read() -> None:
    assert fed(chunk(b"hello") + chunk(b"x" * 300) + LAST_CHUNK)[0] == b"hello" + b"x" * 300
