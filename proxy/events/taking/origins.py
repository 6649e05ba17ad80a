"""Which pages may send events from a browser (CORS). Pure.

By default those of the shop itself: the browser says that the page is of the
same origin or the same site (`Sec-Fetch-Site`, which no script can forge), or
the `Origin` names the host that was asked. With `--events-origins` those that
the list names, and the asked origin's own; with `*` every page.

Who sends no `Origin` is no page but a server or an app, and is taken, unless
its browser says that it came from another site. `Origin: null` (a sandboxed
frame, a file) is nobody's name and never allowed by it.

Answers name the origin, never `*`, and let credentials be: `sendBeacon` always
sends cookies along, and would lose a JSON event at the preflight if we did not
agree. We do not read them. Only with `--events-origins *` we do not agree, since
"any page, with credentials" is what no server should say.

Source: the Fetch standard (CORS protocol), Fetch Metadata Request Headers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

EVERYBODY: Final = ("*",)
OWN: Final = b"same-origin"
_OWN_SITE: Final = (OWN, b"same-site")
_OTHER_SITE: Final = b"cross-site"

PREFLIGHT: Final = (
    b"Access-Control-Allow-Methods: POST\r\n"
    # What the vendor's and Segment's clients set beyond what every page may.
    b"Access-Control-Allow-Headers: authorization, content-type, accept, x-ua, x-retry-count\r\n"
    b"Access-Control-Max-Age: 7200\r\n"
)
"""What a preflight's answer says beside the origin. Browsers remember it for two hours, Chromium's longest."""

_ORIGIN: Final = re.compile(rb"[a-z][a-z0-9+.\-]*://[!-~]+")
_DEFAULT_PORT: Final = {b"https": b":443", b"http": b":80"}


class Origins:
    """The decision.

    Args:
        allowed: origins as browsers write them ("https://shop.example"), `EVERYBODY`, or None for the shop itself.
    """

    def __init__(self, allowed: Sequence[str] | None) -> None:
        self._everybody = allowed is not None and tuple(allowed) == EVERYBODY
        self._listed = None if allowed is None else frozenset(origin.lower().encode() for origin in allowed)

    def welcome(self, fields: Mapping[bytes, bytes], host: Callable[[], str]) -> bytes | None:
        """The header lines that let the page read our answer (none where no page asks), or None: it is not welcome.

        Args:
            fields: the request's header values by name in lower case; several of one name joined by commas.
            host: gives the host, with its port, by which the shopper reached us.
        """
        origin, site = fields.get(b"origin"), fields.get(b"sec-fetch-site")
        if origin is None:
            return b"" if self._everybody or site != _OTHER_SITE else None
        name = origin.lower()
        if self._everybody or self._vouched(site) or self._named(name, host):
            return _lines(name, not self._everybody)
        return None

    def _vouched(self, site: bytes | None) -> bool:
        """Whether the browser itself says that the page is one of ours."""
        return site in (_OWN_SITE if self._listed is None else (OWN,))

    def _named(self, name: bytes, host: Callable[[], str]) -> bool:
        if self._listed is not None:
            return name in self._listed
        scheme, _, authority = name.partition(b"://")
        return bool(authority) and authority == _without_port(scheme, host().lower().encode("latin-1", "replace"))


def _without_port(scheme: bytes, host: bytes) -> bytes:
    """A Host without the port that its scheme has anyway: browsers never write it, some load balancers do."""
    return host.removesuffix(_DEFAULT_PORT.get(scheme, b""))


@lru_cache(maxsize=1024)
def _lines(origin: bytes, credentials: bool) -> bytes:
    if not _ORIGIN.fullmatch(origin):  # "null", and what no browser sends: taken perhaps, but nobody's to read
        return b"Vary: Origin\r\n"
    return b"Access-Control-Allow-Origin: %b\r\nVary: Origin\r\nAccess-Control-Expose-Headers: Retry-After\r\n%b" % (
        origin,
        b"Access-Control-Allow-Credentials: true\r\n" if credentials else b"",
    )
