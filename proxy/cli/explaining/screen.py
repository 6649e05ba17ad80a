"""Text as a terminal shows it: how wide it is, how it is cut, and that it never gives orders. Pure.

Whatever is told about a request was written by somebody else: the shopper, the
marketplace, the ad platform. So lines are made of spans, and only `drawn` turns
them into text: it takes out all that a terminal would obey, cuts each line at the
terminal's width, and adds the colours itself.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

NARROWEST: Final = 40
_CODES: Final = {"head": "1", "ad": "33", "good": "32", "faint": "2", "bad": "31"}
_WIDE: Final = ("W", "F")
_JAMO: Final = range(0x1160, 0x1200)  # vowels and finals, which are drawn into the syllable before them


@dataclass(frozen=True)
class Look:
    """What the terminal can do: its width in cells, whether it shows colours, whether it shows more than ASCII."""

    width: int = 80
    colour: bool = False
    unicode: bool = True


@dataclass(frozen=True)
class Span:
    """A part of a line; `style` is one of head, ad, good, faint, bad, or "" for none."""

    text: str
    style: str = ""


Line = Sequence[Span]


def drawn(lines: Iterable[Line], look: Look) -> str:
    """The lines as text, none of them wider than the terminal."""
    return "".join(f"{_line(line, look)}\n" for line in lines)


def _line(line: Line, look: Look) -> str:
    room, parts = max(NARROWEST, look.width), []
    for span in line:
        text = cut(plain(span.text, look), room, look)
        room -= width(text)
        parts.append(f"\x1b[{_CODES[span.style]}m{text}\x1b[0m" if look.colour and span.style and text else text)
    return "".join(parts).rstrip(" ")


def plain(text: str, look: Look) -> str:
    """The text without line ends, escapes and whatever else a terminal obeys."""
    return "".join([_harmless(character, look.unicode) for character in text])


def _harmless(character: str, unicode: bool) -> str:
    if character.isascii():
        return character if character.isprintable() else "?"
    if not unicode:
        return "?" if _cells(character) else ""
    # A variation selector widens what stands before it on some terminals and not on others.
    if "\ufe00" <= character <= "\ufe0f":
        return ""
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


def width(text: str) -> int:
    """How many cells a text takes: two for CJK and emoji, none for what is drawn over the character before."""
    return len(text) if text.isascii() else sum(map(_cells, text))


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me") or ord(character) in _JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def cut(text: str, room: int, look: Look) -> str:
    """The text, or what of it fits into `room` cells with a mark that there is more."""
    if width(text) <= room:
        return text
    more = "…" if look.unicode else "..."[: max(0, room)]
    return _first(text, room - width(more)) + more if room > 0 else ""


def cell(text: str, room: int, look: Look) -> str:
    """The text in exactly `room` cells."""
    fits = cut(plain(text, look), room, look)
    return fits + " " * (room - width(fits))


def wrapped(text: str, room: int, look: Look) -> Iterator[str]:
    """The text on lines of at most `room` cells, broken between words, and within one that is too long."""
    line = ""
    for word in plain(text, look).split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        while width(word) > room:
            start = _first(word, room)
            yield start
            word = word[len(start) :]
        line = word
    yield line


def _first(text: str, room: int) -> str:
    used = 0
    for place, character in enumerate(text):
        used += _cells(character)
        if used > room:
            return text[:place]
    return text
