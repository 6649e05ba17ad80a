"""Whether a regular expression can take forever. Pure.

Ids come from outside, and Python's `re` walks back: `(a+)+` needs 2^n steps.
We refuse what can repeat a repetition, or a choice whose branches can begin
alike; both are never needed to cut an id out of a text.
"""

from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MANY = 20
_MOST = 3
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


def why_slow(pattern: str) -> str:
    """Why a (valid) pattern may be slow, or ""."""
    tree = parser.parse(pattern)
    if sum(_is_repetition(operation, argument) for operation, argument, _ in _parts(tree, 0)) > _MOST:
        return f"more than {_MOST} repetitions"
    return next(filter(None, (_why(*part) for part in _parts(tree, 0))), "")


def _why(operation: Any, argument: Any, within: int) -> str:
    """`within`: in how many repetitions it stands."""
    if within and _is_repetition(operation, argument):
        return "a repetition within a repetition"
    if within and operation is sre.BRANCH:
        return "a choice within a repetition"
    return "a reference to a group" if operation is sre.GROUPREF else ""


def _is_repetition(operation: Any, argument: Any) -> bool:
    return operation in _REPEATS and argument[1] >= _MANY


def _parts(tree: Any, within: int) -> Iterator[tuple[Any, Any, int]]:
    """Every part of a pattern, with the number of repetitions around it."""
    for operation, argument in tree:
        yield operation, argument, within
        for inner in _inside(argument):
            yield from _parts(inner, within + _is_repetition(operation, argument))


def _inside(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _inside(part)
