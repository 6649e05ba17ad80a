"""The head of an answer, read strictly (RFC 9112, 2 to 5). Pure.

A head is read in one go, once its end is there, by one expression that says
what a head is: nothing is guessed and nothing is mended but the one thing that
the RFC tells a proxy to mend (a folded line becomes one line, 5.2). Names and
values stay as they were sent: spelling, order, repeats, bytes over 0x7f.

Refused, among others: a bare CR or LF, NUL, a blank before the colon, a name
that is not a token, a version that is not 1.0 or 1.1, a status that is not
three digits from 100 on. Other control characters in a value are kept (RFC
9110, 5.5 leaves the choice): such an origin worked before we stood in front.
"""

import re

import msgspec

from proxy.wire.errors import BrokenAnswer, HeadTooLarge

MAX_FIELDS = 256

_NAME = rb"[!#-'*+\-.0-9A-Z^-z|~]++"
_TEXT = rb"[\x01-\t\v\f\x0e-\xff]*+"  # all but NUL, CR and LF; said so, it is matched twice as fast as `[^...]`
_LINE = _NAME + rb":" + _TEXT + rb"\r\n"
# Possessive repeats: no way back, so the time is linear in the length whatever the bytes are.
_HEAD = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: (" + _TEXT + rb"))?\r\n((?:" + _LINE + rb")*+)\r\n")
_FOLD = re.compile(rb"\r\n[\t ]++")

Fields = list[tuple[bytes, bytes]]


class Head(msgspec.Struct, frozen=True):
    """The head of one answer. `first` finds a field by its lower-case name: the first of that name."""

    status: int
    reason: bytes
    minor: int
    fields: Fields
    first: dict[bytes, bytes]

    def every(self, name: bytes) -> list[bytes]:
        """All values of the fields of that lower-case name, in order."""
        return [value for field, value in self.fields if field.lower() == name]


def head_of(data: bytes, limit: int) -> tuple[Head, int] | None:
    """The head with which `data` begins, and where it ends.

    None where there is none that is whole, within `limit` bytes and without a folded line; `read_head` then says more.
    Raises `HeadTooLarge` for too many fields.
    """
    match = _HEAD.match(data)
    if match is None or (end := match.end()) > limit:
        return None
    minor, status, reason, block = match.groups()
    fields: Fields = []
    first: dict[bytes, bytes] = {}
    for line in reversed(block.splitlines()):  # so that the first of a name is the one that stays
        name, _, value = line.partition(b":")
        value = value.strip(b"\t ")
        fields.append((name, value))
        first[name.lower()] = value
    fields.reverse()
    if len(fields) > MAX_FIELDS:
        raise HeadTooLarge(f"the head of the answer has more than {MAX_FIELDS} fields")
    return Head(int(status), reason or b"", 0 if minor == b"0" else 1, fields, first), end


def read_head(raw: bytes) -> Head:
    """`raw` ends with the empty line. Raises `BrokenAnswer`, or `HeadTooLarge` for too many fields."""
    for text in (raw, _unfolded(raw)):
        found = head_of(text, len(text))
        if found is not None and found[1] == len(text):
            return found[0]
    raise BrokenAnswer("the head of the answer is not HTTP/1.1")


def are_fields(lines: bytes) -> bool:
    """Whether `lines` are field lines and nothing else (a trailer section without its empty line)."""
    return _LINES.fullmatch(lines) is not None


_LINES = re.compile(rb"(?:" + _LINE + rb")*+")


def _unfolded(raw: bytes) -> bytes:
    """Each folded line of the fields joined to the line before it with one blank (RFC 9112, 5.2)."""
    start, line_end, fields = raw.partition(b"\r\n")
    # The first line after the status line has no field line in front of it to be joined to.
    if fields[:1] in (b" ", b"\t"):
        return raw
    return start + line_end + _FOLD.sub(b" ", fields[:-4]) + fields[-4:]
