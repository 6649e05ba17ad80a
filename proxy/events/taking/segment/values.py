"""Values in JSON of others, as what they mean: text that is a number, numbers that are text, times. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from proxy.events.taking.segment.calls import Json
from proxy.topsort.moments import read_moment


def inside(values: Mapping[str, Any], name: str) -> Json:
    """An object in an object; an empty one where there is none."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def merged(*parts: Mapping[str, Any]) -> Json:
    """Objects on top of each other: the right one wins. What is null says nothing."""
    return {name: value for part in parts for name, value in part.items() if value is not None}


def text_of(value: Any) -> str | None:
    """Text, or a number or a truth value as text; None where it is none of them."""
    if isinstance(value, str | None):
        return value
    return None if isinstance(value, dict | list) else as_json(value)


def number_of(value: Any) -> Any:
    """A number, also where it is written as text; anything else as it is, to be found wrong."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value, type=int | float)
    except (ValueError, RecursionError):
        return value


def whole_number_of(value: Any) -> Any:
    number = number_of(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def rfc3339(text: str) -> str:
    """A time as RFC 3339 has it, where it is one of ISO 8601 otherwise (without an offset: UTC); else as it is."""
    if read_moment(text) is not None:
        return text
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).isoformat()
