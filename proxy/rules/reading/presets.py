"""The presets, one for each search backend, as the trees that their files are. Pure, but for reading the files.

A preset is a rule file of ours, in the rule format, without the name of a
page. Each is read once, when the first rule names it, and its tree is shared
by all rules that do: nothing in it is ever changed.

A node of a preset has line 0. No line of the author's file has that number,
so whoever shows a problem can tell whose key it is.
"""

from functools import cache
from pathlib import Path
from typing import Final

from proxy.rules.reading.nodes import Items, Keys, Node, Pair, Scalar
from proxy.rules.reading.yamltext import read_yaml

FOLDER: Final = Path(__file__).parents[1] / "presets"
NOWHERE: Final = 0
"""The line of what stands in no file of the author's."""


@cache
def preset_names() -> tuple[str, ...]:
    """The names of all presets, in the order of the alphabet."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def preset_text(name: str) -> str:
    """A preset's file, for people to read."""
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def preset(name: str) -> Keys:
    """The tree of a preset; `name` is one of `preset_names()`."""
    root = _nowhere(read_yaml(preset_text(name)) or Keys((), NOWHERE, 0))
    assert isinstance(root, Keys), name
    return root


def _nowhere(node: Node) -> Node:
    if isinstance(node, Scalar):
        return Scalar(node.text, node.plain, NOWHERE, 0, 0)
    if isinstance(node, Items):
        return Items(tuple(map(_nowhere, node.items)), NOWHERE, 0)
    return Keys(tuple([Pair(_text(pair.key), _nowhere(pair.value)) for pair in node.pairs]), NOWHERE, 0)


def _text(key: Scalar) -> Scalar:
    return Scalar(key.text, key.plain, NOWHERE, 0, 0)
