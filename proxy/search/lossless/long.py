"""A long listing: its ids are read in one decode, and only those items are cut out that somebody wants. Pure.

To cut a body into items is a second decode of all of it. But the first one knows where each id stands. What is before
the first id and behind the last tells where the list begins and ends. Most items begin alike up to their id, so that
one which does is known to begin there; where that is not so, a decode of what is between the ids of neighbours proves
where the one item ends and the other begins. What cannot be proved is cut item by item, as a short body is.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Raw

from proxy.search.listing import Listing, Pieces
from proxy.search.lossless.path import BROKEN, Piece
from proxy.search.lossless.route import Stage
from proxy.search.lossless.scan import COMMA, Span
from proxy.search.lossless.whereabouts import Whereabouts

Border: TypeAlias = tuple[int, int]
"""Where one item ends and the next begins."""

_items = msgspec.json.Decoder(list[Raw]).decode
_BETWEEN: Final = b", \t\n\r"
_WIDEST: Final = 128  # bytes of blanks between two items that are looked through


class Uncut:
    """How the only listing of a rule's long pages is left uncut.

    Args:
        stage: the way to it.
        depth: how many objects an id is in, its item included.
    """

    def __init__(self, stage: Stage, depth: int) -> None:
        self.stage: Final = stage
        self._before = b"[" + b'{"":' * depth
        self._behind = b"0" + b"}" * depth + b"]"

    def listing(
        self,
        body: bytes,
        marks: Sequence[Any],
        ids: list[str],
        positions: Sequence[int],
        scores: list[float] | None = None,
        vendors: list[str | None] | None = None,
    ) -> "LongListing | None":
        """The listing; None where it is not proved from where to where it goes.

        The body without all that is between the first id and the last has the same beginning and the same end around
        a single item. It goes the way of any other, so a key that stands twice on it is seen as ever.

        Args:
            marks: each item's id as it stands in the body; UNSET where there is none.
            positions: which items have an id.

        Raises:
            NotAListing: a key on the way stands twice.
        """
        where = Whereabouts(body)
        first = where.place(marks[positions[0]]) if positions else None
        last = where.place(marks[positions[-1]]) if positions else None
        if first is None or last is None:
            return None
        short = body[: first[0]] + body[last[0] :]
        start, end = self.stage.walk(short, short, Whereabouts(short)).span
        span = Span(start, end + len(body) - len(short))
        # Behind a backslash a quote may be none, and a brace too: only without one does equal text mean equal things.
        head = body[start : first[0]] if positions[0] == 0 else b"\\"
        return LongListing(
            self, body, marks, where, span, b"" if b"\\" in head else head, ids, positions, scores, vendors
        )

    def borders(self, body: bytes, start: int, end: int) -> list[Border] | None:
        """The borders between an id that begins at `start` and one that begins at `end`; None where not proved."""
        try:
            first_half, *others = _items(b"%b%b%b" % (self._before, body[start:end], self._behind))
        except BROKEN:
            return None
        at = start + len(first_half) + 1 - len(self._before)
        found: list[Border] = []
        for other in others:
            gap = COMMA.match(body, at)
            if gap is None:
                return None
            found.append(gap.span())
            at = gap.end() + len(other)
        return found if at == end + len(self._behind) - 1 else None


class LongListing(Listing):
    """A listing whose items are cut when they are wanted.

    Args:
        how: what all listings of the rule have in common.
        where: knows the places of `marks` in the body.
        head: the first item up to its id, where an item that begins alike is sure to begin there; else b"".
    """

    def __init__(
        self,
        how: Uncut,
        body: bytes,
        marks: Sequence[Any],
        where: Whereabouts,
        span: Span,
        head: bytes,
        ids: list[str],
        positions: Sequence[int],
        scores: list[float] | None,
        vendors: list[str | None] | None,
    ) -> None:
        super().__init__((), span, (), ids, positions, scores, vendors)
        self._marks = marks
        self._how = how
        self._body = body
        self._where = where
        self._head = head
        self._borders: dict[int, Border | None] = {0: (span.start, span.start), len(marks): (span.end, span.end)}
        self._gaps_seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._marks)

    @cached_property
    def pieces(self) -> Pieces:
        """Every item, and what stands between them."""
        found = self._how.stage.walk(self._body, self._body, self._where)
        return Pieces(found.items, found.gaps, found.gaps[-1] if found.gaps else b",")

    def item(self, n: int) -> bytes:
        """An item's own bytes."""
        before = self._borders.get(n) or self._border(n)
        behind = self._borders.get(n + 1) or self._border(n + 1)
        if before and behind:
            own = self._body[before[1] : behind[0]]
            if _is_one_item(own):
                return own
            self._borders[n] = self._borders[n + 1] = None
        return bytes(self.pieces.items[n])

    def with_ads(self, runs: Sequence[int | range], ads: Sequence[bytes]) -> Pieces | None:
        """The merged list in few pieces, where what stands between its items is the same everywhere; else None.

        Args:
            runs: for each part an ad, by its place among `ads`, or neighbours that stay so.
        """
        borders, view = self._borders, memoryview(self._body)
        parts: list[Piece] = []
        for run in runs:
            if isinstance(run, int):
                parts.append(ads[run])
                continue
            before = borders.get(run.start) or self._border(run.start)
            behind = borders.get(run.stop) or self._border(run.stop)
            if before is None or behind is None:
                return None
            parts.append(view[before[1] : behind[0]])
        if len(self._gaps_seen) != 1:
            return None
        gaps = tuple(self._gaps_seen)
        return Pieces(parts, gaps, gaps[0])

    @property
    def copied(self) -> int:
        """Bytes of its items that are no views of the body."""
        return 0

    def _border(self, n: int) -> Border | None:
        """Where the item before ends, and where this one begins; of the first, and behind the last, no byte between."""
        borders = self._borders
        if n not in borders:
            found = self._alike(n)
            if found is not None:
                borders[n] = found
                self._gaps_seen.add(self._body[found[0] : found[1]])
            else:
                self._prove(n)
        return borders[n]

    def _alike(self, n: int) -> Border | None:
        """The border before an item that has the first one's head."""
        body, head, mark = self._body, self._head, self._marks[n]
        place = self._where.place(mark) if head and mark is not UNSET else None
        start = place[0] - len(head) if place else -1
        if start < 0 or not body.startswith(head, start):
            return None
        low = max(start - _WIDEST, self.span.start)
        before = body[low:start].rstrip(_BETWEEN)
        return (low + len(before), start) if before else None

    def _prove(self, n: int) -> None:
        """Find the border before an item by a decode; and the one behind, for which is most often asked next."""
        last = min(n + 1, len(self._marks) - 1)
        one, other = self._marks[n - 1], self._marks[last]
        start = None if one is UNSET else self._where.place(one)
        end = None if other is UNSET else self._where.place(other)
        found = self._how.borders(self._body, start[0], end[0]) if start and end else None
        if found is None or len(found) != last - n + 1:
            self._borders.update(dict.fromkeys(range(n, last + 1)))
            return
        self._borders.update(zip(range(n, last + 1), found, strict=True))
        self._gaps_seen.update(self._body[each[0] : each[1]] for each in found)


def _is_one_item(text: bytes) -> bool:
    try:
        return len(_items(b"[%b]" % text)) == 1
    except BROKEN:
        return False
