"""Block A: the request target reaches the marketplace byte for byte, or the request is refused."""

import json
import socket
import threading

import pytest

from tests.conformance.origin import new_marker, plain
from tests.conformance.running import ROOT
from tests.conformance.shopper import Broken, Shopper, ask, request

EXACT = {
    "A01": b"/@@/a%2Fb",
    "A02": b"/@@/a%2fb",
    "A03": b"/@@/%7Eu%41",
    "A04": b"/@@?q=%27x%27",
    "A05": b"/@@?",
    "A06": b"/@@?a&b=&&c",
    "A07": b"/@@?a=1&a=2&A=3",
    "A10": b"//@@//x",
    "A15": b"/@@?q=a+b%20c%2B",
    "A16": b"/@@?u=https://x/y?z=1&w",
    "A18": b"/@@;v=1/a:b@c,d=e!$&'()*",
    "A20": b"/@@?q=" + b"x" * 7500,
}

EXACT_OR_REFUSED = {
    "A08": b"/@@/x/../y",
    "A09": b"/@@/%2e%2e/y",
    "A11": b"/@@/%zz?q=%",
    "A12": b"/@@?f[0]=a&r={x}|y",
    "A13": "/@@/café?q=é".encode(),
    "A14": "/@@/café?q=é".encode("latin-1"),
    "A17": b"/@@/a\\b",
    "A19": b"/@@/a%00b",
}


@pytest.mark.parametrize("target", EXACT.values(), ids=EXACT)
def test_the_origin_gets_the_very_bytes_of_the_target(proxy, origin, marker, target):
    target = target.replace(b"@@", marker)
    assert ask(proxy.port, target).status == 200
    assert origin.only(marker).target == target


@pytest.mark.parametrize("target", EXACT_OR_REFUSED.values(), ids=EXACT_OR_REFUSED)
def test_an_odd_target_is_kept_to_the_byte_or_refused(proxy, origin, marker, target):
    target = target.replace(b"@@", marker)
    answer = ask(proxy.port, target)
    if answer.status == 400:
        assert not origin.seen(marker)
    else:
        assert answer.status == 200
        assert origin.only(marker).line == b"GET " + target + b" HTTP/1.1"


def test_A21_a_target_of_40_000_bytes_is_refused_and_goes_nowhere(proxy, origin, marker):
    with Shopper(proxy.port) as shopper:
        shopper.say(request(b"/" + marker + b"?q=" + b"x" * 40_000))
        assert shopper.hear().status in (414, 400, 431)
        assert shopper.is_closed()
    assert not origin.seen(marker)


def test_A22_an_absolute_target_goes_to_the_configured_origin_and_to_nobody_else(proxy, origin, marker):
    with socket.create_server(("127.0.0.1", 0)) as evil:
        evil.setblocking(False)
        port = evil.getsockname()[1]
        answer = ask(proxy.port, b"http://127.0.0.1:%d/%s?x" % (port, marker))
        with pytest.raises(BlockingIOError):
            evil.accept()
    named = ask(proxy.port, b"http://evil.test:81/" + marker + b"/named?x")
    assert {answer.status, named.status} <= {200, 400, 421}
    for seen in origin.seen(marker):
        assert seen.target in (b"/" + marker + b"?x", b"/" + marker + b"/named?x")
        assert seen.one(b"host") in (b"127.0.0.1:%d" % origin.port, b"shop.test")


def test_A23_options_asterisk_is_answered_or_forwarded_as_it_is(proxy, origin, marker):
    answer = ask(proxy.port, b"*", b"X-Marker: " + marker, method=b"OPTIONS")
    assert answer.status in (200, 204, 400, 405)
    assert all(seen.target == b"*" for seen in origin.seen(marker))


def test_A24_connect_makes_no_tunnel(proxy, origin, marker):
    with Shopper(proxy.port) as shopper:
        shopper.say(b"CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\nX-Marker: " + marker + b"\r\n\r\n")
        assert shopper.hear(b"CONNECT").status in (400, 405, 501)
    assert not origin.seen(marker)


