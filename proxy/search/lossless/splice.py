"""Fields and elements put into JSON as bytes; every other byte stays. Pure.

A new field stands first in its object, right behind the brace, so that nothing
behind it has to be looked at. A field of that name which is there already, in
whatever spelling, gets the new value where it stands; were it there twice, it
is there once afterwards.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw

from proxy.rules.selector import Name
from proxy.search.lossless.path import can_be_a_field
from proxy.search.lossless.scan import BLANK, Span, members, spelling_of
from proxy.search.lossless.spot import Spot
from proxy.search.lossless.whereabouts import Whereabouts

_QUOTE: Final = ord('"')
_BRACE: Final = ord("{")


class Fields:
    """Names of fields, made ready to be written together into the object at a place."""

    def __init__(self, names: Sequence[str], at: Spot) -> None:
        self.names: Final = tuple(names)
        self._at = at
        self._spellings = {name: spelling_of(name) for name in names}
        self._keys = {name: spelling.quoted + b":" for name, spelling in self._spellings.items()}
        self._all = b",".join(key.replace(b"%", b"%%") + b"%b" for key in self._keys.values())
        # msgspec has no fields with quotes or control characters in their names; for those every object is walked.
        there: Any = _there(names) if all(map(can_be_a_field, names)) else None
        self._read = there and msgspec.json.Decoder(there).decode
        self._none = there and there()

    def put(self, text: bytes, values: Sequence[bytes]) -> bytes | None:
        """The text with a value for each name; None where there is no such place, or no object.

        Args:
            text: valid JSON, without blanks around it.
        """
        start, end = 0, len(text)
        if self._at.steps:
            found = self._at.find(text)
            if found is None:
                return None
            start, end = found
        if text[start] != _BRACE:
            return None
        # One decode tells whether any of the names is there already, however it is spelled.
        there = self._read and self._read(memoryview(text)[start:end] if self._at.steps else text)
        if there is not None and there == self._none:
            return inserted(text, start, self._all % tuple(values))
        return self._replaced(text, Span(start, end), there, dict(zip(self.names, values, strict=True)))

    def _replaced(self, text: bytes, span: Span, found: Any, values: Mapping[str, bytes]) -> bytes:
        there = None if found is None else self._once_each(text, span, found)
        if there is None:
            return self._walked(text, span, values)
        pieces, done = [text[: span.start + 1]], span.start + 1
        for place, name in sorted((place, name) for name, place in there.items()):
            pieces += (text[done : place.start], values[name])
            done = place.end
        pieces.append(text[done:])
        new = b",".join([self._keys[name] + value for name, value in values.items() if name not in there])
        return inserted(b"".join(pieces), span.start, new)

    def _once_each(self, text: bytes, span: Span, found: Any) -> dict[str, Span] | None:
        """The values of those names that are there already; None where one may be there twice."""
        where = Whereabouts(text)
        places: dict[str, Span] = {}
        for name, value in zip(self.names, msgspec.structs.astuple(found), strict=True):
            if value is not UNSET:
                place = where.place(value)
                if place is None or self._spellings[name].count(text, *span) != 1:
                    return None
                places[name] = Span(place[0], sum(place))
        return places

    def _walked(self, text: bytes, span: Span, values: Mapping[str, bytes]) -> bytes:
        left, done, before = dict(values), span.start + 1, span.start + 1
        pieces: list[bytes] = []
        for member in members(text, span.start):
            if member.key in values:
                value = left.pop(member.key, None)
                # Where the key stood already, this member goes with the comma before it.
                pieces += (text[done:before],) if value is None else (text[done : member.value.start], value)
                done = member.value.end
            before = member.value.end
        new = b",".join([self._keys[name] + value for name, value in left.items()])
        return inserted(b"".join((text[: span.start + 1], *pieces, text[done:])), span.start, new)


def _there(names: Sequence[str]) -> Any:
    """What an object has under these names, whatever their spelling."""
    fields = [(f"f{n}", Raw, UNSET) for n in range(len(names))]
    rename = {f"f{n}": name for n, name in enumerate(names)}
    return msgspec.defstruct("There", fields, rename=rename, gc=False)


def inserted(text: bytes, at: int, fields: bytes) -> bytes:
    """The text with members (`"a":1,"b":2`) put first into the object that begins at `at`."""
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


class Array:
    """An array at a path, made ready to get one more element."""

    def __init__(self, at: Spot) -> None:
        self._at = at
        *above, last = at.steps or (None,)
        self._key = spelling_of(last.key).quoted + b":" if isinstance(last, Name) else None
        self._holder = Spot([step for step in above if step])

    def append(self, text: bytes, value: bytes) -> bytes | None:
        """The text with one more element in the array.

        An array that is missing or null is made, where the object that would hold it is there. None where something
        else stands in its place, or nothing above it.
        """
        found = self._at.find(text)
        if found is None:
            return self._made(text, value)
        if text[found.start : found.end] == b"null":
            return replaced(text, found, b"[" + value + b"]")
        if text[found.start : found.start + 1] != b"[":
            return None
        end = found.end - 1
        if is_empty(text, found.start, b"]"):
            return replaced(text, Span(end, end), value)
        end = len(text[:end].rstrip(b" \t\r\n"))
        return replaced(text, Span(end, end), b"," + value)

    def _made(self, text: bytes, value: bytes) -> bytes | None:
        holder = self._holder.find(text)
        if self._key is None or holder is None or text[holder.start : holder.start + 1] != b"{":
            return None
        return inserted(text, holder.start, self._key + b"[" + value + b"]")


def replaced(text: bytes, span: Span, value: bytes) -> bytes:
    """The text with other bytes in this place."""
    return b"".join((text[: span.start], value, text[span.end :]))
