"""Under which name an answer is kept, and who may have it. Pure.

An answer is found by its URL; beside that by everything that the marketplace
may have seen and made a difference of: the rule's `vary`, what a trusted proxy
says in front of us, and what `Vary` names (RFC 9111 section 4.1). The bytes are
compared as they came, every line of a field, so that nobody can hide a second
value behind the one that was looked at and leave an answer for others.
"""

from typing import Final, TypeAlias

import msgspec

from proxy.ask import Ask
from proxy.rules.rule import Rule
from proxy.rules.sources import Source
from proxy.search.headers import HeaderLines, Peer, every, readable_codings
from proxy.search.upstream import Body

Uri: TypeAlias = tuple[bytes, str]
Values: TypeAlias = tuple[tuple[bytes, ...], ...]

# These make another request of it for many a framework, and no answer says so.
_ANOTHER_REQUEST: Final = frozenset(
    {
        b"x-http-method",
        b"x-http-method-override",
        b"x-method-override",
        b"x-original-url",
        b"x-original-host",
        b"x-rewrite-url",
        b"x-host",
    }
)
_OF_PROXIES: Final = (b"x-forwarded-", b"forwarded")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Asked(msgspec.Struct, frozen=True):
    """A request, as far as it decides which answer will do.

    Args:
        uri: host and target.
        said: the page, and what it differs by, whatever the answer says.
        cookies: the lines of `Cookie`, as they came.
        has_cookies: there are cookies, and not all of them are in the rule's `vary`.
        has_credentials: there is an `Authorization`.
        lines: the header lines.
    """

    uri: Uri
    said: Values
    cookies: tuple[bytes, ...]
    has_cookies: bool
    has_credentials: bool
    lines: HeaderLines

    @property
    def is_personal(self) -> bool:
        """Its answer may be one shopper's: only what says that it is for all may be given or kept."""
        return self.has_cookies or self.has_credentials


class Naming:
    """How the requests that one rule takes are named; what the rule says of that is read once.

    Args:
        rule: one that keeps answers, or another: of that nobody asks for names.
    """

    def __init__(self, rule: Rule) -> None:
        sources = rule.cache.vary if rule.cache else ()
        self._page = (rule.page.encode(),)
        self._sources: Final = [(each.kind, _bytes(each)) for each in sources]
        self._known: Final = frozenset([name for kind, name in self._sources if kind == "cookie"])
        self._knows_all_cookies = ("header", b"cookie") in self._sources

    def asked(self, ask: Ask, peer: Peer) -> Asked:
        """A shopper's request."""
        lines, fields = ask.headers, ask.fields
        cookies = tuple(every(lines, b"cookie")) if b"cookie" in fields else ()
        pairs = _pairs(cookies)
        said = [self._page, _told_by_proxies(ask, peer)]
        # Each with all values that it may mean; what is read of the URL is in the URL, and a body there is none.
        for kind, name in self._sources:
            if kind == "header" and name in fields:
                said.append(tuple(every(lines, name)))
            else:
                said.append(tuple([value for known, value in pairs if known == name]) if kind == "cookie" else ())
        return Asked(
            uri=(fields.get(b"host", b"").lower(), ask.target),
            said=tuple(said),
            cookies=cookies,
            has_cookies=bool(cookies) and not self._knows_all_cookies and not self._known.issuperset(dict(pairs)),
            has_credentials=b"authorization" in fields,
            lines=lines,
        )


def _bytes(source: Source) -> bytes:
    return source.name.encode("latin-1", "replace") if source.kind == "header" else source.name.encode()


def goes_past(ask: Ask, body: Body, *, fresh: bool) -> bool:
    """Whether a request has nothing to do with what is kept.

    Args:
        ask: the request.
        body: its body; what it says may change the answer, and is in no name.
        fresh: whether the page is asked for whole, whatever part the shopper asked for.
    """
    if ask.method not in ("GET", "HEAD") or body is not None:
        return True
    if not fresh and b"range" in ask.fields:
        return True
    return not _ANOTHER_REQUEST.isdisjoint(ask.fields)


def changes_something(method: str) -> bool:
    """Whether a method may have changed what stands at its URL (RFC 9110 section 9.2.1)."""
    return method not in _SAFE


def varying(names: tuple[bytes, ...], lines: HeaderLines) -> Values:
    """What a request says in the fields that an answer varies with."""
    return tuple([_normal(name, every(lines, name)) for name in names])


def _normal(name: bytes, values: list[bytes]) -> tuple[bytes, ...]:
    """Codings are compared as we ask for them: two browsers offer what we cannot read in two ways."""
    if name == b"accept-encoding":
        return tuple([readable_codings(value) for value in values])
    return tuple(values)


def _told_by_proxies(ask: Ask, peer: Peer) -> tuple[bytes, ...]:
    """Host, scheme and prefix as a proxy before us knows them: shops write links with them, and seldom say so."""
    if not peer.trusted:
        return (peer.scheme,)
    told = [name for name in ask.fields if name.startswith(_OF_PROXIES) and name != b"x-forwarded-for"]
    return (peer.scheme, *[name + b":" + value for name in told for value in every(ask.headers, name)])


def _pairs(lines: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
    """The cookies of some lines of `Cookie`."""
    pairs = [pair.strip().partition(b"=") for line in lines for pair in line.split(b";")]
    return [(name, value) for name, _, value in pairs if name or value]
