"""What a proxy drops, keeps and adds: RFC 9110 section 7.6, RFC 9111, and what a merged page may still say."""

import pytest

from proxy.search import headers
from proxy.search.headers import (
    Peer,
    every,
    first,
    for_keeping,
    for_marketplace,
    for_merged_page,
    for_organic_page,
    for_shopper,
    forbids_transforming,
    made_private,
    readable_codings,
)

STRANGER = Peer("203.0.113.9", trusted=False, scheme=b"https")
BALANCER = Peer("10.0.0.2", trusted=True, scheme=b"http")
ORIGIN = b"search.internal:9200"


def there(
    *lines: tuple[bytes, bytes], peer: Peer = STRANGER, for_ads: bool = False, host: bytes | None = ORIGIN
) -> list[bytes]:
    return for_marketplace(lines, host=host, peer=peer, for_ads=for_ads).split(b"\r\n")[:-1]


def test_the_marketplace_gets_its_own_name_and_the_shoppers_beside_it() -> None:
    assert there((b"Host", b"shop.example")) == [
        b"Host: search.internal:9200",
        b"X-Forwarded-For: 203.0.113.9",
        b"X-Forwarded-Host: shop.example",
        b"X-Forwarded-Proto: https",
        b"Via: 1.1 sponsored-proxy",
    ]


def test_the_shoppers_host_can_be_kept() -> None:
    assert there((b"host", b"shop.example"), host=None)[0] == b"Host: shop.example"


def test_names_keep_their_spelling_repeats_their_order_and_values_their_bytes() -> None:
    lines = [(b"SOAPAction", b"x"), (b"x-wEiRd", b"1"), (b"x-weird", b"2"), (b"X-L", b"caf\xe9"), (b"X-Empty", b"")]
    assert there((b"Host", b"a"), *lines)[1:6] == [
        b"SOAPAction: x",
        b"x-wEiRd: 1",
        b"x-weird: 2",
        b"X-L: caf\xe9",
        b"X-Empty: ",
    ]


