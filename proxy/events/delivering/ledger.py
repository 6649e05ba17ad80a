"""What is still to be said to the outbox about events that we have claimed.

A settlement that the outbox cannot take now (a full disk, no Redis) is kept and
said again before anything else is claimed: an event that was delivered must not
come back for want of a line in a file. Should we die first, it is sent twice,
which its `id` makes harmless.
"""

import logging
from collections.abc import Iterable

from proxy.events.keeping.outbox import Outbox, OutboxTrouble, Settlement

_log = logging.getLogger(__name__)


class Ledger:
    """Settlements on their way into the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._owed: list[Settlement] = []
        self._complained = False

    @property
    def is_clear(self) -> bool:
        """Whether the outbox knows everything."""
        return not self._owed

    def owe(self, settlements: Iterable[Settlement]) -> None:
        """Note settlements, to be paid soon. Never fails, never waits."""
        self._owed += settlements

    async def pay(self) -> bool:
        """Tell the outbox what is owed; False where it cannot take it now. Safe to cancel."""
        owed, self._owed = self._owed, []
        if not owed:
            return True
        try:
            await self._outbox.settle(owed)
        except OutboxTrouble as trouble:
            self._owed = owed + self._owed
            self._complain(trouble)
            return False
        except BaseException:
            self._owed = owed + self._owed
            raise
        self._complained = False
        return True

    def _complain(self, trouble: OutboxTrouble) -> None:
        if not self._complained:
            _log.error("what was delivered cannot be noted; delivery waits until it can: %s", trouble)
        self._complained = True
