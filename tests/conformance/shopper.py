"""A shopper of raw bytes: says what a test wrote, and reads the answer without mending it.

`Answer` keeps what a client can tell: how the body was framed, whether it came
whole, what stood before it (1xx) and behind it (trailers).
"""

import re
import socket
from dataclasses import dataclass, field

PATIENCE = 15.0


@dataclass
class Answer:
    """One answer."""

    status: int
    reason: bytes
    version: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    framing: str = "none"  # none | length | chunked | close
    complete: bool = True
    trailers: list[bytes] = field(default_factory=list)
    interim: list[int] = field(default_factory=list)

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: bytes) -> bytes | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name!r} came {len(values)} times"
        return values[0] if values else None

    def __repr__(self) -> str:
        return f"<{self.status} {self.reason!r} {self.headers} {len(self.body)} bytes {self.body[:120]!r}>"


class Broken(AssertionError):
    """What came is not an answer."""


class Shopper:
    """One connection to a port on this machine."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.ended = False

    def __enter__(self) -> "Shopper":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, data: bytes) -> "Shopper":
        """Send; a proxy that has already refused and closed is no error here, its answer tells."""
        try:
            self.socket.sendall(data)
        except (ConnectionError, BrokenPipeError):
            self.ended = False
        return self

    def patient(self, seconds: float) -> None:
        self.socket.settimeout(seconds)

    def more(self) -> bool:
        try:
            data = b"" if self.ended else self.socket.recv(262144)
        except ConnectionError:
            data = b""
        self.buffer += data
        self.ended = self.ended or not data
        return bool(data)

    def until(self, end: bytes) -> bytes:
        while end not in self.buffer:
            if not self.more():
                raise Broken(f"closed after {self.buffer[:200]!r}")
        data, _, self.buffer = self.buffer.partition(end)
        return data

    def head(self) -> Answer:
        """The next head, a final one or a 1xx."""
        first, *lines = self.until(b"\r\n\r\n").split(b"\r\n")
        match = re.fullmatch(rb"(HTTP/\d\.\d) (\d{3})(?: (.*))?", first, re.DOTALL)
        if not match:
            raise Broken(f"not a status line: {first[:200]!r}")
        version, status, reason = match.groups()
        headers = [(name, value.strip(b" \t")) for name, _, value in (line.partition(b":") for line in lines)]
        return Answer(int(status), reason or b"", version, headers)

    def final_head(self) -> Answer:
        interim = []
        while True:
            answer = self.head()
            if answer.status >= 200 or answer.status == 101:
                answer.interim = interim
                return answer
            interim.append(answer.status)

    def hear(self, method: bytes = b"GET") -> Answer:
        """The next final answer with its body."""
        answer = self.final_head()
        self.read_body(answer, method)
        return answer

    def read_body(self, answer: Answer, method: bytes = b"GET") -> None:
        for piece in self.pieces(answer, method):
            answer.body += piece

    def pieces(self, answer: Answer, method: bytes = b"GET"):
        """The body as it arrives; sets `framing`, `complete` and `trailers`."""
        if method == b"HEAD" or answer.status in (101, 204, 304):
            return
        if b"chunked" in b",".join(answer.all(b"transfer-encoding")).lower():
            answer.framing = "chunked"
            yield from self._chunks(answer)
        elif lengths := answer.all(b"content-length"):
            answer.framing = "length"
            yield from self._exactly(answer, int(lengths[0]))
        else:
            answer.framing = "close"
            while self.buffer or self.more():
                data, self.buffer = self.buffer, b""
                yield data

    def _exactly(self, answer: Answer, left: int):
        while left:
            if not self.buffer and not self.more():
                answer.complete = False
                return
            data, self.buffer = self.buffer[:left], self.buffer[left:]
            left -= len(data)
            yield data

    def _chunks(self, answer: Answer):
        try:
            while size := int(self.until(b"\r\n").split(b";")[0], 16):
                yield from self._exactly(answer, size)
                if self.until(b"\r\n"):
                    raise Broken("a chunk without its end")
            while line := self.until(b"\r\n"):
                answer.trailers.append(line)
        except (Broken, ValueError):
            answer.complete = False

    def is_closed(self, seconds: float = 5.0) -> bool:
        """Wait for the end of the connection; True where it came and nothing more was said."""
        self.patient(seconds)
        try:
            return not self.buffer and not self.more()
        except TimeoutError:
            return False


def request(
    target: bytes,
    *headers: bytes,
    method: bytes = b"GET",
    body: bytes = b"",
    host: bytes | None = b"shop.test",
    version: bytes = b"HTTP/1.1",
) -> bytes:
    """The bytes of a request; a body gets its length unless a header frames it."""
    lines = [method + b" " + target + b" " + version]
    if host is not None:
        lines.append(b"Host: " + host)
    lines += headers
    framed = any(header.lower().startswith((b"content-length:", b"transfer-encoding:")) for header in headers)
    if body and not framed:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def ask(port: int, target: bytes, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> Answer:
    """One request on a connection of its own, and its answer."""
    with Shopper(port) as shopper:
        return shopper.say(request(target, *headers, method=method, body=body)).hear(method)
