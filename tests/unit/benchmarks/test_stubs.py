"""The stand-ins of the benchmarks: they answer by the path, and late where they are asked to."""

import asyncio

from benchmarks.stubs import Canned, answer_of, request_end

ANSWERS = {b"": answer_of(b"200 OK", b"any"), b"12": answer_of(b"200 OK", b"twelve")}
REQUEST = b"GET /search/%s?q=x HTTP/1.1\r\nHost: shop\r\n\r\n"


def test_a_request_ends_where_its_body_does() -> None:
    post = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
    assert request_end(post + b"GET") == len(post)
    assert request_end(post[:-1]) == -1
    assert request_end(REQUEST % b"12") == len(REQUEST % b"12")


async def test_what_asks_for_slowness_is_answered_after_the_others() -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Canned(ANSWERS, b"slow", 0.001), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(REQUEST % b"slow" + REQUEST % b"12")
        said = await reader.readexactly(len(ANSWERS[b""]) + len(ANSWERS[b"12"]))
        assert said == ANSWERS[b"12"] + ANSWERS[b""]
        writer.close()
