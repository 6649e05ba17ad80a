"""What can stand behind a key: how each kind of value is read from YAML, named and described. Pure.

A kind reads one node. What is wrong it reports, in the words of the person
with the YAML open, and gives `BAD`; it never raises. The models (rule.py)
say which key holds which kind; the reference and the JSON Schema ask the
same kinds, so that the three cannot drift apart.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final, Protocol

from proxy.rules.reading.nodes import Items, Keys, Node, Scalar, shown, what_is


class _Bad:
    """The value of a key that could not be read; its problem has been reported."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final = _Bad()


class Wrong(ValueError):
    """What a kind says of a text. `column` and `length` count within the text; length 0 is all of it."""

    def __init__(self, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.column = column
        self.length = length


class Report(Protocol):
    """Where problems go."""

    def __call__(self, node: Node, key: str, message: str, hint: str = "", column: int = 0, length: int = 0) -> None:
        """One problem at a node; `column` and `length` narrow it down within a text."""


class Kind(ABC):
    """One kind of value. `noun` is what a person calls it; `example` is one that can be written."""

    noun = "a value"
    example = ""

    @abstractmethod
    def read(self, node: Node, key: str, report: Report) -> Any:
        """The value, or `BAD` after a report."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""


class Single(Kind):
    """A kind of one text, as opposed to a list or a section."""

    def read(self, node: Node, key: str, report: Report) -> Any:
        """The value of the text; where something else stands, what to write."""
        if isinstance(node, Scalar) and not (node.is_null and not self.takes_null()):
            try:
                return self.of(node)
            except Wrong as wrong:
                report(node, key, wrong.message, wrong.hint, wrong.column, wrong.length)
                return BAD
        report(node, key, f"{what_is(node)} stands here, not {self.noun}", self.hint(node))
        return BAD

    @abstractmethod
    def of(self, node: Scalar) -> Any:
        """The value of a text; raises Wrong."""

    def takes_null(self) -> bool:
        """Whether a key with nothing behind it is a value, too."""
        return False

    def hint(self, node: Node) -> str:
        """What to write where a list, a section or nothing stands."""
        if isinstance(node, Scalar):
            return f"write {self.noun}, or remove the key" + (f"; for example {self.example}" if self.example else "")
        return f"for example {self.example}" if self.example else f"write {self.noun}"


@dataclass(frozen=True)
class Text(Single):
    """Text, as it is written: `0123` and `no` are themselves."""

    pattern: str = ""
    noun: str = "text"
    example: str = ""
    rule: str = ""
    longest: int = 1_000

    def of(self, node: Scalar) -> str:
        if not node.text:
            raise Wrong("the text is empty", f"for example {self.example}" if self.example else "")
        if len(node.text) > self.longest:
            raise Wrong(f"the text has {len(node.text):,} characters; {self.longest} are the most", "")
        if self.pattern and not re.fullmatch(self.pattern, node.text):
            raise Wrong(f"`{shown(node.text)}` is not {self.noun}", self.rule)
        return node.text

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]} | ({"pattern": f"^{self.pattern}$"} if self.pattern else {})


@dataclass(frozen=True)
class Read(Single):
    """A text that a function reads: a path, a selector, a regular expression."""

    reader: Callable[[Scalar], Any]
    noun: str
    example: str
    json_schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    null: bool = False

    def of(self, node: Scalar) -> Any:
        return self.reader(node)

    def takes_null(self) -> bool:
        return self.null

    def schema(self) -> dict[str, Any]:
        return dict(self.json_schema)


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of one kind; a tuple."""

    kind: Kind
    noun: str
    example: str = ""
    least: int = 1
    most: int = 1_000
    may_be_single: bool = False
    make: Callable[[tuple[Any, ...]], Any] = tuple

    def read(self, node: Node, key: str, report: Report) -> Any:
        if isinstance(node, Scalar) and self.may_be_single and not node.is_null:
            value = self.kind.read(node, key, report)
            return BAD if value is BAD else self.make((value,))
        if not isinstance(node, Items):
            report(node, key, f"{what_is(node)} stands here, not {self.noun}", self.as_list(node))
            return BAD
        if not self.least <= len(node.items) <= self.most:
            few = "the list is empty" if len(node.items) < self.least else f"more than {self.most} entries"
            report(node, key, few, f"write {self.noun}, or remove the key")
            return BAD
        values = [self.kind.read(item, f"{key}[{n}]", report) for n, item in enumerate(node.items)]
        return BAD if any(value is BAD for value in values) else self.make(tuple(values))

    def as_list(self, node: Node) -> str:
        if isinstance(node, Scalar) and not node.is_null and len(node.text) < 40:
            return "write [" + ", ".join(re.split(r"[,\s]+", node.text.strip())) + "]"
        return f"for example {self.example}" if self.example else f"write {self.noun}"

    def schema(self) -> dict[str, Any]:
        many = {"type": "array", "items": self.kind.schema(), "minItems": self.least, "maxItems": self.most}
        return {"anyOf": [self.kind.schema(), many]} if self.may_be_single else many


@dataclass(frozen=True)
class MapOf(Kind):
    """Keys that the author chooses, each with a value of one kind; a dict."""

    kind: Kind
    noun: str
    example: str
    name: Kind = field(default_factory=Text)
    lower: bool = False
    least: int = 1

    def read(self, node: Node, key: str, report: Report) -> Any:
        if not isinstance(node, Keys):
            report(node, key, f"{what_is(node)} stands here, not {self.noun}", f"for example {self.example}")
            return BAD
        if len(node.pairs) < self.least:
            report(node, key, "the section is empty", f"for example {self.example}; or remove the key")
            return BAD
        values: dict[str, Any] = {}
        fine = True
        for pair in node.pairs:
            path = f"{key}.{shown(pair.key.text)}"
            name = self.name.read(pair.key, path, report)
            value = self.kind.read(pair.value, path, report) if name is not BAD else BAD
            if name is not BAD and self.lower:
                name = name.lower()
            if name is not BAD and name in values:
                report(pair.key, path, "this key stands twice", "keep one of the two")
                value = BAD
            fine = fine and value is not BAD
            if name is not BAD:
                values.setdefault(name, value)
        return values if fine else BAD

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.kind.schema(), "minProperties": self.least}


def did_you_mean(text: str, known: tuple[str, ...]) -> str:
    """A hint with the nearest known word, or with all of them."""
    near = nearest(text, known)
    return f"did you mean `{near}`?" if near else f"write {either(known)}"


def nearest(text: str, known: tuple[str, ...], likeness: float = 0.6) -> str | None:
    """The known word that was probably meant: the same but for case, `-` and camelCase, or else a similar one."""
    return _nearest(text[:80], known, likeness)


# A file that is no rule file at all has the same unknown keys a thousand times.
@lru_cache(maxsize=1024)
def _nearest(text: str, known: tuple[str, ...], likeness: float) -> str | None:
    plain = {_normal(word): word for word in known}
    if _normal(text) in plain:
        return plain[_normal(text)]
    near = get_close_matches(_normal(text), list(plain), 1, likeness)
    return plain[near[0]] if near else None


def _normal(word: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower().replace("-", "_").replace(" ", "_")


def either(words: Sequence[str]) -> str:
    """Words as a choice: `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
