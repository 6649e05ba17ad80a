"""Block D: bodies stream through untouched both ways, of any size, and what breaks off looks broken off."""

import gzip
import hashlib
import threading
import zlib

import brotli
import pytest
import zstandard

from tests.conformance.origin import CLOSE, answers, plain
from tests.conformance.running import Growth
from tests.conformance.shopper import Shopper, ask, request

MIB = 1024 * 1024
TEXT = b"organic " * 500
PATIENCE = 10.0

CODED = {
    "D01": (b"gzip", gzip.compress(TEXT)),
    "D02": (b"br", brotli.compress(TEXT)),
    "D03": (b"zstd", zstandard.compress(TEXT)),
    "D04": (b"x-foo", b"\x00\x01" + TEXT),
    "D05": (b"gzip", gzip.compress(TEXT)[:-20] + b"corrupt!" * 3),
    "D06": (b"gzip, br", brotli.compress(gzip.compress(TEXT))),
}


@pytest.mark.parametrize(("coding", "body"), CODED.values(), ids=CODED)
def test_a_coded_body_passes_as_it_is(proxy, origin, marker, coding, body):
    origin.on(marker, plain(body, b"Content-Type: text/plain", b"Content-Encoding: " + coding))
    answer = ask(proxy.port, b"/" + marker, b"Accept-Encoding: gzip, br, zstd, x-foo")
    assert (answer.status, answer.body) == (200, body)
    assert answer.one(b"content-encoding") == coding
    assert answer.one(b"content-length") == b"%d" % len(body)


