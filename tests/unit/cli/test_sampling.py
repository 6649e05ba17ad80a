"""A sample fetched from a real socket: decoded, bounded, and every trouble one clear line."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest
import zstandard

from proxy.ask import Ask
from proxy.cli.asked import Request
from proxy.cli.sampling import fetch
from proxy.discovery.sample import LARGEST
from proxy.errors import SettingsTrouble

BODY = b'{"products": []}'


class Marketplace(BaseHTTPRequestHandler):
    """Answers by its path, and remembers what it was asked."""

    seen: dict[str, str]

    def do_GET(self) -> None:
        type(self).seen = {name.lower(): value for name, value in self.headers.items()}
        status, headers, body = ANSWERS[self.path]()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        type(self).seen = {"body": self.rfile.read(int(self.headers["content-length"])).decode()}
        type(self).seen |= {name.lower(): value for name, value in self.headers.items()}
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *what: object) -> None:
        pass


class Quiet(HTTPServer):
    """What is too large is not read to its end, and that is as it should be."""

    def handle_error(self, *what: object) -> None:
        pass


Answer = tuple[int, dict[str, str], bytes]
ANSWERS: dict[str, Callable[[], Answer]] = {
    "/plain": lambda: (200, {}, BODY),
    "/gzip": lambda: (200, {"Content-Encoding": "gzip"}, gzip.compress(BODY)),
    "/br": lambda: (200, {"Content-Encoding": "br"}, brotli.compress(BODY)),
    "/zstd": lambda: (200, {"Content-Encoding": "zstd"}, zstandard.compress(BODY)),
    "/odd": lambda: (200, {"Content-Encoding": "odd"}, BODY),
    "/corrupt": lambda: (200, {"Content-Encoding": "gzip"}, BODY),
    "/bomb": lambda: (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * (LARGEST + 1))),
    "/large": lambda: (200, {}, b" " * (LARGEST + 1)),
    "/moved": lambda: (302, {"Location": "https://www.shop.example/search"}, b""),
    "/here": lambda: (301, {"Location": "/there?q=1"}, b""),
    "/login": lambda: (401, {}, b""),
    "/absent": lambda: (404, {}, b""),
    "/broken": lambda: (500, {}, b""),
    "/odd-query": lambda: (400, {}, b'{"message": "Index\\n `x` \x1b[31mnot found"}'),
    "/busy": lambda: (429, {"Retry-After": "7"}, b"<html>"),
    "/json": lambda: (200, {"Content-Type": "application/hal+json; charset=UTF-8"}, BODY),
    "/script": lambda: (200, {"Content-Type": "text/javascript"}, BODY),
    "/latin": lambda: (200, {"Content-Type": "application/json; charset=iso-8859-1"}, BODY),
    "/as-it-is": lambda: (
        200,
        {"Content-Type": "application/json", "Cache-Control": "no-transform"},
        BODY,
    ),
    "/xml": lambda: (200, {"Content-Type": "application/json"}, b"<a/>"),
}


@pytest.fixture(scope="module")
def marketplace() -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Marketplace)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asked(site: str, path: str, method: str = "GET", headers=(), body: bytes | None = None) -> Request:
    lines = [(b"Host", site.partition("//")[2].encode()), *headers]
    return Request(method, site + path, Ask(method, path, lines, body), None, body)


@pytest.mark.parametrize("path", ["/plain", "/gzip", "/br", "/zstd"])
async def test_the_body_comes_without_its_coding(marketplace: str, path: str) -> None:
    assert (await fetch(asked(marketplace, path))).body == BODY


async def test_it_is_asked_as_a_client_asks(marketplace: str) -> None:
    await fetch(asked(marketplace, "/plain", headers=[(b"X-Key", b"k")]))
    assert Marketplace.seen["accept"].startswith("application/json")
    assert Marketplace.seen["user-agent"].startswith("sponsored-proxy/")
    assert Marketplace.seen["x-key"] == "k"
    await fetch(asked(marketplace, "/plain", headers=[(b"User-Agent", b"mine")]))
    assert Marketplace.seen["user-agent"] == "mine"


async def test_a_body_is_sent(marketplace: str) -> None:
    await fetch(asked(marketplace, "/plain", "POST", body=b'{"q": "x"}'))
    assert (Marketplace.seen["body"], Marketplace.seen["content-type"]) == ('{"q": "x"}', "application/json")
    await fetch(asked(marketplace, "/plain", "POST", body=b"q=x&page=1"))
    assert Marketplace.seen["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/odd", "odd"),
        ("/corrupt", "the body is not gzip"),
        ("/bomb", "larger than 8 MiB"),
        ("/large", "larger than 8 MiB"),
        ("/moved", r"redirects \(302\) to https://www.shop.example/search; give that address"),
        ("/login", r"refuses this \(401\).*--header"),
        ("/absent", r"nothing there \(404\)"),
        ("/broken", "answered 500.*finds products$"),
        ("/odd-query", r"does not understand this \(400\).* It says: .*not found"),
        ("/busy", r"asked too often \(429\); try again after 7 seconds$"),
    ],
)
async def test_what_is_no_sample_is_one_clear_line(marketplace: str, path: str, says: str) -> None:
    with pytest.raises(SettingsTrouble, match=says) as told:
        await fetch(asked(marketplace, path))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/json", ""),
        ("/plain", "its Content-Type is missing"),
        ("/script", "its Content-Type is text/javascript, and ads are merged only into application/json in UTF-8"),
        ("/latin", "iso-8859-1"),
        ("/as-it-is", "no-transform"),
        ("/xml", "only into application/xml"),
    ],
)
async def test_what_keeps_ads_out_of_every_such_answer_is_known(marketplace: str, path: str, says: str) -> None:
    hindrance = (await fetch(asked(marketplace, path))).hindrance
    assert says in hindrance
    assert bool(hindrance) == bool(says)


async def test_what_a_marketplace_says_gives_a_terminal_no_orders(marketplace: str) -> None:
    with pytest.raises(SettingsTrouble) as told:
        await fetch(asked(marketplace, "/odd-query"))
    assert "\x1b" not in str(told.value)


async def test_a_redirect_is_told_as_a_whole_address(marketplace: str) -> None:
    with pytest.raises(SettingsTrouble, match=f"to {marketplace}/there"):
        await fetch(asked(marketplace, "/here"))


async def test_nobody_listening_is_one_clear_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(SettingsTrouble, match=r"no answer: .*refused"):
            await fetch(asked(f"http://127.0.0.1:{port}", "/plain"))


async def test_a_site_that_speaks_no_tls_is_one_clear_line(marketplace: str) -> None:
    with pytest.raises(SettingsTrouble, match=r"no answer: .*TLS.*http://\?"):
        await fetch(asked(marketplace.replace("http:", "https:"), "/plain"))
