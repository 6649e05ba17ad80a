"""A body without its items: what is around the listings, and can be written into. Pure.

The items are cut out, so that a look at the envelope costs what the envelope
is long. Where each listing was is remembered through every change, and a
change that would swallow a listing is not made.
"""

from collections.abc import Sequence

import msgspec

from proxy.rules.selector import Name, Step
from proxy.search.lossless.scan import BLANK, Span, find
from proxy.search.lossless.splice import is_empty, replaced

_BOM = b"\xef\xbb\xbf"


class Envelope:
    """The text around some spans of a body."""

    def __init__(self, body: bytes, spans: Sequence[tuple[int, int]]) -> None:
        pieces: list[bytes] = []
        self._cuts: list[int] = []
        done = gone = 0
        for start, end in spans:
            pieces.append(body[done:start])
            self._cuts.append(start - gone)
            gone += end - start
            done = end
        pieces.append(body[done:])
        self._text = b"".join(pieces)

    def around(self, texts: Sequence[bytes]) -> bytes:
        """The envelope with a text in the place of each span."""
        pieces: list[bytes] = []
        done = 0
        for cut, text in zip(self._cuts, texts, strict=True):
            pieces += (self._text[done:cut], text)
            done = cut
        pieces.append(self._text[done:])
        return b"".join(pieces)

    def put(self, steps: Sequence[Step], value: bytes) -> bool:
        """Write a value at a place; the objects on the way to it are made where they are missing or null.

        Returns:
            Whether it was written: not where something else than an object stands on the way, or a listing would go.
        """
        at = 3 if self._text.startswith(_BOM) else 0
        for depth, step in enumerate(steps):
            found = find(self._text, [step], at)
            if found is None:
                return self._add(at, steps[depth:], value)
            if depth + 1 == len(steps):
                return self._change(found, value)
            if self._text[found.start : found.end] == b"null" and (inner := _nested(steps[depth + 1 :], value)):
                return self._change(found, inner)
            at = found.start
        return False

    def _add(self, at: int, steps: Sequence[Step], value: bytes) -> bool:
        start = found.end() if (found := BLANK.match(self._text, at)) else at
        inner = _nested(steps, value)
        if inner is None or self._text[start : start + 1] != b"{":
            return False
        comma = b"" if is_empty(self._text, start, b"}") else b","
        return self._change(Span(start + 1, start + 1), inner[1:-1] + comma)

    def _change(self, span: Span, value: bytes) -> bool:
        if any(span.start < cut < span.end for cut in self._cuts):
            return False
        self._text = replaced(self._text, span, value)
        longer = len(value) - (span.end - span.start)
        self._cuts = [cut + longer if cut >= span.end else cut for cut in self._cuts]
        return True


def _nested(steps: Sequence[Step], value: bytes) -> bytes | None:
    """The value in an object for each name, the last innermost; None where a step is no name."""
    for step in reversed(steps):
        if not isinstance(step, Name):
            return None
        value = b"{" + msgspec.json.encode(step.key) + b":" + value + b"}"
    return value
