"""Any bytes as a rule file: a Reading, with problems that can be shown, or rules that can be run."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import yaml

from proxy.auction.winners import Winner
from proxy.rules.files import read_book
from proxy.rules.reading.keys import keys_of, sections
from proxy.search.listing import NotAListing
from proxy.search.merge import merge
from proxy.search.plan import Plan
from tests.builders import a_rule_text, an_ask

_TESTS: Final = Path(__file__).parents[1]
_EXAMPLES: Final = {
    text for section in sections().values() for key in keys_of(section).values() for text in key.examples
}
WORDS: Final = sorted(
    {name.encode() for section in sections().values() for name in keys_of(section)}
    | {text.encode() for text in _EXAMPLES}
    | set(b"- |: |, |{|}|[|]|\n|\n  |'|\"|#|&a|*a|<<|~|null|true|no|1.0|0x1f|---|!!str|! |>|\xe9|\\u0041".split(b"|"))
    | set(
        b"$.a[*].b|[?@.k == 'v']|{id}|**|query.q|cookie.a|header.b|body.$.c|path.id|10%|500ms|2MiB|TSE_abcd1234".split(
            b"|"
        )
    )
)
_ASKS: Final = (
    an_ask(),
    an_ask("/api/shoes/7?q=a&page=2#", headers=[("cookie", "a=b; tsuid=7"), ("host", "a.example:80")]),
    an_ask("/api/search", "POST", [("content-type", "application/json")], b'{"query":"query Q{a}","page":1,"q":"x"}'),
)
_BODY: Final = b'{"products":[{"id":"1","name":"n"},{"id":2}],"a":[{"b":{"id":"3"}}],"data":{"items":[{"id":4}]}}'
_WINNERS: Final = [Winner(rank=n, type="product", id=str(n), resolved_bid_id=f"~{n}") for n in (1, 2, 3)]
_CONTROL: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f]")


def seeds() -> Iterator[bytes]:
    """The stories' rules, the rules of the demo without their comments, and one rule for each larger feature."""
    for story in sorted((_TESTS / "stories").glob("*.yaml")):
        rule = yaml.safe_load(story.read_bytes()).get("rule")
        if isinstance(rule, str):
            yield rule.encode()
    for file in sorted((_TESTS.parent / "rules").glob("*.yaml")):
        lines = [line.partition(b" #")[0].rstrip() for line in file.read_bytes().splitlines() if line[:1] != b"#"]
        yield b"\n".join(lines)
    yield a_rule_text(layout="{place: every, step: 3}", tag="{at: $.a, organic: {b: null}}").encode()
    yield a_rule_text(tag="{append: {at: $.badges, value: {a: [id, rank]}}, summary: $.s}").encode()
    yield a_rule_text(auction="{slots: &a 2, page: {type: search, id: *a}}").encode()
    yield a_rule_text(match="{path: '/a/{b}/**', host: [a.example], query: {q: '*'}, headers: {x: y}}").encode()
    yield b"page: a\npreset: algolia-multi\nmatch: {host: a.example}\nskip: {after_page: }\nauction: {slots: 2}\n"
    yield b"- page: a\n- page: b\n"


def check(data: bytes) -> None:
    reading = read_book({"rules/a.yaml": data})
    assert (reading.book is None) == any(problem.is_error for problem in reading.problems)
    lines = data.count(b"\n") + data.count(b"\r") + len(data.decode(errors="replace").splitlines()) + 1
    for problem in reading.problems:
        assert 0 <= problem.line <= lines
        assert problem.column >= 0
        assert problem.message
        assert not _CONTROL.search(str(problem)), "a terminal would obey this"
        assert all(isinstance(each, str | int) for each in problem.as_json().values())
        str(problem).encode()
    if reading.book is None:
        return
    assert read_book({"rules/a.yaml": data}).book.name == reading.book.name  # type: ignore[union-attr]
    for ask in _ASKS:
        reading.book.needs_body(ask)
        found = reading.book.find(ask)
        verdicts = reading.book.explain(ask)
        assert any(each.takes and each.rule is found.rule for each in verdicts) if found else True
    for rule in reading.book.rules:
        plan = Plan(rule)
        with suppress(NotAListing):
            merge(plan, plan.read(_BODY), [_WINNERS] * 2)
