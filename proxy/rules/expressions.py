"""Whether a regular expression can take forever. Pure.

Ids come from outside, and Python's `re` walks back: `(a+)+` needs 2^n steps.
We refuse what can repeat a repetition, or a choice whose branches can begin
alike; both are never needed to cut an id out of a text.
"""

from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MANY = 20
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


def why_slow(pattern: str) -> str:
    """Why a (valid) pattern may be slow, or ""."""
    return _walk(parser.parse(pattern), 0)


def _walk(tree: Any, within: int) -> str:
    """`within`: how many unbounded repetitions stand around."""
    loose = 0
    for operation, argument in tree:
        if operation in _REPEATS:
            _, most, inner = argument
            many = most >= _MANY
            if many and within:
                return "a repetition within a repetition"
            loose += many
            if loose > 3:
                return "more than three repetitions side by side"
            found = _walk(inner, within + many)
        elif operation is sre.BRANCH:
            if within:
                return "a choice within a repetition"
            found = next(filter(None, (_walk(branch, within) for branch in argument[1])), "")
        elif operation is sre.GROUPREF:
            return "a reference to a group"
        else:
            found = next(filter(None, (_walk(inner, within) for inner in _inside(argument))), "")
        if found:
            return found
    return ""


def _inside(argument: Any) -> list[Any]:
    if isinstance(argument, parser.SubPattern):
        return [argument]
    if isinstance(argument, tuple | list):
        return [tree for part in argument for tree in _inside(part)]
    return []
