"""A shopper on a plain socket, who sees whether an answer is whole.

No client library stands between a test and the bytes: header lines keep their
order and spelling, the body keeps its coding, and an answer that broke off is
`complete=False` instead of an exception.
"""

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a shopper got. `status` is 0 where no head came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    complete: bool
    seconds: float

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def reason(self) -> str:
        """The first word of Sponsored-Status; empty where there is none."""
        return (self.header("sponsored-status") or "").partition(";")[0]

    @property
    def winners(self) -> int:
        """N of `winners=N`; -1 where it is not said."""
        for part in (self.header("sponsored-status") or "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == "winners":
                return int(value)
        return -1


class Shopper:
    """One keep-alive connection."""

    def __init__(self, port: int, seconds: float = 30.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def __enter__(self) -> "Shopper":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(
        self, target: str, method: str = "GET", headers: Sequence[tuple[str, str]] = (), body: bytes | None = None
    ) -> Answer:
        """One request and its answer."""
        start = time.perf_counter()
        self.socket.sendall(request(target, method, headers, body))
        return self.read(method, start)

    def read(self, method: str = "GET", start: float | None = None) -> Answer:
        """The next answer on this connection (interim answers, 1xx, are passed over)."""
        start = time.perf_counter() if start is None else start
        status, fields = 0, []
        while status < 200:
            head = self._until(b"\r\n\r\n")
            if head is None:
                return Answer(0, [], self.pending, False, time.perf_counter() - start)
            first, *lines = head.decode("latin-1").split("\r\n")
            status = int(first.split(" ")[1])
            fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        body, complete = self._body(method, status, Answer(status, fields, b"", True, 0.0))
        return Answer(status, fields, body, complete, time.perf_counter() - start)

    def _body(self, method: str, status: int, answer: Answer) -> tuple[bytes, bool]:
        if method == "HEAD" or status in (204, 304):
            return b"", True
        if (answer.header("transfer-encoding") or "").lower() == "chunked":
            return self._chunked()
        length = answer.header("content-length")
        if length is None:
            while self._more():
                pass
            body, self.pending = self.pending, b""
            return body, True
        return self._exactly(int(length))

    def _chunked(self) -> tuple[bytes, bool]:
        parts = []
        while (line := self._until(b"\r\n")) is not None:
            size = int(line.split(b";")[0], 16)
            chunk, whole = self._exactly(size + 2)
            parts.append(chunk[:size])
            if not whole:
                break
            if size == 0:
                return b"".join(parts), True
        return b"".join(parts), False

    def _exactly(self, count: int) -> tuple[bytes, bool]:
        parts = [self.pending]
        size = len(self.pending)
        while size < count:
            data = self._receive()
            if not data:
                break
            parts.append(data)
            size += len(data)
        joined = b"".join(parts)
        self.pending = joined[count:]
        return joined[:count], size >= count

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self.pending:
            if not self._more():
                return None
        found, _, self.pending = self.pending.partition(mark)
        return found

    def _more(self) -> bool:
        data = self._receive()
        self.pending += data
        return bool(data)

    def _receive(self) -> bytes:
        with contextlib.suppress(OSError):
            return self.socket.recv(1 << 18)
        return b""


def request(
    target: str, method: str = "GET", headers: Sequence[tuple[str, str]] = (), body: bytes | None = None
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append("Host: shop.example")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


def ask(
    port: int, target: str, method: str = "GET", headers: Sequence[tuple[str, str]] = (), body: bytes | None = None
) -> Answer:
    """One request on a connection of its own. An answer of status 0 where even the connection failed."""
    start = time.perf_counter()
    try:
        with Shopper(port) as shopper:
            return shopper.ask(target, method, headers, body)
    except OSError:
        return Answer(0, [], b"", False, time.perf_counter() - start)


def ask_many(port: int, targets: Sequence[str], at_once: int) -> list[Answer]:
    """Many requests, `at_once` shoppers side by side, each with a connection that it keeps as long as it lasts."""

    def walk(mine: Sequence[str]) -> Iterator[Answer]:
        shopper = None
        for target in mine:
            shopper = shopper or Shopper(port)
            answer = shopper.ask(target)
            if not answer.complete or (answer.header("connection") or "").lower() == "close":
                shopper.socket.close()
                shopper = None
            yield answer
        if shopper:
            shopper.socket.close()

    with ThreadPoolExecutor(at_once) as pool:
        shares = pool.map(lambda number: list(walk(targets[number::at_once])), range(at_once))
        return [answer for share in shares for answer in share]
