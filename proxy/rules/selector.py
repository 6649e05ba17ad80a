"""Where something stands in a JSON value: a path, compiled. Pure.

A selector is read once, when a rule is loaded, into steps; whoever looks
something up walks the steps and never the text. How a path is spelled is
jsonpath.py's matter.

For XML the same keys hold XPath 1.0, which begins with `/` or `./`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from proxy.rules import jsonpath, xpath
from proxy.rules.steps import Every, Index, Name, SelectorError, Step, Where

__all__ = ["Every", "Index", "Name", "Selector", "SelectorError", "Step", "Where", "holds", "taken"]


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled path. `$` has no steps."""

    text: str
    steps: tuple[Step, ...] = ()

    root: ClassVar[str] = "$"

    def __str__(self) -> str:
        return self.text

    @property
    def is_xpath(self) -> bool:
        """Written as XPath, for XML; `steps` is then empty."""
        return self.text.startswith(("/", "./"))

    @property
    def is_single(self) -> bool:
        """Names one place at most: neither `[*]` nor a filter in it."""
        return not any(isinstance(step, Every | Where) for step in self.steps)

    @classmethod
    def parse(cls, text: str) -> "Selector":
        """Read a selector.

        Raises:
            SelectorError: what stands there instead, at which column, and what to write.
        """
        if text.startswith(("/", "./")):
            xpath.check(text)
            return cls(text)
        return cls(text, jsonpath.read(text))

    @classmethod
    def of(cls, steps: Iterable[Step]) -> "Selector":
        """The selector with these steps, written in the standard's normal way."""
        steps = tuple(steps)
        return cls(jsonpath.write(steps), steps)

    def find(self, value: object) -> list[object]:
        """All values at this path of a decoded JSON value, in document order."""
        found = [value]
        for step in self.steps:
            found = [hit for each in found for hit in taken(step, each)]
        return found


def taken(step: Step, value: object) -> Iterable[object]:
    """What a step takes of a decoded JSON value."""
    if isinstance(step, Name):
        return (value[step.key],) if isinstance(value, dict) and step.key in value else ()
    if isinstance(step, Index):
        return (value[step.n],) if isinstance(value, list) and step.n < len(value) else ()
    inside = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    if isinstance(step, Every):
        return inside
    return (each for each in inside if holds(step, each))


def holds(where: Where, value: object) -> bool:
    """Whether a filter takes this value. What is absent equals nothing, not even null."""
    for key in where.path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    # Python says True == 1; JSON does not.
    return value == where.value and isinstance(value, bool) == isinstance(where.value, bool)
