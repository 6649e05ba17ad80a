"""A rule written out with its preset's keys in it, for people who ask what their rule now says. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from proxy.rules.reading.nodes import Items, Keys, Node, Scalar
from proxy.rules.reading.overlay import with_preset
from proxy.rules.reading.presets import NOWHERE
from proxy.rules.reading.yamltext import read_yaml, text_of

WIDEST: Final = 90
_COMMENTS_AT: Final = 60
# What YAML takes without quotes wherever it stands, in `{…}` and `[…]`, too.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_$/.=](?:[A-Za-z0-9_$/.=+@%-]| (?!#))*(?<! )")


def with_its_preset(texts: Mapping[str, bytes], page: str) -> str:
    """The rule of a page as YAML, each line of its preset's marked; "" where it rests on none.

    Args:
        texts: the rule files, by name; they have been read, and are right.
        page: the page's name.
    """
    for raw in texts.values():
        root = read_yaml(text_of(raw))
        for node in root.items if isinstance(root, Items) else [root]:
            if isinstance(node, Keys) and _page_of(node) == page:
                rule, preset = with_preset(node)
                return "".join(f"{line}\n" for line in _lines(rule, "", preset.text)) if preset else ""
    return ""


def _page_of(rule: Keys) -> str:
    return next(
        (pair.value.text for pair in rule.pairs if pair.key.text == "page" and isinstance(pair.value, Scalar)), ""
    )


def _lines(section: Keys, indent: str, preset: str) -> Iterator[str]:
    for pair in section.pairs:
        head, value = f"{indent}{_scalar(pair.key)}:", pair.value
        flow = _flow(value)
        if isinstance(value, Keys) and value.pairs:
            yield head
            yield from _lines(value, indent + "  ", preset)
        elif isinstance(value, Items) and len(flow) > WIDEST:
            yield _marked(head, value, preset)
            yield from (_marked(f"{indent}  - {_flow(item)}", item, preset) for item in value.items)
        else:
            yield _marked(f"{head} {flow}", value, preset)


def _marked(line: str, node: Node, preset: str) -> str:
    return f"{line:<{_COMMENTS_AT}}  # {preset}" if node.line == NOWHERE else line


def _flow(node: Node) -> str:
    if isinstance(node, Items):
        return f"[{', '.join(map(_flow, node.items))}]"
    if isinstance(node, Keys):
        return f"{{{', '.join(f'{_scalar(pair.key)}: {_flow(pair.value)}' for pair in node.pairs)}}}"
    return _scalar(node)


def _scalar(node: Scalar) -> str:
    """As it was meant: a quoted `true` stays text, a plain one stays the word."""
    if node.is_null:
        return "null"
    return node.text if node.plain and _PLAIN.fullmatch(node.text) else json.dumps(node.text, ensure_ascii=False)
