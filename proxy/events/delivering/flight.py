"""One claimed batch on its way: posted, halved where it is refused, settled to its last event.

However it ends (also by a mistake of ours, also cut short), every event of it
is settled exactly once: a claim is never lost. Dead letters are written at its
end only, since twenty refusals in a row may yet turn out to be no event's fault.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec

from proxy.clock import Clock
from proxy.events.delivering.answers import Meaning, Verdict
from proxy.events.delivering.lane import Lane
from proxy.events.delivering.ledger import Ledger
from proxy.events.delivering.settling import Part, again, give_up, settle
from proxy.events.event import Kept
from proxy.events.keeping.outbox import Dead, Delivered, Settlement, Untouched

_log = logging.getLogger(__name__)


class Posting(msgspec.Struct, frozen=True):
    """A call that has ended, for whoever watches: where to, what it carried, what came of it, for how many seconds."""

    path: str
    kind: str
    events: int
    meaning: Meaning
    seconds: float


Watch = Callable[[Posting], None]


class Flight:
    """One batch.

    Args:
        lane: where it goes.
        events: of one kind, claimed.
        ledger: takes the settlements.
        counts: `attempts`, `retried`, `ambiguous`, `rejected_batches`, `expired`, `bugs`, and by kind
            `delivered.KIND`, `dead.KIND`.
        clock: how long a call took.
        watch: is handed every call that has ended.
        stopping: whether we are about to leave, and no further part goes out.
        probe: it only asks whether the set-up is mended.
    """

    def __init__(
        self,
        lane: Lane,
        events: Sequence[Kept],
        ledger: Ledger,
        counts: Counter[str],
        clock: Clock,
        watch: Watch,
        stopping: Callable[[], bool],
        probe: bool = False,
    ) -> None:
        self._lane = lane
        self._open = {one.ref: one for one in events}
        self._ledger = ledger
        self._counts = counts
        self._clock = clock
        self._watch = watch
        self._stopping = stopping
        self._probe = probe
        self._dead: list[Dead] = []

    async def run(self) -> None:
        """From the claim to the last settlement."""
        try:
            await self._run()
        except Exception as bug:
            self._mistake(bug)
        finally:
            self._owe([Untouched(ref) for ref in self._open])
        await self._ledger.pay()

    async def _run(self) -> None:
        young, old = give_up(list(self._open.values()))
        self._counts["expired"] += len(old)
        self._owe(old)
        parts: list[Part] = [young] if young else []
        while parts and (self._probe or self._lane.may_go_on) and not self._stopping():
            outcome = await self._post(parts.pop())
            parts += reversed(outcome)
            await self._ledger.pay()
        self._bury()

    async def _post(self, part: Part) -> Sequence[Part]:
        """Post one part; what is to be posted instead of it."""
        lane, began = self._lane, self._clock.now()
        self._counts["attempts"] += 1
        self._counts["retried"] += sum(one.attempts > 0 for one in part)
        meaning = (await lane.post.send(lane.body_of(part))).meaning
        alone = len(part) == 1
        lane.note(meaning, alone)
        outcome = settle(part, meaning, lane.chance(), probe=self._probe)
        self._counts["ambiguous"] += meaning.ambiguous
        self._counts["rejected_batches"] += meaning.verdict is Verdict.REFUSED and not alone
        self._dead += [one for one in outcome.settlements if isinstance(one, Dead)]
        self._owe([one for one in outcome.settlements if not isinstance(one, Dead)])
        kind = part[0].event.kind
        self._watch(Posting(lane.post.path, kind, len(part), meaning, self._clock.now() - began))
        return outcome.halves

    def _bury(self) -> None:
        """The refused ones are dead letters, unless it is the set-up that refuses."""
        if not self._lane.stands_still:
            self._owe(self._dead)
            return
        for one in self._dead:
            self._owe(again([self._open[one.ref]], Meaning(Verdict.REFUSED, one.said), self._lane.chance()))

    def _owe(self, settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            kind = self._open.pop(one.ref).event.kind
            if isinstance(one, Delivered):
                self._counts[f"delivered.{kind}"] += 1
            elif isinstance(one, Dead):
                self._counts[f"dead.{kind}"] += 1
        self._ledger.owe(settlements)

    def _mistake(self, bug: Exception) -> None:
        """A mistake of ours must not become a stream of calls, nor cost an event."""
        _log.error("a mistake of ours in the delivery of events", exc_info=bug)
        self._counts["bugs"] += 1
        meaning = Meaning(Verdict.AGAIN, f"a mistake of ours: {type(bug).__name__}")
        with suppress(Exception):
            self._lane.note(meaning, alone=False)
        self._owe(again(list(self._open.values()), meaning, self._lane.chance()))
