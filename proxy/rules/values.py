"""What a tag writes into an item: a value of the winner, or a literal. Pure.

A literal is kept as the JSON bytes that will stand in the page, so that
`1.0` stays `1.0`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from proxy.rules.reading.kinds import BAD, Kind, Report, Wrong, nearest
from proxy.rules.reading.nodes import Items, Keys, Node, Scalar, shown

WRITABLE: Final = {
    "resolved_bid_id": "the winner's `resolvedBidId`: the frontend reports impressions and clicks with it",
    "rank": "the winner's rank, from 1",
    "campaign_id": "the campaign that pays",
    "winner_type": "what won: `product`, `vendor`, `brand` or `url`",
    "winner_id": "the id of what won",
    "id": "the product's id in the catalogue",
    "page": "the page's name, as in this rule",
    "demand_source": "where the demand comes from, where it is not the marketplace's own",
    "metadata": "what an external demand source says of its ad, as JSON",
}
"""Values that can be written, and what they are."""

OF_ANY_ITEM: Final = frozenset({"id", "page"})
"""Those that an organic item has, too."""

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Value:
    """One value to write.

    Attributes:
        name: one of `WRITABLE`, or "" for a literal.
        json: a literal's JSON, b"" for a name.
    """

    name: str
    json: bytes = b""

    @classmethod
    def of(cls, literal: object) -> "Value":
        """A literal of a Python value."""
        return cls("", json.dumps(literal, ensure_ascii=False, separators=(",", ":")).encode())


Template: TypeAlias = "Value | tuple[Template, ...] | dict[str, Template]"
"""A JSON value with values to write in its leaves."""


def names_in(template: Template) -> Iterator[str]:
    """The names of all values that a template writes."""
    if isinstance(template, Value):
        if template.name:
            yield template.name
    else:
        for inner in template.values() if isinstance(template, dict) else template:
            yield from names_in(inner)


def read_value(node: Scalar) -> Value:
    """A name or a literal; raises Wrong."""
    text = node.text
    if text in WRITABLE:
        return Value(text)
    if text.startswith("="):
        return Value.of(text[1:])
    if node.is_null:
        return Value("", b"null")
    if node.plain and (text in ("true", "false") or (_JSON_NUMBER.fullmatch(text) and len(text) <= 100)):
        return Value("", text.encode())
    near = nearest(text, tuple(WRITABLE))
    hint = f'did you mean `{near}`? Text itself is written "={shown(text, 30)}"' if near else _as_literal(node)
    raise Wrong(f"`{shown(text)}` is no value that can be written", hint)


def _as_literal(node: Scalar) -> str:
    text = shown(node.text, 30)
    if node.plain and node.text.lower() in ("yes", "on", "no", "off"):
        word = "true" if node.text.lower() in ("yes", "on") else "false"
        return f'write {word}, or "={text}" for the text'
    if not node.text:
        return 'write "=text", null, or a value such as rank'
    return f'write "={text}" for the text, or one of {", ".join(WRITABLE)}'


@dataclass(frozen=True)
class TemplateKind(Kind):
    """Values, lists and sections of them."""

    noun: str = "a value, or a list or section of values"
    example: str = '{name: "=resolvedBidId", values: [resolved_bid_id]}'
    deepest: int = 8

    def read(self, node: Node, key: str, report: Report) -> Any:
        if key.count(".") + key.count("[") > self.deepest:
            report(node, key, "nested too deep", "")
            return BAD
        if isinstance(node, Items):
            items = tuple([self.read(item, f"{key}[{n}]", report) for n, item in enumerate(node.items)])
            return BAD if BAD in items else items
        if isinstance(node, Keys):
            return self.section(node, key, report)
        try:
            return read_value(node)
        except Wrong as wrong:
            report(node, key, wrong.message, wrong.hint, wrong.column, wrong.length)
            return BAD

    def section(self, node: Keys, key: str, report: Report) -> Any:
        section: dict[str, Any] = {}
        fine = True
        for pair in node.pairs:
            path = f"{key}.{shown(pair.key.text)}"
            value = self.read(pair.value, path, report)
            if pair.key.text in section:
                report(pair.key, path, "this key stands twice", "keep one of the two")
                fine = False
            section.setdefault(pair.key.text, value)
            fine = fine and value is not BAD
        return section if fine else BAD

    def schema(self) -> dict[str, Any]:
        return {}
