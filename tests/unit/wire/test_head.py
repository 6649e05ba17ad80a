"""proxy/wire/head.py"""

import pytest

from proxy.wire.errors import BrokenAnswer, HeadTooLarge
from proxy.wire.head import MAX_FIELDS, are_fields, read_head


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join((status, *lines, b"", b""))


def test_names_and_values_stay_as_they_were_sent_in_order_and_with_repeats() -> None:
    fields = read_head(head(b"x-wEiRd: 1", b"Set-Cookie: a=1", b"ETag:\ty \t", b"Set-Cookie: b=2", b"X-Empty:")).fields
    assert fields == [
        (b"x-wEiRd", b"1"),
        (b"Set-Cookie", b"a=1"),
        (b"ETag", b"y"),
        (b"Set-Cookie", b"b=2"),
        (b"X-Empty", b""),
    ]


def test_bytes_over_127_are_kept() -> None:
    assert read_head(head(b'Content-Disposition: attachment; filename="caf\xe9"')).fields[0][1].endswith(b'caf\xe9"')
    assert read_head(head("X: Ünï".encode())).fields == [(b"X", "Ünï".encode())]


def test_control_characters_that_cannot_end_a_line_are_kept() -> None:
    assert read_head(head(b"X: a\x01\x0b\x7fb")).fields == [(b"X", b"a\x01\x0b\x7fb")]


def test_a_field_is_found_by_its_lower_case_name_the_first_of_its_name() -> None:
    found = read_head(head(b"Vary: a", b"VARY: b"))
    assert found.first[b"vary"] == b"a"
    assert found.every(b"vary") == [b"a", b"b"]


@pytest.mark.parametrize(
    ("line", "status", "reason", "minor"),
    [
        (b"HTTP/1.1 200 OK", 200, b"OK", 1),
        (b"HTTP/1.0 404 Not Found Here", 404, b"Not Found Here", 0),
        (b"HTTP/1.1 999 ", 999, b"", 1),
        (b"HTTP/1.1 299", 299, b"", 1),
        (b"HTTP/1.1 200 Tr\xe8s bien", 200, b"Tr\xe8s bien", 1),
    ],
)
def test_a_status_line_is_read(line: bytes, status: int, reason: bytes, minor: int) -> None:
    found = read_head(head(status=line))
    assert (found.status, found.reason, found.minor) == (status, reason, minor)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1  200 OK",
        b"HTTP/1.1\t200 OK",
        b"HTTP/1.1 200\tOK",
        b"HTTP/1.1 +20 OK",
        b"HTTP/1.2 200 OK",
        b"HTTP/2.0 200 OK",
        b"HTTP/9.9 200 OK",
        b"http/1.1 200 OK",
        b"ICY 200 OK",
        b" HTTP/1.1 200 OK",
        b"\r\nHTTP/1.1 200 OK",
        b"HTTP/1.1 200 O\x00K",
        b"HTTP/1.1 200 O\rK",
        b"HTTP/1.1 200 O\nK",
        "HTTP/1.1 ２００ OK".encode(),
    ],
)
def test_a_status_line_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        read_head(head(status=line))


@pytest.mark.parametrize(
    "line",
    [
        b"no colon",
        b": no name",
        b"Space before : x",
        b"Space-before : x",
        b"X(y): 1",
        b"\xef: 1",
        b"X\x00: 1",
        b"X: a\x00b",
        b"X: a\rb",
        b"X: a\r",
        b"X: a\nY: b",
        b"\x0bX: a",
    ],
)
def test_a_field_line_that_is_none_is_refused(line: bytes) -> None:
    for lines in ([line], [b"A: b", line], [line, b"A: b"], [b"A: b", line, b"C: d"]):
        with pytest.raises(BrokenAnswer):
            read_head(head(*lines))


def test_a_folded_line_becomes_one_line() -> None:
    assert read_head(head(b"X: a  \r\n \t b\r\n\tc", b"Y: d")).fields == [(b"X", b"a   b c"), (b"Y", b"d")]
    assert read_head(head(b"X:\r\n a")).fields == [(b"X", b"a")]


def test_nothing_is_folded_into_the_status_line() -> None:
    with pytest.raises(BrokenAnswer):
        read_head(head(b" X: a"))


def test_more_fields_than_we_take_are_too_many() -> None:
    assert len(read_head(head(*[b"X: y"] * MAX_FIELDS)).fields) == MAX_FIELDS
    with pytest.raises(HeadTooLarge):
        read_head(head(*[b"X: y"] * (MAX_FIELDS + 1)))


def test_a_hostile_head_costs_time_in_proportion_to_its_length() -> None:
    for line in (b"a" * 60_000, b"X: " + b" " * 60_000 + b"\x00", b"X:" + b"\t" * 60_000):
        for _ in range(20):  # a reading that goes back would take minutes here
            with pytest.raises(BrokenAnswer):
                read_head(head(line, b"bad"))


def test_field_lines_are_told_from_others() -> None:
    assert are_fields(b"")
    assert are_fields(b"A: b\r\nC:\r\n")
    assert not are_fields(b"A: b")
    assert not are_fields(b"A : b\r\n")
