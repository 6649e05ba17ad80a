"""The steps of which a selector is made. Pure."""

from typing import NamedTuple, TypeAlias


class Name(NamedTuple):
    """The member of an object with this key."""

    key: str


class Index(NamedTuple):
    """The element of an array with this place, from 0."""

    n: int


class Every(NamedTuple):
    """Every element of an array, every member of an object."""


class Where(NamedTuple):
    """The elements in which the value at `path` is `value` (of the same type; `1` is `1.0`)."""

    path: tuple[str, ...]
    value: str | int | float | bool | None


Step: TypeAlias = Name | Index | Every | Where


class SelectorError(ValueError):
    """A text that is no selector of ours. `column` counts from 0, within the text."""

    def __init__(self, message: str, column: int, hint: str = "", length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.hint = hint
        self.length = length
