"""The request that a command line names: a live URL, or a saved response with the request that it answered.

`explain` and `init` take the same arguments, read here once.
"""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from proxy.ask import Ask
from proxy.errors import SettingsTrouble
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from proxy.wire.tls import context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments by which a request is named."""
    parser.add_argument("source", metavar="URL-or-FILE", help="the marketplace's own address, or a saved response")
    parser.add_argument("--request", metavar="'METHOD URL'", help="the request that a saved response answered")
    parser.add_argument("--body", metavar="FILE", type=Path, help="the request's body; it makes a POST of it")
    parser.add_argument("--header", metavar="'NAME: VALUE'", action="append", default=[], help="a header; may repeat")


@dataclass(frozen=True)
class Request:
    """A request: `url` is where it was sent, `saved` the answer that it got, if that was saved."""

    method: str
    url: str
    ask: Ask
    saved: bytes | None
    body: bytes | None


def is_url(source: str) -> bool:
    """Whether a source is an address, and not a file."""
    return source.lower().startswith(("http://", "https://"))


def media_type(body: bytes) -> bytes:
    """The Content-Type that such a body is sent with, where nobody says it."""
    begins = body.lstrip()[:1]
    if begins == b"<":
        return b"application/xml"
    if begins in (b"{", b"["):
        return b"application/x-ndjson" if re.search(rb"\}\s*\n\s*\{", body) else b"application/json"
    return b"application/x-www-form-urlencoded"


def read_request(args: argparse.Namespace) -> Request:
    """What the command line says.

    Raises:
        SettingsTrouble: it does not say enough.
    """
    if not is_url(args.source) and not args.request:
        content(Path(args.source))  # what is no file is told to be none, before what a file would need
        raise SettingsTrouble(
            f"{args.source}: a saved response does not say which request it answered; "
            "add --request 'GET https://search.example/api/search?q=lamp'"
        )
    method, _, url = (args.request or f"{'POST' if args.body else 'GET'} {args.source}").strip().partition(" ")
    try:
        there = urljoin(args.source, url.strip()) if is_url(args.source) else url.strip()
        parts = urlsplit(_as_sent(there))
    except ValueError as error:
        raise SettingsTrouble(f"{url.strip()!r} is no address: {error}") from error
    path = parts.path or "/"
    if "@" in parts.netloc:
        raise SettingsTrouble("an address with a user name in it: write that as --header 'Authorization: Basic ...'")
    if is_url(there) and not parts.hostname:
        raise SettingsTrouble(
            f"{there}: this address has no host; write it as https://search.example/api/search?q=lamp"
        )
    if not method.isupper() or not path.startswith("/") or not (parts.netloc or parts.path):
        raise SettingsTrouble(f"--request {args.request!r}: write a method and a URL, such as 'GET /api/search?q=lamp'")
    target = path + (f"?{parts.query}" if parts.query else "")
    headers = [(b"Host", parts.netloc.encode("ascii", "replace"))] + [_header(text) for text in args.header]
    body = content(args.body) if args.body else None
    saved = None if is_url(args.source) else content(Path(args.source))
    return Request(method, parts.geturl(), Ask(method, target, headers, body, "127.0.0.1"), saved, body)


def _as_sent(url: str) -> str:
    """A URL as a browser sends it: what is no visible ASCII goes percent-encoded."""
    return re.sub(r"[^\x21-\x7e]+", lambda found: quote(found[0]), url)


def _header(text: str) -> tuple[bytes, bytes]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise SettingsTrouble(f"--header {text!r}: write a name and a value, such as 'Cookie: tsuid=u1'")
    return name.strip().encode("latin-1", "replace"), value.strip().encode("latin-1", "replace")


def content(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        SettingsTrouble: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsTrouble(f"{path}: {error.strerror}{_meant(str(path))}") from error


_LIKE_AN_ADDRESS: Final = re.compile(r"(localhost|[\w-]+(\.[\w-]+)+|\[[\da-f:]+\])(:\d+)?(/|$)", re.I)
_SCHEME: Final = re.compile(r"([a-z][a-z\d+.-]*):/+", re.I)


def _meant(name: str) -> str:
    """What else the name of a file that is not there may have been."""
    scheme = _SCHEME.match(name)
    if scheme:
        return f"; an address begins with http:// or https://, and not with {scheme[1]}:"
    # The name of a file, too, may look like that of a host: `saved.json` is none, `search.example/api` may be one.
    looks = _LIKE_AN_ADDRESS.match(name) if "/" in name or ":" in name else None
    return "; if it is an address, put https:// or http:// before it" if looks else ""


def site(url: str) -> str:
    """Scheme and authority of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def client(url: str, name: str) -> Client:
    """A client to an origin.

    Raises:
        SettingsTrouble: the URL is none of an origin.
    """
    try:
        origin = Origin.parse(url)
    except ValueError as error:
        raise SettingsTrouble(str(error)) from error
    return Client(origin, connections=8, ssl=context() if origin.secure else None, name=name)
