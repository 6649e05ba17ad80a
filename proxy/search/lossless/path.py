"""The value at a path inside a piece of JSON, one decode a step. Pure.

For what is looked up in single items or in what stands around a listing. A
piece that has no such value, or is no JSON at all, has none: nothing here
raises. Of a key that stands twice the last counts, as for every common reader.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Raw

from proxy.rules.selector import Every, Index, Name, Step, Where, holds

Piece: TypeAlias = bytes | Raw | memoryview
BROKEN: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
Walk: TypeAlias = Callable[[Piece], Iterable[Piece]]

_list = msgspec.json.Decoder(list[Raw]).decode
_object = msgspec.json.Decoder(dict[str, Raw]).decode
_inside = msgspec.json.Decoder(list[Raw] | dict[str, Raw]).decode


def can_be_a_field(key: str) -> bool:
    """Whether msgspec takes this key as the name of a field."""
    return not any(char < " " or char in '"\\' for char in key)


class Path:
    """A selector's steps, made ready."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._walks: Final = [_walk(step) for step in steps]

    def all(self, piece: Piece) -> list[Piece]:
        """Every value at the path, in document order."""
        found: list[Piece] = [piece]
        for walk in self._walks:
            try:
                found = [hit for each in found for hit in walk(each)]
            except BROKEN:
                found = [hit for each in found for hit in _tolerant(walk, each)]
        return found

    def first(self, piece: Piece) -> Piece | None:
        """The first value at the path, or None."""
        found = self.all(piece)
        return found[0] if found else None


def filtered(where: Where) -> Callable[[Piece], bool]:
    """Whether a filter takes a piece."""
    path = Path([Name(key) for key in where.path])
    value = Where((), where.value)

    def takes(piece: Piece) -> bool:
        found = path.first(piece)
        try:
            return found is not None and holds(value, msgspec.json.decode(found))
        except BROKEN:
            return False

    return takes


def _tolerant(walk: Walk, piece: Piece) -> Iterable[Piece]:
    try:
        return walk(piece)
    except BROKEN:
        return ()


def _walk(step: Step) -> Walk:
    if isinstance(step, Name):
        return _named(step.key)
    if isinstance(step, Index):
        return lambda piece: _list(piece)[step.n : step.n + 1]
    if isinstance(step, Every):
        return _each
    takes = filtered(step)
    return lambda piece: [each for each in _each(piece) if takes(each)]


def _each(piece: Piece) -> list[Raw]:
    found = _inside(piece)
    return found if isinstance(found, list) else [*found.values()]


def _named(key: str) -> Walk:
    if not can_be_a_field(key):
        return lambda piece: [found] if (found := _object(piece).get(key)) is not None else []
    shape: Any = msgspec.defstruct("On", [("v", Raw, UNSET)], rename={"v": key}, gc=False)
    decode = msgspec.json.Decoder(shape).decode

    def walk(piece: Piece) -> Iterable[Piece]:
        found = decode(piece).v
        return () if found is UNSET else (found,)

    return walk
