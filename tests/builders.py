"""Builders that tests share: what is not said is what most tests do not care about."""

import json
from collections.abc import Sequence
from typing import Any

from proxy.ask import Ask
from proxy.rules.book import Book
from proxy.rules.files import read_book
from proxy.rules.problems import Problem
from proxy.rules.reading.keys import keys_of, sections
from proxy.rules.rule import Rule

_WHERE = {
    "list": "products",
    "id": "products",
    "path": "match",
    "at": "tag",
    "query": "match",
    "slots": "auction",
    "search_query": "auction",
}


def a_rule(**keys: Any) -> Rule:
    """A rule that is read as from a file: `a_rule(slots=2, place="positions", positions=[1, 3])`.

    A key goes to its section by its name; whole sections may be given, too (`auction={"slots": 2}`).
    Where a name stands in several sections, `list` and `id` are of products, `query` of match, `at` of tag.
    """
    rule: dict[str, Any] = {
        "page": "search",
        "match": {"path": "/api/search"},
        "products": {"list": "$.products", "id": "$.id"},
        "auction": {"slots": 2},
    }
    top = keys_of(Rule)
    for name, value in keys.items():
        if name in top and (not top[name].section or isinstance(value, dict | list)):
            rule[name] = {**rule.get(name, {}), **value} if isinstance(value, dict) and top[name].section else value
        else:
            rule.setdefault(_section_of(name), {})[name] = value
    reading = read_book({"rule.yaml": json.dumps(rule, ensure_ascii=False).encode()})
    assert reading.book, "\n".join(map(str, reading.problems))
    return reading.book.rules[0]


def _section_of(name: str) -> str:
    if name in _WHERE:
        return _WHERE[name]
    found = [path for path, section in sections().items() if path and "." not in path and name in keys_of(section)]
    assert found, f"no rule has a key `{name}`"
    return found[0]


def a_book(*rules: Rule) -> Book:
    """A book of these rules, or of one that takes /api/search."""
    return Book(rules or [a_rule()])


def an_ask(
    target: str = "/api/search?q=x",
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes | None = None,
    client: str = "203.0.113.7",
) -> Ask:
    """A shopper's request; `headers` as text."""
    lines = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in headers]
    if not any(name.lower() == b"host" for name, _ in lines):
        lines.insert(0, (b"host", b"shop.example"))
    return Ask(method, target, lines, body, client)


def the_problems(*files: str, **named: str) -> tuple[Problem, ...]:
    """What reading these rule files finds; `the_problems(yaml)` calls the file rules/search.yaml."""
    texts = {f"rules/{name}.yaml": text.encode() for name, text in named.items()}
    texts |= {"rules/search.yaml" if not n else f"rules/search{n}.yaml": text.encode() for n, text in enumerate(files)}
    return read_book(texts).problems


def a_rule_text(**sections: str) -> str:
    """A rule file, as text; each section is replaced by (or added with) what is given, as flow YAML or a scalar.

    `a_rule_text(layout="{place: every}")`; "" leaves a section out.
    """
    rule = {
        "page": "search",
        "match": "{path: /api/search}",
        "products": "{list: $.products, id: $.id}",
        "auction": "{slots: 2}",
    }
    if "graphql" in sections.get("match", ""):
        rule["products"] = "{list: $.data.products, id: $.id}"
    rule |= sections
    return "".join(f"{name}: {value}\n" for name, value in rule.items() if value)
