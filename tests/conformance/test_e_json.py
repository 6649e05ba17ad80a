"""Block E: on a merge route the ads go in and nothing else changes; where they cannot go in, nothing changes at all.

Its rows are played on one worker, on two, behind nginx, and with a marketplace
that answers in gzip, br and zstd.
"""

import json
import re
import threading

import pytest

from tests.conformance.origin import new_marker, plain
from tests.conformance.running import only_ours
from tests.conformance.shopper import Shopper, request
from tests.conformance.stages import ITEMS, JSON, PAGE, Stage, assert_merged, item, page, reordered, untagged

MIB = 1024 * 1024


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
