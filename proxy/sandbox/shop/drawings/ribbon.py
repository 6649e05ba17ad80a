"""A banner's picture: three forms of one thing in a row on the right, and a wall for words on the left. Pure."""

from collections.abc import Mapping
from typing import Final

from proxy.sandbox.shop.drawings import DRAWINGS, shadow
from proxy.sandbox.shop.drawings.paint import WHITE, Paint, mix

# Wide for a desktop, narrow for a telephone: width, height, and the left edges of the three.
SHAPES: Final[Mapping[str, tuple[int, int, tuple[int, ...]]]] = {
    "wide": (1200, 220, (560, 760, 960)),
    "narrow": (600, 240, (330, 470)),
}
_SIZE: Final = 0.55  # of a drawing's own 400 by 400


def draw_ribbon(kind: str, hue: str, shape: str, label: str) -> str:
    """The picture of a banner; `shape` is one of `SHAPES`, `label` what it shows, for those who cannot see it."""
    width, height, edges = SHAPES[shape]
    title = label.replace("&", "&amp;").replace("<", "&lt;")
    top = height - 400 * _SIZE
    things = "".join(
        f'<g transform="translate({edge} {top:g}) scale({_SIZE})">'
        f"{shadow(kind)}{DRAWINGS[kind](Paint.of(hue, variant))}</g>"
        for variant, edge in enumerate(edges)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"><title>{title}</title>'
        f'<rect width="{width}" height="{height}" fill="{mix(hue, WHITE, 0.82)}"/>{things}</svg>'
    )
