"""Reads one answer from the bytes of a connection, in whatever pieces they come. Pure.

A `Reader` is made for one request and never used again. It is fed what arrives
and gives back the body's bytes in it; what else there is to know stands in its
attributes. It never raises: a fault becomes `error`, after the bytes before it
were given out, so that the same bytes in any pieces come to the same end.

Interim answers (100, 102, 103) are skipped. A 101 ends HTTP: where an upgrade
was asked for, everything behind its head is the other protocol's.
"""

from proxy.wire.chunked import Chunks
from proxy.wire.errors import BrokenAnswer, HeadTooLarge
from proxy.wire.framing import AT_ONCE, BY_CHUNKS, BY_CLOSE, BY_LENGTH, Framing, framing_of
from proxy.wire.head import Head, head_of, read_head

MAX_HEAD = 64 * 1024
MAX_INTERIM = 10


class Reader:
    """The answer to one request, as far as it has come."""

    __slots__ = (
        "_begun",
        "_chunks",
        "_interim",
        "_left",
        "_max_head",
        "_method",
        "_upgrade",
        "done",
        "error",
        "extra",
        "framing",
        "head",
        "started",
    )

    def __init__(self, method: str, max_head: int = MAX_HEAD, upgrade: bool = False) -> None:
        self.head: Head | None = None  # the final answer's
        self.framing: Framing | None = None
        self.started = False  # any byte at all has come
        self.done = False  # the answer is complete
        self.extra = False  # bytes came behind it: they are nobody's
        self.error: BrokenAnswer | None = None
        self._method = method
        self._max_head = max_head
        self._upgrade = upgrade
        self._begun = b""  # the head so far
        self._interim = 0
        self._left = 0
        self._chunks: Chunks | None = None

    def feed(self, data: bytes) -> bytes:
        """The body's bytes in `data`."""
        if self.done or self.error:
            self.extra = True
            return b""
        self.started = True
        if self.head is None:
            data = self._behind_head(data)
            if not data:
                return b""
        if not self._left:
            return self._unmeasured(data)
        self._left -= len(data)
        if self._left > 0:
            return data
        self.done = True
        if not self._left:
            return data
        self.extra = True
        return data[: self._left]

    def end(self, clean: bool) -> None:
        """No byte will come any more; `clean` where the origin closed in good order."""
        if self.done or self.error:
            return
        if self.framing is not None and self.framing.ends is BY_CLOSE and clean:
            self.done = True
        elif self.head is not None:
            self.error = BrokenAnswer("the connection ended within the body of the answer")
        else:
            self.error = BrokenAnswer("the connection ended within the head of the answer")

    @property
    def reusable(self) -> bool:
        """Whether, as far as this answer goes, the connection may carry another request."""
        return self.done and not self.extra and self.framing is not None and self.framing.keep_alive

    def _behind_head(self, data: bytes) -> bytes:
        """Look for the end of the final head; what stands behind it, or nothing while it is not there."""
        try:
            while True:
                found = None if self._begun else head_of(data, self._max_head)
                if found is None:
                    found = self._look_closer(data)
                    if found is None:
                        return b""
                    data, self._begun = self._begun, b""
                head, end = found
                data = data[end:]
                if head.status >= 200 or head.status == 101:
                    self._begin(head, data)
                    return data
                self._interim += 1
                if self._interim > MAX_INTERIM:
                    raise BrokenAnswer("too many interim answers")
        except BrokenAnswer as error:
            self.error = error
            return b""

    def _look_closer(self, data: bytes) -> tuple[Head, int] | None:
        """A head that comes in pieces, or has folded lines; `_begun` is then all that has come."""
        seen = len(self._begun)
        if seen:
            data = self._begun + data
        self._begun = data
        end = data.find(b"\r\n\r\n", max(0, seen - 3)) + 4
        if end < 4 or end > self._max_head:
            self._check(data, seen)
            return None
        return read_head(data[:end]), end

    def _check(self, data: bytes, seen: int) -> None:
        """Whether a head may still come of what is not whole; its first `seen` bytes were looked at before."""
        # The end of a head with bare line feeds would never be found: say so now, not when time is up. What is behind
        # the limit must not be looked at, or the fault that is found would depend on the pieces.
        place = max(0, seen - 2), self._max_head
        if data.find(b"\n\n", *place) >= 0 or data.find(b"\n\r\n", *place) >= 0 or not b"HTTP/1.".startswith(data[:7]):
            raise BrokenAnswer("the head of the answer is not HTTP/1.1")
        if len(data) > self._max_head:
            raise HeadTooLarge(f"the head of the answer is longer than {self._max_head} bytes")

    def _begin(self, head: Head, rest: bytes) -> None:
        if head.status == 101:
            if not self._upgrade:
                raise BrokenAnswer("the answer changes the protocol, which was not asked for")
            self.framing = framing = Framing(BY_CLOSE, None, False)
        else:
            self.framing = framing = framing_of(head, self._method)
        self.head = head
        ends = framing.ends
        if ends is BY_LENGTH:
            self._left = framing.length or 0
        elif ends is AT_ONCE:
            self.done = True
            self.extra = bool(rest)
        elif ends is BY_CHUNKS:
            self._chunks = Chunks()

    def _unmeasured(self, data: bytes) -> bytes:
        """The bytes in `data` of a body whose end is not known beforehand."""
        if self._chunks is None:  # until the connection ends; or nothing (AT_ONCE)
            return b"" if self.done else data
        body = self._chunks.feed(data)
        self.error = self._chunks.error
        if self._chunks.over:
            self.done = True
            self.extra = bool(self._chunks.rest)
        return body
