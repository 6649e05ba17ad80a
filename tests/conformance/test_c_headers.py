"""Block C: header fields go through as they came; what belongs to one hop stays there; what is ours to add is added."""

import re

import pytest

from tests.conformance.origin import answers, plain
from tests.conformance.running import IS_OURS, Proxy, only_ours
from tests.conformance.shopper import Shopper, ask, request

SINGLE_HOP = (b"keep-alive", b"te", b"proxy-connection", b"proxy-authorization", b"upgrade", b"http2-settings")


def sent(proxy, origin, marker, *headers: bytes, method: bytes = b"GET"):
    """What the origin saw of a request with these headers."""
    answer = ask(proxy.port, b"/" + marker, *headers, method=method)
    assert answer.status == 200, answer
    return origin.only(marker)


def received(proxy, origin, marker, *headers: bytes, body: bytes = b"ok", status: bytes = b"200 OK"):
    """What a shopper gets of an answer with these headers."""
    origin.on(marker, plain(body, *headers, status=status))
    return ask(proxy.port, b"/" + marker)


def test_C01_headers_that_connection_names_stay_on_their_hop(proxy, origin, marker):
    seen = sent(proxy, origin, marker, b"Connection: close, X-Secret-Hop", b"X-Secret-Hop: 1")
    assert b"x-secret-hop" not in seen.names()
    assert b"x-secret-hop" not in b" ".join(seen.all(b"connection")).lower()


def test_C02_hop_by_hop_headers_of_the_request_stay_here(proxy, origin, marker):
    seen = sent(
        proxy,
        origin,
        marker,
        b"Connection: Upgrade, HTTP2-Settings",
        b"Keep-Alive: timeout=5",
        b"TE: gzip, trailers",
        b"Proxy-Connection: keep-alive",
        b"Proxy-Authorization: Basic eDp5",
        b"Upgrade: h2c",
        b"HTTP2-Settings: AAMAAABkAAQAAP__",
    )
    for name in SINGLE_HOP:
        assert name not in seen.names() or (name == b"te" and seen.one(b"te") == b"trailers"), name


def test_C03_hop_by_hop_headers_of_the_answer_stay_here(proxy, origin, marker):
    hop = (b"Connection: X-Hop", b"X-Hop: 1", b"Keep-Alive: timeout=5", b"Proxy-Authenticate: Basic", b"Upgrade: h2")
    answer = received(proxy, origin, marker, *hop)
    for name in (b"x-hop", b"proxy-authenticate", b"upgrade"):
        assert not answer.all(name), name
    assert answer.all(b"keep-alive") != [b"timeout=5"]
    assert b"x-hop" not in b" ".join(answer.all(b"connection")).lower()


def test_C04_cookies_stay_separate_lines_in_order(proxy, origin, marker):
    cookies = [b"a=1; Path=/; HttpOnly", b"b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT", b'c="x y"; SameSite=Lax']
    answer = received(proxy, origin, marker, *[b"Set-Cookie: " + cookie for cookie in cookies])
    assert answer.all(b"set-cookie") == cookies


def test_C05_a_repeated_request_header_stays_repeated(proxy, origin, marker):
    assert sent(proxy, origin, marker, b"X-A: 1", b"X-A: 2").all(b"x-a") == [b"1", b"2"]


def test_C06_repeated_answer_headers_stay_repeated(proxy, origin, marker):
    answer = received(proxy, origin, marker, b"Link: </a>", b"Vary: Accept", b"Link: </b>", b"Vary: Cookie")
    assert answer.all(b"link") == [b"</a>", b"</b>"]
    assert answer.all(b"vary") == [b"Accept", b"Cookie"]


def test_C07_connection_cannot_take_away_what_we_add(proxy, origin, marker):
    seen = sent(proxy, origin, marker, b"Connection: close, X-Forwarded-For, Via")
    assert b"127.0.0.1" in seen.one(b"x-forwarded-for")
    assert seen.all(b"via")


def test_C08_via_is_added_both_ways(proxy, origin, marker):
    origin.on(marker, plain(b"ok", b"Via: 1.1 cdn"))
    answer = ask(proxy.port, b"/" + marker, b"Via: 1.0 phone")
    there = b", ".join(origin.only(marker).all(b"via"))
    back = b", ".join(answer.all(b"via"))
    assert re.fullmatch(rb"1\.0 phone, 1\.1 \S+", there), there
    assert re.fullmatch(rb"1\.1 cdn, 1\.1 \S+", back), back


@pytest.fixture(scope="module")
def distrustful(origin, ads, tmp_path_factory):
    """A proxy that believes nobody on this machine."""
    only_ours()
    with Proxy(
        tmp_path_factory.mktemp("distrustful"), origin.port, ads.port, "--trusted-proxies", "192.0.2.0/24"
    ) as proxy:
        yield proxy


