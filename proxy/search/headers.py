"""What a proxy drops, keeps and adds on the way there and back. Pure.

Header lines are bytes: names keep their spelling, values keep every byte,
repeats keep their order (RFC 9110 section 5.3). Only what stands here changes:
hop-by-hop fields go (RFC 9110 section 7.6.1), `Via` and `X-Forwarded-*` come,
and a merged page loses what was true only of the marketplace's own bytes.

Framing (Content-Length, Transfer-Encoding, Connection) is not decided here:
each side has its own connection, and `upstream.py` and `shopper.py` write it.
"""

from collections.abc import Iterable, Sequence
from email.utils import formatdate
from functools import cached_property, lru_cache
from typing import Final

import msgspec

HeaderLines = Sequence[tuple[bytes, bytes]]

VIA: Final = b"1.1 sponsored-proxy"

# RFC 9110 section 7.6.1, and the older ones that were never registered but are still sent.
HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    }
)
# What is written anew for the marketplace, and `Expect`, which is answered by us (RFC 9110 section 10.1.1).
_OWN_ON_THE_WAY_THERE: Final = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
_OWN_ON_THE_WAY_BACK: Final = HOP_BY_HOP | {b"content-length"}
_NONE: Final[frozenset[bytes]] = frozenset()
# What `Connection` says of itself, or of fields that stay behind anyway.
_SAYS_NOTHING: Final = HOP_BY_HOP | {b"close", b""}

