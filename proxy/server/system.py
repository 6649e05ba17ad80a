"""The few things we ask of the operating system."""

import contextlib
import os
import resource
import socket
from typing import Final

from proxy.errors import SettingsTrouble
from proxy.server.units import Address

# As many as the kernel allows (net.core.somaxconn); what it cannot take is worse than what waits.
_BACKLOG: Final = 4096


def bind(address: Address, flag: str) -> socket.socket:
    """A socket that listens there.

    Raises:
        SettingsTrouble: it cannot; `flag` says which setting is meant.
    """
    try:
        family, _, _, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address.host != "::"))
        listener.bind(where)
        listener.listen(_BACKLOG)
    except OSError as trouble:
        raise SettingsTrouble(
            f"{flag} {address}: cannot listen there ({trouble.strerror}); write another one"
        ) from None
    listener.setblocking(False)
    return listener


def address_of(listener: socket.socket) -> Address:
    """Where it listens, the port that the system chose included."""
    host, port = listener.getsockname()[:2]
    return Address(host, port)


def raise_file_limit(wanted: int) -> int:
    """Let this process open `wanted` files, as far as the system allows; how many it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def notify_systemd(state: str) -> None:
    """Tell systemd how we are ("READY=1", "STOPPING=1"), where it started us with Type=notify.

    The protocol is sd_notify(3): a datagram to the socket that $NOTIFY_SOCKET names.
    """
    where = os.environ.get("NOTIFY_SOCKET")
    if not where:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(state.encode(), "\0" + where[1:] if where.startswith("@") else where)
