"""JSON values of items as the texts that ids are. Pure.

A string is decoded, a number is the text that is written (`1.0` stays `1.0`,
thirty digits stay thirty); anything else, and an empty string, is no id.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from proxy.search.lossless.path import BROKEN, Piece

NUMBER: Final = b"-0123456789"
_DIGITS_AND_LINES: Final = b"0123456789\n"
_text = msgspec.json.Decoder(str).decode
_all_strings: Any = msgspec.json.Decoder(list[str]).decode


def texts(values: Sequence[Any]) -> list[str | None]:
    """Each value as text, or None; UNSET stands for a value that is not there."""
    try:
        found: list[str | None] = _all_strings(b"[" + b",".join(values) + b"]")
    except TypeError:  # UNSET is no text
        return [None if each is UNSET else text_of(each) for each in values]
    except BROKEN:  # not all are strings
        joined = b"\n".join(values)
        if joined.translate(None, _DIGITS_AND_LINES):
            return [text_of(each) for each in values]
        return joined.decode().split("\n")  # type: ignore[return-value]
    return [each or None for each in found] if "" in found else found


def text_of(value: Piece) -> str | None:
    """One value as text, or None."""
    own = bytes(value)
    if own[:1] == b'"':
        try:
            return _text(own) or None
        except BROKEN:
            return None
    return own.decode("ascii", "replace") if own[:1] and own[:1] in NUMBER else None


def matched(ids: Sequence[str | None], pattern: re.Pattern[str]) -> list[str | None]:
    """`id_pattern`: the first group of each id; an id that does not match is none.

    One that does not match as it is may do so decoded: GraphQL servers write `Product:72` in base64.
    """
    found = [None if each is None else pattern.search(each) or pattern.search(unwrapped(each)) for each in ids]
    group = 1 if pattern.groups else 0
    return [None if each is None else each[group] or None for each in found]


def unwrapped(text: str) -> str:
    """What a text is in base64; "" where it is none."""
    try:
        return b64decode(text, validate=True).decode()
    except ValueError:  # no base64, no UTF-8
        return ""
