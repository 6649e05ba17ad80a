"""Ports for those who must be told where to listen: processes that we start, and start again.

A port of the kernel's own choice is free only until the kernel gives it to
somebody else: a connection that goes out, a server on port 0. So these lie
below the range from which it chooses, and none is given twice in one run.
"""

import random
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _KERNELS_OWN = 15_000, 32_768
_given: set[int] = set()


def free_port() -> int:
    """A port of 127.0.0.1 at which nobody listens, and which nobody gets by chance."""
    below = min(int(_RANGE.read_text().split()[0]) if _RANGE.exists() else _KERNELS_OWN, _KERNELS_OWN)
    assert below > _LOWEST, "the kernel gives away all ports by itself"
    places = random.SystemRandom().sample(range(_LOWEST, below), 1000)
    port = next(port for port in places if port not in _given and _is_free(port))
    _given.add(port)
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
