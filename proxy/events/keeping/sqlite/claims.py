"""What this process has claimed, and what became of it and is not written down yet. Pure.

Claims live here and nowhere else: whatever ends the process ends them.
"""

from collections.abc import Sequence

from proxy.events.event import Kept
from proxy.events.keeping.outbox import Settlement, Untouched


class Claims:
    """The claims of one process."""

    def __init__(self) -> None:
        self._claimed: set[str] = set()
        self._owed: dict[str, Settlement] = {}

    def now(self) -> frozenset[str]:
        """The refs that are claimed.

        To be taken before a look at the file: what is settled during the look is still in what is seen, and must not
        go out again.
        """
        return frozenset(self._claimed)

    def hand_out(self, found: Sequence[Kept]) -> Sequence[Kept]:
        """Claim those of them that nobody has claimed meanwhile: two who ask at once have looked at the same rows."""
        mine = [one for one in found if one.ref not in self._claimed]
        self._claimed.update(one.ref for one in mine)
        return mine

    def owe(self, settlements: Sequence[Settlement]) -> None:
        """These are to be written down. What was not touched is free at once."""
        for one in settlements:
            if isinstance(one, Untouched):
                self._claimed.discard(one.ref)
            else:
                self._owed[one.ref] = one

    def owed(self) -> Sequence[Settlement]:
        """What is to be written down."""
        return [*self._owed.values()]

    def paid(self, settlements: Sequence[Settlement]) -> None:
        """These are written down; their events are nobody's any more."""
        for one in settlements:
            if self._owed.get(one.ref) is one:
                del self._owed[one.ref]
                self._claimed.discard(one.ref)
