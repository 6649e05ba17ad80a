"""What is wrong with a rule file, as its author will read it. Pure.

A problem says where (file, line, key), what is wrong, and what to write
instead. Keys of the ad platform are masked here, and what a terminal would
obey is made harmless, whoever wrote the message: a problem is logged, printed
and shown on the admin page.
"""

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

_WIDEST = 160
_SECRET = re.compile(r"TSE_[A-Za-z0-9_\-]{4,}")
# Control characters (tabs and line ends apart), and those that turn the direction of writing.
_OBEYED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Text without a character that a terminal obeys instead of showing it; as long as before."""
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def masked(text: str) -> str:
    """Text without any key of the ad platform; as long as before, so that columns still fit."""
    return _SECRET.sub(lambda found: "TSE_" + "*" * (len(found[0]) - 4), text)


def looks_secret(text: str) -> bool:
    """Whether a key of the ad platform stands in it."""
    return _SECRET.search(text) is not None


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Attributes:
        severity: an error keeps the whole folder out of force; a warning does not.
        file: as the caller named it.
        line: from 1; 0 where the file as a whole is meant.
        column: from 1; 0 where the file as a whole is meant.
        key: the path of the key, `auction.slots`; "" where there is none.
        message: what is wrong.
        hint: what to write instead, or "".
        source_line: the line as it stands in the file.
        length: how many characters of it are at fault; 0 is the rest of the line.
    """

    severity: Severity
    file: str
    line: int
    column: int
    key: str
    message: str
    hint: str = ""
    source_line: str = ""
    length: int = 0

    def __post_init__(self) -> None:
        for name in ("key", "message", "hint"):
            object.__setattr__(self, name, harmless(masked(getattr(self, name))))
        # A line may have a megabyte, and as many problems: what is shown of it is made harmless when it is shown.
        object.__setattr__(self, "source_line", masked(self.source_line))

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def as_json(self) -> dict[str, str | int]:
        """The seven fields that tools read."""
        return {
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "key": self.key,
            "message": self.message,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        lead = "warning: " if self.severity == "warning" else ""
        head = f"{place}  {lead}{self.key}{': ' if self.key else ''}{self.message}"
        if not self.line or not self.source_line.strip():
            return f"{head}\n   {self.hint}" if self.hint else head
        return f"{head}\n{self._excerpt()}"

    def _excerpt(self) -> str:
        """The line, and below it the faulty text underlined, with the hint beside it."""
        margin = f"   {self.line} | "
        line = self.source_line.replace("\t", " ")
        start = max(0, self.column - 1)
        length = self.length or len(line.rstrip()) - start
        if len(line) > _WIDEST:
            cut = max(0, start - _WIDEST // 2)
            line, start = line[cut : cut + _WIDEST], start - cut
        line = harmless(line)
        length = max(1, min(length, len(line) - start))
        under = " " * (len(margin) + start) + "^" * length
        return f"{margin}{line.rstrip()}\n{under}{'   ' + self.hint if self.hint else ''}"


def in_order(problems: "list[Problem]") -> "tuple[Problem, ...]":
    """Each problem once: by file, then from top to bottom."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.file, problem.line, problem.column)))
