"""Requests, sent as fast as they are answered or at a fixed rate. Plain sockets, one thread.

`saturate` keeps every connection busy: for CPU a request, and for throughput.
`at_rate` sends when the schedule says so, whether or not earlier answers have
come, and counts each latency from the moment on the schedule: a subject that
stalls is charged for everybody who would have waited (no coordinated omission).
Both know a status other than 200 or 204 and a body cut short as failures. What
is sent is asked for request by request, so that no two need be alike.
"""

import re
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BUFFER = bytearray(1 << 20)
_VIEW = memoryview(_BUFFER)

STALLED = 10.0
"""Seconds without any answer after which a run is given up."""


@dataclass
class Run:
    """What came of a run. Latencies in seconds."""

    seconds: float = 0.0
    answered: int = 0
    failed: int = 0
    latencies: list[float] = field(default_factory=list)


class Connection:
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, port: int, requests: Iterator[bytes], patience: float = STALLED) -> None:
        self._requests = requests
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.missing = -1  # bytes of the body to come; -1 while the head is not there; -2 in a chunked body
        self.ok = True
        self.due = 0.0

    def send(self) -> None:
        """Send the next request; the connection must be free."""
        self.missing = -1
        self.socket.sendall(next(self._requests))

    def receive(self) -> bool:
        """Take what has come; whether the answer is now complete. Raises ConnectionError where it broke off."""
        count = self.socket.recv_into(_BUFFER)
        if not count:
            raise ConnectionError("closed before the end of the answer")
        if self.missing == -1:
            return self._begin(count)
        if self.missing == -2:
            return bytes(_VIEW[max(0, count - 5) : count]).endswith(b"0\r\n\r\n")
        self.missing -= count
        return self.missing <= 0

    def _begin(self, count: int) -> bool:
        end = _BUFFER.find(b"\r\n\r\n", 0, count)
        if end < 0:
            raise ConnectionError("a head in pieces is more than this load can read")
        if _BUFFER.startswith(b"HTTP/1.1 204"):
            self.ok = True
            return True
        self.ok = _BUFFER.startswith(b"HTTP/1.1 200")
        length = _LENGTH.search(_BUFFER, 0, end)
        if length is None:
            self.missing = -2
            return bytes(_VIEW[count - 5 : count]) == b"0\r\n\r\n"
        self.missing = int(length[1]) - (count - end - 4)
        return self.missing <= 0


def request_for(path: str) -> bytes:
    """The bytes of one search, with headers as a browser sends them."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
        "Accept-Language: en-GB,en;q=0.8\r\nReferer: https://shop.example/search\r\n"
        "Cookie: tsuid=8b0f2a52-5d7e-4d35-a2a5-0d3a0a1a9c11; session=4f9c9f3b2b\r\n\r\n"
    ).encode()


def saturate(port: int, path: str, *, seconds: float, connections: int, requests: Iterator[bytes] | None = None) -> Run:
    """Keep `connections` busy for `seconds`, with searches or `requests`; what is on its way then is waited for."""
    run = Run()
    requests = requests or repeat(request_for(path))
    poll = select.epoll()
    by_fd = {}
    for _ in range(connections):
        connection = Connection(port, requests)
        by_fd[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    start = time.perf_counter()
    end = start + seconds
    for connection in by_fd.values():
        connection.send()
    while by_fd and (ready := poll.poll(STALLED)):
        more = time.perf_counter() < end
        for fd, _ in ready:
            connection = by_fd[fd]
            try:
                if not connection.receive():
                    continue
                run.answered += 1
                run.failed += not connection.ok
                if more:
                    connection.send()
                    continue
            except OSError:
                run.failed += 1
            poll.unregister(fd)
            by_fd.pop(fd).socket.close()
    run.seconds = time.perf_counter() - start
    run.failed += len(by_fd)
    for connection in by_fd.values():
        connection.socket.close()
    poll.close()
    return run


def at_rate(
    port: int,
    path: str,
    *,
    seconds: float,
    rate: float,
    connections: int = 64,
    requests: Iterator[bytes] | None = None,
) -> Run:
    """`rate` requests a second for `seconds`, each latency counted from its time on the schedule."""
    run = Run()
    requests = requests or repeat(request_for(path))
    free = [Connection(port, requests) for _ in range(connections)]
    busy: dict[int, Connection] = {}
    total = int(rate * seconds)
    sent = 0
    start = time.perf_counter() + 0.01
    while sent < total or busy:
        now = time.perf_counter()
        while sent < total and free and start + sent / rate <= now:
            connection = free.pop()
            connection.due = start + sent / rate
            connection.send()
            busy[connection.socket.fileno()] = connection
            sent += 1
        # select() takes microseconds; epoll would round its timeout up to a whole millisecond.
        wait = max(0.0, start + sent / rate - time.perf_counter()) if sent < total and free else STALLED
        ready, _, _ = select.select(list(busy), [], [], wait)
        if not ready and wait == STALLED:
            break
        for fd in ready:
            _take(run, busy, free, fd)
            if not free and not busy:
                break
    run.failed += len(busy) + (total - sent)
    run.seconds = time.perf_counter() - start
    for connection in [*free, *busy.values()]:
        connection.socket.close()
    return run


def _take(run: Run, busy: dict[int, Connection], free: list[Connection], fd: int) -> None:
    connection = busy[fd]
    try:
        if not connection.receive():
            return
    except OSError:
        run.failed += 1
        busy.pop(fd).socket.close()
        return
    run.latencies.append(time.perf_counter() - connection.due)
    run.answered += 1
    run.failed += not connection.ok
    free.append(busy.pop(fd))


def times(port: int, path: str, count: int, *, patience: float) -> None:
    """So many searches on one connection, one after the other. Raises OSError where one fails or takes too long."""
    connection = Connection(port, repeat(request_for(path)), patience)
    with connection.socket:
        for _ in range(count):
            connection.send()
            while not connection.receive():
                pass
            if not connection.ok:
                raise ConnectionError(f"{path}: another status than 200")


def fetch(port: int, path: str) -> tuple[bytes, bytes]:
    """One whole answer on a connection of its own: head and body."""
    request = request_for(path).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body
