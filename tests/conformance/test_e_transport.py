"""Block E meets B and D: a merge route is still HTTP, however the page comes and whoever asks for it."""

import gzip

import pytest

from tests.conformance.origin import CLOSE, answers, new_marker, plain
from tests.conformance.running import only_ours
from tests.conformance.shopper import Shopper, ask, request
from tests.conformance.stages import ITEMS, JSON, PAGE, reordered, untagged

HEAD = b"HTTP/1.1 200 OK\r\n" + JSON + b"\r\n"
CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(PAGE[i : i + 7]), PAGE[i : i + 7]) for i in range(0, len(PAGE), 7))
CODED = gzip.compress(PAGE)

ARRIVALS = {
    "E03-chunked": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS + b"0\r\n\r\n",
    "E03-trailers": HEAD + b"Trailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS + b"0\r\nX-T: 1\r\n\r\n",
    "E03-until-close": HEAD + b"\r\n" + PAGE,
    "E03-http-1.0": (HEAD + b"\r\n" + PAGE).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "E03-early-hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + plain(PAGE, JSON),
    "E03-gzip-in-chunks": HEAD
    + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(CODED), CODED),
}
BROKEN_OFF = {
    "E12a-length": HEAD + b"Content-Length: %d\r\n\r\n" % (len(PAGE) + 1) + PAGE,
    "E12a-chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "E12a-too-large": HEAD + b"Content-Length: 9000000\r\n\r\n" + PAGE,
}


@pytest.fixture(autouse=True)
def ours():
    only_ours()


@pytest.mark.parametrize("raw", ARRIVALS.values(), ids=ARRIVALS)
def test_a_page_is_merged_however_it_arrives(proxy, origin, marker, raw):
    closes = b"Content-Length" not in raw and b"chunked" not in raw
    origin.on(marker, answers(raw, close=closes))
    with Shopper(proxy.port) as shopper:
        for _ in range(2):
            answer = shopper.say(request(b"/search/" + marker, b"Accept-Encoding: gzip")).hear()
            body = gzip.decompress(answer.body) if answer.all(b"content-encoding") else answer.body
            assert (answer.status, untagged(body), answer.complete) == (200, reordered(*ITEMS), True), answer
            assert b"resolvedBidId" in body
            assert not answer.all(b"trailer")


@pytest.mark.parametrize("raw", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_page_that_breaks_off_never_looks_whole(proxy, origin, marker, raw):
    origin.on(marker, answers(raw, close=True))
    answer = ask(proxy.port, b"/search/" + marker)
    assert answer.status == 502 or not answer.complete, answer


def test_E03_an_http_1_0_shopper_gets_ads_too(proxy, origin, marker):
    origin.on(marker, plain(PAGE, JSON))
    with Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/search/" + marker, version=b"HTTP/1.0")).hear()
        assert untagged(answer.body) == reordered(*ITEMS)
        assert not answer.all(b"transfer-encoding")
        assert shopper.is_closed()


def test_E03_pipelined_pages_come_in_order(proxy, origin):
    markers = [new_marker() for _ in range(6)]
    pages = [PAGE.replace(b"60", marker) for marker in markers]
    for marker, body in zip(markers, pages, strict=True):
        origin.on(marker, plain(body, JSON))
    with Shopper(proxy.port) as shopper:
        shopper.say(b"".join(request(b"/search/" + marker) for marker in markers))
        bodies = [shopper.hear().body for _ in markers]
    assert [marker in body for marker, body in zip(markers, bodies, strict=True)] == [True] * 6


def test_E15_head_and_get_take_turns_on_one_connection(proxy, origin, marker):
    def script(play):
        raw = plain(PAGE, JSON)
        play.send(raw[: -len(PAGE)] if play.seen.method == b"HEAD" else raw)

    origin.on(marker, script)
    with Shopper(proxy.port) as shopper:
        for _ in range(3):
            assert shopper.say(request(b"/search/" + marker, method=b"HEAD")).hear(b"HEAD").status == 200
            answer = shopper.say(request(b"/search/" + marker)).hear()
            assert untagged(answer.body) == reordered(*ITEMS)


def test_E13_a_marketplace_that_closes_is_a_502_with_a_reason(proxy, origin, marker):
    def script(play):
        return CLOSE

    origin.on(marker, script)
    answer = ask(proxy.port, b"/search/" + marker)
    assert answer.status == 502
    assert answer.one(b"sponsored-status").startswith(b"marketplace_down")
    assert answer.one(b"content-type").startswith(b"application/problem+json")


def test_E03_a_body_with_a_get_is_forwarded_on_a_merge_route(proxy, origin, marker):
    """Elasticsearch's clients search with a body in a GET."""
    origin.on(marker, plain(PAGE, JSON))
    answer = ask(proxy.port, b"/search/" + marker, JSON, body=b'{"query": {}}')
    assert untagged(answer.body) == reordered(*ITEMS)
    seen = origin.only(marker)
    assert (seen.body, seen.faults) == (b'{"query": {}}', [])


def test_E16_the_kind_of_a_page_is_read_without_its_parameters(proxy, origin):
    for kind, merged in (
        (b"APPLICATION/JSON", True),
        (b"application/json;charset=utf-8", True),
        (b"application/hal+json; profile=x", True),
        (b"text/html", False),
        (b"application/json-seq", False),
        (b"application/x-ndjson", False),
    ):
        marker = new_marker()
        origin.on(marker, plain(PAGE, b"Content-Type: " + kind))
        answer = ask(proxy.port, b"/search/" + marker)
        assert answer.one(b"content-type") == kind
        assert (b"resolvedBidId" in answer.body) == merged, kind


def test_E20_an_organic_page_is_kept_by_no_shared_cache_either(proxy, origin, marker):
    """A page without winners, because it has too few products: private, so that nobody's page is frozen for all."""
    body = b'{"items": [{"id": "p1"}]}'
    origin.on(
        marker, plain(body, JSON, b"Cache-Control: public, s-maxage=60, max-age=30", b'ETag: "v1"', b"Surrogate-Key: a")
    )
    answer = ask(proxy.port, b"/search/" + marker)
    control = {part.strip() for part in b",".join(answer.all(b"cache-control")).split(b",")}
    assert (answer.body, answer.one(b"etag")) == (body, b'"v1"')
    assert b"private" in control
    assert not control & {b"public", b"s-maxage=60"}
    assert b"max-age=30" in control
    assert not answer.all(b"surrogate-key")
