"""How good a product is, as the ad platform wants to hear it: a number over 0, up to 1. Pure."""

import math
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from proxy.search.lossless.path import BROKEN
from proxy.search.lossless.texts import NUMBER

LEAST: Final = 0.0001  # for what is not over 0, since the ad platform takes no 0
_floats = msgspec.json.Decoder(list[float]).decode


def falling(positions: Sequence[int], count: int) -> list[float]:
    """`quality: organic`: from 1 for the first of `count` items down to 1/count for the last."""
    return [1 - at / count for at in positions]


def measured(values: Sequence[Any]) -> list[float]:
    """`quality: $.score`: divided by the highest where that is over 1; the least for what is no number over 0."""
    numbers = _numbers(values)
    highest = max(numbers, default=0.0)
    if highest > 1:
        numbers = [each / highest for each in numbers]
    return [each if each > 0 else LEAST for each in numbers]


def _numbers(values: Sequence[Any]) -> list[float]:
    try:
        numbers = _floats(b"[" + b",".join(values) + b"]")
    except (TypeError, *BROKEN):
        numbers = [_number(each) for each in values]
    return [each if math.isfinite(each) else 0.0 for each in numbers]


def _number(value: Any) -> float:
    own = b"" if value is UNSET else bytes(value)
    return float(own) if own[:1] and own[:1] in NUMBER else 0.0
