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
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Raw

from proxy.rules.selector import Every, Index, Name, Selector, Step, Where
from proxy.search import scan
from proxy.search.listing import NotAListing
from proxy.search.path import Piece, can_be_a_field, filtered
from proxy.search.scan import Span
from proxy.search.whereabouts import Whereabouts

_object = msgspec.json.Decoder(dict[str, Raw]).decode
_OPENED: Final = (b"[", b" ", b"\n", b"\t", b"\r")
_CLOSED: Final = (b"]", b" ", b"\n", b"\t", b"\r")


class Names:
    """Down the names of objects to a value of one type, in one decode."""

    def __init__(self, names: Sequence[str], leaf: Any) -> None:
        self._odd = () if all(map(can_be_a_field, names)) else tuple(names)
        fields = () if self._odd else names
        shape = leaf
        for name in reversed(fields):
            shape = msgspec.defstruct("On", [("v", shape)], rename={"v": name}, gc=False)
        self._decode = msgspec.json.Decoder(shape).decode
        self._inner = attrgetter(".".join("v" * len(fields))) if fields else _itself

    def decode(self, text: Piece) -> Any:
        """The value, or what msgspec raises where there is none."""
        for name in self._odd:
            found = _object(text).get(name)
            if found is None:
                raise msgspec.ValidationError(f"Object missing required field `{name}`")
            text = found
        return self._inner(self._decode(text))


class Found(NamedTuple):
    """An array at the end of a stage: where the stage began, its items, and their span from first to last byte."""

    begin: Piece
    items: Sequence[Piece]
    span: Span


class Stage:
    """Down some names to an array; then what of it goes on."""

    def __init__(self, names: Sequence[str], pick: Step | None) -> None:
        self.names: Final = tuple(names)
        self._pick = pick
        self._takes = filtered(pick) if isinstance(pick, Where) else None
        mixed = isinstance(pick, Every | Where)  # `[*]` and filters also go into an object's values
        self._array = Names(self.names, list[Raw] | dict[str, Raw] if mixed else list[Raw])
        self._wanted = [(scan.spelling_of(name), count) for name, count in Counter(self.names).items()]

    def walk(self, begin: Piece, body: bytes, where: Whereabouts) -> Found:
        """The array of this stage.

        Raises:
            NotAListing: a key on the way stands twice.
            msgspec.DecodeError: there is no array.
        """
        items = self._array.decode(begin)
        around = _place(where, begin)
        span = None if isinstance(items, dict) else _span(where, items, body, around)
        if span is None:
            items, span = self._scanned(body, around)
        if self._doubtful(body, around, span):
            self._only_once(body[around.start : span.start] + body[span.end : around.end])
        return Found(begin, items, span)

    def picked(self, found: Found) -> Iterator[Piece]:
        """Where the next stage begins."""
        if isinstance(self._pick, Index):
            return iter(found.items[self._pick.n : self._pick.n + 1])
        return filter(self._takes, found.items) if self._takes else iter(found.items)

    def _doubtful(self, body: bytes, around: Span, span: Span) -> bool:
        for spelling, wanted in self._wanted:
            before = spelling.count(body, around.start, span.start)
            behind = spelling.count(body, span.end, around.end)
            if before < 0 or behind < 0 or before + behind != wanted:
                return True
        return False

    def _only_once(self, envelope: bytes) -> None:
        for name, times in zip(self.names, scan.standing(envelope, self.names), strict=False):
            if times != 1:
                raise NotAListing(f"`{name}` stands {times} times in one object")

    def _scanned(self, body: bytes, around: Span) -> tuple[list[memoryview], Span]:
        """The slow way: of an object's values, or where the decoder's pieces have no place in the body."""
        found = scan.find(body, [Name(name) for name in self.names], around.start)
        if found is None:
            raise NotAListing("no array where the rule says")
        keys = [member.key for member in scan.members(body, found.start)]
        if len(keys) != len(set(keys)):
            raise NotAListing("a key stands twice in one object")
        spans = [*scan.elements(body, found.start)] or [each.value for each in scan.members(body, found.start)]
        view = memoryview(body)
        span = Span(spans[0].start, spans[-1].end) if spans else Span(around.end, around.end)
        return [view[start:end] for start, end in spans], span


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
        begins = [begin]
        for stage in earlier:
            begins = [each for one in begins for each in self._onward(stage, one, body, where)]
        found = [each for one in begins if (each := self._arrived(last, one, body, where))]
        if not found:
            raise NotAListing("no result array where `products.list` says it is")
        return found

    def _onward(self, stage: Stage, begin: Piece, body: bytes, where: Whereabouts) -> Iterator[Piece]:
        found = self._arrived(stage, begin, body, where)
        return stage.picked(found) if found else iter(())

    def _arrived(self, stage: Stage, begin: Piece, body: bytes, where: Whereabouts) -> Found | None:
        try:
            return stage.walk(begin, body, where)
        except msgspec.ValidationError:
            if self._single or stage is self.stages[0]:
                raise
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


def _place(where: Whereabouts, piece: Piece) -> Span:
    found = where.place(piece)
    if found is None:
        raise NotAListing("the decoder's pieces are no part of the body")
    return Span(found[0], found[0] + found[1])


def _span(where: Whereabouts, items: Sequence[Piece], body: bytes, around: Span) -> Span | None:
    """From the first item's first byte to the last item's end; None where that cannot be so."""
    if not items:
        return Span(around.end, around.end)
    first, last = where.place(items[0]), where.place(items[-1])
    if first is None or last is None:
        return None
    start, end = first[0], last[0] + last[1]
    opened = body[start - 1 : start] in _OPENED
    closed = body[end : end + 1] in _CLOSED
    return Span(start, end) if opened and closed and around.start < start < end < around.end else None


def _itself(value: Any) -> Any:
    return value
