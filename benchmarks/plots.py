"""Figures drawn as SVG: bars that lie, and lines in which both axes grow by factors. Pure.

A drawing has its own white ground, so that it can be read wherever it is shown.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.table import significant

OURS, OTHERS, INK, FAINT = "#1f6feb", "#9aa4b2", "#1b1f24", "#d8dee6"
_COLOURS = (OURS, "#d2691e", "#2e8b57", "#8250df")
_BAR, _LABEL, _WIDTH = 26, 200, 760


def bars(title: str, unit: str, figures: Mapping[str, float], ours: str) -> str:
    """One bar a name, the shortest first; ours is coloured."""
    ordered = sorted(figures.items(), key=lambda pair: pair[1])
    most = max(figures.values()) or 1.0
    drawn = [_text(12, 22, f"{title}, {unit}", size=15, weight="bold")]
    for number, (name, figure) in enumerate(ordered):
        top = 40 + number * _BAR
        long = max(2.0, figure / most * (_WIDTH - _LABEL - 90))
        drawn += [
            _text(_LABEL - 8, top + 15, name, anchor="end", weight="bold" if name == ours else "normal"),
            f'<rect x="{_LABEL}" y="{top}" width="{long:.1f}" height="{_BAR - 6}" fill="{_colour(name, ours)}"/>',
            _text(_LABEL + long + 6, top + 15, significant(figure)),
        ]
    return _drawing(_WIDTH, 50 + len(ordered) * _BAR, drawn)


def lines(title: str, across: str, up: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Points joined, both axes by factors; the dotted line grows in proportion."""
    width, height, left, top, right, bottom = 520, 350, 66, 54, 150, 48
    points = [point for line in series.values() for point in line]
    low_x, high_x = _decades([x for x, _ in points])
    low_y, high_y = _decades([y for _, y in points])

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            left + (math.log10(x) - low_x) / (high_x - low_x) * (width - left - right),
            height - bottom - (math.log10(y) - low_y) / (high_y - low_y) * (height - top - bottom),
        )

    drawn = [_text(12, 22, title, size=15, weight="bold")]
    for power in range(low_x, high_x + 1):
        x, y = at(10.0**power, 10.0**low_y)
        drawn += [
            _line((x, y), at(10.0**power, 10.0**high_y), FAINT),
            _text(x, y + 16, f"{10**power:,}", anchor="middle"),
        ]
    for power in range(low_y, high_y + 1):
        x, y = at(10.0**low_x, 10.0**power)
        drawn += [
            _line((x, y), at(10.0**high_x, 10.0**power), FAINT),
            _text(x - 6, y + 4, significant(10.0**power, 1), anchor="end"),
        ]
    rise = min(high_x - low_x, high_y - low_y)
    drawn.append(_line(at(10.0**low_x, 10.0**low_y), at(10.0 ** (low_x + rise), 10.0 ** (low_y + rise)), OTHERS, "4 4"))
    for colour, (name, line) in zip(_COLOURS, series.items(), strict=False):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in line))
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in (at(*p) for p in line)]
        x, y = at(*line[-1])
        drawn.append(_text(x + 8, y + 4, name, colour=colour))
    drawn += [_text(left, height - 10, across), _text(12, 38, up, size=11)]
    return _drawing(width, height, drawn)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten around all values, two different ones."""
    low, high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
    return low, max(high, low + 1)


def _colour(name: str, ours: str) -> str:
    return OURS if name == ours else OTHERS


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dashed}/>'


def _text(
    x: float, y: float, words: str, *, size: int = 12, weight: str = "normal", anchor: str = "start", colour: str = INK
) -> str:
    look = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def _drawing(width: int, height: int, drawn: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#ffffff"/>', *drawn, "</svg>"]) + "\n"
