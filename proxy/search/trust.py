"""Whose word about others is believed. Pure.

A load balancer in front of us says in `X-Forwarded-For` who the shopper is.
Anyone can send that header, so it counts only where it comes from a network
that is trusted; by default loopback and private addresses.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


class TrustedProxies:
    """The networks in which our own load balancers stand."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)
        self.holds = lru_cache(maxsize=4096)(self._holds)

    def _holds(self, address: str) -> bool:
        """Whether an address is one of theirs; what is no address is not."""
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(ip, "ipv4_mapped", None)
        return any((mapped or ip) in network for network in self._networks)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The shopper's address: the last one named that is not a trusted proxy's.

        Args:
            peer: the address at the other end of the connection.
            forwarded: the values of `X-Forwarded-For`, in order.
        """
        if not forwarded:
            return peer
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        address = peer
        while hops and self.holds(address):
            address = hops.pop()
        return address
