"""Kept answers, as the tests of this room want them."""

from collections.abc import Sequence
from typing import Any

from proxy.search.caching.freshness import Moment
from proxy.search.caching.kept import Kept
from proxy.search.caching.key import Asked, Naming
from proxy.search.headers import Peer
from tests.builders import a_rule, an_ask

RULE = a_rule(cache={"ttl": "30s", "vary": ["cookie.region"]})
WALL = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT
BODY = b'{"products":[{"id":"p0"},{"id":"p1"}]}'


def asked(*headers: tuple[str, str], target: str = "/api/search?q=x") -> Asked:
    return Naming(RULE).asked(an_ask(target, headers=headers), Peer("203.0.113.7", False, b"http"))


def lines(*fields: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, _, value in (field.partition(": ") for field in fields)]


def kept(*fields: str, body: bytes = BODY, ask: Sequence[tuple[str, str]] = (), at: float = 100.0, **how: Any) -> Kept:
    told = [*lines(*fields), (b"Content-Type", b"application/json")]
    return Kept(asked(*ask, **how), 200, b"OK", told, body, Moment(at, at, WALL))
