"""Pictures of products, drawn as SVG: one drawing a kind of thing, in any colour and three forms. Pure.

Every drawing stands on the same floor, in the same light from the upper left, on
a square of 400 by 400. A drawing is a function from `Paint` to SVG elements; the
frame, the wall and the shadow are added here.
"""

from collections.abc import Callable, Mapping
from typing import Final

from proxy.sandbox.shop.drawings import carried, heard, kitchen, lit, planted, sat_on, walked_in, worn
from proxy.sandbox.shop.drawings.paint import Paint

Drawing = Callable[[Paint], str]

DRAWINGS: Final[Mapping[str, Drawing]] = {
    **lit.DRAWINGS,
    **sat_on.DRAWINGS,
    **walked_in.DRAWINGS,
    **carried.DRAWINGS,
    **kitchen.DRAWINGS,
    **heard.DRAWINGS,
    **planted.DRAWINGS,
    **worn.DRAWINGS,
}

# Half the width of the shadow on the floor; what hangs or lies flat has none.
_SHADOWS: Final[Mapping[str, int]] = {
    "table-lamp": 70,
    "floor-lamp": 62,
    "chair": 92,
    "armchair": 138,
    "stool": 88,
    "sneaker": 140,
    "boot": 105,
    "sandal": 132,
    "backpack": 96,
    "tote": 92,
    "suitcase": 82,
    "mug": 86,
    "teapot": 108,
    "pan": 0,
    "headphones": 0,
    "speaker": 84,
    "turntable": 150,
    "plant": 62,
    "cactus": 58,
    "watering-can": 104,
}
_WALLS: Final = ("#f3efe8", "#eef0ea", "#f1edf0", "#eaeff2", "#f5eee7", "#ecefee")


def draw(kind: str, hue: str, variant: int, label: str) -> str:
    """The picture of a product; `label` is what it shows, for those who cannot see it."""
    wall = _WALLS[(int(hue[1:], 16) + variant) % len(_WALLS)]
    title = label.replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">'
        f'<title>{title}</title><rect width="400" height="400" fill="{wall}"/>'
        f"{shadow(kind)}{DRAWINGS[kind](Paint.of(hue, variant))}</svg>"
    )


def shadow(kind: str) -> str:
    """What a thing throws on the floor."""
    width = _SHADOWS.get(kind, 0)
    return f'<ellipse cx="200" cy="345" rx="{width}" ry="11" fill="#2b2420" opacity=".13"/>' if width else ""