SPOOFED = (b"X-Forwarded-For: 6.6.6.6", b"X-Real-IP: 6.6.6.6", b"Forwarded: for=6.6.6.6")


def test_C09_what_an_untrusted_client_says_of_itself_is_replaced(distrustful, origin, marker):
    seen = sent(distrustful, origin, marker, *SPOOFED, b"X-Forwarded-Host: evil.test", b"X-Forwarded-Proto: https")
    assert seen.one(b"x-forwarded-for") == b"127.0.0.1"
    assert b"6.6.6.6" not in seen.head
    assert seen.one(b"x-forwarded-host") == b"shop.test"
    assert seen.one(b"x-forwarded-proto") == b"http"


def test_C09_the_real_peer_comes_last_behind_a_trusted_proxy(proxy, origin, marker):
    value = b", ".join(sent(proxy, origin, marker, *SPOOFED).all(b"x-forwarded-for"))
    assert value.endswith(b"127.0.0.1")
    assert not IS_OURS or value == b"6.6.6.6, 127.0.0.1"


def test_C10_no_header_is_invented(proxy, origin, marker):
    names = sent(proxy, origin, marker).names()
    for name in (b"user-agent", b"accept", b"accept-encoding", b"content-type", b"cookie", b"cache-control"):
        assert name not in names, name


def test_C11_latin_1_in_a_request_header_is_kept_or_refused(proxy, origin, marker):
    answer = ask(proxy.port, b"/" + marker, b"X-L: caf\xe9")
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert origin.only(marker).one(b"x-l") == b"caf\xe9"


def test_C12_latin_1_in_an_answer_header_is_kept(proxy, origin, marker):
    value = b'attachment; filename="caf\xe9"'
    assert received(proxy, origin, marker, b"Content-Disposition: " + value).one(b"content-disposition") == value


def test_C13_utf_8_in_an_answer_header_is_kept(proxy, origin, marker):
    value = "filename=naïve-日本.pdf".encode()
    assert received(proxy, origin, marker, b"X-Name: " + value).one(b"x-name") == value


def test_C14_header_names_keep_their_spelling(proxy, origin, marker):
    names = [name for name, _ in sent(proxy, origin, marker, b"x-wEiRd: 1", b"SOAPAction: x", b"etag: y").headers]
    assert {b"x-wEiRd", b"SOAPAction", b"etag"} <= set(names)


def test_C14_answer_header_names_keep_their_spelling(proxy, origin, marker):
    names = [name for name, _ in received(proxy, origin, marker, b"x-wEiRd: 1", b"SOAPAction: x").headers]
    assert {b"x-wEiRd", b"SOAPAction"} <= set(names)


def test_C15_an_empty_value_is_forwarded(proxy, origin, marker):
    assert sent(proxy, origin, marker, b"X-Empty:").all(b"x-empty") == [b""]


def test_C16_no_content_type_is_invented(proxy, origin, marker):
    answer = received(proxy, origin, marker)
    assert answer.body == b"ok"
    assert not answer.all(b"content-type")


def test_C17_server_and_date_are_kept(proxy, origin, marker):
    date = b"Tue, 15 Nov 1994 08:12:31 GMT"
    answer = received(proxy, origin, marker, b"Server: up/1", b"Date: " + date)
    assert answer.all(b"server") == [b"up/1"]
    assert answer.all(b"date") == [date]


def test_C18_no_server_is_disclosed(proxy, origin, marker):
    assert not received(proxy, origin, marker).all(b"server")


def test_C19_max_forwards_0_is_answered_here(proxy, origin, marker):
    answer = ask(proxy.port, b"/" + marker, b"Max-Forwards: 0", method=b"OPTIONS")
    assert answer.status in (200, 204)
    assert not origin.seen(marker)


def test_C19_max_forwards_counts_down(proxy, origin, marker):
    seen = sent(proxy, origin, marker, b"Max-Forwards: 3", method=b"OPTIONS")
    assert seen.one(b"max-forwards") == b"2"


def test_C20_cookies_are_sent_as_they_came(proxy, origin, marker):
    cookie = 'a=1; b="x y"; =odd; c=%20é'.encode()
    assert sent(proxy, origin, marker, b"Cookie: " + cookie).all(b"cookie") == [cookie]


def test_C21_one_shoppers_cookies_never_reach_the_next(proxy, origin, marker, another):
    assert received(proxy, origin, marker, b"Set-Cookie: sid=A; Path=/").all(b"set-cookie")
    for _ in range(3):
        assert ask(proxy.port, b"/" + another).status == 200
    assert all(not seen.all(b"cookie") for seen in origin.seen(another))


