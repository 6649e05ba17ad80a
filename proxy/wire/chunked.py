"""Chunked bodies, read and written (RFC 9112, 7.1). Pure.

The reader takes the bytes in any pieces and gives back the data in them. It is
strict where leniency would let two readers see two bodies: sizes are 1 to 16
hexadecimal digits, lines end with CR LF. Blanks behind a size are taken (old
servers pad with them). Extensions and trailers are checked, bounded and
dropped: a trailer never becomes a header.
"""

import re

from proxy.wire.errors import BrokenAnswer
from proxy.wire.head import are_fields

MAX_LINE = 4096
MAX_EXTENSIONS = 16 * 1024
MAX_TRAILERS = 16 * 1024

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[\t ]*(?:;[\t -~\x80-\xff]*)?")

_PLAIN_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})\r\n").match


def chunk(data: bytes) -> bytes:
    """One chunk that holds `data`, which is not empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


class Chunks:
    """Reads one chunked body. `over` once it is complete; `rest` is then what came behind it."""

    __slots__ = ("_extensions", "_held", "_left", "_line_end", "_trailers", "error", "over", "rest")

    def __init__(self) -> None:
        self.over = False
        self.rest = b""
        self.error: BrokenAnswer | None = None
        self._held = b""  # the beginning of a line whose end has not come yet
        self._left = 0  # bytes of data still to come in this chunk
        self._line_end = False  # whether the line end behind a chunk's data is due
        self._trailers: bytes | None = None  # the trailer section so far, once the last chunk has come
        self._extensions = 0

    def feed(self, data: bytes) -> bytes:
        """The body's bytes in `data`; where it is not well formed, those before the fault, and `error` is set."""
        if self._left >= len(data) > 0:  # the middle of a large chunk: nothing to look at
            self._left -= len(data)
            self._line_end = not self._left
            return data
        if self._held:
            data, self._held = self._held + data, b""
        parts: list[memoryview] = []  # views, so that the data is copied once, by the join
        view = memoryview(data)
        try:
            at = 0
            while at < len(data) and not self.over:
                if not self._left and not self._line_end and self._trailers is None:
                    at = _whole_chunks(data, view, at, parts)
                at = self._step(data, view, at, parts)
            if self.over:
                self.rest = data[at:]
        except BrokenAnswer as error:
            self.error = error
        return b"".join(parts)

    def _step(self, data: bytes, view: memoryview, at: int, parts: list[memoryview]) -> int:
        """Take one element of the body at `at`; where it ends, or the end of `data` where it is not whole."""
        if at == len(data):
            return at
        if self._left:
            end = min(at + self._left, len(data))
            parts.append(view[at:end])
            self._left -= end - at
            self._line_end = not self._left
            return end
        if self._line_end:
            return self._take_line_end(data, at)
        end = data.find(b"\r\n", at)
        if end < 0:
            return self._hold(data, at)
        if self._trailers is not None:
            self._take_trailer(data[at : end + 2])
        else:
            self._take_size(data, at, end)
        return end + 2

    def _take_line_end(self, data: bytes, at: int) -> int:
        found = data[at : at + 2]
        if found == b"\r\n":
            self._line_end = False
            return at + 2
        if found != b"\r":
            raise BrokenAnswer("a chunk of the answer is longer than its size")
        self._held = found
        return at + 1

    def _take_size(self, data: bytes, at: int, end: int) -> None:
        match = _SIZE.fullmatch(data, at, end)
        if match is None or end - at > MAX_LINE:
            raise BrokenAnswer("a chunk of the answer has no proper size")
        self._left = int(match.group(1), 16)
        self._extensions += end - match.end(1)
        if self._extensions > MAX_EXTENSIONS:
            raise BrokenAnswer("the answer has too many chunk extensions")
        if not self._left:
            self._trailers = b""

    def _take_trailer(self, line: bytes) -> None:
        assert self._trailers is not None
        if line == b"\r\n":
            self.over = True
            return
        self._trailers += line
        if len(self._trailers) > MAX_TRAILERS or not are_fields(line):
            raise BrokenAnswer("the answer's trailers are not proper fields")

    def _hold(self, data: bytes, at: int) -> int:
        line = data[at:]
        if len(line) > MAX_LINE or b"\n" in line:
            raise BrokenAnswer("a line between the chunks of the answer does not end")
        self._held = line
        return len(data)


def _whole_chunks(data: bytes, view: memoryview, at: int, parts: list[memoryview]) -> int:
    """Take chunks while they are whole and plain, which nearly all are: about a microsecond each. Where they end."""
    while (match := _PLAIN_SIZE(data, at)) is not None:
        start = match.end()
        end = start + int(match[1], 16)
        if end == start or data[end : end + 2] != b"\r\n":
            break
        parts.append(view[start:end])
        at = end + 2
    return at
