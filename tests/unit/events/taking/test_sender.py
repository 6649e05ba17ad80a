"""The sender's end of the line: bodies in whatever way they come, and never more of them than is allowed."""

import gzip

import pytest

from proxy.events.taking.handler import MOST_BYTES
from tests.events_door import PATH, Answer, a_door, one
from tests.patience import until

HEAD = f"POST {PATH} HTTP/1.1\r\nHost: shop.example\r\n".encode()


def chunked(body, size=7):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# -- how it comes ----


async def test_a_body_comes_in_pieces_chunked_or_counted():
    body = one()
    async with a_door() as door:
        for head, sent in (
            (b"Transfer-Encoding: chunked\r\n\r\n", chunked(body)),
            (b"Content-Length: %d\r\n\r\n" % len(body), body),
        ):
            async with door.connection() as (reader, writer):
                for at in range(0, len(whole := HEAD + head + sent), 50):
                    writer.write(whole[at : at + 50])
                    await writer.drain()
                assert (await Answer.read(reader)).status == 204
        assert door.ids() == ["e1"]


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "identity", ""])
async def test_a_body_may_be_gzipped(coding):
    body = gzip.compress(one()) if "gzip" in coding.lower() else one()
    async with a_door() as door:
        assert (await door.post(body, f"Content-Encoding: {coding}\r\n")).status == 204
        assert door.ids() == ["e1"]


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "gzip, br"])
async def test_other_codings_are_refused_and_the_one_that_will_do_is_named(coding):
    async with a_door() as door:
        answer = await door.post(one(), f"Content-Encoding: {coding}\r\n")
        assert (answer.status, answer.headers["accept-encoding"]) == (415, "gzip")
        assert door.events.counts == {"rejected|coding": 1}


async def test_a_body_that_is_not_the_gzip_it_says_is_refused():
    async with a_door() as door:
        assert (await door.post(one(), "Content-Encoding: gzip\r\n")).status == 400


@pytest.mark.parametrize(
    "named", ["application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "image/png", None]
)
async def test_whatever_a_body_is_called_it_is_taken_for_what_it_is(named):
    async with a_door() as door:
        assert (await door.post(one(), f"Content-Type: {named}\r\n" if named else "")).status == 204


async def test_no_body_is_no_request():
    async with a_door() as door:
        for headers in ("", "Transfer-Encoding: chunked\r\n"):
            answer = await door.post(b"" if not headers else b"0\r\n\r\n", headers)
            assert (answer.status, answer.json["errCode"]) == (400, "empty_request")


# -- its bounds ----


def of_length(length):
    body = one()
    return body[:-1] + b" " * (length - len(body)) + b"}"


async def test_a_body_may_have_256_kib_and_no_byte_more():
    async with a_door() as door:
        assert (await door.post(of_length(MOST_BYTES))).status == 204
        answer = await door.post(of_length(MOST_BYTES + 1))
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        answer = await door.post(chunked(of_length(MOST_BYTES + 1), 1000), "Transfer-Encoding: chunked\r\n")
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert (await door.post(gzip.compress(of_length(MOST_BYTES)), "Content-Encoding: gzip\r\n")).status == 204
        assert (await door.post(gzip.compress(of_length(MOST_BYTES + 1)), "Content-Encoding: gzip\r\n")).status == 413
        assert door.events.counts["rejected|too_large"] == 3


async def test_a_long_body_is_refused_before_it_comes():
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(HEAD + b"Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n")
        answer = await Answer.read(reader)
        assert (answer.status, answer.headers["connection"]) == (413, "close")


async def test_a_sender_who_asks_is_told_to_go_on():
    body = one()
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(HEAD + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert (await Answer.read(reader)).status == 204


async def test_a_sender_who_asks_and_is_refused_need_not_send_its_body():
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(HEAD + b"Content-Length: 10\r\nExpect: 100-continue\r\nOrigin: https://evil.test\r\n\r\n")
        answer = await Answer.read(reader)
        assert (answer.status, answer.headers["connection"]) == (403, "close")


async def test_a_sender_who_stalls_is_cut():
    async with a_door(patience=0.05) as door, door.connection() as (reader, writer):
        writer.write(HEAD + b"Content-Length: 10\r\n\r\n{")
        answer = await Answer.read(reader)
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert door.events.counts == {"rejected|stalled": 1}


async def test_a_chunk_that_is_none_is_refused():
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        writer.write(b"5\r\n{\r\nxyz\r\n")
        answer = await Answer.read(reader)
        assert (answer.status, answer.headers["connection"]) == (400, "close")


async def test_a_sender_who_leaves_in_the_middle_leaves_nothing_behind(caplog):
    async with a_door() as door:
        async with door.connection() as (_, writer):
            writer.write(HEAD + b"Content-Length: 10\r\n\r\n{")
            await writer.drain()
        await until(lambda: door.events.counts["gone"])
        assert door.ids() == []
    assert caplog.text == ""


async def test_a_head_is_answered_without_a_body():
    async with a_door() as door, door.connection() as (reader, writer):
        writer.write(f"HEAD {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert answer.endswith(b"\r\n\r\n")
