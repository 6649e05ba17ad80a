"""The way from a body to its listings, compiled when the rule is loaded. Pure.

A way is walked in stages. A stage goes down the names of objects in one
decode and comes to an array of raw items; the last stage's array is the
listing, an earlier one's is where an index, a `[*]` or a filter picks the next
stage's starts. An error entry among several results has no array: it is no
listing, and the others are.

msgspec takes of a key that stands twice the last, in silence. Then two readers
would see two different listings, so we see none: outside the items each key of
the way must stand as often as the way names it. That is counted, and walked
only where counting leaves a doubt.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

import msgspec
from msgspec import Raw

from proxy.rules.bodies import Place
from proxy.rules.selector import Every, Index, Name, Selector, Step, Where
from proxy.search.listing import NotAListing, gaps_between
from proxy.search.lossless import scan
from proxy.search.lossless.names import Names
from proxy.search.lossless.path import Piece, filtered
from proxy.search.lossless.scan import Span
from proxy.search.lossless.values import laid_values
from proxy.search.lossless.whereabouts import Whereabouts

Laid: TypeAlias = tuple[Span, Sequence[bytes]]
"""How items lie in a body: from the first to the last, and what stands between them."""


class Found(msgspec.Struct, frozen=True):
    """An array at the end of a stage: where the stage began, its items, and how they lie there (as in a `Listing`).

    `place` is which element of an earlier stage's array it is in, where a `[*]` or a filter went through one;
    `is_object` says that the items are the values of an object instead.
    """

    begin: Piece
    items: Sequence[Piece]
    span: Span
    gaps: Sequence[bytes]
    is_object: bool = False
    place: Place | None = None


class Start(NamedTuple):
    """Where a stage begins."""

    piece: Piece
    place: Place | None = None


class Stage:
    """Down some names to an array; then what of it goes on."""

    def __init__(self, names: Sequence[str], pick: Step | None) -> None:
        self.names: Final = tuple(names)
        self._pick = pick
        self._takes = filtered(pick) if isinstance(pick, Where) else None
        mixed = isinstance(pick, Every | Where)  # `[*]` and filters also go into an object's values
        self._array = Names(self.names, list[Raw] | dict[str, Raw] if mixed else list[Raw])
        self._whole = Names(self.names, Raw)
        self._wanted = [(scan.spelling_of(name), count) for name, count in Counter(self.names).items()]
        self._way = [Name(name) for name in self.names]

    def walk(self, begin: Piece, body: bytes, where: Whereabouts) -> Found:
        """The array of this stage.

        Raises:
            NotAListing: a key on the way stands twice.
            msgspec.DecodeError: there is no array.
        """
        items = self._array.decode(begin)
        is_object = isinstance(items, dict)
        around = (0, len(body)) if begin is body else _place(where, begin)
        laid: Laid | None
        if is_object:
            items = [*items.values()]
            values = laid_values(self._whole.decode(begin), items, body, where)
            laid = (values, ()) if values else None
        else:
            laid = _laid(where, items, body, around[1])
        if laid is None:
            items, laid = self._scanned(body, around)
        span, gaps = laid
        if self._doubtful(body, around, span):
            self._only_once(body[around[0] : span.start] + body[span.end : around[1]])
        return Found(begin, items, span, gaps, is_object)

    def refuse_doubled(self, begin: Piece) -> None:
        """Raise NotAListing where there is no array for us, but another reader may take another of equal keys."""
        text = bytes(begin)
        if all(0 <= spelling.count(text, 0, len(text)) <= wanted for spelling, wanted in self._wanted):
            return
        for name, times in zip(self.names, scan.standing(text, self.names), strict=False):
            if times > 1:
                raise NotAListing(f"`{name}` stands {times} times in one object")

    def picked(self, found: Found, place: Place | None) -> Iterator[Start]:
        """Where the next stage begins; of several starts in one array each knows its place."""
        if isinstance(self._pick, Index):
            return (Start(item, place) for item in found.items[self._pick.n : self._pick.n + 1])
        count = 0 if found.is_object or place else len(found.items)
        return (
            Start(item, Place(n, count) if count else place)
            for n, item in enumerate(found.items)
            if self._takes is None or self._takes(item)
        )

    def _doubtful(self, body: bytes, around: tuple[int, int], span: Span) -> bool:
        begin, end = around
        first, behind = span
        for spelling, wanted in self._wanted:
            key = spelling.quoted
            if body.count(key, begin, first) + body.count(key, behind, end) != wanted:
                return True
        if body.find(b"\\", begin, first) < 0 and body.find(b"\\", behind, end) < 0:
            return False
        return any(
            spelling.may_hide(body, begin, first) or spelling.may_hide(body, behind, end)
            for spelling, _ in self._wanted
        )

    def _only_once(self, envelope: bytes) -> None:
        for name, times in zip(self.names, scan.standing(envelope, self.names), strict=False):
            if times != 1:
                raise NotAListing(f"`{name}` stands {times} times in one object")

    def _scanned(self, body: bytes, around: tuple[int, int]) -> tuple[list[memoryview], Laid]:
        """The slow way: of an object's values, or where the decoder's pieces have no place in the body."""
        found = scan.find(body, self._way, around[0])
        if found is None:
            raise NotAListing("no array where the rule says")
        members = [*scan.members(body, found.start)]
        if len(members) != len({each.key for each in members}):
            raise NotAListing("a key stands twice in one object")
        spans = [*scan.elements(body, found.start)] or [each.value for each in members]
        view = memoryview(body)
        span = Span(spans[0].start, spans[-1].end) if spans else Span(around[1], around[1])
        gaps = [body[one.end : other.start] for one, other in pairwise(spans)]
        return [view[start:end] for start, end in spans], (span, gaps[:1] if len({*gaps}) == 1 else gaps)


class Route:
    """All stages of `products.list`."""

    def __init__(self, selector: Selector) -> None:
        self.stages: Final = _stages(selector.steps)
        self._single = selector.is_single

    def listings(self, begin: Piece, body: bytes, where: Whereabouts) -> list[Found]:
        """Every listing of a body, in order.

        Raises:
            NotAListing: there is none.
            msgspec.DecodeError: the body is no JSON, or not what the way says.
        """
        *earlier, last = self.stages
        if not earlier:
            return [last.walk(begin, body, where)]
        starts = [Start(begin)]
        for stage in earlier:
            starts = [each for one in starts for each in self._onward(stage, one, body, where)]
        found = [
            msgspec.structs.replace(each, place=one.place) if one.place else each
            for one in starts
            if (each := self._arrived(last, one.piece, body, where))
        ]
        if not found:
            raise NotAListing("no result array where `products.list` says it is")
        return found

    def _onward(self, stage: Stage, start: Start, body: bytes, where: Whereabouts) -> Iterator[Start]:
        found = self._arrived(stage, start.piece, body, where)
        return stage.picked(found, start.place) if found else iter(())

    def _arrived(self, stage: Stage, begin: Piece, body: bytes, where: Whereabouts) -> Found | None:
        try:
            return stage.walk(begin, body, where)
        except msgspec.ValidationError:
            if self._single or stage is self.stages[0]:
                raise
            stage.refuse_doubled(begin)
            return None


def _stages(steps: Sequence[Step]) -> list[Stage]:
    stages: list[Stage] = []
    names: list[str] = []
    for step in steps:
        if isinstance(step, Name):
            names.append(step.key)
        else:
            stages.append(Stage(names, step))
            names = []
    return [*stages, Stage(names, None)]


def _place(where: Whereabouts, piece: Piece) -> tuple[int, int]:
    found = where.place(piece)
    if found is None:
        raise NotAListing("the decoder's pieces are no part of the body")
    return found[0], found[0] + found[1]


def _laid(where: Whereabouts, items: Sequence[Piece], body: bytes, end: int) -> Laid | None:
    """How the items lie in the body; None where that cannot be so."""
    if not items:
        return Span(end, end), ()
    first = where.place(items[0])
    return first and gaps_between(body, items, *first)
