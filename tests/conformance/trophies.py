"""Attacks that have worked on some server or proxy, one for each kind of mistake.

The kinds are those that differential fuzzing of HTTP servers has found over
the years (its public lists are full of them); the bytes here are our own, one
request or more for each kind. `@@` and `/smuggled` are as in `attacks.py`.
A kind that only the backend gets wrong is here too: the proxy must not hand it on.
"""

from typing import Final

from tests.conformance.shopper import request

_HOST: Final = b"Host: shop.test\r\n"
_NEXT: Final = request(b"/smuggled")
_TE: Final = b"Transfer-Encoding: chunked\r\n"
_END: Final = b"0\r\n\r\n"


def _get(*lines: bytes, body: bytes = b"") -> bytes:
    return b"GET /@@ HTTP/1.1\r\n" + _HOST + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def _post(*lines: bytes, body: bytes = b"") -> bytes:
    return b"POST /@@ HTTP/1.1\r\n" + _HOST + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def _chunks(body: bytes) -> bytes:
    return b"POST /@@ HTTP/1.1\r\n" + _HOST + _TE + b"\r\n" + body


_LONG: Final = b"%x" % len(_NEXT)

TROPHIES: Final[dict[str, bytes]] = {
    # chunk sizes that lenient integer readers take
    "size-underscore": _chunks(b"0_" + _LONG + b"\r\n" + _NEXT + b"\r\n" + _END),
    "size-0x": _chunks(b"0x" + _LONG + b"\r\n" + _NEXT + b"\r\n" + _END),
    "size-plus": _chunks(b"+" + _LONG + b"\r\n" + _NEXT + b"\r\n" + _END),
    "size-minus-zero": _chunks(b"-0\r\n\r\n" + _NEXT),
    "size-minus-0x0": _chunks(b"-0x0\r\n\r\n" + _NEXT),
    "size-prefix": _chunks(b"1 and more that nobody reads\r\nZ\r\n" + _END + _NEXT),
    "size-not-hex": _chunks(b"Z\r\nZZ\r\nZZZ\r\n\r\n" + _NEXT),
    "size-word": _chunks(b"INVALID\r\n" + _NEXT),
    "size-empty": _chunks(b"\r\n\r\n" + _NEXT),
    "size-space-before": _chunks(b"        0\r\n\r\n" + _NEXT),
    "size-space-behind": _chunks(b"5 \r\nhello\r\n" + _END),
    "size-overflow": _chunks(b"ffffffffffffffff1\r\nZ\r\n" + _END + _NEXT),
    "size-64-bit": _chunks(b"ffffffffffffffff\r\nZ\r\n" + _END + _NEXT),
    # line ends inside chunks
    "chunk-cr-any": _chunks(b"5\r\r;ABCD\r\n34\r\nE\r\n" + _END + _NEXT),
    "chunk-ext-cr": _chunks(b"5;a=b\r\rhello\r\n" + _END + _NEXT),
    "chunk-ext-space-cr": _chunks(b"2\r\r;a\r\n02\r\n41\r\n" + _END + _NEXT),
    "chunk-lf": _chunks(b"a\r\n0123456789\n0\r\n\r\n" + _NEXT),
    "chunk-size-lf": _chunks(b"5\nhello\r\n0\r\n\r\n" + _NEXT),
    "chunk-ext-lf": _chunks(b"5;\nhello\r\n" + _END + _NEXT),
    "chunk-end-any-two": _chunks(b"5\r\nhelloXX0\r\n\r\n" + _NEXT),
    "chunk-end-cr-zero": _chunks(b"1\r0\n"),
    "chunk-extra-line": _chunks(b"5\r\nhello\r\n\r\n0\r\n\r\n" + _NEXT),
    "last-chunk-any-two": _chunks(b"0\r\nX:POST /smuggled HTTP/1.1\r\n\r\n"),
    "last-chunk-trailer-lf": _chunks(b"0\r\nX: y\n\n" + _NEXT),
    "byte-behind": _chunks(_END + b"\x00"),
    # lengths that lenient integer readers take
    "length-plus-underscore": _get(b"Content-Length: +1_0", body=b"0123456789" + _NEXT),
    "length-0x": _post(b"Content-Length: 0x10", body=b"Z" + _NEXT),
    "length-octal": _post(b"Content-Length: 010", body=b"0123456789"),
    "length-prefix": _get(b"Content-Length: 1Z", body=b"Z" + _NEXT),
    "length-minus": _get(b"Content-Length: -48", body=_NEXT),
    "length-empty": _get(b"Content-Length: ", body=_NEXT),
    "length-empty-first": _get(b"Content-Length: ", b"Content-Length: %d" % len(_NEXT), body=_NEXT),
    "length-empty-last": _get(b"Content-Length: %d" % len(_NEXT), b"Content-Length: ", body=_NEXT),
    "length-first-wins": _post(b"Content-Length: 1", b"Content-Length: 0", body=b"Z"),
    "length-last-wins": _post(b"Content-Length: 0", b"Content-Length: %d" % len(_NEXT), body=_NEXT),
    "length-list": _post(b"Content-Length: 0, %d" % len(_NEXT), body=_NEXT),
    "length-float": _post(b"Content-Length: 5.0", body=b"hello" + _NEXT),
    "length-exponent": _post(b"Content-Length: 5e0", body=b"hello" + _NEXT),
    "length-without-colon": _get(b"Content-Length 10", body=b"0123456789"),
    "length-space-name": _get(b"Content-Length : %d" % len(_NEXT), body=_NEXT),
    "length-x85-name": _get(b"Content-Length\x85: 10", body=b"0123456789"),
    "length-xa0-name": _get(b"Content-Length\xa0: 10", body=b"0123456789"),
    "length-zero-pipelined": _post(b"Content-Length: 0", b"Connection:keep-alive"),
    # transfer codings that one side reads as chunked and the other does not
    "coding-twice": _post(
        b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"1\r\nZ\r\n" + _END + _NEXT
    ),
    "coding-xa0": _post(b"Transfer-Encoding: \xa0chunked\xa0", body=_END + _NEXT),
    "coding-xff": _post(b"Transfer-Encoding: \xffchunked\xff", body=b"1\r\nZ\r\n" + _END + _NEXT),
    "coding-comma": _post(b"Transfer-Encoding: ,chunked", b"Content-Length: 5", body=_END + _NEXT),
    "coding-comma-alone": _post(b"Transfer-Encoding: ,chunked", body=_END),
    "coding-unknown": _post(b"Transfer-Encoding: blegh", body=b"1\r\nZ\r\n" + _END + _NEXT),
    "coding-and-length": _post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=_END),
    "coding-unknown-and-length": _post(b"Transfer-Encoding: ,chunked", b"Content-Length: 5", body=b"0r\n\r\n"),
    "coding-split-name": _post(b"Transfer-\r\nEncoding: chunked", b"Content-Length: 5", body=_END + _NEXT),
    "coding-chunked-1.0": b"POST /@@ HTTP/1.0\r\n" + _HOST + _TE + b"\r\n" + _END + _NEXT,
    # bytes that have no place in a header
    "value-nul-cr": _get(b"Header: v\x00\ralue"),
    "value-cr": _get(b"Header: va\rlue"),
    "value-cr-header": _get(b"Visible: :/\rSmuggled: :)"),
    "value-nul": _get(b"Test: test\x00these bytes get dropped"),
    "value-nul-end": _get(b"Evil: evil\x00"),
    "value-lf-request": b"GET /@@ HTTP/1.1\r\n" + _HOST + b"Useless:\n\n" + _NEXT,
    "value-xa0": _get(b"User: \x85admin\xa0"),
    "host-nul": b"GET /@@ HTTP/1.1\r\nHost: shop.test\x00.evil.test\r\n\r\n",
    "host-xff": b"GET /@@ HTTP/1.1\r\nHost: \xffshop.test\xff\r\n\r\n",
    "name-space": _get(b"Header : value"),
    "name-space-first": b"GET /@@ HTTP/1.1\r\n\tContent-Length: 1\r\n" + _HOST + b"\r\nX",
    "name-non-ascii": _get(b"\xefoo: bar"),
    "name-x85": _get(b"Header\x85: value"),
    "name-controls": _get(bytes(n for n in range(32) if n not in (10, 13)) + b' "(),/;<=>?@[/]{}: whatever'),
    "name-empty": _get(b": ignored"),
    "name-and-value-empty": _get(b":", b"I: am chopped off"),
    "line-without-colon": _get(b"Te\nst: test"),
    "line-nul": _get(b"a:b", b"c\x00"),
    "line-cr": b"GET /@@ HTTP/1.1\r\n" + _HOST + b"\rZ" + _NEXT,
    "lf-only": b"GET /@@ HTTP/1.1\nHost: shop.test\n\n",
    "lf-mixed": b"GET /@@ HTTP/1.1\r\nHost: shop.test\nX: y\r\n\r\n",
    # request lines
    "version-1.32": b"GET /@@ HTTP/1.32\r\n" + _HOST + b"\r\n",
    "version-huge": b"GET /@@ HTTP/4294967295.255\r\n" + _HOST + b"\r\n",
    "version-cr": b"GET /@@ HTTP/\r\r1.1\r\n" + _HOST + b"\r\n",
    "version-dots": b"\x00 /@@ HTTP/............0596.7407.\r\n" + _HOST + b"\r\n",
    "version-none": b"GET /@@\r\n\r\n",
    "version-2": b"GET /@@ HTTP/2.0\r\n" + _HOST + b"\r\n",
    "method-delimiters": b'G=":<>(e),[T];?" /@@ HTTP/1.1\r\n' + _HOST + b"\r\n",
    "method-empty": b" /@@ HTTP/1.1\r\n" + _HOST + b"\r\n",
    "target-bang": b"GET !@@ HTTP/1.1\r\n" + _HOST + b"\r\n",
    "target-lf": b"GET /@@\nHTTP/1.1\r\n" + _HOST + b"\r\n",
    "target-tab": b"GET\t/@@\tHTTP/1.1\r\n" + _HOST + b"\r\n",
    "target-two-spaces": b"GET  /@@  HTTP/1.1\r\n" + _HOST + b"\r\n",
    "target-nul": b"GET /@@\x00 HTTP/1.1\r\n" + _HOST + b"\r\n",
    # connections
    "behind-close": _get(b"Connection: close", body=b"Invalid\r\n\r\n"),
    "get-with-length": _get(b"Content-Length: 10", body=b"1234567890"),
    "http2-preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "tls-hello": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x00" * 160,
    "upgrade-h2c": _get(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
}
