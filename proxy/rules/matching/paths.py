"""The path of a `match`: literal segments, `{name}` for one, `{name...}` for the rest. Pure.

A pattern is compared with decoded segments, so its own are decoded here, once.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import unquote

from proxy.rules.reading.kinds import Wrong

DEEPEST: Final = 64
_CAPTURE = re.compile(r"\{([^{}]*?)(\.\.\.)?\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Segment(NamedTuple):
    """One segment. `kind`: 0 literal, 1 `{name}`, 2 `{name...}`; this order is the order of precedence."""

    kind: int
    text: str


LITERAL: Final = 0
ONE: Final = 1
REST: Final = 2


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A path pattern; `str()` of it is what was written."""

    text: str
    segments: tuple[Segment, ...]

    def __str__(self) -> str:
        return self.text

    @property
    def captures(self) -> tuple[str, ...]:
        """The names it captures, from the left."""
        return tuple(segment.text for segment in self.segments if segment.kind)

    @property
    def kinds(self) -> tuple[int, ...]:
        """Sorts patterns that take the same path: the most specific first."""
        return tuple(segment.kind for segment in self.segments)

    @property
    def node(self) -> tuple[tuple[int, str], ...]:
        """The same for patterns that take exactly the same paths."""
        return tuple((kind, "" if kind else text) for kind, text in self.segments)

    @classmethod
    def parse(cls, text: str) -> "PathPattern":
        """Read a pattern.

        Raises:
            Wrong: what is wrong with it, where, and what to write.
        """
        _refuse_what_is_no_path(text)
        segments: list[Segment] = []
        column = 1
        parts = text[1:].split("/")
        if len(parts) > DEEPEST:
            raise Wrong(f"a path has {DEEPEST} segments at most", "")
        for place, part in enumerate(parts):
            segment = _segment(part, column)
            if segment.kind == REST and place < len(parts) - 1:
                raise Wrong(
                    f"`{part}` must be the last segment", f"write `{{{segment.text}}}` for one", column, len(part)
                )
            if segment.kind and any(other.kind and other.text == segment.text for other in segments):
                raise Wrong(f"`{segment.text}` is captured twice", "give each capture its own name", column, len(part))
            segments.append(segment)
            column += len(part) + 1
        return cls(text, tuple(segments))

    def takes(self, segments: tuple[str, ...]) -> bool:
        """Whether it takes a path of these decoded segments."""
        for place, (kind, text) in enumerate(self.segments):
            if kind == REST:
                return True
            if place >= len(segments) or (segments[place] != text if kind == LITERAL else not segments[place]):
                return False
        return len(segments) == len(self.segments)

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """What it captures of these decoded segments; None where it does not take them."""
        return Captures(self).of(segments) if self.takes(segments) else None


class Captures:
    """What a pattern captures of the paths that it takes."""

    __slots__ = ("_ones", "_rest")

    def __init__(self, pattern: PathPattern) -> None:
        places = list(enumerate(pattern.segments))
        self._ones = [(text, place) for place, (kind, text) in places if kind == ONE]
        self._rest = [(text, place) for place, (kind, text) in places if kind == REST]

    def of(self, segments: tuple[str, ...]) -> dict[str, str]:
        """By name, of the decoded segments of a path that the pattern takes."""
        taken = {text: segments[place] for text, place in self._ones}
        for text, place in self._rest:
            taken[text] = "/".join(segments[place:])
        return taken


def _refuse_what_is_no_path(text: str) -> None:
    if text.startswith(("http://", "https://")):
        path = re.sub(r"https?://[^/]*", "", text) or "/"
        raise Wrong("this is a whole URL", f"write the path, `{path}`; the host goes under `match.host`")
    if not text.startswith("/"):
        raise Wrong(f"`{text}` does not begin with `/`", f"write `/{text.partition('?')[0]}`")
    for sign, hint in (
        ("?", "query parameters go under `match.query`"),
        ("#", "a fragment never reaches a server: remove it"),
        ("*", "write `{name}` for one segment, `{name...}` for the rest"),
        (" ", "write a space in a path as `%20`"),
    ):
        if sign in text:
            raise Wrong(f"`{sign}` cannot stand in a path", hint, text.index(sign), 1)
    odd = re.search(r"[\x00-\x1f\x7f]", text)
    if odd:
        raise Wrong("a control character cannot stand in a path", "remove it", odd.start(), 1)
    bad = re.search(r"%(?![0-9A-Fa-f]{2})", text)
    if bad:
        raise Wrong("`%` must be followed by two hexadecimal digits", "write a percent sign as `%25`", bad.start(), 1)


def _segment(part: str, column: int) -> Segment:
    found = _CAPTURE.fullmatch(part)
    if found:
        if not _NAME.fullmatch(found[1]):
            raise Wrong(f"`{found[1]}` is no name for a capture", "letters, digits and `_`", column, len(part))
        return Segment(REST if found[2] else ONE, found[1])
    if "{" in part or "}" in part:
        hint = "a capture takes a whole segment: `/{name}/`; write a brace itself as `%7B` or `%7D`"
        raise Wrong(f"`{part}` is neither text nor a capture", hint, column, len(part))
    return Segment(LITERAL, unquote(part, errors="replace"))
