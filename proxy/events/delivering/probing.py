"""The event with which to ask whether the set-up is mended.

Rather one that was never posted: should it be an event after all that somebody
on the way dislikes, another one proves that the rest can go. Where all were
posted before, those that were posted least, so that they take turns.
"""

from collections.abc import Sequence
from typing import Final

from proxy.events.delivering.destination import Probe
from proxy.events.delivering.ledger import Ledger
from proxy.events.event import Kept
from proxy.events.keeping.outbox import Outbox, Untouched

MOST_HELD: Final = 3
"""Events of a kind among which is chosen."""


async def event_for(probe: Probe, kinds: Sequence[str], outbox: Outbox, ledger: Ledger) -> Kept | None:
    """An event of one of these kinds, claimed; None where there is none. May raise `OutboxTrouble`."""
    for kind in kinds:
        if untried := await outbox.claim_untried(kind):
            return untried[0]
    return None if probe is Probe.UNTRIED else await _least_tried(kinds, outbox, ledger)


async def _least_tried(kinds: Sequence[str], outbox: Outbox, ledger: Ledger) -> Kept | None:
    held: list[Kept] = []
    chosen: Kept | None = None
    try:
        for kind in kinds:
            for _ in range(MOST_HELD):
                claimed = await outbox.claim(kind, 1)
                held += claimed
                if not claimed:
                    break
        chosen = min(held, key=lambda one: one.attempts, default=None)
    finally:
        ledger.owe(Untouched(one.ref) for one in held if one is not chosen)
    return chosen
