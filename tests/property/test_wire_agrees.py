"""Our reading of an answer beside that of aiohttp's client, over real sockets.

Thousands of answers are made, each from good parts with one or two oddities,
each with a name. Both clients must come to the same result: the same status,
reason, fields and body, or both refuse. Where they do not, the oddity stands
in `DIFFERENCES` with the reason; and each difference there must be real, so
that the list never says more than is so.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

import aiohttp
import pytest

from proxy.wire import Client, Origin, WireTrouble

Result = tuple[int, bytes, tuple[tuple[bytes, bytes], ...], bytes] | str
Part = tuple[str, bytes]

STATUS = [b"200 OK", b"404 Not Found", b"299", b"500 ", b"418 I'm a teapot", b"201 Cr\xc3\xa9\xc3\xa9", b"999 X"]
FIELDS = [
    b"Server: x",
    b"x-wEiRd:1",
    b"Set-Cookie: a=1",
    b"Set-Cookie: b=2; Path=/",
    b"Content-Type: application/json",
    b"X-Empty:",
    b"X-Blanks:  a \t b \t",
    b'X-Latin: caf\xe9 "q"',
    b"Vary: a, b",
    b"!#$%&'*+-.^_`|~: token",
]
BODIES = [b"", b"hello", b"{}", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", bytes(range(256)), b"x" * 5000]

BAD_STATUS: list[Part] = [
    ("version 1.0", b"HTTP/1.0 200 OK"),
    ("version 1.2", b"HTTP/1.2 200 OK"),
    ("version 2.0", b"HTTP/2.0 200 OK"),
    ("lower-case version", b"http/1.1 200 OK"),
    ("two digits", b"HTTP/1.1 20 OK"),
    ("four digits", b"HTTP/1.1 2000 OK"),
    ("status 099", b"HTTP/1.1 099 OK"),
    ("two blanks", b"HTTP/1.1  200 OK"),
    ("tab for blank", b"HTTP/1.1\t200 OK"),
    ("no status", b"HTTP/1.1"),
    ("another protocol", b"ICY 200 OK"),
    ("empty first line", b"\r\nHTTP/1.1 200 OK"),
    ("blank first", b" HTTP/1.1 200 OK"),
    ("NUL in reason", b"HTTP/1.1 200 O\x00K"),
    ("control in reason", b"HTTP/1.1 200 O\x01K"),
    ("CR in reason", b"HTTP/1.1 200 O\rK"),
]
BAD_FIELD: list[Part] = [
    ("no colon", b"no colon"),
    ("no name", b": x"),
    ("blank before colon", b"Foo : x"),
    ("no token", b"X(y): 1"),
    ("byte over 127 in name", b"X\xef: 1"),
    ("NUL in value", b"X: a\x00b"),
    ("control in value", b"X: a\x01b"),
    ("DEL in value", b"X: a\x7fb"),
    ("CR in value", b"X: a\rb"),
    ("CR at the end", b"X: a\r"),
    ("line feed alone", b"X: a\nY: b"),
    ("folded line", b"X: a\r\n  b"),
    ("fold of nothing", b"X:\r\n b"),
    ("fold first", b" X: a"),
    ("very long field", b"X: " + b"y" * 9000),
    ("too long a head", b"X: " + b"y" * 70_000),
    ("many fields", b"\r\n".join([b"X: y"] * 140)),
    ("far too many fields", b"\r\n".join([b"X: y"] * 300)),
    ("two Content-Type", b"Content-Type: a\r\nContent-Type: b"),
    ("two Server", b"Server: x\r\nServer: y"),
    ("close", b"Connection: close"),
    ("keep-alive", b"Connection: keep-alive, x"),
    ("Upgrade", b"Upgrade: h2c\r\nConnection: upgrade"),
]
BAD_LENGTH: list[Part] = [
    ("length +", b"Content-Length: +%d"),
    ("length _", b"Content-Length: 0_%d"),
    ("length -", b"Content-Length: -%d"),
    ("length hex", b"Content-Length: 0x%d"),
    ("length list", b"Content-Length: %d, %d"),
    ("length twice", b"Content-Length: %d\r\nContent-Length: %d"),
    ("two lengths", b"Content-Length: %d\r\nContent-Length: 1%d"),
    ("length two words", b"Content-Length: %d 0"),
    ("no length", b"Content-Length:"),
    ("huge length", b"Content-Length: 99999999999999999999%d"),
    ("length too long", b"Content-Length: 9%d"),
    ("length and blanks", b"Content-Length: \t%d \t"),
    ("zeros before", b"Content-Length: 000%d"),
]
CODINGS: list[Part] = [
    ("identity", b"identity"),
    ("gzip, chunked", b"gzip, chunked"),
    ("chunked, gzip", b"chunked, gzip"),
    ("chunked twice", b"chunked, chunked"),
    ("chunked in two fields", b"chunked\r\nTransfer-Encoding: chunked"),
    ("xchunked", b"xchunked"),
    ('"chunked"', b'"chunked"'),
    ("chunked;a", b"chunked;a=b"),
    ("empty coding", b""),
    ("CHUNKED", b" CHUNKED\t"),
    ("coding and length", b"chunked\r\nContent-Length: 3"),
]
CHUNKINGS: list[Part] = [
    ("extension", b"5;a=b\r\nhello\r\n0\r\n\r\n"),
    ("blank behind size", b"5  \r\nhello\r\n0\r\n\r\n"),
    ("tab behind size", b"5\t\r\nhello\r\n0\r\n\r\n"),
    ("upper-case size", b"A\r\n0123456789\r\n0\r\n\r\n"),
    ("zeros before size", b"0005\r\nhello\r\n00\r\n\r\n"),
    ("trailers", b"5\r\nhello\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n"),
    ("length in a trailer", b"5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n"),
    ("bad trailer", b"5\r\nhello\r\n0\r\nno colon\r\n\r\n"),
    ("size 0x", b"0x5\r\nhello\r\n0\r\n\r\n"),
    ("size +", b"+5\r\nhello\r\n0\r\n\r\n"),
    ("size -", b"-5\r\nhello\r\n0\r\n\r\n"),
    ("size _", b"0_5\r\nhello\r\n0\r\n\r\n"),
    ("blank before size", b" 5\r\nhello\r\n0\r\n\r\n"),
    ("empty size", b"\r\nhello\r\n0\r\n\r\n"),
    ("17 digits", b"00000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("huge size", b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    ("line feed behind size", b"5\nhello\r\n0\r\n\r\n"),
    ("line feed behind data", b"5\r\nhello\n0\r\n\r\n"),
    ("CR in extension", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    ("line feed in extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    ("NUL in extension", b"5;a\x00b\r\nhello\r\n0\r\n\r\n"),
    ("longer than size", b"5\r\nhellooo\r\n0\r\n\r\n"),
    ("no line end behind data", b"5\r\nhello0\r\n\r\n"),
    ("no last chunk", b"5\r\nhello\r\n"),
    ("no end of trailers", b"5\r\nhello\r\n0\r\nX: y\r\n"),
    ("no data", b"5\r\n"),
    ("long extension", b"5;" + b"x" * 20_000 + b"\r\nhello\r\n0\r\n\r\n"),
]
# What one of the two reads otherwise, and why we do as we do. "Theirs" is aiohttp's client outside its development mode.
DIFFERENCES = {
    # We deliver an answer that is whole, and never use its connection again; they refuse both.
    "more": "bytes behind the end are nobody's; they say nothing against what stands before them",
    "body where none may be": "the answer to HEAD, a 204 and a 304 end with their head (RFC 9112, 6.3)",
    "coding and length": "chunked wins, and the connection is closed (RFC 9112, 6.1)",
    "length in a trailer": "trailers are dropped, so that one cannot do harm",
    "CHUNKED": "blanks around a value are not part of it, also a tab behind it (RFC 9110, 5.5)",
    "folded line": "a fold becomes one blank (RFC 9112, 5.2); they keep what stands behind it",
    # We refuse what two readers might read in two ways; they take it, mostly in llhttp's lenient mode.
    "line feed alone": "a line ends with CR LF",
    "line feed behind data": "a line ends with CR LF",
    "fold first": "there is no field before it to be folded into",
    "empty first line": "only in front of a request may there be one (RFC 9112, 2.2)",
    "NUL in reason": "NUL is nowhere allowed in a head",
    "status 099": "a status begins at 100",
    "version 2.0": "HTTP/2 is not spoken in lines",
    "17 digits": "a size over 64 bits, or zeros that make it look like one",
    "long extension": "extensions are bounded, as is every line",
    "gzip, chunked": "we asked for no coding, and cannot hand on a coded body as if it were not",
    "chunked, gzip": "chunked must be last (RFC 9112, 6.1)",
    "chunked twice": "chunked must not be applied twice (RFC 9112, 6.1)",
    "chunked in two fields": "chunked must not be applied twice (RFC 9112, 6.1)",
    "chunked;a": "chunked has no parameters (RFC 9112, 7)",
    "xchunked": "a coding that we do not know",
    '"chunked"': "a coding that we do not know",
    "empty coding": "a coding that we do not know",
    "identity": "a coding that is no more (RFC 9112, appendix C.2.2)",
}


class Kitchen:
    """Makes answers, by chance that is the same every time."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def answer(self) -> tuple[set[str], str, bytes]:
        """The names of the oddities, the method of the request, and the bytes."""
        chance, odd = self._chance, set[str]()
        line = b"HTTP/1.1 " + chance.choice(STATUS)
        fields = chance.sample(FIELDS, chance.randrange(5))
        interim = b""
        if chance.random() < 0.15:
            line = self._odd(BAD_STATUS, odd)
        if chance.random() < 0.3:
            fields.insert(chance.randrange(len(fields) + 1), self._odd(BAD_FIELD, odd))
        if chance.random() < 0.1:
            interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * chance.randrange(1, 4)
            odd.add("interim")
        kind = chance.choice([self._by_length, self._by_length, self._by_chunks, self._by_chunks, self._by_close])
        framing, body = kind(odd)
        fields.insert(chance.randrange(len(fields) + 1), framing) if framing else None
        method = "HEAD" if chance.random() < 0.1 else "GET"
        if chance.random() < 0.1 and not odd:
            line = chance.choice([b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified"])
        if method == "HEAD" or line[9:12] in (b"204", b"304"):
            if body and chance.random() < 0.1:
                odd.add("body where none may be")
            else:
                body = b""
        whole = interim + b"\r\n".join([line, *fields, b"", b""]) + body
        if chance.random() < 0.1:
            odd.add("cut")
            whole = whole[: chance.randrange(len(whole))]
        if chance.random() < 0.1:
            odd.add("more")
            whole += chance.choice([b"X", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"])
        return odd, method, whole

    def _odd(self, parts: list[Part], odd: set[str]) -> bytes:
        name, part = self._chance.choice(parts)
        odd.add(name)
        return part

    def _by_length(self, odd: set[str]) -> tuple[bytes, bytes]:
        body = self._chance.choice(BODIES)
        if self._chance.random() < 0.3:
            form = self._odd(BAD_LENGTH, odd)
            return form.replace(b"%d", b"%d" % len(body)), body
        return b"Content-Length: %d" % len(body), body

    def _by_chunks(self, odd: set[str]) -> tuple[bytes, bytes]:
        coding = b"chunked" if self._chance.random() < 0.7 else self._odd(CODINGS, odd)
        if self._chance.random() < 0.5:
            body = self._odd(CHUNKINGS, odd)
        else:
            pieces = [piece for piece in self._chance.sample(BODIES, 3) if piece]
            body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        return b"Transfer-Encoding: " + coding, body

    def _by_close(self, odd: set[str]) -> tuple[bytes, bytes]:
        return b"", self._chance.choice(BODIES)


class Both:
    """The two clients, and an origin that says what it is told to."""

    def __init__(self, port: int, said: list[bytes], pieces: list[int]) -> None:
        self._said = said
        self._pieces = pieces
        self._url = f"http://127.0.0.1:{port}/"
        self._ours = Client(Origin.parse(self._url))
        self._theirs = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(force_close=True),
            max_line_size=65_536,
            max_field_size=65_536,
            max_headers=256,
        )

    async def close(self) -> None:
        await self._ours.close()
        await self._theirs.close()

    async def ours(self, method: str, said: bytes, pieces: int = 0) -> Result:
        self._said[0], self._pieces[0] = said, pieces
        head = f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        try:
            response = await self._ours.send(head, method=method, first_byte=5, reuse=False, again=False)
            body = await response.read(1 << 20)
        except WireTrouble:
            return "refused"
        return response.status, response.reason, tuple(response.raw_headers), body

    async def theirs(self, method: str, said: bytes) -> Result:
        self._said[0], self._pieces[0] = said, 0
        try:
            async with self._theirs.request(method, self._url, allow_redirects=False) as response:
                body = await response.read()
                reason = (response.reason or "").encode("utf-8", "surrogateescape")
                return response.status, reason, tuple(response.raw_headers), body
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return "refused"


@contextlib.asynccontextmanager
async def both() -> AsyncIterator[Both]:
    said, pieces = [b""], [0]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            step = pieces[0] or len(said[0]) or 1
            for at in range(0, len(said[0]), step):
                writer.write(said[0][at : at + step])
                await asyncio.sleep(0)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    clients = Both(server.sockets[0].getsockname()[1], said, pieces)
    yield clients
    await clients.close()
    server.close()


# -- the tests


async def compared(seed: int, answers: int) -> None:
    kitchen = Kitchen(seed)
    async with both() as clients:
        for _ in range(answers):
            odd, method, said = kitchen.answer()
            if not odd & DIFFERENCES.keys():
                assert await clients.ours(method, said) == await clients.theirs(method, said), (odd, method, said[:500])


async def test_hundreds_of_answers_are_read_as_aiohttps_client_reads_them() -> None:
    await compared(seed=1, answers=700)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
async def test_thousands_of_answers_are_read_as_aiohttps_client_reads_them(seed: int) -> None:
    await compared(seed, answers=3000)


async def test_every_difference_is_real() -> None:
    """Each of them, alone in an answer that is otherwise good."""
    left = set(DIFFERENCES)
    kitchen = Kitchen(seed=0)
    async with both() as clients:
        for _ in range(20_000):
            odd, method, said = kitchen.answer()
            if len(odd) == 1 and odd <= left and await clients.ours(method, said) != await clients.theirs(method, said):
                left -= odd
            if not left:
                return
    assert left == set()
