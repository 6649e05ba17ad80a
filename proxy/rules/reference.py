"""The reference of all keys, written from the models themselves. Pure, but for `python -m proxy.rules.reference`.

The command writes the generated part of docs/rules.md anew; a test says when
that was forgotten.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from proxy.rules.reading.keys import Key, keys_of, sections
from proxy.rules.rule import Rule, Section
from proxy.rules.selector import Selector
from proxy.rules.sources import KINDS, Sources
from proxy.rules.values import WRITABLE

BEGIN: Final = "<!-- From here on this page is generated: python -m proxy.rules.reference docs/rules.md -->"
_HEAD: Final = "| key | value | default | meaning | for example |\n|---|---|---|---|---|"


def reference() -> str:
    """The generated part of docs/rules.md: a table for each section, then sources and values."""
    parts = [BEGIN, "## Every key", *_tables()]
    parts += ["## Sources", _SOURCES_LEAD, _listed(KINDS, ".…"), "## Values that a tag can write", _VALUES_LEAD]
    return "\n\n".join([*parts, _listed(WRITABLE)]) + "\n"


def with_reference(page: str) -> str:
    """A page with its generated part written anew."""
    return page.partition(BEGIN)[0].rstrip() + "\n\n" + reference()


_SOURCES_LEAD: Final = (
    "A source says where a value comes from. A list of sources means: the first that is present; "
    "an empty value counts as absent."
)
_VALUES_LEAD: Final = (
    "Besides these, a literal: `true`, `false`, `null`, a number (written as it stands), or text with a leading `=` "
    '("=Sponsored").'
)


def _tables() -> Iterator[str]:
    for path, section in sections().items():
        title = f"### `{path}`" if path else "### The rule itself"
        rows = [_row(path, key) for key in keys_of(section).values()]
        yield f"{title}\n\n{_lead(section)}\n\n" + "\n".join([_HEAD, *rows])


def _lead(section: type[Section]) -> str:
    return "One rule is one page." if section is Rule else (section.__doc__ or "")


def _row(path: str, key: Key) -> str:
    cells = [f"`{key.name}`", _value(path, key), _default(key), key.description, _example(key)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(path: str, key: Key) -> str:
    if key.kind:
        return key.kind.noun
    here = f"{path}.{key.name}".lstrip(".")
    return f"a list of [sections](#{_anchor(here)})" if key.many else f"[a section](#{_anchor(here)})"


def _anchor(path: str) -> str:
    """As GitHub makes it of the heading: dots go."""
    return path.replace(".", "")


def _default(key: Key) -> str:
    if key.required:
        return "**required**"
    written = default_of(key)
    return f"`{written}`" if written else ""


def default_of(key: Key) -> str:
    """The default of a key as one would write it in YAML; "" where it means: nothing."""
    return key.written.strip() if key.written else _written(key.default)


def _written(value: Any) -> str:
    """A default as one would write it in YAML; "" where it means: nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sources):
        return ", ".join(map(str, value))
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]" if value else ""
    if isinstance(value, str | int | float | Selector):
        return str(value) if value != 0 or isinstance(value, int) else ""
    return ""


def _example(key: Key) -> str:
    return ", ".join(f"`{example}`" for example in key.examples or filter(None, [key.kind and key.kind.example]))


def _listed(meanings: "dict[str, str]", suffix: str = "") -> str:
    return "\n".join(f"- `{name}{suffix}`: {meaning}" for name, meaning in meanings.items())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(with_reference(Path(name).read_text()))
