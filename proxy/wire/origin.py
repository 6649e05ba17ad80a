"""Where an origin is: scheme, host, port and the path in front of every target. Pure.

Read once, from a setting, at the start. What cannot be an origin raises
`ValueError` with words for the person who wrote the setting.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
_PATH = re.compile(r"[!$&-;=@-Z_a-z~%]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """One origin. `host` has no brackets; `base_path` is empty or begins, and never ends, with a slash."""

    scheme: str
    host: str
    port: int
    base_path: str

    @classmethod
    def parse(cls, text: str) -> "Origin":
        """Read `https://host:port/base`; raises `ValueError` where it is anything else."""
        parts = _split(text)
        if parts.scheme not in _PORTS:
            raise ValueError(f"{text!r}: an origin begins with http:// or https://")
        if parts.username is not None or parts.query or parts.fragment or text.endswith(("?", "#")):
            raise ValueError(f"{text!r}: an origin has no user name, no query and no fragment")
        host = (parts.hostname or "").lower()
        if not _is_host(host, bracketed="[" in parts.netloc):
            raise ValueError(f"{text!r}: this is not a host name or an address (write other alphabets as xn--...)")
        base = parts.path.rstrip("/")
        if not _PATH.fullmatch(base):
            raise ValueError(f"{text!r}: the path holds characters that must be percent-encoded")
        port = parts.port if parts.port is not None else _PORTS[parts.scheme]
        return cls(parts.scheme, host, port, base)

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme == "https"

    @property
    def authority(self) -> bytes:
        """The value of `Host`: the port only where it is not the scheme's own (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}").encode("ascii")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority.decode('ascii')}{self.base_path}"


def _split(text: str) -> SplitResult:
    # urlsplit silently drops tabs, line ends and outer blanks; a setting that holds them is a mistake.
    if any(character <= " " or character == "\x7f" for character in text):
        raise ValueError(f"{text!r}: an origin holds no blanks and no control characters")
    try:
        parts = urlsplit(text)
        if parts.port == 0 or parts.netloc.endswith(":"):
            raise ValueError("the port is empty or 0")
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None
    return parts


def _is_host(host: str, bracketed: bool) -> bool:
    if bracketed:  # urlsplit has checked the address between the brackets
        return ":" in host and "%" not in host
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and _NAME.fullmatch(host) is not None and all(0 < len(label) <= 63 for label in labels)
