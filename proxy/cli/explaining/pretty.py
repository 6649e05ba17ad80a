"""JSON as a person reads it: objects open, long lists of ids on one line and shortened. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

SHOWN: Final = 8
"""Elements of a list of plain values that are shown."""


def pretty(value: object, indent: str = "") -> Iterator[str]:
    """The lines of a value that was read from JSON."""
    if isinstance(value, Mapping) and value:
        yield from _within("{", value.items(), "}", indent)
    elif isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
        yield from _within("[", [(None, each) for each in value], "]", indent)
    else:
        yield indent + _flat(value)


def _within(opening: str, members: Iterable[tuple[object, object]], closing: str, indent: str) -> Iterator[str]:
    yield indent + opening
    for name, value in members:
        lines = list(pretty(value, indent + "  "))
        if name is not None:
            lines[0] = f"{indent}  {_text(name)}: {lines[0].lstrip()}"
        yield from lines
    yield indent + closing


def _flat(value: object) -> str:
    if isinstance(value, list) and len(value) > SHOWN:
        some = ", ".join(map(_text, value[:SHOWN]))
        return f"[{some}, and {len(value) - SHOWN} more]"
    return _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
