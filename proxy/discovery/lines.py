"""Lines of YAML with their comments beside them, aligned. Pure.

A value is quoted where YAML would read it as something else, and a comment
never holds a character that ends a line or that a terminal obeys.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from proxy.rules.problems import harmless, masked

COLUMN: Final = 34
WIDEST: Final = 118
_PLAIN: Final = re.compile(r"[A-Za-z_$/][A-Za-z0-9_$./%+@~-]*")
_PLAIN_ALONE: Final = re.compile(r"[A-Za-z_$/.](?:[A-Za-z0-9_$./%+@~\[\]*{}-]|:(?=[A-Za-z0-9]))*")
_WORDS: Final = re.compile(r"(?:true|false|null|yes|no|on|off|y|n|~)", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its YAML (with its indentation), and why it is there. Without YAML it is a comment, or blank."""

    yaml: str = ""
    why: str = ""


def laid_out(lines: Iterable[Line]) -> str:
    """The lines as a file's text."""
    return "".join(f"{text}\n" for line in lines for text in _texts(line))


def _texts(line: Line) -> list[str]:
    why = one_line(line.why)
    if not line.yaml:
        return [f"# {text}" for text in textwrap.wrap(why, WIDEST - 2)] if why else [""]
    if not why:
        return [line.yaml]
    if len(line.yaml) > 76:
        indent = " " * (len(line.yaml) - len(line.yaml.lstrip()))
        return [*(f"{indent}# {text}" for text in textwrap.wrap(why, WIDEST - 8)), line.yaml]
    column = max(COLUMN, len(line.yaml) + 2)
    first, *more = textwrap.wrap(why, WIDEST - column - 2)
    return [f"{line.yaml:<{column}}# {first}", *(f"{'':<{column}}# {text}" for text in more)]


def one_line(text: str) -> str:
    """Text as a comment can hold it: one line, and nothing that YAML or a terminal takes amiss."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return masked(harmless(plain))


def shown(text: str, longest: int = 40) -> str:
    """A value of the sample, in quotes, for a comment."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return f'"{one_line(cut)}"'


def value(text: str) -> str:
    """A text as YAML, behind a key on a line of its own."""
    return text if _PLAIN_ALONE.fullmatch(text) and not _WORDS.fullmatch(text) else scalar(text)


def scalar(text: str) -> str:
    """A text as YAML, also within brackets."""
    if _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