def test_C22_a_redirect_is_passed_on_and_not_followed(proxy, origin, marker, another):
    location = b"/" + another + b"next?a=%2F&b='x'"
    answer = received(proxy, origin, marker, b"Location: " + location, body=b"", status=b"302 Found")
    assert (answer.status, answer.one(b"location")) == (302, location)
    assert not origin.seen(another)


def test_C23_an_answer_header_of_12_kb_is_passed(proxy, origin, marker):
    value = b"default-src " + b"x" * 12_000
    assert (
        received(proxy, origin, marker, b"Content-Security-Policy: " + value).one(b"content-security-policy") == value
    )


def test_C24_a_cookie_of_12_kb_is_passed_or_431(proxy, origin, marker):
    cookie = b"a=" + b"x" * 12_000
    answer = ask(proxy.port, b"/" + marker, b"Cookie: " + cookie)
    assert answer.status in (200, 431)
    if answer.status == 200:
        assert origin.only(marker).one(b"cookie") == cookie


def test_C25_early_hints_do_not_disturb_the_answer(proxy, origin, marker):
    origin.on(marker, b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + plain(b"final"))
    answer = ask(proxy.port, b"/" + marker)
    assert (answer.status, answer.body) == (200, b"final")
    assert answer.interim in ([], [103])
    assert not answer.all(b"link")


def test_C26_an_unasked_100_continue_does_not_disturb_the_answer(proxy, origin, marker):
    origin.on(marker, b"HTTP/1.1 100 Continue\r\n\r\n" + plain(b"final"))
    answer = ask(proxy.port, b"/" + marker)
    assert (answer.status, answer.body) == (200, b"final")


@pytest.mark.parametrize("status", [299, 418, 499, 599, 999], ids=lambda status: f"C27-{status}")
def test_an_unusual_status_is_passed_on(proxy, origin, marker, status):
    answer = received(proxy, origin, marker, status=b"%d Odd" % status)
    assert (answer.status, answer.body) == (status, b"ok")


@pytest.mark.parametrize(
    "reason", [b" Fine Thanks", b" ", b"", b" caf\xe9"], ids=["C28-words", "C28-empty", "C28-none", "C28-latin-1"]
)
def test_a_reason_phrase_is_kept_or_replaced(proxy, origin, marker, reason):
    origin.on(marker, b"HTTP/1.1 200" + reason + b"\r\nContent-Length: 2\r\n\r\nok")
    answer = ask(proxy.port, b"/" + marker)
    assert (answer.status, answer.body) == (200, b"ok")


def test_C29_the_origin_gets_its_own_host_and_learns_the_shoppers(proxy, origin, marker):
    with Shopper(proxy.port) as shopper:
        assert shopper.say(request(b"/" + marker, host=b"shop.test:8443")).hear().status == 200
    seen = origin.only(marker)
    assert seen.one(b"host") == b"127.0.0.1:%d" % origin.port
    assert seen.one(b"x-forwarded-host") == b"shop.test:8443"
    assert seen.one(b"x-forwarded-proto") == b"http"


def test_C29_the_shoppers_host_is_kept_where_asked_for(origin, ads, marker, tmp_path):
    only_ours()
    with Proxy(tmp_path, origin.port, ads.port, "--preserve-host") as proxy, Shopper(proxy.port) as shopper:
        assert shopper.say(request(b"/" + marker, host=b"shop.test:8443")).hear().status == 200
    assert origin.only(marker).one(b"host") == b"shop.test:8443"


@pytest.mark.parametrize("header", [b"X_Forwarded_For: 6.6.6.6", b"Content_Length: 3"], ids=["C30-for", "C30-length"])
def test_lookalikes_with_underscores_are_dropped_or_refused(proxy, origin, marker, header):
    answer = ask(proxy.port, b"/" + marker, header)
    assert answer.status in (200, 400)
    for seen in origin.seen(marker):
        assert header.split(b":")[0].lower() not in seen.names()


def test_C05_header_lines_keep_their_order(proxy, origin, marker):
    lines = [b"X-%d: %d" % (number % 5, number) for number in range(30)]
    seen = sent(proxy, origin, marker, *lines)
    assert [b"%s: %s" % pair for pair in seen.headers if pair[0].startswith(b"X-") and len(pair[0]) == 3] == lines


def test_C06_answer_lines_keep_their_order(proxy, origin, marker):
    lines = [b"X-%d: %d" % (number % 5, number) for number in range(30)]
    origin.on(marker, answers(plain(b"ok", *lines)))
    answer = ask(proxy.port, b"/" + marker)
    assert [b"%s: %s" % pair for pair in answer.headers if pair[0].startswith(b"X-") and len(pair[0]) == 3] == lines
