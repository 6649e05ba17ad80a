"""Any request of a shopper, any header line of either side, any coded body: read within bounds, and never a wrong line.

The first byte picks what is read, the second its circumstances.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_network
from typing import Any, Final

import brotli
import graphql
import zstandard

from proxy.ask import Ask
from proxy.auction.dialects import DIALECTS
from proxy.auction.question import Candidates, question_for, user_of
from proxy.errors import ShopperTrouble
from proxy.rules.book import Book
from proxy.rules.matching.graphql_document import NotGraphQL, read_document
from proxy.search import coding, headers, shopper
from proxy.search.eligibility import arm_of, why_no_ads
from proxy.search.trust import TrustedProxies
from proxy.topsort import contract, v2
from proxy.wire.head import are_fields
from tests.builders import a_rule

_REQUEST: Final = re.compile(rb"([A-Z]{1,9}) ([!-~\x80-\xff]+)\n((?:[^\n]+\n)*+)\n?(.*)", re.DOTALL)
_LINE: Final = re.compile(rb"([!#-'*+\-.0-9A-Z^-z|~]+):[\t ]*([\t -~\x80-\xff]*)")
_TEXTS: Final = ["query.q", "header.x-q", "cookie.q", "path.a", "form.q", "body.$.q", "body.$.v[*].t", "path", "=x"]
_AUCTION: Final = {
    "search_query": _TEXTS[:-1],
    "user": ["cookie.tsuid", "header.x-user-id", "body.$.u"],
    "page": {"type": "search", "id": "path.a", "value": ["query.q", "form.q"]},
    "geo": ["header.x-geo", "query.geo"],
}
_POST: Final = ["GET", "POST"]
_BOOK: Final = Book(
    [
        a_rule(match={"path": "/api/{a}", "methods": _POST}, auction=_AUCTION, skip={"query": ["sort"]}, rollout=50),
        a_rule(page="host", match={"path": "/api/{a}", "host": "*.shop.example", "query": {"q": "*"}, "methods": _POST},
               auction=_AUCTION | {"hash_user": True}, holdout=10),
        a_rule(page="graph", match={"path": "/graphql", "methods": _POST, "graphql": {"field": "products"}}),
        a_rule(page="named", match={"path": "/graphql", "methods": _POST, "graphql": {"operation": "Search"}}),
        a_rule(page="rest", match={"path": "/c/{a...}", "methods": _POST, "headers": {"x-channel": "web"}}, auction=_AUCTION | {
            "consent": {"from": "cookie.ok", "equals": "yes"}, "search_query": "path.a"},
            skip={"after_page": {"from": "query.page", "first": 1}}),
    ]
)  # fmt: skip
_HEAD: Final = (
    b'Host: a.shop.example:443\nCookie: tsuid=u1; q="a b"; ok=yes\nX-Q: x\nX-User-Id: 7\nAccept-Encoding: gzip, br;q=0.5, *;q=0'
    b'\nIf-None-Match: "e"\nConnection: keep-alive, X-Hop\nX-Hop: 1\nX-Forwarded-For: 10.0.0.1, 1.2.3.4\nX_Real_Ip: 9'
    b"\nForwarded: for=1.2.3.4\nMax-Forwards: 3\nTE: trailers\nExpect: 100-continue\nVia: 1.0 x\nUser-Agent: Googlebot/2.1\n"
)
_BACK: Final = (
    b'Cache-Control: public, max-age=60, no-cache="set-cookie, x", s-maxage=5\nETag: "e"\nSet-Cookie: a=b; Path=/'
    b"\nSet-Cookie: c=d\nConnection: close, X-Hop\nX-Hop: 1\nTransfer-Encoding: chunked\nSurrogate-Control: a\nCache-Control: no-transform\n"
)
_GRAPH: Final = (
    b'query Search($q: String = "x") @a(b: {c: [1]}) { p: products(q: $q) { id } ... on Query { b } ...F }\n'
    b'fragment F on Query { c ...F } # end\nmutation M { """x""" }'
)
WORDS: Final = sorted(
    set(re.findall(rb"[A-Za-z_-]{2,}", _HEAD + _BACK + _GRAPH))
    | set(b"GET |POST |HEAD |OPTIONS | /api/x?q=a%20b| /graphql?query={products}| /c/a/b%2Fc?page=2| * | http://a.shop.example/|%|%00|%ff".split(b"|"))
    | set(b"\n|\n\n|: |; |, |=|\"|\\|\\\"|;q=0|;q=1.0|*|private|{|}|[|]|...|\xff|\xc3\xa9|\xed\xa0\x80|\\ud800|::ffff:10.0.0.1|%1".split(b"|"))
    | set(b'{"query":"{products{id}}","operationName":"Search","q":"x","v":[{"t":1e5}]}|q=a+b&u=%ff|1e400|true|null'.split(b"|"))
)  # fmt: skip


def seeds() -> Iterator[bytes]:
    yield b"\0\0GET /api/shoes?q=red%20shoe&page=1&geo=x\n" + _HEAD
    yield b"\0\1POST /api/shoes\n" + _HEAD + b'Content-Type: application/json\n\n{"q":"x","v":[{"t":1}],"u":"u\\u00e9"}'
    yield b"\0\2POST /api/shoes\nContent-Type: application/x-www-form-urlencoded\n\nq=a+b&x=%C3%A9"
    yield b"\0\3GET /c/a/b%2Fc?page=2\nX-Channel: web\nSec-GPC: 1\nCookie: ok=yes\n\n"
    yield (
        b"\0\7POST /graphql\nHost: [::1]:80\n\n"
        + b'{"operationName":"Search","query":"{products{id}}","variables":{"a":[1.5e3]}}'
    )
    yield b"\0\7GET /graphql?query=%7Bproducts%7D&operationName=Search\nSec-Purpose: prefetch\nX-Forwarded-Proto: https\n\n"
    yield b"\0\7GET http://a.shop.example/api/x\nHost: a.shop.example\n\n"
    yield b"\1\0" + _BACK
    for line in (
        b'public, max-age=60, no-cache="a, public"',
        b"gzip, deflate;q=0.5, br;q=1.0, zstd, *;q=0.1",
        b'a="\\", public"',
    ):
        yield b"\2\0" + line
    for n, name in enumerate(_CODINGS):
        for text in (b"", b"hello", b"hello " * 400):
            yield bytes([3, n]) + coding.encode(text, name)
        yield bytes([3, n | 64]) + coding.encode(bytes(200_000), name)
        yield bytes([3, n]) + coding.encode(b"one", name) + coding.encode(b"two", name)
    yield b"\4\0" + b"10.0.0.9\n1.2.3.4, 10.0.0.1\n ::ffff:10.0.0.1"
    yield b"\5\0" + _GRAPH
    yield b"\5\0" + b"{ a: products, b, ...{ c } ... @x { d } }"


def check(data: bytes) -> None:
    if len(data) >= 2:
        _READERS[data[0] % len(_READERS)](data[2:], data[1])


# -- a request ------------------------------------------------------------------


def fields_of(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The lines that a server's parser would let through, each without the blanks around its value."""
    found = [_LINE.fullmatch(line) for line in raw.split(b"\n")]
    return [(match[1], match[2].strip(b"\t ")) for match in found if match]


