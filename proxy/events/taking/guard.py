"""Who sends how much, and what is no shopper's. Pure.

A client has a bucket of tokens, and a token is an event: a bucket holds what
`--events-rate` names ("50/s": 50) and fills again at that rate. Whoever has a
token left may send a request, and pays for all events in it: a whole batch is
never out of reach, its sender only waits the longer afterwards. A request that
is refused costs one token.

Invalid traffic, by the MRC's guidelines (general invalid traffic): impressions
and clicks of crawlers that name themselves, and of pages that a browser fetched
before anybody wanted them. Purchases always go on, money was paid; so do page
views, which nobody is charged for.

Nothing is invalid only because a clock is wrong: that is counted, and the ad
platform decides.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

from proxy.crawlers import names_itself_a_crawler
from proxy.topsort.events import CLICK, IMPRESSION
from proxy.topsort.moments import read_moment

MOST_CLIENTS: Final = 100_000
"""Whoever was not heard of longest is forgotten beyond these, and begins with a full bucket."""

AHEAD: Final = 300.0
"""Seconds by which an event may be ahead of our clock before it is counted as odd; phones' clocks are minutes wrong."""
BEHIND: Final = 7 * 86400.0
"""Seconds by which it may be behind; later, an event that comes again would not be known any more."""

INTERACTIONS: Final = frozenset({"impressions", "clicks", IMPRESSION, CLICK})
"""What can be invalid traffic, as both versions call it."""

_SENT_EARLY: Final = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")


class Rate(NamedTuple):
    """`events` in `seconds`."""

    events: int
    seconds: float


class Guard:
    """The buckets of all clients.

    Args:
        rate: what one client may send; None for no limit.
        most: clients that are remembered.
        shared: whether other guards count the same clients; then what is spent here is noted for them.
    """

    def __init__(self, rate: Rate | None, most: int = MOST_CLIENTS, *, shared: bool = False) -> None:
        self.limits = rate is not None
        self._most = most
        self._full = float(rate.events) if rate else 0.0
        self._speed = rate.events / rate.seconds if rate else 0.0
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._spent: dict[str, int] | None = {} if shared and rate is not None else None

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, client: str, now: float) -> float:
        """Take a token; seconds until there is one where there is none, 0 where it was taken.

        Args:
            client: its address.
            now: seconds of a clock that only goes forward.
        """
        if not self.limits:
            return 0.0
        left = self._left(client, now)
        if left < 1.0:
            self._keep(client, left, now)
            return (1.0 - left) / self._speed
        self._keep(client, left - 1.0, now)
        self._note(client, 1)
        return 0.0

    def charge(self, client: str, events: int, now: float) -> None:
        """Take the tokens of events that came in a request beside the first one."""
        if self.limits and events:
            self._keep(client, self._left(client, now) - events, now)
            self._note(client, events)

    def spent(self, most: int) -> dict[str, int]:
        """Tokens that clients have spent here since they were last asked for, of at most so many clients."""
        if not self._spent:
            return {}
        names = list(self._spent)[:most]
        return {name: self._spent.pop(name) for name in names}

    def learn(self, client: str, left: float, now: float) -> None:
        """What is left for a client that others counted, too; what it spent here meanwhile is not in it."""
        self._keep(client, left - (self._spent or {}).get(client, 0), now)

    def _note(self, client: str, tokens: int) -> None:
        if self._spent is not None and (len(self._spent) < self._most or whose(client) in self._spent):
            self._spent[whose(client)] = self._spent.get(whose(client), 0) + tokens

    def _left(self, client: str, now: float) -> float:
        left, at = self._buckets.get(whose(client), (self._full, now))
        return min(left + (now - at) * self._speed, self._full)

    def _keep(self, client: str, left: float, now: float) -> None:
        name = whose(client)
        self._buckets[name] = (left, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)


@lru_cache(maxsize=4096)
def whose(address: str) -> str:
    """The client behind an address: itself, or in IPv6 its network of 64 bits, all of which one client has."""
    if ":" not in address:
        return address
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(ip, "ipv4_mapped", None)
    return str(mapped) if mapped else f"{int(ip) >> 64:x}::/64"


def why_invalid(fields: Mapping[bytes, bytes]) -> str | None:
    """Why impressions and clicks that came with these header fields count for nobody: "crawler", "prefetch", or None.

    Args:
        fields: header values by name in lower case.
    """
    agent = fields.get(b"user-agent")
    if agent is not None and names_itself_a_crawler(agent.decode("latin-1")):
        return "crawler"
    for name in _SENT_EARLY:
        purpose = fields.get(name)
        if purpose is not None and (b"prefetch" in purpose.lower() or b"prerender" in purpose.lower()):
            return "prefetch"
    return None


def odd_clock(moment: str, now: float) -> str | None:
    """Which way an event's time is off: "ahead", "behind", or None.

    Args:
        moment: RFC 3339, as sent; "" where it says none.
        now: seconds since 1970.
    """
    when = _seconds_of(moment)
    if when is None or -BEHIND <= when - now <= AHEAD:
        return None
    return "ahead" if when > now else "behind"


def _seconds_of(moment: str) -> float | None:
    read = read_moment(moment)
    return None if read is None else read.timestamp()
