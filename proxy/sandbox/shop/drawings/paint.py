"""The tones of one colour, and the few strokes that every drawing uses. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paint:
    """One colour in the light of the shop.

    Attributes:
        pale, light, main, dark, deep: from the lit side to the shadow.
        variant: which of three forms to draw.
    """

    pale: str
    light: str
    main: str
    dark: str
    deep: str
    variant: int

    @classmethod
    def of(cls, hue: str, variant: int) -> "Paint":
        """The tones of `hue` ("#rrggbb")."""
        return cls(mix(hue, WHITE, 0.55), mix(hue, WHITE, 0.25), hue, mix(hue, INK, 0.22), mix(hue, INK, 0.45), variant)


WHITE = "#ffffff"
INK = "#231f2b"
WOOD, WOOD_LIGHT, WOOD_DARK = "#b98a5e", "#d1a87d", "#8d6540"
STEEL, STEEL_LIGHT, STEEL_DARK = "#aab0b5", "#d6dadd", "#7c838a"
BRASS, BRASS_DARK = "#c9a25a", "#9a7838"
CREAM = "#f7f1e4"
SOLE = "#f4f1ea"


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` of `other` in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def path(d: str, fill: str = "none", **more: object) -> str:
    """A filled shape."""
    return f'<path d="{d}" fill="{fill}"{_attributes(more)}/>'


def line(d: str, stroke: str, width: float, **more: object) -> str:
    """A stroke with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round"{_attributes(more)}/>'
    )


def box(x: float, y: float, width: float, height: float, radius: float, fill: str, **more: object) -> str:
    """A rectangle with round corners."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}"{_attributes(more)}/>'


def oval(cx: float, cy: float, rx: float, ry: float, fill: str, **more: object) -> str:
    """An ellipse."""
    return f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" fill="{fill}"{_attributes(more)}/>'


def turned(inside: str, degrees: float, x: float = 200, y: float = 200) -> str:
    """`inside`, turned about a point."""
    return f'<g transform="rotate({degrees} {x} {y})">{inside}</g>'


def _attributes(more: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