def _request(raw: bytes, how: int) -> None:
    match = _REQUEST.fullmatch(raw)
    if match is None:
        return
    method, target, lines = match[1].decode(), match[2].decode("latin-1"), fields_of(match[3])
    if not target.startswith("/"):
        with suppress(ShopperTrouble):
            formed = shopper._origin_form(target, method, tuple(lines))
            assert formed.startswith("/") or (formed == "*" and method == "OPTIONS")
        return
    bare = Ask(method, target, lines)
    _read(bare)
    decided(bare)
    decided(bare.with_body(match[4]))
    for_the_marketplace(lines, how)


def _read(ask: Ask) -> None:
    for text in (*ask.segments, *ask.query.values(), *ask.cookies.values(), ask.host, repr(ask)):
        assert isinstance(text, str)


def decided(ask: Ask) -> None:
    """The book says the same with and without words, and what is asked keeps the vendor's contract."""
    found, wants = _BOOK.find(ask), _BOOK.needs_body(ask)
    taker = [each.rule for each in _BOOK.explain(ask) if each.takes]
    assert taker == ([found.rule] if found else []), "explain says otherwise"
    assert not wants or ask.body is None
    if found is None:
        return
    user = user_of(found.rule, ask, found.captures)
    arm_of(found.rule, user, why_no_ads(found.rule, ask, found.captures, user))
    question = question_for(found.rule, ask, found.captures, [Candidates(["a", "b"], [1.0, 0.5])], user)
    auctions = [each for each in question.listings if each is not None]
    contract.read_auctions(DIALECTS["v2"].write(auctions))
    contract.read_v1_auction(DIALECTS["v1"].write(auctions))
    assert isinstance(auctions[0].products, v2.Products)


