"""The rule format as a JSON Schema, for editors that complete and underline. Pure.

It knows the keys, their kinds and their meanings; what does not go together
only `check` knows.
"""

from typing import Any, Final

import yaml

from proxy.rules.reading.keys import Key, keys_of
from proxy.rules.reference import default_of
from proxy.rules.rule import Rule, Section

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a rule file: a rule, or a list of rules."""
    return {
        "$schema": DIALECT,
        "title": "A rule of Sponsored Proxy",
        "anyOf": [{"$ref": "#/$defs/Rule"}, {"type": "array", "items": {"$ref": "#/$defs/Rule"}, "minItems": 1}],
        "$defs": {"Rule": _rule()},
    }


def _rule() -> dict[str, Any]:
    """With a preset, everything but the name may come from there."""
    return {
        **_section(Rule),
        "required": ["page"],
        "if": {"not": {"required": ["preset"]}},
        "then": _required(Rule),
    }


def _section(section: type[Section]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key(key) for key in keys_of(section).values()},
    }


def _required(section: type[Section]) -> dict[str, Any]:
    """What must be there, in this section and in those below it."""
    keys = keys_of(section).values()
    here = [key.name for key in keys if key.required]
    below = {key.name: wanted for key in keys if key.section and (wanted := _required(key.section))}
    for key in keys:
        if key.many and key.name in below:
            below[key.name] = {"items": below[key.name]}
    return ({"required": here} if here else {}) | ({"properties": below} if below else {})


def _key(key: Key) -> dict[str, Any]:
    if key.kind:
        schema = key.kind.schema()
    else:
        assert key.section
        schema = _section(key.section)
    if key.many:
        schema = {"type": "array", "items": schema, "minItems": 1}
    return {"description": key.description, **schema, **_default(key), **_examples(key)}


def _default(key: Key) -> dict[str, Any]:
    """What an editor fills in or shows: the default as one would write it, where there is one to write."""
    written = "" if key.required or key.section else default_of(key)
    return {"default": yaml.safe_load(written)} if written else {}


def _examples(key: Key) -> dict[str, Any]:
    examples = key.examples or ((key.kind.example,) if key.kind and key.kind.example else ())
    return {"examples": [yaml.safe_load(example) for example in examples]} if examples else {}