def test_hop_by_hop_fields_and_those_that_connection_names_stay_behind() -> None:
    kept = there(
        (b"Host", b"a"),
        (b"Connection", b"close, X-Secret-Hop"),
        (b"X-Secret-Hop", b"1"),
        (b"Keep-Alive", b"timeout=5"),
        (b"TE", b"trailers"),
        (b"Proxy-Connection", b"keep-alive"),
        (b"Proxy-Authorization", b"Basic x"),
        (b"Upgrade", b"h2c"),
        (b"HTTP2-Settings", b"AAMAAABkAAQCAAAAAAIAAAAA"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Expect", b"100-continue"),
        (b"X-Kept", b"1"),
    )
    assert [line for line in kept if not line.startswith((b"Host", b"X-Forwarded", b"Via"))] == [b"X-Kept: 1"]


def test_connection_cannot_take_our_own_word_away() -> None:
    kept = there((b"Host", b"a"), (b"Connection", b"close, X-Forwarded-For, Via"))
    assert b"X-Forwarded-For: 203.0.113.9" in kept
    assert b"Via: 1.1 sponsored-proxy" in kept


def test_a_stranger_cannot_speak_for_others() -> None:
    kept = there(
        (b"Host", b"a"),
        (b"X-Forwarded-For", b"6.6.6.6"),
        (b"X-Forwarded-Proto", b"http"),
        (b"X-Forwarded-Port", b"1"),
        (b"X-Real-IP", b"6.6.6.6"),
        (b"Forwarded", b"for=6.6.6.6"),
        (b"X_Forwarded_For", b"6.6.6.6"),
        (b"Content_Length", b"3"),
    )
    assert not [line for line in kept if b"6.6.6.6" in line or b"_" in line or b"Port" in line]
    assert b"X-Forwarded-Proto: https" in kept


def test_names_that_strangers_make_up_are_not_all_remembered() -> None:
    for number in range(3000):
        assert there((b"Host", b"a"), (b"x_%d" % number, b"1"), (b"X-%d" % number, b"2"))[1] == b"X-%d: 2" % number
    assert there((b"Host", b"a"), (b"n" * 1000, b"1"))[1] == b"n" * 1000 + b": 1"
    assert len(headers._NAMES.plain) <= headers._NAMES._MOST
    assert b"n" * 1000 not in headers._NAMES.plain


def test_a_trusted_proxy_is_believed_and_named_after_those_it_names() -> None:
    kept = there(
        (b"Host", b"inner"),
        (b"X-Forwarded-For", b"198.51.100.7"),
        (b"X-Forwarded-For", b"10.0.0.9"),
        (b"X-Forwarded-Proto", b"https"),
        (b"X-Forwarded-Host", b"shop.example"),
        (b"X-Forwarded-Port", b"443"),
        (b"X-Real-IP", b"198.51.100.7"),
        peer=BALANCER,
    )
    assert b"X-Forwarded-For: 198.51.100.7, 10.0.0.9, 10.0.0.2" in kept
    assert {
        b"X-Forwarded-Proto: https",
        b"X-Forwarded-Host: shop.example",
        b"X-Forwarded-Port: 443",
        b"X-Real-IP: 198.51.100.7",
    } <= set(kept)


def test_a_page_that_may_get_ads_is_asked_for_whole_and_fresh() -> None:
    lines = [
        (b"Host", b"a"),
        (b"If-None-Match", b'"v1"'),
        (b"If-Modified-Since", b"x"),
        (b"Range", b"bytes=0-9"),
        (b"If-Range", b"x"),
    ]
    assert not [line for line in there(*lines, for_ads=True) if line.startswith((b"If-", b"Range"))]
    assert len([line for line in there(*lines) if line.startswith((b"If-", b"Range"))]) == 4


def test_max_forwards_counts_us() -> None:
    assert b"Max-Forwards: 4" in there((b"Host", b"a"), (b"Max-Forwards", b"5"))
    assert b"Max-Forwards: many" in there((b"Host", b"a"), (b"Max-Forwards", b"many"))


@pytest.mark.parametrize(
    ("offered", "asked"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate, br, zstd"),
        (b"gzip;q=0.8, compress, x-foo;q=1", b"gzip;q=0.8"),
        (b"x-foo", b""),
        (b"*", b"gzip, br, zstd"),
        (b"*;q=0.5", b"gzip;q=0.5, br;q=0.5, zstd;q=0.5"),
        (b"gzip, *;q=0", b"gzip, *;q=0"),
        (b"identity", b"identity"),
        (b"", b""),
    ],
)
def test_we_ask_for_codings_that_the_shopper_offers_and_we_can_read(offered: bytes, asked: bytes) -> None:
    assert readable_codings(offered) == asked


def test_no_coding_is_asked_for_where_none_is_offered() -> None:
    assert not [line for line in there((b"Host", b"a"), for_ads=True) if line.startswith(b"Accept-Encoding")]


BACK = [
    (b"Content-Type", b"application/json"),
    (b"Set-Cookie", b"a=1"),
    (b"set-cookie", b"b=2"),
    (b"Server", b"up/1"),
    (b"Connection", b"X-Hop"),
    (b"X-Hop", b"1"),
    (b"Trailer", b"X-T"),
    (b"Content-Length", b"12"),
    (b"ETag", b'"v1"'),
    (b"Last-Modified", b"Mon, 01 Jan 2024 00:00:00 GMT"),
    (b"Accept-Ranges", b"bytes"),
    (b"Content-MD5", b"x"),
    (b"Digest", b"x"),
    (b"Content-Digest", b"x"),
    (b"Repr-Digest", b"x"),
    (b"Age", b"3"),
    (b"Expires", b"0"),
    (b"CDN-Cache-Control", b"max-age=60"),
    (b"Surrogate-Control", b"max-age=60"),
    (b"Surrogate-Key", b"k"),
    (b"Cache-Control", b'public, max-age=60, s-maxage=600, no-cache="a, public"'),
    (b"Via", b"1.1 varnish"),
]


def test_a_page_that_is_not_ours_loses_only_what_is_hop_by_hop() -> None:
    lines = for_shopper(BACK).split(b"\r\n")[:-1]
    gone = {b"Connection", b"X-Hop", b"Trailer", b"Content-Length"}
    assert lines == [b"%b: %b" % line for line in BACK if line[0] not in gone] + [b"Via: 1.1 sponsored-proxy"]


def test_an_organic_page_is_kept_out_of_shared_caches_and_keeps_its_validators() -> None:
    lines = for_organic_page(BACK).split(b"\r\n")
    assert b'Cache-Control: private, max-age=60, no-cache="a, public"' in lines
    assert b'ETag: "v1"' in lines
    assert b"Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT" in lines
    assert not [line for line in lines if line.startswith((b"CDN-", b"Surrogate-"))]


def test_a_merged_page_says_nothing_of_the_bytes_that_it_no_longer_has() -> None:
    lines = for_merged_page(BACK).split(b"\r\n")[:-1]
    assert lines == [
        b"Content-Type: application/json",
        b"Set-Cookie: a=1",
        b"set-cookie: b=2",
        b"Server: up/1",
        b"Via: 1.1 varnish",
        b"Cache-Control: private, no-store",
        b"Via: 1.1 sponsored-proxy",
    ]


@pytest.mark.parametrize(
    ("values", "private"),
    [
        ([], b"private"),
        ([b"no-store"], b"no-store, private"),
        ([b"PUBLIC, Max-Age=5"], b"Max-Age=5, private"),
        ([b"private, max-age=1", b"must-revalidate"], b"max-age=1, must-revalidate, private"),
        ([b'private="set-cookie, x", max-age=1'], b"max-age=1, private"),
        ([b",, public ,"], b"private"),
        ([b'max-age=1, x="never closed, public'], b'private, max-age=1, x="never closed, public'),
    ],
)
def test_cache_control_becomes_private(values: list[bytes], private: bytes) -> None:
    assert made_private(values) == private


@pytest.mark.parametrize(
    ("value", "forbidden"),
    [
        (b"no-transform", True),
        (b"max-age=1, No-Transform", True),
        (b'no-cache="no-transform"', False),
        (b"public", False),
    ],
)
def test_no_transform_is_a_directive_of_its_own(value: bytes, forbidden: bool) -> None:
    assert forbids_transforming([value]) is forbidden


def test_fields_are_found_whatever_their_case() -> None:
    assert first([(b"ETAG", b"1"), (b"etag", b"2")], b"etag") == b"1"
    assert first([], b"etag") is None
    assert every([(b"Vary", b"a"), (b"vary", b"b")], b"vary") == [b"a", b"b"]


def test_an_answer_is_kept_without_what_belonged_to_its_connection_and_with_a_date() -> None:
    lines = [
        (b"X-A", b"1"),
        (b"Connection", b"X-B"),
        (b"x-b", b"1"),
        (b"TE", b"x"),
        (b"Age", b"7"),
        (b"Via", b"1.1 cdn"),
    ]
    assert for_keeping(lines, 784_111_777.0) == [
        (b"X-A", b"1"),
        (b"Via", b"1.1 cdn"),
        (b"Date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
    ]
    assert for_keeping([(b"date", b"then")], 0.0) == [(b"date", b"then")]
