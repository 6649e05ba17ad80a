"""A rule file as a tree of text with places: what YAML says before anybody asks what it means. Pure.

Nothing is converted here: `0123`, `no` and `12:30:45` are text until a kind
(kinds.py) that expects something else reads them. Every node knows its line
(from 1) and column (from 0), so that every problem can be shown where it is.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text. `plain`: written without quotes. `inset`: columns from its start to its first character."""

    text: str
    plain: bool
    line: int
    column: int
    length: int
    inset: int = 0

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int
    length: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Keys:
    """A section: keys and values, in order, keys that stand twice included."""

    pairs: tuple[Pair, ...]
    line: int
    column: int
    length: int = 0


Node: TypeAlias = Scalar | Items | Keys


def what_is(node: Node) -> str:
    """How a person would call it."""
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Keys):
        return "a section"
    if node.is_null:
        return "nothing"
    return f"`{shown(node.text)}`"


def shown(text: str, longest: int = 60) -> str:
    """Text on one line, not too long, for a message."""
    flat = " ".join(text.split()) if "\n" in text else text
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
