"""What `Cache-Control` says, in a request or in an answer (RFC 9111 section 5.2). Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from proxy.search.headers import HeaderLines, directives_of, every

# RFC 9111 section 1.2.2: what a recipient takes who cannot hold a larger number of seconds.
MOST_SECONDS: Final = 2**31


class Directives(msgspec.Struct, frozen=True):
    """Directives by name in lower case, each with the values under which it came; b"" where it came without."""

    said: Mapping[bytes, tuple[bytes, ...]]

    def __contains__(self, name: bytes) -> bool:
        """Whether it is there, with whatever value: `private="x-name"` is taken for `private`, as caches may."""
        return name in self.said

    def seconds(self, name: bytes) -> int | None:
        """The seconds of a directive; None where it is absent.

        What is no number is 0, and of several the least counts: freshness that is not clear is none (section 4.2.1).
        """
        values = self.said.get(name)
        return None if values is None else min(map(_seconds, values))


def _seconds(value: bytes) -> int:
    number = value[1:-1] if value[:1] == b'"' == value[-1:] else value  # both forms ought to be taken (section 5.2)
    if not number.isdigit():
        return 0
    return min(int(number), MOST_SECONDS) if len(number) < 12 else MOST_SECONDS


def directives(lines: HeaderLines) -> Directives:
    """Those of a request or an answer, by its header lines."""
    return _read(tuple(every(lines, b"cache-control")))


@lru_cache(maxsize=1024)
def _read(values: tuple[bytes, ...]) -> Directives:
    said: dict[bytes, tuple[bytes, ...]] = {}
    for value in values:
        for directive in directives_of(value):
            name, _, text = directive.partition(b"=")
            name = name.strip().lower()
            said[name] = (*said.get(name, ()), text)
    return Directives(said)
