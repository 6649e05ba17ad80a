"""Block E: on a merge route the ads go in and nothing else changes; where they cannot go in, nothing changes at all.

Every row is played on one worker, on two, behind nginx, and with a marketplace
that answers in gzip, br and zstd.
"""

import gzip
import json
import re
import threading
import zipfile
import zlib

import brotli
import pytest

from tests.conformance.origin import new_marker, plain
from tests.conformance.running import ROOT, Growth, Proxy, nginx_before, only_ours
from tests.conformance.shopper import Shopper, request
from tests.conformance.stages import ENCODERS, ITEMS, JSON, PAGE, Stage, item, page

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def two_workers(origin, ads, tmp_path_factory):
    with Proxy(tmp_path_factory.mktemp("two-workers"), origin.port, ads.port, "--workers", "2") as proxy:
        yield proxy


@pytest.fixture(scope="module", params=["plain", "gzip", "br", "zstd", "two_workers", "behind_nginx"])
def stage(request, origin, proxy, tmp_path_factory):
    only_ours()
    if request.param == "two_workers":
        yield Stage(request.getfixturevalue("two_workers").port, origin)
    elif request.param == "behind_nginx":
        with nginx_before(proxy.port, tmp_path_factory.mktemp("nginx")) as port:
            yield Stage(port, origin)
    else:
        yield Stage(proxy.port, origin, b"" if request.param == "plain" else request.param.encode())


@pytest.fixture(scope="module")
def bare(proxy, origin):
    """One worker, an uncoded marketplace: for rows that bring a coding of their own."""
    only_ours()
    return Stage(proxy.port, origin)


TAG = rb'"(?:resolvedBidId|rank)":\s*(?:"[^"]*"|\d+)'


def untagged(merged: bytes) -> bytes:
    """A merged body without what the rule's tags wrote into it, at the head of an item or at its end."""
    return re.sub(TAG + rb",\s*|,\s*" + TAG, b"", merged)


def reordered(*items: bytes) -> bytes:
    """What the page must be but for the tags: the third and the fifth item first."""
    third, fifth = items[2], items[4]
    return page(third, fifth, *[each for each in items if each not in (third, fifth)])


def assert_merged(played, expected: bytes) -> None:
    assert played.answer.status == 200
    assert played.is_merged, played.answer
    assert untagged(played.shown) == expected
    assert re.findall(rb'"resolvedBidId":\s*"([^"]*)"', played.shown) == [b"bid-p3", b"bid-p5"]


# -- the headers of a merged answer ------------------------------------------


def test_E01_the_origins_etag_never_stands_on_a_merged_answer(stage):
    played = stage.play(PAGE, b'ETag: "v1"', b"Last-Modified: Tue, 15 Nov 1994 08:12:31 GMT")
    assert played.is_merged
    assert played.answer.one(b"etag") != b'"v1"'
    assert not played.answer.all(b"last-modified")


def test_E02_no_digest_of_the_organic_body_stands_on_a_merged_answer(stage):
    names = (b"Content-Digest", b"Repr-Digest", b"Digest", b"Content-MD5")
    played = stage.play(PAGE, *[name + b": sha-256=:YWJj:" for name in names])
    assert played.is_merged
    assert not [name for name in names if played.answer.all(name)]


def test_E03_the_length_is_that_of_the_new_body(stage):
    played = stage.play(PAGE)
    assert_merged(played, reordered(*ITEMS))
    if played.answer.framing == "length":
        assert played.answer.one(b"content-length") == b"%d" % len(played.answer.body)
    assert played.answer.complete


def test_E04_ranges_are_not_asked_for_and_not_offered(stage):
    played = stage.play(PAGE, b"Accept-Ranges: bytes", ask_with=(b"Range: bytes=0-9", b'If-Range: "v1"'))
    assert played.is_merged
    assert not played.seen.all(b"range") + played.seen.all(b"if-range")
    assert played.answer.all(b"accept-ranges") in ([], [b"none"])


def test_E05_no_transform_is_obeyed(stage):
    played = stage.play(PAGE, b"Cache-Control: max-age=60, no-transform")
    assert played.is_untouched()
    assert not played.is_merged


