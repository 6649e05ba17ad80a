from itertools import product
from xml.etree import ElementTree

import pytest

from proxy.sandbox.shop.drawings import DRAWINGS
from proxy.sandbox.shop.drawings.ribbon import SHAPES, draw_ribbon

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(("kind", "shape"), [*product(DRAWINGS, SHAPES)])
def test_every_thing_stands_in_a_row_of_its_forms(kind, shape):
    root = ElementTree.fromstring(draw_ribbon(kind, "#6f7f4f", shape, "a & <b>"))
    width, height, edges = SHAPES[shape]
    assert root.get("viewBox") == f"0 0 {width} {height}"
    assert root.findtext(f"{SVG}title") == "a & <b>"
    forms = [b"".join(map(ElementTree.tostring, each)) for each in root.findall(f"{SVG}g")]
    assert len(forms) == len(edges)
    assert len(set(forms)) > 1


def test_words_have_room_on_the_left():
    assert all(edges[0] > 0.45 * width for width, _, edges in SHAPES.values())
