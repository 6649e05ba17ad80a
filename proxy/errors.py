"""What can go wrong, whose fault it is, and who is told.

One tree. A foreign exception (of a socket, a library, a parser) is translated
into one of these once, at the border where it appears; behind the border only
these are caught. Messages never hold the ad platform's key, and what a shopper
is told never holds a detail of ours.

    Trouble
      MarketplaceTrouble   the search backend failed     -> the shopper: 502 or 504
        MarketplaceDown    refused, broke off, answered nonsense
        MarketplaceSlow    did not answer in time
      NoAds                a page has no ads             -> nobody: it stays organic, and its visit says why
        AdPlatformTrouble  the ad platform failed
      RuleTrouble          a rule cannot be used         -> the person with the YAML open
      SettingsTrouble      a flag or variable is wrong   -> the person who starts us; exit 1
      ShopperTrouble       the request is at fault       -> the shopper: 4xx
      ShopperGone          nobody waits for the answer   -> nobody
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proxy.reasons import Reason

if TYPE_CHECKING:
    from proxy.rules.problems import Problem


class Trouble(Exception):
    """Anything that this product knows can go wrong."""


class MarketplaceTrouble(Trouble):
    """The marketplace could not give the shopper an answer."""

    status = 502
    reason = Reason.MARKETPLACE_DOWN


class MarketplaceDown(MarketplaceTrouble):
    """Refused, unreachable, broke off, or answered what is not HTTP."""


class MarketplaceSlow(MarketplaceTrouble):
    """No first byte within `--upstream-timeout`, or no connection within 3 s."""

    status = 504
    reason = Reason.MARKETPLACE_SLOW


class NoAds(Trouble):
    """This page stays organic. `reason` says why; `detail` is for the log and the admin page."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class AdPlatformTrouble(NoAds):
    """The ad platform gave no usable winners."""


class RuleTrouble(Trouble):
    """Rules that cannot be used; every problem of every file at once."""

    def __init__(self, problems: "Sequence[Problem]") -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SettingsTrouble(Trouble):
    """A setting that cannot be used: which one, what is wrong, what to write instead."""


class ShopperTrouble(Trouble):
    """A request that we refuse: `status` and a `title` that the sender may read."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title


class ShopperGone(Trouble):
    """The shopper closed the connection; there is nobody to answer."""
