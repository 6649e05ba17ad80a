"""How a kept answer goes out."""

from proxy.search.caching.reply import KeptReply
from tests.unit.search.caching.answers import kept


def test_it_goes_out_with_its_age_and_without_what_belonged_to_one_connection() -> None:
    one = kept("Age: 7", "X-A: 1", "Keep-Alive: 5", "Connection: X-B", "X-B: 1")
    reply = KeptReply(one, 105.9)
    assert [(name, value) for name, value in reply.raw_headers if name in (b"Age", b"Date")] == [
        (b"Date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
        (b"Age", b"12"),
    ]
    assert (reply.header(b"x-a"), reply.header(b"age")) == (b"1", b"12")
    assert reply.header(b"keep-alive") is reply.header(b"x-b") is reply.header(b"connection") is None
    assert (reply.status, reply.reason, reply.length) == (200, b"OK", len(one.raw))


async def test_nothing_of_it_is_left_to_come() -> None:
    reply = KeptReply(kept(), 100)
    assert await reply.read(10) == b""


def test_a_304_says_nothing_of_the_body() -> None:
    reply = KeptReply(kept('ETag: "v1"', "Content-Location: /x", "Content-Language: de"), 100, 304)
    assert (reply.status, reply.reason, reply.length) == (304, b"Not Modified", None)
    assert [name for name, _ in reply.raw_headers] == [b"ETag", b"Content-Location", b"Date", b"Age"]