# What a client may only say through a proxy that is trusted.
_HEARSAY: Final = frozenset({b"forwarded", b"x-real-ip", b"true-client-ip", b"x-client-ip"})
_X_FORWARDED: Final = b"x-forwarded-"
_WRITTEN_FORWARDED: Final = frozenset({b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"})

# A 304 or a range would be of the marketplace's bytes, and the page has others.
_CONDITIONAL: Final = frozenset({b"if-none-match", b"if-modified-since", b"if-range", b"range"})

_TRUE_ONLY_OF_THE_ORGANIC_BODY: Final = frozenset(
    {
        b"etag",
        b"last-modified",
        b"accept-ranges",
        b"content-md5",
        b"digest",
        b"content-digest",
        b"repr-digest",
        b"age",
        b"expires",
        b"cache-control",
    }
)
_OF_THE_CDN: Final = frozenset({b"cdn-cache-control", b"surrogate-control", b"surrogate-key"})
_GONE_FROM_A_MERGED_PAGE: Final = _OWN_ON_THE_WAY_BACK | _TRUE_ONLY_OF_THE_ORGANIC_BODY | _OF_THE_CDN
_GONE_FROM_AN_ORGANIC_PAGE: Final = _OWN_ON_THE_WAY_BACK | _OF_THE_CDN | {b"cache-control"}

NEVER_STORED: Final = b"Cache-Control: private, no-store\r\n"
_VIA: Final = b"Via: %b\r\n" % VIA
_MERGED: Final = NEVER_STORED + _VIA


class Peer(msgspec.Struct, frozen=True, dict=True):
    """Who is at the other end of the shopper's connection.

    Args:
        address: its IP address.
        trusted: whether what it says about others (`X-Forwarded-*`) is believed.
        scheme: b"http" or b"https", as it reached us.
    """

    address: str
    trusted: bool
    scheme: bytes

    @cached_property
    def own_word(self) -> tuple[bytes, bytes]:
        """What we say of its requests where nobody spoke before us: in front of the host that was asked, behind it."""
        address = self.address.encode("ascii", "replace")
        return (
            b"X-Forwarded-For: %b\r\nX-Forwarded-Host: " % address,
            b"\r\nX-Forwarded-Proto: %b\r\n%b" % (self.scheme, _VIA),
        )


def for_marketplace(lines: HeaderLines, *, host: bytes | None, peer: Peer, for_ads: bool) -> bytes:
    """The header lines that the marketplace gets, without framing and without the last empty line.

    Args:
        lines: the shopper's header lines.
        host: the marketplace's own name, or None to keep the shopper's (`--preserve-host`).
        peer: who sent the request.
        for_ads: whether the page may get ads: it is then asked for whole, fresh, and in a coding that we can read.
    """
    kept = [b""]  # the place of `Host`
    said: dict[bytes, bytes] = {}
    shopper_host = b""
    names = _NAMES_FOR_ADS if for_ads else _NAMES
    plain = names.plain
    for line in lines:
        name, value = line
        if name not in plain and (low := names.low_of(name)):
            if low == b"host":
                shopper_host = value
            elif low == b"connection" and _tokens(value):
                return for_marketplace(_without_named(lines), host=host, peer=peer, for_ads=for_ads)
            elif low in _WRITTEN_FORWARDED and peer.trusted:
                said[low] = said[low] + b", " + value if low in said else value
            if low in _OWN_ON_THE_WAY_THERE:
                continue
            changed = _changed(low, value, peer.trusted)
            if changed is None:
                continue
            line = (name, changed)
        kept.append(b": ".join(line))
    kept[0] = b"Host: " + (shopper_host if host is None else host)
    kept.append(_forwarded(said, peer, shopper_host))
    return b"\r\n".join(kept)


class _Names:
    """Which fields go on as they are, and which do not, by their names as they are spelled.

    `plain` are those that do, as far as they were met; they are kept few and short: senders make up names without end.
    """

    _LONGEST = 64
    _MOST = 2048

    def __init__(self, special: frozenset[bytes]) -> None:
        self.plain: set[bytes] = set()
        self._special = special

    def low_of(self, name: bytes) -> bytes:
        """The name in lower case of a field that may not go on as it is; nothing for every other."""
        low = name.lower()
        # CGI and WSGI fold `_` and `-` into one: `X_Forwarded_For` would pass for what we vouch for.
        if low in self._special or low.startswith(_X_FORWARDED) or b"_" in low:
            return low
        if len(name) <= self._LONGEST:
            if len(self.plain) >= self._MOST:
                self.plain.clear()
            self.plain.add(name)
        return b""


_NAMES: Final = _Names(_OWN_ON_THE_WAY_THERE | _HEARSAY | {b"max-forwards"})
_NAMES_FOR_ADS: Final = _Names(_OWN_ON_THE_WAY_THERE | _HEARSAY | _CONDITIONAL | {b"max-forwards", b"accept-encoding"})


def _changed(low: bytes, value: bytes, trusted: bool) -> bytes | None:
    """What the marketplace gets of a field that is special; nothing where it gets none."""
    if low == b"max-forwards":
        return _one_hop_less(value)
    if low == b"accept-encoding":
        return readable_codings(value) or None
    if low in _CONDITIONAL or b"_" in low or low in _WRITTEN_FORWARDED:
        return None
    return value if trusted else None


def _one_hop_less(value: bytes) -> bytes:
    """Max-Forwards counts the proxies that are still to come (RFC 9110 section 7.6.2)."""
    return b"%d" % max(0, int(value) - 1) if value.isdigit() and len(value) < 10 else value


def _forwarded(said: dict[bytes, bytes], peer: Peer, host: bytes) -> bytes:
    if not said:
        before_host, behind_it = peer.own_word
        return before_host + host + behind_it
    before = said.get(b"x-forwarded-for")
    address = peer.address.encode("ascii", "replace")
    return b"X-Forwarded-For: %b\r\nX-Forwarded-Host: %b\r\nX-Forwarded-Proto: %b\r\n%b" % (
        b"%b, %b" % (before, address) if before else address,
        said.get(b"x-forwarded-host", host),
        said.get(b"x-forwarded-proto", peer.scheme),
        _VIA,
    )


def for_shopper(lines: HeaderLines) -> bytes:
    """The marketplace's header lines for a page that is none of ours to change."""
    return _kept(lines, _OWN_ON_THE_WAY_BACK, _VIA)


def for_organic_page(lines: HeaderLines) -> bytes:
    """The header lines of a matched page that stays organic: its own, but kept out of shared caches.

    A shared cache would freeze one shopper's organic page for all (and each later one would go without ads).
    """
    values = [value for name, value in lines if name.lower() == b"cache-control"]
    return _kept(lines, _GONE_FROM_AN_ORGANIC_PAGE, b"Cache-Control: %b\r\n%b" % (made_private(values), _VIA))


def for_keeping(lines: HeaderLines, wall: float) -> list[tuple[bytes, bytes]]:
    """An answer's header lines, as far as they are kept with it (RFC 9111 section 3.1).

    Its age is told anew each time; without a date it gets that of its arrival (RFC 9110 section 6.6.1).

    Args:
        lines: as the marketplace sent them.
        wall: when they came, in seconds since 1970.
    """
    gone = _OWN_ON_THE_WAY_BACK | _named_by_connection(lines) | {b"age"}
    kept = [(name, value) for name, value in lines if name.lower() not in gone]
    if first(kept, b"date") is None:
        kept.append((b"Date", formatdate(wall, usegmt=True).encode()))
    return kept


def for_merged_page(lines: HeaderLines) -> bytes:
    """The header lines of a page with ads: nothing in them speaks of the marketplace's own bytes any more.

    No cache may keep it: a `resolvedBidId` stands for one impression by one shopper.
    """
    return _kept(lines, _GONE_FROM_A_MERGED_PAGE, _MERGED)


def _kept(lines: HeaderLines, gone: frozenset[bytes], added: bytes) -> bytes:
    """The lines without those that are gone and those that `Connection` names, and what is added."""
    kept: list[bytes] = []
    for line in lines:
        low = line[0].lower()
        if low not in gone:
            kept.append(b": ".join(line))
        elif low == b"connection" and not _tokens(line[1]) <= gone:
            return _kept(lines, gone | _named_by_connection(lines), added)
    kept.append(added)
    return b"\r\n".join(kept)


def _without_named(lines: HeaderLines) -> HeaderLines:
    """A request's lines without `Connection` and what it names; `Host` it cannot take away."""
    gone = _named_by_connection(lines) | {b"connection"}
    return [line for line in lines if (low := line[0].lower()) not in gone or low == b"host"]


def _named_by_connection(lines: HeaderLines) -> frozenset[bytes]:
    """The further hop-by-hop fields that `Connection` names."""
    return _NONE.union(*map(_tokens, every(lines, b"connection")))


@lru_cache(maxsize=256)
def _tokens(value: bytes) -> frozenset[bytes]:
    return frozenset(token.strip().lower() for token in value.split(b",")) - _SAYS_NOTHING


def made_private(values: Iterable[bytes]) -> bytes:
    """`Cache-Control` as it was, but for one shopper only.

    Args:
        values: the values of the lines that the marketplace sent, if any.
    """
    kept = [
        directive
        for value in values
        for directive in directives_of(value)
        if directive.partition(b"=")[0].lower() not in (b"public", b"s-maxage", b"private")
    ]
    # Behind a quote that is never closed, a cache that knows of quotes would not see it.
    return b", ".join([b"private", *kept] if any(b'"' in directive for directive in kept) else [*kept, b"private"])


def directives_of(value: bytes) -> list[bytes]:
    """The directives of a Cache-Control value; a comma within quotes (`no-cache="a, b"`) parts nothing."""
    parts: list[bytes] = []
    quoted = False
    for piece in value.split(b","):
        if quoted:
            parts[-1] += b"," + piece
        else:
            parts.append(piece)
        quoted ^= piece.count(b'"') % 2 == 1
    return [part.strip() for part in parts if part.strip()]


def forbids_transforming(values: Iterable[bytes]) -> bool:
    """Whether one of the Cache-Control values says `no-transform` (RFC 9111 section 5.2.2.6)."""
    return any(map(_says_no_transform, values))


@lru_cache(maxsize=256)
def _says_no_transform(value: bytes) -> bool:
    return b"no-transform" in directives_of(value.lower())


_READABLE: Final = (b"gzip", b"x-gzip", b"deflate", b"br", b"zstd")


@lru_cache(maxsize=1024)
def readable_codings(offered: bytes) -> bytes:
    """Of the codings that a shopper offers, those that we can decode; `identity` and weights stay as they are.

    `*` stands for every coding, so it becomes the ones that we know, at its weight.
    """
    kept: list[bytes] = []
    for offer in offered.split(b","):
        coding, _, weight = offer.strip().partition(b";")
        coding = coding.strip()
        if coding == b"*" and _is_zero(weight):
            kept.append(offer.strip())
        elif coding == b"*":
            kept += [b"%b;%b" % (name, weight.strip()) if weight else name for name in (b"gzip", b"br", b"zstd")]
        elif coding.lower() in _READABLE or coding.lower() == b"identity":
            kept.append(offer.strip())
    return b", ".join(kept)


def _is_zero(weight: bytes) -> bool:
    _, _, value = weight.partition(b"=")
    return value.strip().strip(b"0.") == b"" and value.strip() != b""


def first(lines: HeaderLines, name: bytes) -> bytes | None:
    """The first value of a field, or None.

    Args:
        lines: header lines as sent.
        name: the field's name in lower case.
    """
    for key, value in lines:
        if len(key) == len(name) and key.lower() == name:
            return value
    return None


def every(lines: HeaderLines, name: bytes) -> list[bytes]:
    """All values of a field, in order; `name` in lower case."""
    size = len(name)
    return [value for key, value in lines if len(key) == size and key.lower() == name]
