"""docs/presets: a page for each preset, written from the preset, its sample, and what the proxy makes of it.

`python -m tests.presets.pages` writes the generated part of each page anew; what a person wrote above it stays. A test
says when that was forgotten. It lives among the tests, since the samples do.
"""

import json
from pathlib import Path
from typing import Any, Final

from proxy.auction.winners import Winner
from proxy.rules.files import read_book
from proxy.rules.reading.presets import preset_names, preset_text
from proxy.rules.rule import Rule
from proxy.rules.selector import Name, Selector
from proxy.search.merge import merge
from proxy.search.plan import Plan
from tests.presets.samples import Sample, read

FOLDER: Final = Path(__file__).parents[2] / "docs" / "presets"
BEGIN: Final = "<!-- From here on this page is generated: python -m tests.presets.pages -->"
SHORTEST: Final = "page: search\npreset: {}\nauction: {{slots: 3, user: cookie.tsuid}}\n"
MOST_KEYS: Final = 6
LONGEST_TEXT: Final = 70
LONGEST_BODY: Final = 1_100


def with_generated(page: str, generated: str) -> str:
    """A page with its generated part written anew."""
    return page.partition(BEGIN)[0].rstrip() + f"\n\n{BEGIN}\n\n{generated}"


def title(name: str) -> str:
    """What the page calls its backend."""
    return (FOLDER / f"{name}.md").read_text().partition("\n")[0].removeprefix("# ")


# -- a preset's page ------------------------------------------------------------------


def page_of(name: str) -> str:
    """The generated part of a preset's page."""
    rule, sample = rule_of(name), read(name)
    return "\n\n".join(
        [
            "## The least that a rule says\n\n" + _block("yaml", SHORTEST.format(name)),
            "## The request\n\n" + _block("http", _request(sample)),
            "## The answer, shortened\n\n" + _block("json", _json(json.loads(sample.answer), _names(rule))),
            f"## The preset\n\n{_RULE_LEAD}\n\n" + _block("yml", preset_text(name)),
            "## What is merged\n\n" + _table(rule),
            f"{_AD_LEAD}\n\n" + _block("json", _ad(rule, sample)),
        ]
    )


_RULE_LEAD: Final = (
    "Every key of your rule overrides its key here: sections are laid over each other, lists and texts replace, and a "
    "key with nothing behind it takes the preset's away."
)
_AD_LEAD: Final = "The last product of the answer, once it has won and stands first:"


def rule_of(name: str) -> Rule:
    """The shortest rule with a preset."""
    book = read_book({"rule.yaml": SHORTEST.format(name).encode()}).book
    assert book
    return book.rules[0]


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _request(sample: Sample) -> str:
    body = sample.body.decode()
    lines = [f"{sample.method} {_cut(sample.target, 240)}"]
    lines += [f"{name}: {value}" for name, value in sample.headers.items() if name == "content-type"]
    return "\n".join([*lines, "", _cut(body, LONGEST_BODY)] if body else lines)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def _table(rule: Rule) -> str:
    words = rule.auction.search_query
    rows = {
        "the listing": f"`{rule.products.list}`" + ("" if rule.products.list.is_single else ", an auction for each"),
        "the product's id": f"`{rule.products.id}`" + _pattern(rule),
        "the tag": _tag(rule),
        "the words searched for": _first(words) if words else "are not known",
        "ads only on the first page, by": _first(rule.skip.after_page.source) if rule.skip.after_page else "all pages",
    }
    return "\n".join(["| | |", "|---|---|", *[f"| {name} | {value} |" for name, value in rows.items()]])


def _pattern(rule: Rule) -> str:
    return f", of which `{rule.products.id_pattern}` takes the catalogue's" if rule.products.id_pattern else ""


def _tag(rule: Rule) -> str:
    parts = [f"{', '.join(f'`{name}`' for name in rule.tag.fields)} in `{rule.tag.at}`"]
    if rule.tag.append:
        parts.append(f"an element in `{rule.tag.append.at}`")
    if rule.tag.summary:
        parts.append(f"a list of all ads in `{rule.tag.summary}`")
    return "; ".join(parts)


def _first(sources: tuple[Any, ...]) -> str:
    shown = ", ".join(f"`{source}`" for source in sources[:3])
    return shown + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")


def _ad(rule: Rule, sample: Sample) -> str:
    plan = Plan(rule)
    page = plan.read(sample.answer)
    winners = [Winner(rank=1, type="product", id=page.listings[0].ids[-1], resolved_bid_id="ChAGaN2cRnVPyIVoxBy7cCGU")]
    merged = json.loads(merge(plan, page, [winners]).body)
    items = next(each for each in rule.products.list.find(merged) if isinstance(each, list))
    return _json(items[0], _names(rule), 2)


# -- shortening --------------------------------------------------------------------


def _names(rule: Rule) -> frozenset[str]:
    """Every key that a reader must find again: those on the ways of the rule."""
    ways: list[Selector] = [rule.products.list, rule.products.id, rule.tag.at]
    if rule.tag.append:
        ways.append(rule.tag.append.at)
    return frozenset(
        {step.key for way in ways for step in way.steps if isinstance(step, Name)} | rule.tag.fields.keys()
    )


def _json(value: object, names: frozenset[str], deeper: int = 0) -> str:
    return json.dumps(_short(value, names, deeper), indent=2, ensure_ascii=False)


def _short(value: object, names: frozenset[str], depth: int = 0) -> object:
    """The value with the first of what it has, and all that the rule names; still JSON."""
    if isinstance(value, str):
        return _cut(value, LONGEST_TEXT)
    if isinstance(value, list):
        # What was appended stands last.
        shown = [value[0], value[-1]] if "resolvedBidId" in str(value[-1:]) and len(value) > 1 else value[:1]
        return [_short(each, names, depth + 1) for each in shown]
    if isinstance(value, dict):
        plain = [key for key, each in value.items() if not isinstance(each, dict | list) or depth < 3]
        kept = names | {*plain[:MOST_KEYS]}
        found = {key: _short(each, names, depth + 1) for key, each in value.items() if key in kept}
        return {key: each for key, each in found.items() if each not in ({}, []) or not value[key]}
    return value


# -- the index ----------------------------------------------------------------------


def index() -> str:
    """The table of all presets."""
    rows = ["| preset | backend | request | products |", "|---|---|---|---|"]
    for name in preset_names():
        rule = rule_of(name)
        methods = ", ".join(rule.match.methods)
        request = f"{methods} `{rule.match.path}`"
        rows.append(f"| [`{name}`]({name}.md) | {title(name)} | {request} | `{rule.products.list}` |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Write all pages anew."""
    for name in preset_names():
        file = FOLDER / f"{name}.md"
        file.write_text(with_generated(file.read_text(), page_of(name) + "\n"))
    file = FOLDER / "README.md"
    file.write_text(with_generated(file.read_text(), index()))


if __name__ == "__main__":
    main()
