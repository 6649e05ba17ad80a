"""Settings as people write them: durations, sizes, rates, addresses, origins, networks, yes and no. Pure.

Each reader takes text and returns a value, or raises ValueError with a
sentence that says what is wrong and what to write instead. Which setting it
was, the caller adds.
"""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from proxy.events.taking.guard import Rate
from proxy.events.taking.origins import EVERYBODY

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "kB": 10**3, "MB": 10**6, "GB": 10**9}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)", re.ASCII)
_SIZE = re.compile(r"([0-9]+)\s?([A-Za-z]*)", re.ASCII)
_RATE = re.compile(r"([0-9]+)/(s|m|h)", re.ASCII)
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+", re.ASCII)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#@\s]+)", re.ASCII)
_YES_NO = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Address(NamedTuple):
    """Where to listen. Port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def duration(text: str) -> float:
    """Seconds of "150ms", "2s", "5m", "72h", "7d"; "0" is 0."""
    if text == "0":
        return 0.0
    read = _DURATION.fullmatch(text)
    if read is None:
        raise ValueError("not a duration; write a number with a unit, such as 150ms, 2s or 5m")
    return float(read[1]) * _SECONDS[read[2]]


def size(text: str) -> int:
    """Bytes of "64KiB", "4MiB", "1GiB", "1MB" or a bare number."""
    read = _SIZE.fullmatch(text)
    if read is None or read[2] not in _BYTES:
        raise ValueError("not a size; write a number with a unit, such as 64KiB, 4MiB or 1GiB")
    return int(read[1]) * _BYTES[read[2]]


def whole_number(text: str) -> int:
    """A number of 1 or more."""
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise ValueError("not a whole number of 1 or more")
    return int(text)


def yes_or_no(text: str) -> bool:
    """True of "1", "true", "yes", "on"; False of their opposites."""
    if text.lower() not in _YES_NO:
        raise ValueError("neither yes nor no; write true or false")
    return _YES_NO[text.lower()]


def address(text: str) -> Address:
    """Host and port of "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; ":8080" is every interface."""
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError("not an address; write host:port, such as 127.0.0.1:8080 or [::1]:8080")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"an IPv6 address stands in brackets; write [{host}]:{port}")
    return Address(host or "0.0.0.0", int(port))


def redis_url(text: str) -> str:
    """Where a Redis is, "redis://[user:password@]host[:port][/database]"; rediss:// for TLS. It is a secret."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError("not the URL of a Redis; write redis://host:6379/0, or rediss://user:password@host for TLS")
    if re.fullmatch(r"/?[0-9]*", parts.path) is None:
        raise ValueError("the path of a Redis is the number of a database; write redis://host:6379/0")
    return text


def url(text: str) -> str:
    """A base URL, "https://search.example" or with a path; the trailing slash goes."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError("not a URL; write it as https://search.example or http://10.0.0.5:9200")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with a user name or a password ends up in logs; take them out")
    if "?" in text or "#" in text:
        raise ValueError("a base URL has no `?` and no `#`; leave out what stands behind the path")
    return text.rstrip("/")


def rate(text: str) -> Rate:
    """So many in so long: "50/s", "600/m", "5000/h"."""
    read = _RATE.fullmatch(text)
    if read is None or int(read[1]) < 1:
        raise ValueError("not a rate; write how many in a second, a minute or an hour, such as 50/s or 600/m")
    return Rate(int(read[1]), _SECONDS[read[2]])


def path_prefix(text: str) -> str:
    """What stands in front of a path, "/topsort" or "/a/b"; "/" and nothing at all are no prefix."""
    if text in ("", "/"):
        return ""
    if text.endswith("/"):
        raise ValueError(f"ends with a slash; write {text.rstrip('/') or '/'}")
    if not _PREFIX.fullmatch(text) or {".", ".."} & set(text.split("/")):
        raise ValueError("not a path; write it as /topsort or /ads/events, without `?`, `#`, `%`, `//` and dots alone")
    return text


def origins(text: str) -> tuple[str, ...]:
    """Origins as browsers send them, of "https://shop.example, https://m.shop.example:8443"; "*" is everybody."""
    parts = tuple(re.split(r"[\s,]+", text.strip()))
    if parts == EVERYBODY:
        return EVERYBODY
    return tuple(_origin(part) for part in parts)


def _origin(text: str) -> str:
    read = _ORIGIN.fullmatch(text.lower())
    if text.lower() == "null":
        raise ValueError("null is the origin of every sandboxed frame; write the page's own, or * for everybody")
    if "*" in text:
        raise ValueError(f"{text!r} names no origin; write each one out, or * alone for everybody")
    if read is None or not read[2].isascii():
        how = "write scheme and host as a browser sends them, such as https://shop.example, without a path"
        raise ValueError(f"{text!r} is not an origin; {how}")
    scheme, host = read.groups()
    try:
        port = urlsplit(f"//{host}").port
    except ValueError:
        raise ValueError(f"{text!r} has a port that is none; leave it out, or write one up to 65535") from None
    return f"{scheme}://{host.rpartition(':')[0] if port == _PORTS.get(scheme, 0) else host}"


_PORTS = {"http": 80, "https": 443}


def networks(text: str) -> tuple[Network, ...]:
    """Networks of "10.0.0.0/8, 192.0.2.7"; "private" is loopback and every private address, "none" is nobody."""
    found: list[Network] = []
    for part in re.split(r"[\s,]+", text.strip()):
        if part == "private":
            found.extend(PRIVATE)
        elif part != "none":
            found.append(_network(part))
    return tuple(found)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        hint = "write networks such as 10.0.0.0/8, or private, or none"
        raise ValueError(f"{text!r} is not a network; {hint}") from None


# Loopback, RFC 1918, link-local, carrier-grade NAT (RFC 6598: load balancers of some clouds), unique local IPv6.
PRIVATE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8",
        "::1/128",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
)
