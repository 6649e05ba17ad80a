"""Marketplace and ad platform with ready-made answers, as cheap as Python allows.

`python -m benchmarks.stubs MARKETPLACE_PORT ADS_PORT` runs both in one process
until it is ended. The marketplace takes its time for a path with `/slow` in it,
the ad platform for a question that says "slow": what is measured is then the
waiting. They look at a request only as far as it takes to find its end, and
they check nothing: the load sends nothing but what they know.
"""

import asyncio
import re
import sys
from collections.abc import Mapping
from typing import cast

import uvloop

from benchmarks.bodies import COUNTS, SIZES, auction_answer, listing, page

MARKETPLACE_SECONDS = 0.05
ADS_SECONDS = 0.03

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


def answer_of(status: bytes, body: bytes) -> bytes:
    """A whole HTTP answer."""
    return (
        b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nCache-Control: max-age=60\r\nContent-Length: %d\r\n\r\n%s"
        % (
            status,
            len(body),
            body,
        )
    )


def request_end(data: bytes) -> int:
    """Where the first request in `data` ends; -1 where it is not all there."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return -1
    if data.startswith(b"GET"):
        return head + 4
    length = _LENGTH.search(data, 0, head)
    if length:
        end = head + 4 + int(length[1])
        return end if len(data) >= end else -1
    if _CHUNKED.search(data, 0, head):
        last = data.find(b"0\r\n\r\n", head + 4)
        return -1 if last < 0 else last + 5
    return head + 4


class Canned(asyncio.Protocol):
    """Answers each request by its last path segment ("/search/12?q=x" -> "12"), else with `answers[b""]`.

    Args:
        answers: what to say, ready-made.
        slow: what a request holds that shall be answered late.
        delay: how late, in seconds.
    """

    def __init__(self, answers: Mapping[bytes, bytes], slow: bytes, delay: float) -> None:
        self.answers = answers
        self.slow = slow
        self.delay = delay
        self.pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self.pending:
            data = self.pending + data
        while data and (end := request_end(data)) > 0:
            path = data[: data.index(b"\r\n")].split(b" ")[1].partition(b"?")[0]
            answer = self.answers.get(path.rpartition(b"/")[2], self.answers[b""])
            if self.slow in data[:end]:
                asyncio.get_running_loop().call_later(self.delay, self.transport.write, answer)
            else:
                self.transport.write(answer)
            data = data[end:]
        self.pending = data


async def serve(marketplace_port: int, ads_port: int) -> None:
    """Both stand-ins, until cancelled."""
    loop = asyncio.get_running_loop()
    pages = {str(size).encode(): answer_of(b"200 OK", page(size)) for size in SIZES}
    pages |= {b"slow%d" % size: answer_of(b"200 OK", page(size)) for size in SIZES}
    pages |= {b"items%d" % count: answer_of(b"200 OK", listing(count)) for count in COUNTS}
    pages[b""] = pages[b"12"]
    winners = {b"": answer_of(b"201 Created", auction_answer()), b"events": b"HTTP/1.1 204 No Content\r\n\r\n"}
    shop, platform = (pages, b"/slow", MARKETPLACE_SECONDS), (winners, b"slow", ADS_SECONDS)
    await loop.create_server(lambda: Canned(*shop), "127.0.0.1", marketplace_port, backlog=4096)
    await loop.create_server(lambda: Canned(*platform), "127.0.0.1", ads_port, backlog=4096)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