def test_A25_trace_never_echoes_credentials(proxy, origin, marker):
    secrets = (b"Cookie: sid=s3cr3t-cookie", b"Authorization: Bearer s3cr3t-token")
    answer = ask(proxy.port, b"/" + marker, *secrets, method=b"TRACE")
    assert answer.status in (405, 501)
    assert b"s3cr3t" not in answer.body + repr(answer.headers).encode()
    assert not origin.seen(marker)


@pytest.mark.parametrize(
    "method", [b"get", b"M-SEARCH", b"PROPFIND", b"pOsT"], ids=lambda method: f"A26-{method.decode()}"
)
def test_a_method_is_never_rewritten(proxy, origin, marker, method):
    answer = ask(proxy.port, b"/" + marker, method=method)
    assert answer.status in (200, 400, 405, 501)
    assert all(seen.method == method for seen in origin.seen(marker))
    assert bool(origin.seen(marker)) == (answer.status == 200)


def test_A27_a_fragment_is_refused_or_kept(proxy, origin, marker):
    target = b"/" + marker + b"#frag"
    answer = ask(proxy.port, target)
    assert answer.status in (200, 400)
    assert all(seen.target == target for seen in origin.seen(marker))


def test_A28_an_empty_line_before_the_request_is_ignored(proxy, origin, marker):
    with Shopper(proxy.port) as shopper:
        assert shopper.say(b"\r\n" + request(b"/" + marker)).hear().status == 200
    origin.only(marker)


def test_A29_http_1_0_without_host_is_served_unchunked_and_closed(proxy, origin, marker):
    origin.on(marker, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    with Shopper(proxy.port) as shopper:
        answer = shopper.say(b"GET /" + marker + b" HTTP/1.0\r\n\r\n").hear()
        assert (answer.status, answer.body, answer.complete) == (200, b"hello", True)
        assert answer.framing in ("close", "length")
        assert shopper.is_closed()


NAUGHTY = json.loads((ROOT / "tests/data/naughty-strings.json").read_text())


@pytest.mark.parametrize("form", [b"%%%02X", b"%%%02x"], ids=["A30-upper", "A30-lower"])
def test_naughty_strings_come_through_in_path_query_and_body(proxy, origin, form):
    def escape(text: str) -> bytes:
        return b"".join(form % byte for byte in text.encode())

    def echo(play):
        play.send(plain(play.body(), b"Content-Type: application/json"))

    assert len(NAUGHTY) >= 515
    shopper = Shopper(proxy.port)
    for text in NAUGHTY:
        marker = new_marker()
        origin.on(marker, echo)
        target = b"/" + marker + b"/" + escape(text) + b"?q=" + escape(text)
        body = json.dumps({"text": text}, ensure_ascii=False).encode()
        shopper.say(request(target, b"Content-Type: application/json", method=b"POST", body=body))
        answer = shopper.hear()
        if answer.status == 400 and (b"%00" in target or text in (".", "..")):
            shopper = Shopper(proxy.port)
            continue
        assert (answer.status, answer.body) == (200, body), text
        seen = origin.only(marker)
        assert (seen.target, seen.body) == (target, body), text
    shopper.socket.close()
    origin.forget()


def test_A20_many_targets_at_once_are_not_mixed_up(proxy, origin):
    """Twenty connections, each with its own targets: what one asked is what it gets."""
    problems: list[str] = []

    def ask_often(markers: list[bytes]) -> None:
        with Shopper(proxy.port) as shopper:
            for marker in markers:
                try:
                    body = shopper.say(request(b"/" + marker + b"?x")).hear().body
                except (Broken, OSError) as error:
                    body = repr(error).encode()
                if body != marker:
                    problems.append(f"{marker!r}: {body!r}")

    lots = [[new_marker() for _ in range(10)] for _ in range(20)]
    for marker in (marker for lot in lots for marker in lot):
        origin.on(marker, plain(marker))
    threads = [threading.Thread(target=ask_often, args=(lot,)) for lot in lots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
