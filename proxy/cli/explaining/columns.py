"""The organic list and the shown one, side by side. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from proxy.cli.explaining.screen import Line, Look, Span, cell, plain, width
from proxy.cli.explaining.story import Shown

PLACES = 40
"""More places than this tell nobody anything more."""
MOVE = 14
"""Cells for where an item came from."""
WIDEST = 60
"""More cells than this a list does not need."""


def side_by_side(
    organic: Sequence[str], shown: Sequence[Shown], titles: Mapping[str, str], look: Look
) -> Iterator[Line]:
    """A row for each place: who stood there, who stands there now, and where that one came from."""
    everyone = [*organic[:PLACES], *[each.id for each in shown[:PLACES]]]
    ids = min(20, max([width(plain(id, look)) for id in everyone], default=0))
    # In front 3 for the place and 2 behind it, 2 between the lists and 2 before the move, and the mark of an ad.
    room = max(12, min(WIDEST, (max(40, look.width) - 5 - 4 - 2 - MOVE) // 2))
    yield [Span(f"     {cell('organic', room, look)}    shown", "faint")]
    for place, (before, now) in enumerate(zip_longest(organic, shown), 1):
        if place > PLACES:
            yield [Span(f"     and {max(len(organic), len(shown)) - PLACES} places more", "faint")]
            return
        left = cell(_named(before, titles, ids, look) if before is not None else "", room, look)
        yield [Span(f"{place:>3}  {left}  "), *_shown(now, place, titles, ids, room, look)]


def _shown(now: Shown | None, place: int, titles: Mapping[str, str], ids: int, room: int, look: Look) -> list[Span]:
    if now is None:
        return []
    style = "ad" if now.rank else ""
    mark = "* " if now.rank else "  "
    named = cell(_named(now.id, titles, ids, look), room, look)
    return [Span(mark + named, style), Span("  " + _move(now, place, look), style or "faint")]


def _named(id: str, titles: Mapping[str, str], ids: int, look: Look) -> str:
    title = titles.get(id, "")
    return f"{cell(id, ids, look)}  {plain(title, look)}" if title else plain(id, look)


def _move(now: Shown, place: int, look: Look) -> str:
    """Of an ad its rank, and of everybody how far up or down it went."""
    rank = f"ad {now.rank} " if now.rank else ""
    if now.was is None:
        return f"{rank}fetched"
    up, down = ("↑", "↓") if look.unicode else ("up ", "down ")
    if now.was == place:
        return rank.rstrip()
    return rank + (f"{up}{now.was - place}" if now.was > place else f"{down}{place - now.was}")
