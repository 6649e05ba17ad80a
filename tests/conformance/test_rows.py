"""The suite itself: every row of the table has its test, and the harness sees what it must see."""

from pathlib import Path

import pytest

from tests.conformance.origin import Origin, faults_of, plain
from tests.conformance.shopper import Broken, Shopper, ask, request
from tests.conformance.spellings import SPELLINGS
from tests.conformance.stages import ITEMS, PAGE, page


def numbered(block: str, last: int, **parts: str) -> set[str]:
    """A01 .. A30; a row with parts has its letters in place of itself."""
    rows = [f"{block}{number:02d}" for number in range(1, last + 1)]
    return {row + part for row in rows for part in parts.get(row, "") or [""]}


ROWS = (
    numbered("A", 30)
    | numbered("B", 31, B04="abcdefgh", B05="abcdefghijkl", B06="abcdefghijk")
    | numbered("C", 30)
    | numbered("D", 33)
    | {"D27r"}
    | numbered("E", 21, E12="abcdefghijkl")
    | numbered("F", 40)
    | numbered("G", 8)
    | numbered(
        "H",
        24,
        H01="abcdefghijklmnopqr",
        H02="abcdefghijk",
        H03="abcdefgh",
        H04="abcde",
        H05="abcdefghijk",
        H06="abcdefghijklmn",
        H07="abcdefghijklmnop",
        H08="abcdefghijklmnopq",
        H09="abc",
        H10="abcdefghijklmnopq",
        H11="abcde",
    )
)


def test_every_row_has_its_test(request):
    ours = [item for item in request.session.items if Path(__file__).parent in item.path.parents]
    files = {item.path.name for item in ours}
    all_files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    if request.config.option.keyword or files != all_files or any("::" in arg for arg in request.config.args):
        pytest.skip("only a part of the suite runs")
    from tests.conformance.conftest import row_of

    assert ROWS - {row_of(item.nodeid) for item in ours} == set()
    assert len(ROWS) == 371


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\nX: b", "bare LF"),
        (b"GET / HTTP/1.1\r\nHost: a\rX: b", "bare CR"),
        (b"GET / HTTP/1.1\r\nHost: a\x00", "NUL"),
        (b"GET /a b HTTP/1.1\r\nHost: a", "request line"),
        (b"GET / HTTP/1.1\r\nHost : a", "header line"),
        (b"GET / HTTP/1.1\r\n folded", "header line"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1", "twice"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", "and Transfer-Encoding"),
        (b"POST / HTTP/1.1\r\nContent-Length: +1", "Content-Length"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: xchunked", "Transfer-Encoding"),
        (b"POST / HTTP/1.1\r\nTransfer_Encoding: chunked", "lookalike"),
    ],
)
def test_a_head_that_is_not_clean_is_seen(head, fault):
    assert any(fault in found for found in faults_of(head))


def test_a_clean_head_has_no_fault():
    assert faults_of(b"POST /a?b=%20 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nX-Y: caf\xe9") == []


def test_the_origin_is_as_trusting_as_the_worst():
    """What is smuggled past a proxy arrives: without one, a hidden request is a request."""
    origin = Origin()
    with Shopper(origin.port) as shopper:
        hidden = b"0\r\n\r\n" + request(b"/hidden")
        shopper.say(request(b"/open", b"Transfer-Encoding: chunked", b"Content-Length: 99", method=b"POST") + hidden)
        assert [shopper.hear().status, shopper.hear().status] == [200, 200]
    assert origin.only(b"/open").faults == ["Content-Length and Transfer-Encoding"]
    assert origin.only(b"/hidden").line == b"GET /hidden HTTP/1.1"
    origin.stop_listening()


def test_the_shopper_sees_what_breaks_off(marker):
    origin = Origin()
    origin.on(marker, plain(b"x" * 10)[:-3])
    with Shopper(origin.port, patience=5) as shopper:
        answer = shopper.say(request(b"/" + marker)).final_head()
        origin.stop_listening()
        shopper.patient(0.2)
        with pytest.raises(TimeoutError):
            shopper.read_body(answer)
    with pytest.raises((Broken, OSError)):
        ask(origin.port, b"/" + marker)


def test_the_sweeps_are_as_wide_as_the_table_says():
    assert len(set(SPELLINGS)) >= 190
    assert page(*ITEMS) == PAGE
