import pytest

from proxy.rules.reading.nodes import Items, Keys, Node
from proxy.rules.reading.presets import NOWHERE, preset, preset_names, preset_text

# A comment a line: only what stands inside a list or a section of its own may go without.
UNCOMMENTED = ("page:", "auction:", "products:", "match:", "skip:", "tag:", "layout:", "graphql:", "fields:")


def lines_of(node: Node) -> set[int]:
    if isinstance(node, Items):
        return {node.line}.union(*map(lines_of, node.items))
    if isinstance(node, Keys):
        return {node.line}.union(*[{pair.key.line} | lines_of(pair.value) for pair in node.pairs])
    return {node.line}


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_a_rule_without_a_page_and_stands_on_no_line(name: str) -> None:
    tree = preset(name)
    assert {pair.key.text for pair in tree.pairs} <= {"match", "skip", "products", "auction", "tag", "layout"}
    assert lines_of(tree) == {NOWHERE}


@pytest.mark.parametrize("name", preset_names())
def test_reading_a_preset_teaches_the_format(name: str) -> None:
    text = preset_text(name)
    assert text.startswith("# ")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    silent = [line for line in lines if "#" not in line]
    assert all(
        line.rstrip().endswith(":") or line.lstrip().startswith(("- ", "type:", "from:", "value:", "at:"))
        for line in silent
    )


def test_a_preset_is_read_once() -> None:
    assert preset("algolia") is preset("algolia")
    assert preset_names() == tuple(sorted(preset_names()))
