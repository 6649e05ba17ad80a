"""How many requests of one client are under way at a time. Pure.

A client is an address, as far as trusted proxies let us know it. One that has
too many under way is refused before anybody works for it; it costs the others
nothing. Without a limit nothing is counted.
"""

from proxy.errors import ShopperTrouble


class Crowd:
    """The clients that are being served now.

    Args:
        most: requests of one client at a time (`--max-in-flight`); None for no limit.
    """

    def __init__(self, most: int | None) -> None:
        self.counts = most is not None
        """Whether there is a limit; without one, nobody need enter or leave."""
        self._most = most
        self._inside: dict[str, int] = {}

    def enter(self, client: str) -> None:
        """One more request of this client.

        Raises:
            ShopperTrouble: 429, it has as many under way as it may; this one does not count.
        """
        if self._most is None:
            return
        now = self._inside.get(client, 0)
        if now >= self._most:
            raise ShopperTrouble(429, "Too many requests of yours are under way")
        self._inside[client] = now + 1

    def leave(self, client: str) -> None:
        """One request of this client has ended."""
        if self._most is None:
            return
        left = self._inside[client] - 1
        if left:
            self._inside[client] = left
        else:
            del self._inside[client]
