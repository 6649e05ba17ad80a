"""Fields and elements put into JSON as bytes; every other byte stays. Pure.

A new field stands first in its object, right behind the brace, so that nothing
behind it has to be looked at. A field of that name which is there already, in
whatever spelling, gets the new value where it stands; were it there twice, it
is there once afterwards.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from proxy.rules.selector import Name, Step
from proxy.search.scan import BLANK, Span, find, members, spelling_of

_QUOTE: Final = ord('"')


class Fields:
    """Names of fields, made ready to be written into objects together."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names: Final = tuple(names)
        self._spellings = [spelling_of(name) for name in self.names]
        self._keys = {name: msgspec.json.encode(name) + b":" for name in self.names}
        self._all = b",".join(key.replace(b"%", b"%%") + b"%b" for key in self._keys.values())

    def put(self, text: bytes, at: int, values: Sequence[bytes]) -> bytes:
        """The text with a value for each name in the object that begins at `at`."""
        for spelling in self._spellings:
            if spelling.quoted in text or (b"\\" in text and spelling.may_hide(text, at, len(text))):
                return self._replaced(text, at, dict(zip(self.names, values, strict=True)))
        return _inserted(text, at, self._all % tuple(values))

    def _replaced(self, text: bytes, at: int, values: dict[str, bytes]) -> bytes:
        left, done, before = dict(values), at + 1, at + 1
        pieces: list[bytes] = []
        for member in members(text, at):
            if member.key in values:
                value = left.pop(member.key, None)
                # Where the key stood already, this member goes with the comma before it.
                pieces += (text[done:before],) if value is None else (text[done : member.value.start], value)
                done = member.value.end
            before = member.value.end
        new = b",".join(self._keys[name] + value for name, value in left.items())
        return _inserted(b"".join((text[: at + 1], *pieces, text[done:])), at, new)


def _inserted(text: bytes, at: int, fields: bytes) -> bytes:
    if not fields:
        return text
    # Right behind most braces a key begins; only where it does not is a look worth its time.
    if text[at + 1] == _QUOTE or not is_empty(text, at, b"}"):
        return b"%b%b,%b" % (text[: at + 1], fields, text[at + 1 :])
    return text[: at + 1] + fields + text[at + 1 :]


def is_empty(text: bytes, at: int, closing: bytes) -> bool:
    """Whether the object or array that begins at `at` has nothing in it."""
    found = BLANK.match(text, at + 1)
    behind = found.end() if found else at + 1
    return text[behind : behind + 1] == closing


def appended(text: bytes, steps: Sequence[Step], value: bytes) -> bytes | None:
    """The text with one more element in the array at a path.

    An array that is missing or null is made, where the object that would hold it is there. None where something else
    stands in its place, or nothing above it.
    """
    found = find(text, steps)
    if found is None:
        return _new(text, steps, b"[" + value + b"]")
    if text[found.start : found.end] == b"null":
        return replaced(text, found, b"[" + value + b"]")
    if text[found.start : found.start + 1] != b"[":
        return None
    end = found.end - 1
    if is_empty(text, found.start, b"]"):
        return replaced(text, Span(end, end), value)
    end = len(text[:end].rstrip(b" \t\r\n"))
    return replaced(text, Span(end, end), b"," + value)


def _new(text: bytes, steps: Sequence[Step], value: bytes) -> bytes | None:
    *above, last = steps or (None,)
    holder = find(text, [step for step in above if step])
    if not isinstance(last, Name) or holder is None or text[holder.start : holder.start + 1] != b"{":
        return None
    return _inserted(text, holder.start, msgspec.json.encode(last.key) + b":" + value)


def replaced(text: bytes, span: Span, value: bytes) -> bytes:
    """The text with other bytes in this place."""
    return b"".join((text[: span.start], value, text[span.end :]))
