"""A long listing: its ids are read in one decode, and only those items are cut out that somebody wants. Pure.

To cut a body into items is a second decode of all of it. But the first one knows where each id stands: between the ids
of two neighbours are the end of one item, a gap, and the beginning of the other; and what is before the first id and
behind the last tells where the list begins and ends. So what is wanted is found by decodes of some hundred bytes, each
of which proves what it finds. What cannot be proved is cut item by item, as a short body is.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw

from proxy.search.listing import Listing, Pieces
from proxy.search.lossless.path import BROKEN
from proxy.search.lossless.route import Stage
from proxy.search.lossless.scan import COMMA, Span
from proxy.search.lossless.whereabouts import Whereabouts

_items = msgspec.json.Decoder(list[Raw]).decode


class Uncut:
    """The only listing of a body, of which nothing is known but its ids.

    Args:
        stage: the way to it.
        body: all of it.
        marks: each item's id as it stands in the body; UNSET where there is none.
        depth: how many objects an id is in, its item included.
    """

    def __init__(self, stage: Stage, body: bytes, marks: Sequence[Any], depth: int) -> None:
        self.body: Final = body
        self._stage = stage
        self._marks = marks
        self._where = Whereabouts(body)
        self._before = b"[" + b'{"":' * depth
        self._behind = b"0" + b"}" * depth + b"]"

    def __len__(self) -> int:
        return len(self._marks)

    def whole(self) -> tuple[Sequence[Any], Sequence[bytes]]:
        """Every item, and the gaps between them, as in a `Listing`."""
        found = self._stage.walk(self.body, self.body, self._where)
        return found.items, found.gaps

    def span(self, positions: Sequence[int]) -> Span | None:
        """From the first item to the last; None where that is not proved.

        The body without all that is between the first id and the last has the same beginning and the same end around
        a single item. It goes the way of any other, so a key that stands twice on it is seen as ever.

        Args:
            positions: which items have an id.

        Raises:
            NotAListing: a key on the way stands twice.
        """
        if not positions:
            return None
        start, end = self._place(positions[0]), self._place(positions[-1])
        if start is None or end is None:
            return None
        short = self.body[:start] + self.body[end:]
        found = self._stage.walk(short, short, Whereabouts(short)).span
        return Span(found.start, found.end + len(self.body) - len(short))

    def borders(self, first: int, last: int) -> list[Span] | None:
        """What stands between each of these items and the next; None where that is not proved."""
        start, end = self._place(first), self._place(last)
        if start is None or end is None:
            return None
        try:
            first_half, *others = _items(b"%b%b%b" % (self._before, self.body[start:end], self._behind))
        except BROKEN:
            return None
        at = start + len(first_half) + 1 - len(self._before)
        found: list[Span] = []
        for other in others:
            gap = COMMA.match(self.body, at)
            if gap is None:
                return None
            found.append(Span(*gap.span()))
            at = gap.end() + len(other)
        return found if len(found) == last - first and at == end + len(self._behind) - 1 else None

    def _place(self, n: int) -> int | None:
        """Where an item's id begins."""
        place = None if self._marks[n] is UNSET else self._where.place(self._marks[n])
        return place and place[0]


class LongListing(Listing):
    """A listing whose items are cut when they are wanted."""

    def __init__(
        self,
        uncut: Uncut,
        span: Span,
        ids: list[str],
        positions: Sequence[int],
        scores: list[float] | None,
        vendors: list[str | None] | None,
    ) -> None:
        super().__init__((), span, (), ids, positions, scores, vendors)
        self._count = len(uncut)
        self._uncut = uncut
        self._view = memoryview(uncut.body)
        self._borders: dict[int, Span | None] = {0: Span(span.start, span.start), len(uncut): Span(span.end, span.end)}

    @cached_property
    def pieces(self) -> Pieces:
        """Every item, and what stands between them."""
        items, gaps = self._uncut.whole()
        return Pieces(items, gaps, gaps[-1] if gaps else b",")

    def item(self, n: int) -> bytes:
        """An item's own bytes."""
        own = self._run(range(n, n + 1))
        return bytes(self.pieces.items[n] if own is None else own)

    def with_ads(self, runs: Sequence[int | range], ads: Sequence[bytes]) -> bytes | None:
        """The merged list, where what stands between its parts is the same everywhere; else None."""
        parts = [ads[run] if isinstance(run, int) else self._run(run) for run in runs]
        gaps = self._gaps()
        if None in parts or len(gaps) != 1:
            return None
        return gaps.pop().join(parts)  # type: ignore[arg-type]

    @property
    def copied(self) -> int:
        """Bytes of its items that are no views of the body."""
        return 0

    def _gaps(self) -> set[bytes]:
        """What stands between items, wherever that is known."""
        body, last = self._uncut.body, len(self)
        return {body[each.start : each.end] for n, each in self._borders.items() if each and 0 < n < last}

    def _run(self, run: range) -> memoryview | None:
        """Some neighbours with all that is between them, as they stand in the body."""
        start, end = self._border(run.start), self._border(run.stop)
        return None if start is None or end is None else self._view[start.end : end.start]

    def _border(self, n: int) -> Span | None:
        """What stands before an item; of the first, and behind the last, no byte."""
        borders = self._borders
        if n not in borders:
            # Who asks where an item begins most often asks next where it ends.
            ahead = min(n + 1, len(self) - 1)
            found = self._uncut.borders(n - 1, ahead)
            borders.update(zip(range(n, ahead + 1), found or (None, None), strict=False))
        return borders[n]