def test_D07_head_keeps_its_length_and_the_connection(proxy, origin, marker, another):
    origin.on(marker, b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
    with Shopper(proxy.port) as shopper:
        for _ in range(3):
            answer = shopper.say(request(b"/" + marker, method=b"HEAD")).hear(b"HEAD")
            assert (answer.status, answer.one(b"content-length")) == (200, b"1234")
            assert shopper.say(request(b"/" + another)).hear().body == b"ok"


def test_D08_not_modified_keeps_its_headers_and_has_no_body(proxy, origin, marker, another):
    head = (b'ETag: "v1"', b"Cache-Control: max-age=60", b"Vary: Accept-Encoding")
    origin.on(marker, b"\r\n".join([b"HTTP/1.1 304 Not Modified", *head]) + b"\r\n\r\n")
    with Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/" + marker, b'If-None-Match: "v1"')).hear()
        assert (answer.status, answer.one(b"etag"), answer.one(b"vary")) == (304, b'"v1"', b"Accept-Encoding")
        assert answer.one(b"cache-control") == b"max-age=60"
        assert not answer.all(b"content-type") + answer.all(b"content-length") + answer.all(b"transfer-encoding")
        assert shopper.say(request(b"/" + another)).hear().body == b"ok"
    assert origin.only(marker).one(b"if-none-match") == b'"v1"'


def test_D09_no_content_has_nothing_that_speaks_of_content(proxy, origin, marker, another):
    origin.on(marker, b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n")
    with Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/" + marker)).hear()
        assert (answer.status, answer.one(b"x-a")) == (204, b"1")
        assert not answer.all(b"content-type") + answer.all(b"content-length") + answer.all(b"transfer-encoding")
        assert shopper.say(request(b"/" + another)).hear().body == b"ok"


def test_D10_an_http_1_0_client_gets_no_chunks(proxy, origin, marker):
    origin.on(marker, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    with Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/" + marker, version=b"HTTP/1.0")).hear()
        assert (answer.status, answer.body) == (200, b"hello world")
        assert not answer.all(b"transfer-encoding")
        assert shopper.is_closed()


def test_D11_an_answer_that_ends_with_its_connection_is_framed(proxy, origin, marker):
    origin.on(marker, answers(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + TEXT, close=True))
    answer = ask(proxy.port, b"/" + marker)
    assert (answer.status, answer.body, answer.complete) == (200, TEXT, True)
    assert answer.framing in ("chunked", "length")


BROKEN_OFF = {
    "D12": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 50,
    "D13": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n" + b"x" * 50 + b"\r\n",
    "D13-within": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + b"x" * 50,
}


@pytest.mark.parametrize("raw", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_what_breaks_off_at_the_origin_looks_broken_off(proxy, origin, marker, raw):
    origin.on(marker, answers(raw, close=True))
    answer = ask(proxy.port, b"/" + marker)
    assert answer.status == 502 or not answer.complete, answer


def test_D14_a_range_passes(proxy, origin, marker):
    origin.on(
        marker, plain(b"orga", b"Content-Range: bytes 0-3/4000", b"Accept-Ranges: bytes", status=b"206 Partial Content")
    )
    answer = ask(proxy.port, b"/" + marker, b"Range: bytes=0-3")
    assert (answer.status, answer.body, answer.one(b"content-range")) == (206, b"orga", b"bytes 0-3/4000")
    assert answer.one(b"accept-ranges") == b"bytes"
    assert origin.only(marker).one(b"range") == b"bytes=0-3"


def test_D14_several_ranges_pass(proxy, origin, marker):
    kind = b"multipart/byteranges; boundary=THIS"
    body = b"--THIS\r\nContent-Range: bytes 0-1/9\r\n\r\nor\r\n--THIS\r\nContent-Range: bytes 3-4/9\r\n\r\nan\r\n--THIS--\r\n"
    origin.on(marker, plain(body, b"Content-Type: " + kind, status=b"206 Partial Content"))
    answer = ask(proxy.port, b"/" + marker, b"Range: bytes=0-1,3-4")
    assert (answer.status, answer.body, answer.one(b"content-type")) == (206, body, kind)


def test_D15_an_event_arrives_before_the_next_is_sent(proxy, origin, marker):
    first_has_come = threading.Event()

    def script(play):
        play.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        play.send(b"9\r\ndata: 1\n\n\r\n")
        assert first_has_come.wait(PATIENCE)
        play.send(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

    origin.on(marker, script)
    with Shopper(proxy.port, patience=PATIENCE / 2) as shopper:
        answer = shopper.say(request(b"/" + marker)).final_head()
        pieces = shopper.pieces(answer)
        assert next(pieces) == b"data: 1\n\n"
        first_has_come.set()
        assert b"".join(pieces) == b"data: 2\n\n"
    assert answer.complete


def test_D16_an_upload_is_streamed(proxy, origin, marker):
    piece, begun = b"x" * 65536, threading.Event()

    def script(play):
        for _ in play.pieces():
            begun.set()
        play.send(plain(b"%d" % len(play.seen.body)))

    origin.on(marker, script)
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker, b"Content-Length: 131072", method=b"POST") + piece)
        assert begun.wait(PATIENCE), "the origin got nothing while the upload stood still"
        assert shopper.say(piece).hear().body == b"131072"


def counting(play):
    """Read an upload without keeping it; answer its length and digest."""
    digest, length = hashlib.sha256(), 0
    for piece in play.pieces():
        digest.update(piece)
        length += len(piece)
        play.seen.body = b""
    play.send(plain(b"%d %s" % (length, digest.hexdigest().encode())))


def test_D17_an_upload_of_20_mb_costs_no_memory(proxy, origin, marker, another):
    body = bytes(range(256)) * (20 * MIB // 256)
    for word in (marker, another):
        origin.on(word, counting)
    assert ask(proxy.port, b"/" + another, method=b"POST", body=body[:MIB]).status == 200
    with Growth(proxy) as growth:
        answer = ask(proxy.port, b"/" + marker, method=b"POST", body=body)
    assert (answer.status, answer.body) == (200, b"%d %s" % (len(body), hashlib.sha256(body).hexdigest().encode()))
    assert growth.bytes < 8 * MIB


def giving(mebibytes: int):
    def script(play):
        play.send(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n" % (mebibytes * MIB))
        for number in range(mebibytes):
            play.send(bytes([number]) * MIB)

    return script


def downloaded(port: int, target: bytes) -> tuple[int, str]:
    digest, length = hashlib.sha256(), 0
    with Shopper(port) as shopper:
        answer = shopper.say(request(target)).final_head()
        for piece in shopper.pieces(answer):
            digest.update(piece)
            length += len(piece)
    return length, digest.hexdigest()


def test_D18_a_download_of_50_mb_costs_no_memory(proxy, origin, marker, another):
    origin.on(marker, giving(50))
    origin.on(another, giving(1))
    assert downloaded(proxy.port, b"/" + another)[0] == MIB
    with Growth(proxy) as growth:
        length, digest = downloaded(proxy.port, b"/" + marker)
    expected = hashlib.sha256(b"".join(bytes([number]) * MIB for number in range(50))).hexdigest()
    assert (length, digest) == (50 * MIB, expected)
    assert growth.bytes < 8 * MIB


def test_D18_a_shopper_who_reads_slowly_holds_the_origin_back(proxy, origin, marker):
    """Backpressure: what nobody reads is not taken from the origin."""
    sent = []

    def script(play):
        play.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        play.raw().settimeout(1.0)
        try:
            for _ in range(64):
                play.send(b"x" * MIB)
                sent.append(MIB)
        except TimeoutError:
            pass
        stuck.set()
        return CLOSE

    stuck = threading.Event()
    origin.on(marker, script)
    with Shopper(proxy.port) as shopper, Growth(proxy) as growth:
        shopper.say(request(b"/" + marker)).final_head()
        assert stuck.wait(PATIENCE * 2)
    assert sum(sent) < 64 * MIB, "the proxy took all of it"
    assert growth.bytes < 16 * MIB


def test_D19_a_client_that_waits_for_100_gets_it(proxy, origin, marker):
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker, b"Expect: 100-continue", b"Content-Length: 5", method=b"POST"))
        assert shopper.head().status == 100
        assert shopper.say(b"hello").hear().status == 200
    seen = origin.only(marker)
    assert (seen.body, seen.complete) == (b"hello", True)


def test_D20_a_refusal_comes_though_the_body_was_announced(proxy, origin, marker):
    def script(play):
        play.send(plain(b"too large", b"Connection: close", status=b"413 Content Too Large"))
        return CLOSE

    origin.on(marker, script)
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker, b"Expect: 100-continue", b"Content-Length: 5", method=b"POST"))
        answer = shopper.head()
        if answer.status == 100:
            shopper.say(b"hello")
            answer = shopper.final_head()
        assert answer.status == 413


def test_D21_a_coded_upload_is_not_decoded(proxy, origin, marker):
    body = gzip.compress(TEXT)
    assert ask(proxy.port, b"/" + marker, b"Content-Encoding: gzip", method=b"POST", body=body).status == 200
    seen = origin.only(marker)
    assert (seen.body, seen.one(b"content-encoding")) == (body, b"gzip")


def test_D22_a_chunked_upload_has_one_framing(proxy, origin, marker):
    chunks = b"5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\n\r\n"
    raw = request(b"/" + marker, b"Transfer-Encoding: chunked", method=b"POST") + chunks
    with Shopper(proxy.port) as shopper:
        assert shopper.say(raw).hear().status == 200
    seen = origin.only(marker)
    assert (seen.body, seen.faults, seen.complete) == (b"hello world", [], True)


def test_D23_trailers_are_forwarded_or_dropped(proxy, origin, marker, another):
    head = b"HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n"
    origin.on(marker, head + b"5\r\nhello\r\n0\r\nX-T: late\r\nContent-Length: 99\r\n\r\n")
    with Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/" + marker, b"TE: trailers")).hear()
        assert (answer.status, answer.body, answer.complete) == (200, b"hello", True)
        assert not answer.all(b"x-t")
        assert bool(answer.all(b"trailer")) == bool(answer.trailers)
        assert shopper.say(request(b"/" + another)).hear().body == b"ok"


def test_D28_an_empty_post_keeps_its_zero(proxy, origin, marker):
    assert ask(proxy.port, b"/" + marker, b"Content-Length: 0", method=b"POST").status == 200
    seen = origin.only(marker)
    assert seen.one(b"content-length") == b"0"
    assert not seen.all(b"transfer-encoding") + seen.all(b"content-type")


def test_D29_a_get_without_a_body_gets_no_framing(proxy, origin, marker):
    assert ask(proxy.port, b"/" + marker).status == 200
    seen = origin.only(marker)
    assert not seen.all(b"content-length") + seen.all(b"transfer-encoding")


def test_D30_a_delete_may_have_a_body(proxy, origin, marker):
    body = b'{"ids": [1, 2]}'
    assert ask(proxy.port, b"/" + marker, b"Content-Type: application/json", method=b"DELETE", body=body).status == 200
    seen = origin.only(marker)
    assert (seen.method, seen.body, seen.one(b"content-type")) == (b"DELETE", body, b"application/json")


def test_D22_a_deflated_upload_without_length_comes_through(proxy, origin, marker):
    body = zlib.compress(TEXT)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:7], body[7:])) + b"0\r\n\r\n"
    raw = request(b"/" + marker, b"Transfer-Encoding: chunked", b"Content-Encoding: deflate", method=b"PUT") + chunks
    with Shopper(proxy.port) as shopper:
        assert shopper.say(raw).hear().status == 200
    assert origin.only(marker).body == body
