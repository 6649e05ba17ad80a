"""A shopper's request as rules and auctions see it. Pure.

An `Ask` holds the request's own bytes and reads out of them, once and only
when asked, what a rule may want: segments, query, cookies, form, JSON. It
decides nothing. `handler.py` makes it; rules, eligibility and auctions read it.

Values are text. Bytes that are not UTF-8 become U+FFFD here and only here:
what goes to the marketplace is always `target` and `headers` as they came.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote, unquote_plus

import msgspec
from propcache.api import cached_property  # the standard library's takes a lock at each first reading (Python 3.11)

MISSING: Final = object()

_json: Final = msgspec.json.Decoder().decode
_json_lines: Final = msgspec.json.Decoder().decode_lines
_NO_JSON: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class Ask:
    """One request.

    Args:
        method: as sent, case kept ("GET").
        target: the request target in origin form, as sent ("/api/search?q=a%20b"), one character a byte (Latin-1).
        headers: name and value of each header line, in order, as sent.
        body: the whole body where a rule needs it (1 MiB at most), else None.
        client: the shopper's address, as far as trusted proxies let us know it.
    """

    def __init__(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[bytes, bytes]] = (),
        body: bytes | None = None,
        client: str = "",
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.client = client

    def __repr__(self) -> str:
        return f"Ask({self.method} {self.path})"

    # -- the target ---------------------------------------------------------

    @cached_property
    def path(self) -> str:
        """The path as sent, without the query."""
        return self.target.partition("?")[0]

    @cached_property
    def query_string(self) -> str:
        """What stands behind the first `?`, as sent."""
        return self.target.partition("?")[2]

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, decoded: "/a%2Fb/c" is ("a/b", "c"), "/" is ("",)."""
        path = self.target[1:].partition("?")[0]
        if "%" not in path and path.isascii():
            return tuple(path.split("/"))
        return tuple([unquote(_as_utf8(segment), errors="replace") for segment in path.split("/")])

    @cached_property
    def query(self) -> Mapping[str, str]:
        """Each query parameter's first value, decoded."""
        return read_form(_as_utf8(self.query_string))

    # -- the headers --------------------------------------------------------

    @cached_property
    def fields(self) -> Mapping[bytes, bytes]:
        """Each header's first value, as sent, by its name in lower case."""
        return {name.lower(): value for name, value in reversed(self.headers)}

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        value = self.fields.get(name.lower().encode("latin-1", "replace"))
        return None if value is None else value.decode("utf-8", "replace")

    @cached_property
    def host(self) -> str:
        """The host asked for, lower case, without the port."""
        host = (self.header("host") or "").lower()
        if host.startswith("["):
            return host.partition("]")[0] + "]"
        return host.partition(":")[0]

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """Each cookie's first value, as sent (no percent-decoding: RFC 6265 knows none)."""
        cookies: dict[str, str] = {}
        for name, value in self.headers:
            if name.lower() == b"cookie":
                for pair in value.decode("utf-8", "replace").split(";"):
                    key, equals, text = pair.strip().partition("=")
                    if equals:
                        cookies.setdefault(key, text.strip('"'))
        return cookies

    # -- the body -----------------------------------------------------------

    @property
    def announces_body(self) -> bool:
        """The request says that a body of some length comes with it; Elasticsearch's clients do so with GET, too."""
        return self.fields.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in self.fields

    @cached_property
    def form(self) -> Mapping[str, str]:
        """Each form field's first value, of an urlencoded body."""
        return read_form((self.body or b"").decode("utf-8", "replace"))

    @cached_property
    def json(self) -> object:
        """The body as JSON values, whatever its Content-Type says; `MISSING` where it is none.

        Several lines of JSON (NDJSON) are a list of them.
        """
        if self.body is None:
            return MISSING
        try:
            return _json(self.body)
        except _NO_JSON:
            return _lines_of(self.body)

    def with_body(self, body: bytes) -> "Ask":
        """The same request, its body read."""
        return Ask(self.method, self.target, self.headers, body, self.client)


def _lines_of(body: bytes) -> object:
    if b"\n" not in body.strip():
        return MISSING
    try:
        return _json_lines(body)
    except _NO_JSON:
        return MISSING


def _as_utf8(text: str) -> str:
    """Text of one character a byte, read as the UTF-8 that it most likely is."""
    return text if text.isascii() else text.encode("latin-1", "replace").decode("utf-8", "replace")


def read_form(encoded: str) -> Mapping[str, str]:
    """The first value of each name of url-encoded text, as the WHATWG's urlencoded parser pairs them."""
    values: dict[str, str] = {}
    plain = "%" not in encoded and "+" not in encoded
    for pair in encoded.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            if plain:
                values.setdefault(name, value)
            else:
                values.setdefault(unquote_plus(name, errors="replace"), unquote_plus(value, errors="replace"))
    return values
