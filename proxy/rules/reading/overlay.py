"""A rule laid over its preset: one tree, in which the author's keys come first. Pure.

Sections are laid over each other key by key, and so are those that the author
names the keys of (`match.query`, `tag.fields`); a list, a text or an empty
section takes the place of the preset's. So a rule that gives `match.path`
keeps the preset's `match.methods`. A key with nothing behind it takes the
preset's away.

Mistakes stay where they are: keys that stand twice or mean nothing are for the
reader to find, in the author's file.
"""

from proxy.rules.reading.keys import keys_of
from proxy.rules.reading.kinds import MapOf
from proxy.rules.reading.nodes import Keys, Node, Pair, Scalar
from proxy.rules.reading.presets import preset, preset_names
from proxy.rules.rule import Rule, Section


def with_preset(rule: Keys) -> tuple[Keys, Scalar | None]:
    """A rule's tree with its preset's under it, and where the preset is named; as it was where none is."""
    for pair in rule.pairs:
        if pair.key.text == "preset" and isinstance(pair.value, Scalar) and pair.value.text in preset_names():
            return _over(rule, preset(pair.value.text), Rule), pair.value
    return rule, None


def _over(own: Keys, below: Keys, section: type[Section] | None) -> Keys:
    """`section`: None for one whose keys the author names."""
    beneath = {pair.key.text: pair.value for pair in below.pairs}
    pairs = []
    for pair in own.pairs:
        under = beneath.pop(pair.key.text, None)
        if under is None:
            pairs.append(pair)
        elif section is None or not _is_nothing(pair.value):
            pairs.append(Pair(pair.key, _laid(pair.key.text, pair.value, under, section)))
    return Keys((*pairs, *[pair for pair in below.pairs if pair.key.text in beneath]), own.line, own.column, own.length)


def _laid(name: str, own: Node, below: Node, section: type[Section] | None) -> Node:
    if section is None or not (isinstance(own, Keys) and own.pairs and isinstance(below, Keys)):
        return own
    key = keys_of(section)[name]
    if key.section and not key.many:
        return _over(own, below, key.section)
    return _over(own, below, None) if isinstance(key.kind, MapOf) else own


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null
