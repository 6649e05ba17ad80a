"""The request that a sample answers. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import SplitResult, quote, urlsplit

from proxy.ask import Ask


@dataclass(frozen=True)
class Request:
    """A request, as far as it is known.

    Attributes:
        method: in upper case.
        url: whole, or from the path on.
        headers: name and value of each line.
        body: as it was sent; None where there was none.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    @cached_property
    def _parts(self) -> SplitResult:
        # As a browser sends it: what is no visible ASCII goes percent-encoded.
        return urlsplit(re.sub(r"[^\x21-\x7e]+", lambda found: quote(found[0], errors="replace"), self.url))

    @property
    def host(self) -> str:
        """The host's name in lower case, without a port; "" where the URL has none."""
        return self._parts.hostname or ""

    @cached_property
    def ask(self) -> Ask:
        """The request as rules see it."""
        target = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        lines = [(name.encode("latin-1", "replace"), value.encode("utf-8", "replace")) for name, value in self.headers]
        if self._parts.netloc and not any(name.lower() == b"host" for name, _ in lines):
            lines.insert(0, (b"Host", self._parts.netloc.encode("ascii", "replace")))
        return Ask(self.method, target, lines, self.body)