def test_E06_a_condition_is_not_forwarded(stage):
    played = stage.play(PAGE, ask_with=(b'If-None-Match: "v1"', b"If-Modified-Since: Tue, 15 Nov 1994 08:12:31 GMT"))
    assert played.is_merged
    assert not played.seen.all(b"if-none-match") + played.seen.all(b"if-modified-since")


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd"], ids=lambda coding: f"E07-{coding.decode()}")
def test_a_coded_page_is_merged_and_keeps_its_coding(proxy, origin, coding):
    only_ours()
    played = Stage(proxy.port, origin, coding).play(PAGE)
    assert_merged(played, reordered(*ITEMS))
    assert played.answer.one(b"content-encoding") == coding
    assert b"accept-encoding" in b",".join(played.answer.all(b"vary")).lower()


def test_E07_an_uncoded_page_stays_uncoded(bare):
    played = bare.play(PAGE, ask_with=(b"Accept-Encoding: gzip, br, zstd",))
    assert_merged(played, reordered(*ITEMS))
    assert not played.answer.all(b"content-encoding")


def test_E08_brotli_is_merged_or_passed_whole(proxy, origin):
    only_ours()
    played = Stage(proxy.port, origin, b"br").play(PAGE)
    assert played.answer.one(b"content-encoding") in (b"br", None)
    assert played.is_untouched() or untagged(played.shown) == reordered(*ITEMS)


def test_E08_a_coding_that_nobody_knows_is_passed_whole(bare):
    body = b"\x00\x01\x02" + PAGE
    played = bare.play(body, b"Content-Encoding: x-foo")
    assert played.is_untouched()
    assert played.answer.one(b"content-encoding") == b"x-foo"


@pytest.mark.parametrize(
    ("offered", "allowed"),
    [
        (None, set()),
        (b"gzip, x-foo, br;q=0.5", {b"gzip", b"br"}),
        (b"x-foo", set()),
        (b"gzip;q=0, br", {b"br"}),
        (b"identity", set()),
        (b"*", {b"gzip", b"deflate", b"br", b"zstd", b"*"}),
    ],
    ids=["E09-none", "E09-some", "E09-unknown", "E09-refused", "E09-identity", "E09-any"],
)
def test_only_codings_that_both_can_read_are_asked_for(bare, offered, allowed):
    played = bare.play(PAGE, ask_with=(b"Accept-Encoding: " + offered,) if offered else ())
    assert played.is_merged
    asked = b",".join(played.seen.all(b"accept-encoding"))
    parts = [part.strip().partition(b";") for part in asked.split(b",") if part.strip()]
    wanted = {name.strip() for name, _, weight in parts if not re.fullmatch(rb"\s*q=0(\.0*)?\s*", weight)}
    assert wanted - {b"identity"} <= allowed


# -- the bytes of a merged answer --------------------------------------------

NUMBERS = b', "n": [1.10, 12345678901234567890, 1E400, -0.0, 0.1e-7, 100000000000000000000000000000.5]'
ESCAPES = rb', "s": "\u00e9\/\ud83d\ude00\u0000\"\\", "\u006bey": "\t"'
DOUBLES = b', "a": 1, "a": 2'


@pytest.mark.parametrize("more", [NUMBERS, ESCAPES, DOUBLES], ids=["E10", "E11", "E11-doubles"])
def test_tokens_stay_as_they_were_written(stage, more):
    items = [item(number, more) for number in range(1, 7)]
    assert_merged(stage.play(page(*items)), reordered(*items))


@pytest.mark.parametrize("space", [b"", b"\n    ", b"\t\r\n "], ids=["E10-compact", "E10-indented", "E10-odd"])
def test_white_space_stays_as_it_was(bare, space):
    separator = b"," + space
    before, after = b'{"items":[' + space, space + b"]" + space + b"}"
    body = before + separator.join(ITEMS) + after
    order = [ITEMS[2], ITEMS[4], ITEMS[0], ITEMS[1], ITEMS[3], ITEMS[5]]
    assert_merged(bare.play(body), before + separator.join(order) + after)


# -- what is not a listing ---------------------------------------------------

FAIL_OPEN = {
    "E12a": PAGE[:-1],
    "E12a-comma": PAGE.replace(b'"p6", ', b'"p6",, '),
    "E12b": b"",
    "E12e": b"[" + b", ".join(ITEMS) + b"]",
    "E12f": b'{"items": null}',
    "E12g": b'{"results": [' + b", ".join(ITEMS) + b"]}",
    "E12h": PAGE.replace(b'"p2"', b'"p2\xff"'),
    "E12h-outside": PAGE.replace(b'"took"', b'"to\xc3k"'),
    "E12i": PAGE.replace(b"1.10", b"NaN", 1),
    "E12j": b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "E12k": b"<!doctype html><title>Sorry</title><p>Down for maintenance",
    "E12l": b'{"items": [], "items": [' + b", ".join(ITEMS) + b"]}",
    "E12l-escaped": rb'{"it\u0065ms": [], "items": [' + b", ".join(ITEMS) + b"]}",
}


