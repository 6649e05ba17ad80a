"""Whose word about others is believed."""

from ipaddress import ip_network

import pytest

from proxy.search.trust import TrustedProxies

OURS = TrustedProxies([ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("127.0.0.0/8")])


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fd00::1%eth0", True),
        ("8.8.8.8", False),
        ("2001:db8::1", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_an_address_is_in_a_trusted_network_or_not(address: str, trusted: bool) -> None:
    assert OURS.holds(address) is trusted


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.0.0.7"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["unknown"], "unknown"),
    ],
)
def test_the_shopper_is_the_last_one_named_who_is_none_of_ours(peer: str, forwarded: list[str], client: str) -> None:
    assert OURS.client(peer, forwarded) == client
