"""Kinds of one value: numbers, durations, true or false, one of a few words. Pure.

Each takes one spelling, and names it where another was written: YAML has too
many ways to say 8, false and 45045.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from proxy.rules.reading.kinds import Kind, Report, Single, Wrong, did_you_mean, either
from proxy.rules.reading.nodes import Node, Scalar, shown

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Whole(Single):
    """A whole number within bounds."""

    low: int
    high: int

    @property
    def noun(self) -> str:  # type: ignore[override]
        return f"a whole number from {self.low:,} to {self.high:,}"

    def of(self, node: Scalar) -> int:
        if not (node.plain and _WHOLE.fullmatch(node.text)):
            raise Wrong(f"`{shown(node.text)}` is not a whole number", _plainly(node, self.noun))
        value = int(node.text) if len(node.text) < 20 else self.high + 1
        if not self.low <= value <= self.high:
            raise Wrong(f"{shown(node.text)} is out of range", f"write {self.noun}")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Percent(Single):
    """A number from 0 to 100."""

    noun: str = "a number from 0 to 100"
    example: str = "50"

    def of(self, node: Scalar) -> float:
        if not (node.plain and _NUMBER.fullmatch(node.text)):
            bare = node.text.removesuffix("%").strip()
            hint = f"write {bare}, without the `%`" if _NUMBER.fullmatch(bare) else f"write {self.noun}"
            raise Wrong(f"`{shown(node.text)}` is not a number", hint)
        value = float(node.text)
        if not 0 <= value <= 100:
            raise Wrong(f"{shown(node.text)} is out of range", f"write {self.noun}")
        return int(value) if value.is_integer() else value

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0, "maximum": 100}


def _plainly(node: Scalar, noun: str) -> str:
    """The number that was probably meant: out of quotes, without `_`, leading zeros or a sign."""
    meant = node.text.strip().replace("_", "").replace(",", "").lstrip("+")
    meant = re.sub(r"^(-?)0+(?=[0-9])", r"\1", meant)
    if _WHOLE.fullmatch(meant) and len(meant) < 20:
        return f"write {meant}" + (", without quotes" if not node.plain and meant == node.text else "")
    return f"write {noun}"


@dataclass(frozen=True)
class Flag(Single):
    """true or false, and no other word for them."""

    noun: str = "true or false"
    example: str = "true"

    def of(self, node: Scalar) -> bool:
        if node.plain and node.text in ("true", "false"):
            return node.text == "true"
        meant = {"yes": "true", "on": "true", "true": "true", "1": "true", "y": "true"}
        meant |= {"no": "false", "off": "false", "false": "false", "0": "false", "n": "false"}
        word = meant.get(node.text.lower())
        quoted = ", without quotes" if word == node.text else ""
        raise Wrong(f"`{shown(node.text)}` is neither true nor false", f"write {word or self.noun}{quoted}")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")


@dataclass(frozen=True)
class Duration(Single):
    """A time with its unit; seconds."""

    low: str
    high: str
    example: str = "150ms"

    @property
    def noun(self) -> str:  # type: ignore[override]
        return f"a duration from {self.low} to {self.high}"

    def of(self, node: Scalar) -> float:
        value = seconds(node.text)
        if value is None:
            raise Wrong(f"`{shown(node.text)}` is not a duration", self.meant(node.text))
        if not (seconds(self.low) or 0) <= value <= (seconds(self.high) or 0):
            raise Wrong(f"`{node.text}` is out of range", f"write {self.noun}")
        return value

    def meant(self, text: str) -> str:
        found = re.fullmatch(r"([0-9.]+)\s*([a-zA-Z]*)", text)
        if found and not found[2]:
            return f"a duration has a unit: write {text}ms or {text}s"
        unit = _SPELLINGS.get(found[2].lower()) if found else None
        return f"write {found[1]}{unit}" if found and unit else f"write {self.noun}, for example {self.example}"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_DURATION.pattern}$"}


_SPELLINGS = {unit: unit for unit in _UNITS}
_SPELLINGS |= {"msec": "ms", "millis": "ms", "milliseconds": "ms", "sec": "s", "secs": "s", "second": "s"}
_SPELLINGS |= {"seconds": "s", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "hour": "h", "hours": "h"}


def seconds(text: str) -> float | None:
    """Seconds of `150ms`, `2s`, `5m`, or None."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    number, factor = float(found[1]), _UNITS[found[2]]
    return number / 1000 if found[2] == "ms" else number * factor


@dataclass(frozen=True)
class OneOf(Single):
    """One of a few words."""

    words: tuple[str, ...]
    otherwise: Kind | None = None
    also: str = ""

    @property
    def noun(self) -> str:  # type: ignore[override]
        return either([*self.words, self.also] if self.also else self.words)

    def read(self, node: Node, key: str, report: Report) -> Any:
        if self.otherwise and not (isinstance(node, Scalar) and (node.text in self.words or self.is_near(node))):
            return self.otherwise.read(node, key, report)
        return super().read(node, key, report)

    def is_near(self, node: Scalar) -> bool:
        """A misspelt word rather than a misspelt value of the other kind."""
        return node.text[:1] not in "$=/" and "." not in node.text

    def of(self, node: Scalar) -> str:
        if node.text in self.words:
            return node.text
        raise Wrong(f"`{shown(node.text)}` is not {self.noun}", did_you_mean(node.text, self.words))

    def schema(self) -> dict[str, Any]:
        words: dict[str, Any] = {"enum": list(self.words)}
        return {"anyOf": [words, self.otherwise.schema()]} if self.otherwise else words