@pytest.mark.parametrize("body", FAIL_OPEN.values(), ids=FAIL_OPEN)
def test_what_is_no_listing_passes_as_it_is(stage, body):
    played = stage.play(body)
    assert played.is_untouched()
    assert played.answer.one(b"content-encoding") == (stage.coding or None)


EITHER_WAY = {
    "E12c": (b"\xef\xbb\xbf", b""),
    "E12d": (b"", rb', "x": "\ud800"'),
    "E12j-item": (b"", b', "deep": ' + b"[" * 20_000 + b"]" * 20_000),
}


@pytest.mark.parametrize(("before", "more"), EITHER_WAY.values(), ids=EITHER_WAY)
def test_what_is_odd_passes_as_it_is_or_is_merged_losslessly(stage, before, more):
    items = [item(1, more), *ITEMS[1:]]
    played = stage.play(before + page(*items))
    if not played.is_untouched():
        assert_merged(played, before + reordered(*items))


@pytest.mark.parametrize(
    "status", [b"404 Not Found", b"500 Oops", b"429 Slow Down"], ids=["E13-404", "E13-500", "E13-429"]
)
def test_an_error_is_never_merged(stage, status):
    played = stage.play(PAGE, status=status)
    assert (played.answer.status, played.answer.body) == (int(status[:3]), played.sent)


def test_E14_a_part_of_a_page_is_left_alone(stage):
    played = stage.play(PAGE, b"Content-Range: bytes 0-99/900", status=b"206 Partial Content")
    assert (played.answer.status, played.answer.body) == (206, played.sent)
    assert played.answer.one(b"content-range") == b"bytes 0-99/900"


def test_E15_head_answers_like_get_without_length_and_validators(stage):
    headers = (b'ETag: "v1"', b"X-Shop: 1")
    get, head = stage.play(PAGE, *headers), stage.play(PAGE, *headers, method=b"HEAD")
    assert (head.answer.status, head.answer.body) == (200, b"")
    assert head.answer.one(b"content-length") != b"%d" % len(head.sent)
    assert head.answer.one(b"etag") != b'"v1"'
    apart = {
        b"content-length",
        b"etag",
        b"date",
        b"sponsored-status",
        b"server-timing",
        b"transfer-encoding",
        b"connection",
    }

    def names(answer):
        return {name.lower() for name, _ in answer.headers} - apart

    assert names(get.answer) == names(head.answer)


def test_E16_a_json_type_of_the_shops_own_is_merged_and_kept(stage):
    kind = b"application/vnd.shop+json; charset=UTF-8"
    played = stage.play(PAGE, kind=b"Content-Type: " + kind)
    assert_merged(played, reordered(*ITEMS))
    assert played.answer.one(b"content-type") == kind


def test_E17_utf_16_passes_as_it_is(stage):
    played = stage.play(PAGE.decode().encode("utf-16"), kind=b"Content-Type: application/json; charset=utf-16")
    assert played.is_untouched()


# -- limits ------------------------------------------------------------------


def bomb() -> bytes:
    """About 250 kB of gzip that become 256 MB of JSON."""
    packer = zlib.compressobj(9, wbits=31)
    begin = packer.compress(PAGE[:-1] + b', "x": "')
    return begin + b"".join(packer.compress(b"A" * MIB) for _ in range(256)) + packer.compress(b'"}') + packer.flush()


def test_E18_a_bomb_passes_as_it_came(proxy, bare):
    coded = bomb()
    assert len(coded) < 300_000
    with Growth(proxy) as growth:
        played = bare.play(coded, b"Content-Encoding: gzip", ask_with=(b"Accept-Encoding: gzip",))
    assert played.is_untouched() or played.answer.status == 502
    assert growth.bytes < 50 * MIB


BOMBS = {
    "E18-deflate": (b"deflate", lambda data: zlib.compress(data, 9)),
    "E18-br": (b"br", lambda data: brotli.compress(data, quality=5)),
    "E18-zstd": (b"zstd", ENCODERS[b"zstd"]),
    "E18-gzip-members": (
        b"gzip",
        lambda data: b"".join(gzip.compress(data[i : i + MIB], 1) for i in range(0, len(data), MIB)),
    ),
}


