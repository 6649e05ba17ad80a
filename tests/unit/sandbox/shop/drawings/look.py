"""What every drawing has to be."""

import re
from xml.etree import ElementTree

from proxy.sandbox.shop.drawings import DRAWINGS, draw

HUE = "#6f7f4f"
OTHER = "#c0694b"


def assert_is_drawn(kind: str) -> None:
    """Well-formed in every form, in the colour that was asked for, the same each time; three forms differ."""
    forms = [draw(kind, HUE, variant, "a & <b>") for variant in range(3)]
    for variant, picture in enumerate(forms):
        root = ElementTree.fromstring(picture)
        assert root.findtext("{http://www.w3.org/2000/svg}title") == "a & <b>"
        assert len(list(root.iter())) > 5
        assert not re.search(r"\b(nan|None|inf)\b", picture)
        assert picture != draw(kind, OTHER, variant, "a & <b>")
        assert picture == draw(kind, HUE, variant, "a & <b>")
    assert len(set(forms)) == 3
    assert kind in DRAWINGS
