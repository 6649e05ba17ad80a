"""Conditional requests: ours to the marketplace, and the shopper's to us (RFC 9111 section 4.3). Pure."""

from typing import Final

from proxy.search.caching.freshness import http_date
from proxy.search.caching.kept import Kept
from proxy.search.headers import HeaderLines, every, first

# What the kept body depends on does not change with a 304 (section 3.2).
_OF_THE_BODY: Final = frozenset(
    {b"content-length", b"content-encoding", b"content-type", b"content-range", b"transfer-encoding", b"connection"}
)


def condition_of(kept: Kept) -> bytes:
    """The header lines that ask whether an answer still holds; b"" where it has nothing to ask with."""
    modified = first(kept.lines, b"last-modified") if kept.last_modified is not None else None
    return b"".join(
        [
            b"If-None-Match: %b\r\n" % kept.etag if kept.etag else b"",
            b"If-Modified-Since: %b\r\n" % modified if modified else b"",
        ]
    )


def is_of(kept: Kept, lines: HeaderLines) -> bool:
    """Whether a 304 speaks of the answer that is kept, and not of another (section 4.3.4)."""
    told = first(lines, b"etag")
    return told is None or kept.etag is None or _opaque(told) == _opaque(kept.etag)


def refreshed(kept: Kept, lines: HeaderLines) -> HeaderLines:
    """The header lines of a kept answer after a 304 with these (section 3.2)."""
    news = [(name, value) for name, value in lines if name.lower() not in _OF_THE_BODY]
    named = {name.lower() for name, _ in news}
    # A 304 without a date is dated by its arrival, and not by the answer before it.
    named |= {b"age", b"date"}
    return [*[line for line in kept.lines if line[0].lower() not in named], *news]


def asks_on_condition(lines: HeaderLines) -> bool:
    """Whether the shopper has an answer already, and asks whether it still holds."""
    return first(lines, b"if-none-match") is not None or first(lines, b"if-modified-since") is not None


def holds_still(lines: HeaderLines, kept: Kept) -> bool:
    """Whether the shopper's own condition says that it has this very answer: then a 304 will do (section 4.3.2).

    Args:
        lines: the request's header lines.
        kept: the answer that it would get.
    """
    if kept.status != 200:
        return False
    tags = every(lines, b"if-none-match")
    if tags:
        return any(_names(value, kept.etag) for value in tags)
    since = first(lines, b"if-modified-since")
    modified = kept.last_modified
    if since is None or modified is None:
        return False
    until = http_date(since)
    return until is not None and modified <= until


def _names(value: bytes, etag: bytes | None) -> bool:
    """If-None-Match compares weakly (RFC 9110 section 13.1.2)."""
    if value.strip() == b"*":
        return True
    return etag is not None and _opaque(etag) in [_opaque(each) for each in value.split(b",")]


def _opaque(tag: bytes) -> bytes:
    return tag.strip().removeprefix(b"W/")