@pytest.mark.parametrize(("coding", "pack"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_of_another_coding_passes_as_it_came(proxy, bare, coding, pack):
    coded = pack(PAGE[:-1] + b', "x": "' + b"A" * (64 * MIB) + b'"}')
    with Growth(proxy) as growth:
        played = bare.play(coded, b"Content-Encoding: " + coding, ask_with=(b"Accept-Encoding: " + coding,))
    assert played.is_untouched()
    assert growth.bytes < 50 * MIB


@pytest.mark.parametrize("framing", ["E19-length", "E19-chunks"])
def test_a_page_over_the_limit_streams(proxy, origin, framing):
    """8 MB; the origin sends the rest only after the shopper has the first bytes."""
    only_ours()
    body = PAGE[:-1] + b', "x": "' + b"A" * (8 * MIB) + b'"}'
    chunks, marker, begun = framing.endswith("chunks"), new_marker(), threading.Event()
    first = 5 * MIB if chunks else 65536

    def script(play):
        frame = b"Transfer-Encoding: chunked" if chunks else b"Content-Length: %d" % len(body)
        play.send(b"HTTP/1.1 200 OK\r\n" + JSON + b"\r\n" + frame + b"\r\n\r\n")
        for piece in (body[:first], body[first:]):
            play.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunks else piece)
            assert begun.wait(15)
        play.send(b"0\r\n\r\n" if chunks else b"")

    origin.on(marker, script)
    with Growth(proxy) as growth, Shopper(proxy.port) as shopper:
        answer = shopper.say(request(b"/search/" + marker)).final_head()
        pieces = shopper.pieces(answer)
        received = [next(pieces)]
        begun.set()
        received.extend(pieces)
    assert b"".join(received) == body
    assert answer.complete
    assert growth.bytes < 16 * MIB


def test_E20_a_shared_cache_never_keeps_a_merged_answer(stage):
    headers = (b"Cache-Control: public, max-age=3600", b"Expires: Thu, 01 Jan 2099 00:00:00 GMT", b"Age: 5")
    played = stage.play(PAGE, *headers, b"CDN-Cache-Control: max-age=9", b"Surrogate-Control: max-age=9")
    assert played.is_merged
    control = b",".join(played.answer.all(b"cache-control")).lower()
    assert b"no-store" in control
    assert b"private" in control
    assert b"public" not in control
    for name in (b"expires", b"age", b"cdn-cache-control", b"surrogate-control"):
        assert not played.answer.all(name), name


def test_E21_every_file_of_the_json_test_suite_comes_through(stage):
    with zipfile.ZipFile(ROOT / "tests/data/json-test-suite.zip") as suite:
        files = {name: suite.read(name) for name in suite.namelist()}
    assert len(files) == 318
    problems = []
    for name, body in files.items():
        within = [b'{"items": ' + body + b"}", page(item(1, b', "x": ' + body), *ITEMS[1:])]
        for whole in [body, *([] if stage.coding else within)]:
            played = stage.play(whole)
            if played.answer.status != 200 or not (played.is_untouched() or is_insertion(whole, played.shown)):
                problems.append(f"{name}: {played.answer}")
    stage.origin.forget()
    assert not problems, "\n".join(problems[:20])


def is_insertion(organic: bytes, merged: bytes) -> bool:
    """Nothing lost and nothing added but tags: as long without them, and of the same bytes."""
    bare = untagged(merged)
    return b"resolvedBidId" in merged and sorted(bare) == sorted(organic)


def test_E03_the_ad_platform_gets_the_ids_in_their_order(bare, ads):
    ads.calls.clear()
    assert bare.play(PAGE).is_merged
    (call,) = ads.calls
    (auction,) = call.body["auctions"]
    assert auction["products"]["ids"] == [f"p{number}" for number in range(1, 7)]
    assert json.dumps(call.body).count("qualityScores") == 0


def test_E03_pages_of_many_shoppers_are_not_mixed_up(proxy, origin):
    """Forty pages over twenty connections: each gets its own products."""
    only_ours()
    problems = []

    def play(number: int) -> None:
        items = [b'{"id": "s%d-%d"}' % (number, place) for place in range(6)]
        marker = new_marker()
        origin.on(marker, plain(page(*items), JSON))
        with Shopper(proxy.port) as shopper:
            for _ in range(2):
                answer = shopper.say(request(b"/search/" + marker)).hear()
                if answer.body.count(b"s%d-" % number) < 6 or b"bid-s%d-2" % number not in answer.body:
                    problems.append(answer)

    threads = [threading.Thread(target=play, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