def for_the_marketplace(lines: list[tuple[bytes, bytes]], how: int) -> None:
    peer = headers.Peer("203.0.113.7", trusted=bool(how & 1), scheme=b"https")
    host = b"origin.example" if how & 2 else None
    sent = headers.for_marketplace(lines, host=host, peer=peer, for_ads=bool(how & 4))
    assert are_fields(sent)
    names = names_in(sent)
    assert names.count(b"host") == 1
    for name in (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"):
        assert names.count(name) == 1
    assert not {*names} & (headers.HOP_BY_HOP | {b"content-length", b"expect"})
    assert not any(b"_" in name for name in names)
    if not peer.trusted:
        assert b"X-Forwarded-For: 203.0.113.7\r\n" in sent
        assert not {*names} & {b"forwarded", b"x-real-ip", b"true-client-ip", b"x-client-ip"}
    if how & 4:
        assert not {*names} & {b"if-none-match", b"if-modified-since", b"if-range", b"range"}
    for name, value in lines:
        if name.lower() == b"cookie" and name.lower() not in headers._named_by_connection(lines):
            assert b"%b: %b\r\n" % (name, value) in sent


def names_in(text: bytes) -> list[bytes]:
    return [line.partition(b":")[0].lower() for line in text.split(b"\r\n")[:-1]]


# -- header lines ---------------------------------------------------------------


def _answer_head(raw: bytes, how: int) -> None:
    lines = fields_of(raw)
    for made in (headers.for_shopper(lines), headers.for_organic_page(lines), headers.for_merged_page(lines)):
        assert are_fields(made)
        assert not {*names_in(made)} & (headers.HOP_BY_HOP | {b"content-length"})
    named = headers._named_by_connection(lines)
    if not {b"set-cookie", b"cache-control"} & named:
        cookies = [line for line in lines if line[0].lower() == b"set-cookie"]
        assert names_in(headers.for_merged_page(lines)).count(b"set-cookie") == len(cookies)
    for made in (headers.for_organic_page(lines), headers.for_merged_page(lines)):
        assert names_in(made).count(b"cache-control") == 1
        assert b"surrogate-control" not in names_in(made)
        kept_private(
            next(line[15:].lower() for line in made.split(b"\r\n") if line.lower().startswith(b"cache-control:"))
        )


def kept_private(value: bytes) -> None:
    """Who cuts at every comma and who knows of quotes both read `private`, and neither a way around it."""
    for directives in (value.split(b","), quote_aware(value)):
        assert b"private" in [each.strip().lower() for each in directives]
    if b'"' not in value:
        names = {each.partition(b"=")[0].strip().lower() for each in value.split(b",")}
        assert not names & {b"public", b"s-maxage"}


def quote_aware(value: bytes) -> list[bytes]:
    """Cut at the commas that stand in no quoted-string (RFC 9110 section 5.6.4); one that never ends goes to the end."""
    parts, quoted, at = [b""], False, 0
    while at < len(value):
        char = value[at : at + 1]
        if quoted and char == b"\\":
            char = value[at : at + 2]
        elif char == b'"':
            quoted = not quoted
        if char == b"," and not quoted:
            parts.append(b"")
        else:
            parts[-1] += char
        at += len(char)
    return parts


def _values(raw: bytes, how: int) -> None:
    values = [value for _, value in fields_of(b"x:" + raw.replace(b"\n", b"\nx:"))]
    kept_private(headers.made_private(values))
    headers.forbids_transforming(values)
    for value in values:
        readable = headers.readable_codings(value)
        assert headers.readable_codings(readable) == readable
        for offer in readable.split(b",") if readable else []:
            name = offer.partition(b";")[0].strip()
            assert coding.knows(name) or name == b"*"


def _hops(raw: bytes, how: int) -> None:
    peer, *forwarded = raw.decode("latin-1").split("\n")
    client = TrustedProxies([ip_network("10.0.0.0/8"), ip_network("::/16")]).client(peer, forwarded)
    assert client in [peer, *[hop.strip() for value in forwarded for hop in value.split(",")]]


# -- bodies ---------------------------------------------------------------------

_CODINGS: Final = (b"gzip", b"deflate", b"br", b"zstd", b"identity")
_LIMITS: Final = (1 << 16, 64, 0, 4096)


def _coded(body: bytes, how: int) -> None:
    name, limit = _CODINGS[how % 8 % len(_CODINGS)], _LIMITS[how >> 6]
    try:
        plain = coding.decode(body, name, limit)
    except coding.CodingTrouble:
        return
    assert len(plain) <= limit
    assert coding.decode(coding.encode(plain, name), name, limit) == plain
    with suppress(zlib.error, brotli.error, zstandard.ZstdError):
        # An EOFError is not suppressed: what ends too early for another decoder must not be whole for ours.
        assert _REFERENCE[name](body) == plain, "another decoder reads another text"


def _with_zlib(body: bytes, bits: int) -> bytes:
    plain = b""
    while body.strip(b"\0"):
        stream = zlib.decompressobj(bits)
        plain += stream.decompress(body)
        if not stream.eof:
            raise EOFError
        body = stream.unused_data
    return plain


def _with_zstd(body: bytes) -> bytes:
    plain = b""
    while body:
        stream = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
        plain += stream.decompress(body)
        if not stream.eof:
            raise EOFError
        body = stream.unused_data
    return plain


def _with_deflate(body: bytes) -> bytes:
    try:
        return _with_zlib(body, 15)
    except zlib.error:
        return _with_zlib(body, -15)


_REFERENCE: Final[dict[bytes, Callable[[bytes], Any]]] = {
    b"gzip": lambda body: _with_zlib(body, 31),
    b"deflate": _with_deflate,
    b"br": brotli.decompress,
    b"zstd": _with_zstd,
    b"identity": bytes,
}


# -- documents ------------------------------------------------------------------


def _document(raw: bytes, how: int) -> None:
    """What a whole parser takes for a document we take for the same one; of others we only must not fail."""
    text = raw.decode("utf-8", "replace")
    ours: list[tuple[str | None, frozenset[str]]] | None
    try:
        ours = [(operation.name, operation.fields) for operation in read_document(text)]
    except NotGraphQL:
        ours = None
    theirs = as_graphql_core_reads(text)
    assert theirs is None or ours == theirs, f"{ours} is {theirs}"


def as_graphql_core_reads(text: str) -> list[tuple[str | None, frozenset[str]]] | None:
    """Names and top-level fields of the operations; None where it is no document of operations, or a deep one."""
    try:
        document = graphql.parse(text, no_location=True)
    except (graphql.GraphQLError, RecursionError):
        return None
    fragments: dict[str, Any] = {}
    operations = []
    for each in document.definitions:
        if isinstance(each, graphql.FragmentDefinitionNode):
            fragments.setdefault(each.name.value, each)
        elif isinstance(each, graphql.OperationDefinitionNode):
            operations.append(each)
        else:
            return None
    if text.count("{") > 64:
        return None
    return [(each.name.value if each.name else None, frozenset(_fields(each, fragments, set()))) for each in operations]


def _fields(node: Any, fragments: dict[str, Any], seen: set[str]) -> Iterator[str]:
    for each in node.selection_set.selections:
        if isinstance(each, graphql.FieldNode):
            yield each.name.value
        elif isinstance(each, graphql.InlineFragmentNode):
            yield from _fields(each, fragments, seen)
        elif each.name.value in fragments and each.name.value not in seen:
            seen.add(each.name.value)
            yield from _fields(fragments[each.name.value], fragments, seen)


_READERS: Final = (_request, _answer_head, _values, _coded, _hops, _document)
