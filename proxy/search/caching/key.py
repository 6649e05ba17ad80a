"""Under which name an answer is kept, and who may have it. Pure.

An answer is found by its URL; beside that by everything that the marketplace
may have seen and made a difference of: the rule's `vary`, what a trusted proxy
says in front of us, and what `Vary` names (RFC 9111 section 4.1). The bytes are
compared as they came, every line of a field, so that nobody can hide a second
value behind the one that was looked at and leave an answer for others.
"""

from functools import lru_cache
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
        self._page: Final = (rule.page.encode(), *[each.text.encode() for each in sources])
        # What is read of the URL is in the URL, and a body there is none.
        self._headers: Final = tuple([_bytes(each) for each in sources if each.kind == "header"])
        self._no_cookies: Final[dict[bytes, tuple[bytes, ...]]] = {
            _bytes(each): () for each in sources if each.kind == "cookie"
        }
        self._knows_all_cookies: Final = b"cookie" in self._headers

    def asked(self, ask: Ask, peer: Peer) -> Asked:
        """A shopper's request."""
        fields = ask.fields
        uri = (fields.get(b"host", b"").lower(), ask.target)
        cookies = _values(ask, b"cookie")
        # Each with all values that it may mean.
        by_name = self._no_cookies.copy()
        has_others = False
        for line in cookies:
            for pair in line.split(b";"):
                name, _, value = pair.strip().partition(b"=")
                if name in by_name:
                    by_name[name] += (value,)
                elif name or value:
                    has_others = not self._knows_all_cookies
        said = [self._page, _told_by_proxies(ask, peer), *by_name.values()]
        for name in self._headers:
            said.append(_values(ask, name))
        return Asked(uri, tuple(said), cookies, has_others, b"authorization" in fields, ask.headers)


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
    names = _telling(tuple(ask.fields))
    if not names:
        return (peer.scheme,)
    return (peer.scheme, *[name + b":" + value for name in names for value in _values(ask, name)])


@lru_cache(maxsize=256)
def _telling(names: tuple[bytes, ...]) -> list[bytes]:
    """The fields of proxies among those of a request; what fields there are hardly differs from one to the next."""
    return [name for name in names if name.startswith(_OF_PROXIES) and name != b"x-forwarded-for"]


def _values(ask: Ask, name: bytes) -> tuple[bytes, ...]:
    """All values of a field, in order; `name` in lower case."""
    fields = ask.fields
    if name not in fields:
        return ()
    return (fields[name],) if len(fields) == len(ask.headers) else tuple(every(ask.headers, name))
