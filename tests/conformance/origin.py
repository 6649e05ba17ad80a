"""A marketplace of raw bytes: it keeps exactly what a proxy sent, and answers exactly what a test wrote.

No HTTP library stands in between, since a library would mend or refuse what
must be seen. A marker (`mk000123`) somewhere in the request's head chooses the
script that answers; without one the answer is a plain 200. The origin reads as
the most trusting server would, so that whatever can be smuggled is smuggled,
and `Seen.faults` names every way in which a head was not clean HTTP/1.1.
"""

import contextlib
import itertools
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MARKER = re.compile(rb"mk\d{6}")
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
PATIENCE = 20.0

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Seen:
    """One request as it came: its head to the byte, its body with and without chunks."""

    connection: int
    head: bytes
    body: bytes = b""
    faults: list[str] = field(default_factory=list)
    complete: bool = False

    @property
    def line(self) -> bytes:
        return self.head.split(b"\r\n", 1)[0]

    @property
    def method(self) -> bytes:
        return self.line.split(b" ", 1)[0]

    @property
    def target(self) -> bytes:
        return self.line.split(b" ", 1)[1].rsplit(b" ", 1)[0]

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        lines = self.head.split(b"\r\n")[1:]
        return [(name, value.strip(b" \t")) for name, _, value in (line.partition(b":") for line in lines if line)]

    def all(self, name: bytes) -> list[bytes]:
        """Every value under a name, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: bytes) -> bytes | None:
        """The one value under a name; None where there is none."""
        values = self.all(name)
        assert len(values) <= 1, f"{name!r} came {len(values)} times"
        return values[0] if values else None

    def names(self) -> list[bytes]:
        return [name.lower() for name, _ in self.headers]


class Play:
    """One request and the connection on which a script answers it."""

    def __init__(self, seen: Seen, stream: "Stream") -> None:
        self.seen = seen
        self._stream = stream

    def send(self, data: bytes) -> None:
        self._stream.socket.sendall(data)

    def body(self) -> bytes:
        """The whole body, chunks taken off; b"" where it broke off (then `seen.complete` is False)."""
        if not self.seen.complete:
            for _ in self.pieces():
                pass
        return self.seen.body

    def pieces(self):
        """The body as it arrives."""
        for piece in _body(self.seen, self._stream):
            self.seen.body += piece
            yield piece
        self.seen.complete = not self._stream.ended

    def gone(self, seconds: float = PATIENCE) -> bool:
        """Wait until the proxy has closed this connection."""
        return self._stream.gone(seconds)

    def raw(self) -> socket.socket:
        """The connection itself, for what is not HTTP any more."""
        return self._stream.socket

    def early(self) -> bytes:
        """What was already read of what follows the head."""
        data, self._stream.buffer = self._stream.buffer, b""
        return data


CLOSE = object()
Script = Callable[[Play], object]


def answers(raw: bytes, *, close: bool = False) -> Script:
    """A script that reads the request and answers these bytes."""

    def script(play: Play) -> object:
        play.body()
        play.send(raw)
        return CLOSE if close else None

    return script


def plain(body: bytes = b"ok", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """The bytes of an answer with a length."""
    lines = [b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


_numbers = itertools.count(1)


def new_marker() -> bytes:
    """A word that no other test uses."""
    return b"mk%06d" % next(_numbers)


class Origin:
    """The server. `port` is where it listens."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._scripts: dict[bytes, Script] = {}
        self._seen: list[Seen] = []
        self._news = threading.Condition()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, marker: bytes, script: Script | bytes) -> None:
        """From now on requests with this marker are answered so."""
        self._scripts[marker] = answers(script) if isinstance(script, bytes) else script

    def seen(self, text: bytes) -> list[Seen]:
        """The requests whose head holds this text, so far."""
        with self._news:
            return [seen for seen in self._seen if text in seen.head]

    def wait(self, text: bytes, count: int = 1, seconds: float = PATIENCE) -> list[Seen]:
        """The same, once there are `count` of them."""

        def enough() -> bool:
            return sum(text in seen.head for seen in self._seen) >= count

        with self._news:
            assert self._news.wait_for(enough, seconds), f"the origin saw {text!r} fewer than {count} times"
        return self.seen(text)

    def only(self, text: bytes) -> Seen:
        """The one request with this text."""
        seen = self.seen(text)
        assert len(seen) == 1, f"the origin saw {text!r} {len(seen)} times"
        return seen[0]

    def forget(self) -> None:
        """Drop what is recorded: a sweep of thousands must not make later look-ups slow."""
        with self._news:
            self._seen.clear()
        self._scripts.clear()

    def stop_listening(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        stream = Stream(connection)
        with contextlib.suppress(OSError), connection:
            while (head := stream.head()) is not None:
                seen = Seen(number, head)
                seen.faults.extend(faults_of(head))
                with self._news:
                    self._seen.append(seen)
                    self._news.notify_all()
                if self._script(head)(play := Play(seen, stream)) is CLOSE:
                    return
                play.body()

    def _script(self, head: bytes) -> Script:
        marker = MARKER.search(head)
        script = self._scripts.get(marker.group()) if marker else None
        return script or answers(OK)


class Stream:
    """What a connection says, cut where it is asked to be cut."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.buffer = b""
        self.ended = False

    def more(self) -> bool:
        data = b"" if self.ended else self.socket.recv(262144)
        self.buffer += data
        self.ended = self.ended or not data
        return bool(data)

    def head(self) -> bytes | None:
        """The next head without the empty line; what is left of a broken one; None at the end."""
        while not (end := re.search(rb"\r?\n\r?\n", self.buffer)):
            if not self.more():
                rest, self.buffer = self.buffer, b""
                return rest or None
        head, self.buffer = self.buffer[: end.start()], self.buffer[end.end() :]
        return head

    def line(self) -> bytes:
        while b"\n" not in self.buffer:
            if not self.more():
                return b""
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def up_to(self, count: int) -> bytes:
        """Some bytes, `count` at most; b"" at the end."""
        if not self.buffer:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def gone(self, seconds: float) -> bool:
        self.socket.settimeout(seconds)
        try:
            while self.more():
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True


def _body(seen: Seen, stream: Stream):
    coding = b",".join(seen.all(b"transfer-encoding")).lower()
    if b"chunked" in coding:
        yield from _chunks(seen, stream)
        return
    length = seen.all(b"content-length")
    left = int(length[0]) if length and length[0].isdigit() else 0
    while left and (piece := stream.up_to(left)):
        left -= len(piece)
        yield piece


def _chunks(seen: Seen, stream: Stream):
    while line := stream.line():
        size = line.rstrip(b"\r\n")
        if not line.endswith(b"\r\n") or not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", size):
            seen.faults.append(f"chunk line {line[:40]!r}")
        left = int(size.split(b";")[0], 16) if re.match(rb"[0-9A-Fa-f]+(;|$)", size) else 0
        if not left:
            break
        while left and (piece := stream.up_to(left)):
            left -= len(piece)
            yield piece
        if stream.line() != b"\r\n":
            seen.faults.append("chunk without its end")
    while (line := stream.line()) not in (b"\r\n", b""):
        if b":" not in line:
            seen.faults.append(f"trailer {line[:40]!r}")


def faults_of(head: bytes) -> list[str]:
    """Why a head is not clean HTTP/1.1 that every server reads alike."""
    faults = []
    lines = head.split(b"\r\n")
    if not re.fullmatch(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [^ \x00-\x20\x7f]+ HTTP/1\.[01]", lines[0]):
        faults.append(f"request line {lines[0][:80]!r}")
    bare = head.replace(b"\r\n", b"")
    faults += [name for byte, name in ((b"\n", "bare LF"), (b"\r", "bare CR"), (b"\0", "NUL")) if byte in bare]
    names = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(name):
            faults.append(f"header line {line[:60]!r}")
        names.append((name.lower(), value.strip(b" \t")))
    return faults + _framing_faults(names)


def _framing_faults(names: list[tuple[bytes, bytes]]) -> list[str]:
    lengths = [value for name, value in names if name == b"content-length"]
    codings = [value for name, value in names if name == b"transfer-encoding"]
    faults = []
    if lengths and codings:
        faults.append("Content-Length and Transfer-Encoding")
    if len(lengths) > 1 or len(codings) > 1:
        faults.append("a framing header twice")
    if any(not re.fullmatch(rb"[0-9]{1,18}", length) for length in lengths):
        faults.append(f"Content-Length {lengths!r}")
    if any(coding.lower() != b"chunked" for coding in codings):
        faults.append(f"Transfer-Encoding {codings!r}")
    for name, _ in names:
        # A gateway that makes variables of headers (CGI, WSGI) reads an underscore as a hyphen.
        if b"_" in name and name.replace(b"_", b"-") in (b"transfer-encoding", b"content-length"):
            faults.append(f"lookalike {name!r}")
    return faults
