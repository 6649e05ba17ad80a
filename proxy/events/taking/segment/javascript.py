"""JSON as JavaScript reads and writes it. Pure.

Segment signs what `JSON.stringify` made of an object, so we must come to the
very same text: numbers as a double prints itself, keys that are array indexes
first, and no escapes but the needed ones.
Source: ECMA-262, JSON.stringify, Number::toString, OrdinaryOwnPropertyKeys.
"""

import json
import re
from decimal import Decimal
from typing import Any, Final

_LONE: Final = re.compile("[\ud800-\udfff]")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_NO_INDEX: Final = 2**32 - 1
_EXACT_DIGITS: Final = 15
# With more digits before its point, or more zeros behind it, a number is written with an exponent.
_PLAIN_DIGITS: Final = 21
_PLAIN_ZEROS: Final = -6
_text: Final = json.JSONEncoder(ensure_ascii=False).encode


def rewritten(body: str) -> str:
    """What `JSON.stringify(JSON.parse(body))` gives.

    Raises:
        ValueError, RecursionError: it is no JSON, or nested too deep.
    """
    return stringify(parse(body))


def parse(body: str) -> Any:
    """The value of a JSON text, every number of it as a double holds it; raises as `rewritten` does."""
    return json.loads(body, parse_int=_number, parse_constant=_no_json)


def stringify(value: Any) -> str:
    """A value of `parse` as text."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return number(float(value))
    if isinstance(value, str):
        return _LONE.sub(_escaped, _text(value))
    if isinstance(value, list):
        return f"[{','.join(map(stringify, value))}]"
    pairs = (f"{stringify(name)}:{stringify(value[name])}" for name in _in_order(value))
    return f"{{{','.join(pairs)}}}"


def number(value: float) -> str:
    """A double as JavaScript prints it; what JSON cannot hold is `null`."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(exponent, int):  # an infinity
        return "null"
    return "-" * sign + _unsigned("".join(map(str, digits)), len(digits) + exponent)


def _unsigned(digits: str, point: int) -> str:
    """Digits, with the point behind so many of them."""
    if len(digits) <= point <= _PLAIN_DIGITS:
        return digits.ljust(point, "0")
    if 0 < point <= _PLAIN_DIGITS:
        return f"{digits[:point]}.{digits[point:]}"
    if _PLAIN_ZEROS < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _in_order(value: dict[str, Any]) -> list[str]:
    """Keys that are array indexes by their size, then the others as they came."""
    indexes = sorted((name for name in value if _is_index(name)), key=int)
    return [*indexes, *(name for name in value if not _is_index(name))] if indexes else list(value)


def _is_index(name: str) -> bool:
    return _INDEX.fullmatch(name) is not None and int(name) < _NO_INDEX


def _number(text: str) -> int | float:
    return int(text) if len(text) <= _EXACT_DIGITS else float(text)


def _no_json(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _escaped(found: "re.Match[str]") -> str:
    return f"\\u{ord(found[0]):04x}"
