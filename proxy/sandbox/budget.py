"""May a campaign bid now, and with how much? Pure.

A campaign bids while it is active, within its dates, and has money left, in
all and for today. A bid that is more than what is left does not stand.

Pacing `even` opens the daily budget with the day: at a share f of the day, at
most f of it plus one hour's worth may be spent. A campaign that is ahead sits
out until the clock has caught up. `asap` spends as fast as clicks come.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.sandbox.campaigns import Campaign

DAY = 86_400.0
HEAD_START = 3_600.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What a campaign has spent so far, in micros."""

    total: int = 0
    today: int = 0


def why_silent(campaign: Campaign, spent: Spent, wall: float) -> str | None:
    """Why it does not bid at `wall` (seconds since 1970), or None where it does."""
    today = datetime.fromtimestamp(wall, UTC).date()
    if not campaign.active:
        return "not active"
    if campaign.starts is not None and today < campaign.starts:
        return "not begun"
    if campaign.ends is not None and today > campaign.ends:
        return "ended"
    if money_left(campaign, spent) == 0:
        return "out of budget"
    if _ahead_of_the_day(campaign, spent, wall):
        return "pacing: ahead of the day"
    return None


def money_left(campaign: Campaign, spent: Spent) -> int | None:
    """What it may still spend today, in micros; None where nothing bounds it."""
    budget = campaign.budget
    lefts = []
    if budget.total is not None:
        lefts.append(budget.total - spent.total)
    if budget.daily is not None:
        lefts.append(budget.daily - spent.today)
    return max(0, min(lefts)) if lefts else None


def allowance(campaign: Campaign, wall: float) -> int | None:
    """How much of the daily budget is open at `wall`, in micros; None where nothing is paced."""
    budget = campaign.budget
    if budget.daily is None or budget.pacing != "even":
        return None
    return int(budget.daily * min(1.0, (wall % DAY + HEAD_START) / DAY))


def _ahead_of_the_day(campaign: Campaign, spent: Spent, wall: float) -> bool:
    open_now = allowance(campaign, wall)
    return open_now is not None and spent.today >= open_now
