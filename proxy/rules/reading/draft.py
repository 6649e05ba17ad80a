"""A rule while it is read: what is known of it, where it stands, what is wrong. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from proxy.rules.problems import Problem, Severity
from proxy.rules.reading.keys import keys_of, sections
from proxy.rules.reading.kinds import nearest
from proxy.rules.reading.nodes import Items, Keys, Node, Scalar
from proxy.rules.reading.presets import NOWHERE
from proxy.rules.rule import Rule

SECRET_KEYS: Final = ("ads_key", "api_key", "apikey", "ads_api_key", "topsort_key", "token", "secret", "password")


# Enough for any rule that a person wrote; a file of another kind would have a hundred thousand.
MOST_PROBLEMS: Final = 500


class Unreadable(LookupError):
    """A key that was given but could not be read: whatever rests on it is not judged."""


@dataclass(slots=True)
class Draft:
    """One rule.

    Attributes:
        values: by key path, of every key that is given and could be read; sections as dicts.
        places: the node of every key that is given, by path: where a problem with it is shown.
        spoilt: paths that could not be read, are missing, or were meant by a misspelt key.
        rule: the rule itself, where no error is.
        preset: where the author names the preset on which the rule rests; None where it rests on none.
    """

    file: str
    lines: list[str]
    node: Node
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Node] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    rule: Rule | None = None
    preset: Scalar | None = None

    @property
    def is_full(self) -> bool:
        """Nobody reads more problems than these."""
        return len(self.problems) > MOST_PROBLEMS

    @property
    def is_sound(self) -> bool:
        return not any(problem.is_error for problem in self.problems)

    def given(self, path: str) -> bool:
        """The author wrote this key, or the preset has it."""
        return path in self.places

    def of_preset(self, path: str) -> bool:
        """This key, or an element of it, is the preset's and not the author's."""
        return self.place(path).line == NOWHERE

    def get(self, path: str) -> Any:
        """The value of a key, or its default. Raises Unreadable where the author's value is not known."""
        if path in self.values:
            return self.values[path]
        if path in self.spoilt or any(around in self.spoilt for around in _around(path)):
            raise Unreadable(path)
        section, _, name = path.rpartition(".")
        return keys_of(sections()[section.partition("[")[0]])[name].default

    def count(self, path: str) -> int:
        """How many items a list has; 0 where it is not given or no list."""
        node = self.places.get(path)
        return len(node.items) if isinstance(node, Items) else 0

    def is_list(self, path: str) -> bool:
        return isinstance(self.places.get(path), Items)

    def tell(self, severity: Severity, path: str, message: str, hint: str = "") -> None:
        """A problem with a key; where it is not given, shown at the nearest section around it."""
        # However many warnings there are: an error among what follows must still spoil the rule.
        if not self.is_full or (severity == "error" and self.is_sound):
            self.problems.append(problem_at(self, severity, self.place(path), path, message, hint))

    def place(self, path: str) -> Node:
        """The node to show for a key."""
        if path in self.places:
            return self.places[path]
        for around in _around(path):
            if around in self.places:
                return _child(self.places[around], path[len(around) :]) or self.places[around]
        return self.node


def _around(path: str) -> Iterator[str]:
    """The sections around a key, the nearest first: `a.b[0].c` -> `a.b[0]`, `a.b`, `a`."""
    while path:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
        if path:
            yield path


def _child(node: Node, rest: str) -> Node | None:
    if isinstance(node, Items) and rest.startswith("[") and rest[1:-1].isdigit():
        return node.items[int(rest[1:-1])] if int(rest[1:-1]) < len(node.items) else None
    if isinstance(node, Keys):
        return next((pair.value for pair in node.pairs if pair.key.text == rest[1:]), None)
    return None


def problem_at(
    draft: Draft,
    severity: Severity,
    node: Node,
    key: str,
    message: str,
    hint: str = "",
    column: int = 0,
    length: int = 0,
) -> Problem:
    """A problem at a node, or within its text; one with a key of the preset is shown where the preset is named."""
    if node.line == NOWHERE and draft.preset is not None:
        message = f"{message} (`{key}` comes from the preset `{draft.preset.text}`)"
        node, length = draft.preset, 0
    line = draft.lines[node.line - 1] if 0 < node.line <= len(draft.lines) else ""
    start, extent = node.column, node.length
    if isinstance(node, Scalar) and length:
        at = node.column + node.inset
        # Only where the text stands there as it is: no escapes, no folded lines.
        if line.startswith(node.text, at):
            start, extent = at + min(column, max(0, len(node.text) - 1)), length
    return Problem(severity, draft.file, node.line, start + 1, key, message, hint, _without_secrets(line), extent)


def _without_secrets(line: str) -> str:
    """What stands behind a key that names a secret is masked, however it looks."""
    name, colon, value = line.partition(":")
    if colon and nearest(name.strip(" -'\"{"), SECRET_KEYS, 0.9):
        return name + colon + "".join("*" if sign not in " #" else sign for sign in value)
    return line
