"""When to try again, how many together, and when to give up. Pure.

Exponential with full jitter (each pause is drawn between nothing and the bound,
so that many who failed together do not come back together), as in AWS's
"Exponential Backoff And Jitter".
"""

from typing import Final

FIRST: Final = 0.5
"""Seconds: the bound of the first pause. It doubles with each attempt."""
LONGEST: Final = 300.0
"""Seconds: no pause is longer, also none that a Retry-After asks for."""
TOO_OLD: Final = 72 * 3600.0
"""Seconds for which an event is tried."""
MOST_TOGETHER: Final = 50
"""Topsort's own limit of events of a kind in a request."""
_PATIENCE: Final = 3


def pause(attempts: int, chance: float, asked: float | None = None) -> float:
    """Seconds until the next attempt.

    Args:
        attempts: those that were made, 1 after the first.
        chance: a number in [0, 1).
        asked: seconds that the ad platform asked for (Retry-After); never less than these, but for `LONGEST`.
    """
    bound = min(FIRST * 2.0 ** min(max(attempts, 1) - 1, 20), LONGEST)
    return min(max(bound * chance, asked or 0.0), LONGEST)


def most_together(attempts: int) -> int:
    """How many events may be posted together with one that was tried so often already.

    Whole batches at first; then ever smaller ones, so that an event at which the ad platform itself breaks (a 500,
    which names no culprit) ends up alone, and the others get past it.
    """
    return max(1, MOST_TOGETHER >> max(0, attempts - _PATIENCE))


def is_too_old(age: float) -> bool:
    """Whether to give up on an event of this age, in seconds."""
    return age >= TOO_OLD
