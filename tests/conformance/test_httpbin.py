"""httpbin behind the proxy answers like httpbin alone, endpoint by endpoint.

What a proxy must add or owns is left out of the comparison: `Via`, the
forwarding headers, what belongs to one hop, the date. httpbin lives in an
environment of its own (`make test` builds it from `requirements/httpbin.lock`).
"""

import subprocess

import pytest

from tests.conformance.running import ROOT, Proxy, needs, takes, wait_for
from tests.conformance.shopper import Answer, Shopper, request
from tests.conformance.stages import DECODERS
from tests.ports import free_port

PYTHON = ROOT / ".venv/httpbin/bin/python"
SERVE = "import sys; from httpbin import app; app.run('127.0.0.1', int(sys.argv[1]), threaded=True)"

# What we add on the way there is given to httpbin alone as well, since some endpoints show the headers of the request.
ADDED = (b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-Host: shop.test", b"X-Forwarded-Proto: http", b"Via: 1.1 x")
OURS = {"via", "connection", "keep-alive", "proxy-authenticate", "date", "transfer-encoding"}

GETS = [
    *(
        "/html",
        "/robots.txt",
        "/deny",
        "/ip",
        "/headers",
        "/user-agent",
        "/get",
        "/get?a=1&a=2&b=%20x+y",
        "/gzip",
        "/deflate",
    ),
    *(
        "/brotli",
        "/cookies",
        "/forms/post",
        "/cache/60",
        "/etag/v1",
        "/encoding/utf8",
        "/image",
        "/image/png",
    ),
    *(
        "/image/jpeg",
        "/image/webp",
        "/image/svg",
        "/xml",
        "/json",
        "/base64/aGVsbG8=",
        "/stream/5",
        "/drip?duration=0.2&numbytes=5&delay=0",
    ),
    *(
        "/bytes/1000?seed=7",
        "/stream-bytes/100000?seed=7&chunk_size=1000",
        "/range/1024",
        "/links/5/2",
        "/links/3",
        "/delay/0",
    ),
    *(
        "/redirect/2",
        "/relative-redirect/2",
        "/absolute-redirect/2",
        "/redirect-to?url=/get",
        "/redirect-to?url=%2Fget&status_code=307",
    ),
    *(
        "/response-headers?X-One=1&X-One=2&Content-Type=text/plain",
        "/cookies/set/a/1",
        "/cookies/set?a=1&b=2",
        "/cookies/delete?a=",
    ),
    *(
        "/basic-auth/u/p",
        "/hidden-basic-auth/u/p",
        "/bearer",
        "/anything",
        "/anything/a%2Fb/c?x=%2F",
        "/status/200",
        "/status/204",
    ),
    *(
        "/status/206",
        "/status/301",
        "/status/302",
        "/status/304",
        "/status/400",
        "/status/401",
        "/status/402",
        "/status/404",
    ),
    *(
        "/status/405",
        "/status/406",
        "/status/407",
        "/status/410",
        "/status/418",
        "/status/429",
        "/status/500",
        "/status/503",
    ),
    *("/", "/static/favicon.ico", "/no/such/page"),
]
BODIES = {
    "form": (b"Content-Type: application/x-www-form-urlencoded", b"a=1&b=%C3%A9&a=2"),
    "json": (b"Content-Type: application/json", b'{"n": 1.10, "s": "\\u00e9"}'),
    "text": (b"Content-Type: text/plain", "schön".encode()),
    "binary": (b"Content-Type: application/octet-stream", bytes(range(256))),
    "multipart": (
        b"Content-Type: multipart/form-data; boundary=XX",
        b'--XX\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--XX--\r\n',
    ),
}
WITH_HEADERS = {
    "range": ("/range/1024", b"Range: bytes=10-19"),
    "range-bad": ("/range/1024", b"Range: bytes=2000-3000"),
    "etag-match": ("/etag/v1", b"If-None-Match: v1"),
    "etag-mismatch": ("/etag/v1", b"If-Match: v2"),
    "cache": ("/cache", b"If-Modified-Since: Tue, 15 Nov 1994 08:12:31 GMT"),
    "auth": ("/basic-auth/u/p", b"Authorization: Basic dTpw"),
    "bearer": ("/bearer", b"Authorization: Bearer t"),
    "cookie": ("/cookies", b"Cookie: a=1; b=2"),
    "accept": ("/image", b"Accept: image/webp"),
    "agent": ("/user-agent", b"User-Agent: x/1"),
    "coding": ("/gzip", b"Accept-Encoding: gzip, br"),
}
SHAPES = [
    "/uuid",
    "/digest-auth/auth/u/p",
    "/digest-auth/auth/u/p/MD5",
    "/digest-auth/auth/u/p/SHA-256/never",
    "/bytes/10",
]


@pytest.fixture(scope="module")
def httpbin():
    needs("httpbin (in .venv/httpbin)", PYTHON.exists())
    port = free_port()
    process = subprocess.Popen(
        [str(PYTHON), "-c", SERVE, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: takes(port), "httpbin listens", 30)
        yield port
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def through(httpbin, ads, tmp_path_factory):
    with Proxy(tmp_path_factory.mktemp("httpbin"), httpbin, ads.port, "--preserve-host") as proxy:
        yield proxy.port


def said(port: int, target: str, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> Answer:
    with Shopper(port) as shopper:
        return shopper.say(request(target.encode(), *headers, method=method, body=body)).hear(method)


def fair(answer: Answer) -> tuple[object, ...]:
    """What of an answer must be the same with and without us."""
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.decode().lower() not in OURS)
    body = DECODERS[answer.one(b"content-encoding") or b""](answer.body) if answer.body else b""
    return answer.status, answer.reason, headers, body, answer.complete


def compare(through: int, alone: int, target: str, *headers: bytes, **how: bytes) -> None:
    assert fair(said(through, target, *headers, **how)) == fair(said(alone, target, *ADDED, *headers, **how))


@pytest.mark.parametrize("target", GETS)
def test_a_get_is_answered_alike(through, httpbin, target):
    compare(through, httpbin, target)


@pytest.mark.parametrize(
    "target", ["/get", "/html", "/stream/3", "/status/404", "/redirect/1", "/gzip", "/bytes/10?seed=1"]
)
@pytest.mark.parametrize("method", [b"HEAD", b"OPTIONS"])
def test_head_and_options_are_answered_alike(through, httpbin, method, target):
    compare(through, httpbin, target, method=method)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_an_upload_is_answered_alike(through, httpbin, method, body):
    kind, data = BODIES[body]
    for target in (f"/{method.lower()}", "/anything/x", "/status/201", "/get"):
        compare(through, httpbin, target, kind, method=method.encode(), body=data)


@pytest.mark.parametrize("name", WITH_HEADERS)
def test_a_request_header_has_the_same_effect(through, httpbin, name):
    target, header = WITH_HEADERS[name]
    compare(through, httpbin, target, header)


@pytest.mark.parametrize("target", SHAPES)
def test_what_is_random_has_the_same_shape(through, httpbin, target):
    ours, theirs = said(through, target), said(httpbin, target, *ADDED)
    assert (ours.status, len(ours.body)) == (theirs.status, len(theirs.body))

    def names(answer: Answer) -> set[str]:
        return {name.decode().lower() for name, _ in answer.headers} - OURS

    assert names(ours) == names(theirs)


def test_every_endpoint_of_httpbin_is_asked(httpbin):
    """Its own list of paths against ours: an endpoint that a new version adds is missed here first."""
    show = "from httpbin import app; print(*{str(rule) for rule in app.url_map.iter_rules()})"
    paths = subprocess.run([str(PYTHON), "-c", show], check=True, capture_output=True, text=True).stdout.split()
    asked = [*GETS, *SHAPES, "/post", "/put", "/patch", "/delete"]
    assert {path.split("/")[1] for path in paths} <= {path.partition("?")[0].split("/")[1] for path in asked}
