"""Where each member and element of a JSON text begins and ends, exactly, one token after the other. Pure.

It is slower than a decoder and never wrong: it goes wherever the fast way
has a doubt (a key that may stand twice, a field that may be there already, a
decoder that copies). It only walks text which a strict parser has already
taken as JSON, and answers `ValueError` where that was not so. Depth costs no
recursion here.

`Spelling` is how a doubt is recognised without a walk: it counts the plain
spelling of a key and says so where an escape (`"\\u0069d"`) could hide one.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from proxy.rules.selector import Every, Index, Name, Step, Where, holds

BLANK: Final = re.compile(rb"[ \t\n\r]*+")
COMMA: Final = re.compile(rb"[ \t\n\r]*+,[ \t\n\r]*+")
_COLON: Final = re.compile(rb"[ \t\n\r]*+:[ \t\n\r]*+")
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR: Final = re.compile(rb"[^ \t\n\r,:\[\]{}\"]++")
_SHAPE: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)


class Span(NamedTuple):
    """A piece of a text: from its first byte to the one behind its last."""

    start: int
    end: int


class Member(NamedTuple):
    """A key as it reads, with the place of its own first byte, and the span of its value."""

    key: str
    key_start: int
    value: Span


def value_at(text: bytes, at: int = 0) -> Span:
    """The span of the value that begins at or behind `at`."""
    start = _end(BLANK, text, at)
    first = text[start : start + 1]
    if first == b'"':
        return Span(start, _end(_STRING, text, start))
    if first in (b"{", b"["):
        return Span(start, _closing(text, start))
    return Span(start, _end(_SCALAR, text, start))


def members(text: bytes, at: int = 0) -> Iterator[Member]:
    """The members of the object at `at`, in order; none where something else stands there."""
    if text[at : at + 1] != b"{":
        return
    at = _end(BLANK, text, at + 1)
    while text[at : at + 1] != b"}":
        key_end = _end(_STRING, text, at)
        value = value_at(text, _end(_COLON, text, key_end))
        yield Member(msgspec.json.decode(text[at:key_end], type=str), at, value)
        comma = COMMA.match(text, value.end)
        if comma is None:
            return
        at = comma.end()


def elements(text: bytes, at: int = 0) -> Iterator[Span]:
    """The elements of the array at `at`, in order; none where something else stands there."""
    if text[at : at + 1] != b"[":
        return
    at = _end(BLANK, text, at + 1)
    while text[at : at + 1] != b"]":
        value = value_at(text, at)
        yield value
        comma = COMMA.match(text, value.end)
        if comma is None:
            return
        at = comma.end()


def find(text: bytes, steps: Sequence[Step], at: int = 0) -> Span | None:
    """The first value at a path, or None. Of a key that stands twice the last counts, as for every common reader."""
    here = value_at(text, at) if not steps else Span(_end(BLANK, text, at), len(text))
    for place, step in enumerate(steps):
        if isinstance(step, Every | Where):
            inside = (find(text, steps[place + 1 :], each.start) for each in taken(text, step, here.start))
            return next((each for each in inside if each is not None), None)
        found = _member(text, step.key, here.start) if isinstance(step, Name) else _element(text, step, here.start)
        if found is None:
            return None
        here = found
    return here


def taken(text: bytes, step: Every | Where, at: int) -> Iterator[Span]:
    """What `[*]` or a filter takes of the array or object at `at`, in order."""
    for each in [*elements(text, at)] or [each.value for each in members(text, at)]:
        if isinstance(step, Every) or holds(step, msgspec.json.decode(text[each.start : each.end])):
            yield each


def standing(text: bytes, names: Sequence[str], at: int = 0) -> Iterator[int]:
    """How often each name stands in its object, walked down from `at` as long as there is one."""
    at = _end(BLANK, text, at)
    for name in names:
        hits = [each.value.start for each in members(text, at) if each.key == name]
        yield len(hits)
        if not hits:
            return
        at = hits[-1]


def _member(text: bytes, key: str, at: int) -> Span | None:
    found = None
    spelling = spelling_of(key)
    for each in members(text, at):
        if each.key == key:
            found = each.value
            if spelling.count(text, found.start, len(text)) == 0:
                break
    return found


def _element(text: bytes, step: Index, at: int) -> Span | None:
    return next((each for n, each in enumerate(elements(text, at)) if n == step.n), None)


def _closing(text: bytes, start: int) -> int:
    depth = 0
    for token in _SHAPE.finditer(text, start):
        byte = text[token.start()]
        if byte in b"[{":
            depth += 1
        elif byte in b"]}":
            depth -= 1
            if depth == 0:
                return token.end()
    raise ValueError("a bracket is never closed")


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    if found is None:
        raise ValueError(f"no JSON at byte {at}")
    return found.end()


class Spelling:
    """How a key can be written in JSON: in quotes, as it is; or with escapes for some of its characters."""

    def __init__(self, key: str) -> None:
        self.quoted: Final = msgspec.json.encode(key)
        self._escapes = _escapes_of(key)

    def count(self, text: bytes, start: int, end: int) -> int:
        """How often the key may stand in this part of a text, as a key or a value; -1 where only a walk can tell."""
        if text.find(b"\\", start, end) >= 0 and self.may_hide(text, start, end):
            return -1
        return text.count(self.quoted, start, end)

    def may_hide(self, text: bytes, start: int, end: int) -> bool:
        """Whether an escape in this part of a text may spell the key."""
        return self._escapes.search(text, start, end) is not None


def _escapes_of(key: str) -> re.Pattern[bytes]:
    if any(char < " " or char in '"\\/' for char in key):
        return re.compile(rb"\\")
    units = key.encode("utf-16-be")
    codes = {units[at : at + 2].hex().encode() for at in range(0, len(units), 2)}
    return re.compile(rb"\\u(?i:" + b"|".join(sorted(codes)) + rb")") if codes else re.compile(rb"(?!)")


@lru_cache(maxsize=4096)
def spelling_of(key: str) -> Spelling:
    """The spelling of a key, made once."""
    return Spelling(key)
