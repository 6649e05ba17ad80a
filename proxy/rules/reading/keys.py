"""The keys of every section, as the models declare them. Pure.

The reader, the reference and the JSON Schema walk this, so that a key which is
added to a model (rule.py) is read, checked and documented at once.
"""

import dataclasses
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from proxy.rules.reading.kinds import Kind
from proxy.rules.rule import Rule, Section


class Key(NamedTuple):
    """A key of a section: how it is read."""

    name: str
    attribute: str
    kind: Kind | None
    section: type[Section] | None
    many: bool
    required: bool
    default: Any
    written: str
    description: str
    examples: tuple[str, ...]


_KEYS: Final[dict[type[Section], dict[str, Key]]] = {}


def keys_of(section: type[Section]) -> dict[str, Key]:
    """The keys of a section, by their name in YAML."""
    if section not in _KEYS:
        _KEYS[section] = _keys_of(section)
    return _KEYS[section]


def _keys_of(section: type[Section]) -> dict[str, Key]:
    hints = typing.get_type_hints(section)
    fields = dataclasses.fields(section)  # type: ignore[arg-type]
    found = (_key(each, hints[each.name]) for each in fields)
    return {key.name: key for key in found}


def _key(each: "dataclasses.Field[Any]", hint: Any) -> Key:
    about = each.metadata
    default = each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
    section = None if about["kind"] else next(_sections_in(hint))
    many = section is not None and typing.get_origin(hint) is tuple
    return Key(
        name=about["name"] or each.name,
        attribute=each.name,
        kind=about["kind"],
        section=section,
        many=many,
        required=default is dataclasses.MISSING,
        default=default,
        written=about["written"],
        description=about["description"],
        examples=about["examples"],
    )


def _sections_in(hint: Any) -> Iterator[type[Section]]:
    if isinstance(hint, type) and typing.get_origin(hint) is None and issubclass(hint, Section):
        yield hint
    for inner in typing.get_args(hint):
        yield from _sections_in(inner)


@cache
def sections() -> dict[str, type[Section]]:
    """Every section by its path: "" is the rule itself, `skip.after_page`, `banners`, ..."""

    def below(path: str, section: type[Section]) -> Iterator[tuple[str, type[Section]]]:
        yield path, section
        for key in keys_of(section).values():
            if key.section:
                yield from below(f"{path}.{key.name}".lstrip("."), key.section)

    return dict(below("", Rule))
