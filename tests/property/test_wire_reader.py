"""Whatever an origin says, in whatever pieces: an answer or one kind of trouble, and always the same."""

import asyncio
import contextlib
import time
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.wire import Client, NoAnswer, Origin, WireTrouble
from proxy.wire.chunked import LAST_CHUNK, chunk
from proxy.wire.reader import Reader

TOKEN = st.text("!#$%&'*+-.^_`|~0123456789abcXYZ", min_size=1, max_size=12).map(str.encode)
VALUE = st.binary(max_size=20).map(lambda raw: bytes(b for b in raw if b not in b"\0\r\n").strip(b" \t"))
FRAMING = (b"content-length", b"transfer-encoding", b"connection")
FIELDS = st.lists(st.tuples(TOKEN, VALUE).filter(lambda field: field[0].lower() not in FRAMING), max_size=6)
BODY = st.binary(max_size=200) | st.sampled_from([b"\r\n\r\n", b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])

# Bytes of which answers are made, so that chance meets more than the first line's refusal.
LINES = [
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 100 Continue",
    b"HTTP/1.0 304 X",
    b"HTTP/1.1 101 S",
    b"Connection: close",
    b"X: y",
]
FRAMES = [
    b"Content-Length: 5",
    b"Content-Length: 0",
    b"Transfer-Encoding: chunked",
    b"hello",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
]
MARKS = [b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"0\r\n", b"f" * 16, b";x", b"\0", b"\xff", b":", b" "]
WORDS = st.sampled_from(LINES) | st.sampled_from(FRAMES) | st.sampled_from(MARKS)
ANYTHING = st.binary(max_size=300) | st.lists(WORDS | st.binary(max_size=3), max_size=25).map(b"".join)


class Said(NamedTuple):
    """An answer that is well formed, and what it says."""

    status: int
    fields: list[tuple[bytes, bytes]]
    body: bytes
    raw: bytes
    by_close: bool


@st.composite
def answers(draw: st.DrawFn) -> Said:
    """A well-formed answer with a body."""
    status = draw(st.integers(200, 999).filter(lambda status: status not in (204, 304)))
    fields, body = draw(FIELDS), draw(BODY)
    kind = draw(st.sampled_from(["length", "chunks", "close"]))
    framed = body
    if kind == "length":
        fields = [*fields, (b"Content-Length", b"%d" % len(body))]
    elif kind == "chunks":
        fields = [(b"transfer-encoding", b"Chunked"), *fields]
        cut = draw(st.integers(0, len(body)))
        framed = b"".join(chunk(part) for part in (body[:cut], body[cut:]) if part) + LAST_CHUNK
    blank = draw(st.sampled_from([b"", b" ", b"\t "]))
    lines = b"".join(name + b":" + blank + value + blank + b"\r\n" for name, value in fields)
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * draw(st.integers(0, 2))
    raw = interim + b"HTTP/1.1 %d X\r\n" % status + lines + b"\r\n" + framed
    return Said(status, fields, body, raw, kind == "close")


def read(raw: bytes, cuts: list[int], method: str = "GET", upgrade: bool = False) -> tuple[object, ...]:
    """Everything that an answer comes to when it arrives cut at these places, and then ends."""
    reader, body, at = Reader(method, upgrade=upgrade), b"", 0
    for cut in [*sorted(cut % (len(raw) + 1) for cut in cuts), len(raw)]:
        if cut > at:
            body += reader.feed(raw[at:cut])
            at = cut
    before = (reader.done, reader.error is not None, reader.reusable)
    reader.end(clean=True)
    return before, reader.head, reader.framing, body, reader.done, type(reader.error), reader.extra and reader.done


CUTS = st.lists(st.integers(0, 10_000), max_size=8)


@given(answers(), CUTS)
def test_a_well_formed_answer_is_read_as_it_was_written(said: Said, cuts: list[int]) -> None:
    _, head, _, body, done, _, extra = read(said.raw, cuts)
    assert (head.status, head.fields) == (said.status, said.fields)  # type: ignore[attr-defined]
    assert (body, done, extra) == (said.body, True, False)


@given(answers(), CUTS, st.binary(min_size=1, max_size=5))
def test_bytes_behind_an_answer_are_never_part_of_it(said: Said, cuts: list[int], more: bytes) -> None:
    (_, _, reusable), _, _, body, done, _, extra = read(said.raw + more, cuts)
    if not said.by_close:
        assert (reusable, body, done, extra) == (False, said.body, True, True)


@given(answers(), st.integers(0, 10_000))
def test_an_answer_cut_short_never_looks_complete(said: Said, cut: int) -> None:
    short = said.raw[: cut % len(said.raw)]
    _, head, _, body, done, _, _ = read(short, [])
    if done:  # only where the end of the connection is what ends the body
        assert said.by_close
        assert head is not None
        assert said.body.startswith(body)  # type: ignore[arg-type]


@given(ANYTHING, CUTS, st.sampled_from(["GET", "HEAD"]), st.booleans())
def test_any_bytes_come_to_the_same_in_any_pieces(raw: bytes, cuts: list[int], method: str, upgrade: bool) -> None:
    assert read(raw, cuts, method, upgrade) == read(raw, [], method, upgrade)


@given(answers(), st.integers(0, 10_000), st.binary(max_size=2), CUTS)
def test_a_damaged_answer_comes_to_the_same_in_any_pieces(said: Said, place: int, by: bytes, cuts: list[int]) -> None:
    place %= len(said.raw)
    raw = said.raw[:place] + by + said.raw[place + 1 :]
    assert read(raw, cuts) == read(raw, list(range(len(raw)))) == read(raw, [])


@given(ANYTHING | answers().map(lambda said: said.raw), CUTS)
def test_a_connection_is_used_again_only_where_every_byte_was_the_answers(raw: bytes, cuts: list[int]) -> None:
    (done, _, reusable), *_ = read(raw, cuts)
    if reusable:
        assert done
        assert not read(raw + b"X", cuts)[0][2]  # type: ignore[index]
        assert not read(raw[:-1], cuts)[0][2]  # type: ignore[index]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANYTHING | answers().map(lambda said: said.raw), min_size=1, max_size=3), st.booleans())
async def test_any_origin_gives_answers_or_trouble_and_never_a_hang(said: list[bytes], close: bool) -> None:
    async with asyncio.timeout(20):
        await converse(said, close)


class Quick:
    """A clock on which limits of seconds are over in a moment."""

    def now(self) -> float:
        return time.monotonic() * 100

    wall = now


async def converse(said: list[bytes], close: bool) -> None:
    """Ask as often as there are things to say, plus once; each answer must be what one of them alone comes to."""
    left = list(said)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while left:
                await reader.readuntil(b"\r\n\r\n")
                if left:
                    writer.write(left.pop(0))
                    await writer.drain()
                if close or not left:
                    break
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    client = Client(Origin.parse(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"), clock=Quick(), still=2)
    try:
        for _ in range(len(said) + 1):
            try:
                response = await client.send(b"GET / HTTP/1.1\r\n\r\n", method="GET", first_byte=2)
                body = await response.read(1 << 16)
            except WireTrouble as trouble:
                if isinstance(trouble, NoAnswer) and not left:
                    break
                continue
            assert any(read(raw, [])[3] == body for raw in said)
    finally:
        await client.close()
        server.close()
