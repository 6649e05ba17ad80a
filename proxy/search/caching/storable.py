"""May an answer be kept, and for whom (RFC 9111 section 3). Pure."""

from typing import Final

from proxy.search.caching.directives import directives
from proxy.search.caching.freshness import says_how_long
from proxy.search.caching.key import Asked
from proxy.search.headers import HeaderLines, every, first

# Of these we know what they mean for a cache; a part of an answer (206) and a 304 are never kept by themselves.
UNDERSTOOD: Final = frozenset({200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414})
# Fields of which the marketplace sees ours, and not what the shopper sent: no name can tell two of them apart.
_OURS: Final = (b"x-forwarded-", b"forwarded", b"via", b"connection", b"transfer-encoding", b"content-length")


def may_be_kept(status: int, lines: HeaderLines, asked: Asked) -> bool:
    """Whether an answer may be kept for the next who asks.

    An answer that failed is not kept: the last good one is worth more.

    Args:
        status: its status.
        lines: its header lines.
        asked: what it answers.
    """
    said = directives(lines)
    if b"no-store" in said or b"private" in said or first(lines, b"set-cookie") is not None:
        return False
    if not _is_kept(status, lines) or (b"must-understand" in said and status not in UNDERSTOOD):
        return False
    if vary_of(lines) is None:
        return False
    if asked.has_credentials and not is_for_credentials(lines):
        return False
    return not asked.has_cookies or is_public(lines)


def _is_kept(status: int, lines: HeaderLines) -> bool:
    """The rule's `ttl` alone keeps a page; any other answer must say itself for how long it holds."""
    if status < 200 or status in (206, 304) or status >= 500:
        return False
    return status == 200 or says_how_long(lines)


def is_public(lines: HeaderLines) -> bool:
    """Whether an answer says that it is the same for all, whatever cookies they have."""
    return b"public" in directives(lines)


def is_for_credentials(lines: HeaderLines) -> bool:
    """Whether the answer to a request with `Authorization` may be given to others (section 3.5)."""
    said = directives(lines)
    return b"public" in said or b"s-maxage" in said or b"must-revalidate" in said


def vary_of(lines: HeaderLines) -> tuple[bytes, ...] | None:
    """The fields that an answer varies with, in lower case; None where nobody can tell whom else it is for.

    An answer in a coding varies with what was offered, also where it forgets to say so.
    """
    names = {name.strip().lower() for value in every(lines, b"vary") for name in value.split(b",")} - {b""}
    if b"*" in names or any(name.startswith(_OURS) for name in names):
        return None
    if first(lines, b"content-encoding") is not None:
        names.add(b"accept-encoding")
    return tuple(sorted(names))
