"""An answer that is kept: what the marketplace sent, and what was read of it. Pure.

The bytes are kept as they came, compressed where they were. Beside them stands
what costs most of a visit and depends on them alone: the body without its
coding, and the listings in it as one plan reads them. Both are counted. What
another plan read (the rules have changed) is not taken for its own.
"""

from collections.abc import Callable
from typing import Final

from proxy.search.answer import HTTP
from proxy.search.caching.freshness import Freshness, Moment, freshness, http_date
from proxy.search.caching.key import Asked, Uri, Values, varying
from proxy.search.caching.storable import is_for_credentials, is_public, vary_of
from proxy.search.headers import HeaderLines, for_keeping, for_merged_page
from proxy.search.listing import Page
from proxy.search.plan import Plan

# Measured with tracemalloc, rounded up: an entry with some ten header lines, and an item with its id and its gap.
AN_ENTRY: Final = 4096
AN_ITEM: Final = 320


class Kept:
    """One answer. A `Readings`, too: what was read of it stays with it.

    Args:
        asked: what it answers.
        status: its status.
        reason: its reason phrase.
        lines: its header lines as they came.
        raw: its body as it came.
        moment: when it came.

    Attributes:
        fields: the first value of each field, by its name in lower case.
        heavier: is told when more was read of it; whoever keeps it must weigh it again.
    """

    __slots__ = (
        "_merged_head", "_page", "_read_by", "cookies", "fields", "fresh", "heavier", "is_for_credentials", "is_public",
        "lines", "moment", "raw", "reason", "said", "status", "uri", "varies", "vary",
    )  # fmt: skip

    def __init__(
        self, asked: Asked, status: int, reason: bytes, lines: HeaderLines, raw: bytes, moment: Moment
    ) -> None:
        self.uri: Final[Uri] = asked.uri
        self.said: Final[Values] = asked.said
        self.cookies: Final = asked.cookies
        self.vary: Final = vary_of(lines) or ()
        self.varies: Final[Values] = varying(self.vary, asked.lines)
        self.is_public: Final = is_public(lines)
        self.is_for_credentials: Final = is_for_credentials(lines)
        self.fresh: Final[Freshness] = freshness(lines, moment)
        self.moment: Final = moment
        self.status: Final = status
        self.reason: Final = reason
        self.lines: Final = for_keeping(lines, moment.wall)
        self.fields: Final = {name.lower(): value for name, value in reversed(self.lines)}
        self.raw: Final = raw
        self.heavier: Callable[[Kept], None] | None = None
        self._merged_head = b""
        self._page: Page | None = None
        self._read_by: Plan | None = None

    def answers(self, asked: Asked) -> bool:
        """Whether this may be given to who asks so, as far as it is not too old."""
        if self.said != asked.said or (asked.has_credentials and not self.is_for_credentials):
            return False
        if not self.is_public and (asked.has_cookies or self.cookies != asked.cookies):
            return False
        return not self.vary or self.varies == varying(self.vary, asked.lines)

    def replaces(self, other: "Kept") -> bool:
        """Whether the other is of no use beside this."""
        same = self.said == other.said and (self.is_public or self.cookies == other.cookies)
        return same and self.vary == other.vary and self.varies == other.varies

    def resident(self, now: float) -> float:
        """Seconds since it came."""
        return now - self.moment.answered

    @property
    def etag(self) -> bytes | None:
        return self.fields.get(b"etag")

    @property
    def last_modified(self) -> float | None:
        """Seconds since 1970, or None."""
        told = self.fields.get(b"last-modified")
        return None if told is None else http_date(told)

    @property
    def merged_head(self) -> bytes:
        """Status line and header lines of every page with ads that is made of it."""
        if not self._merged_head:
            self._merged_head = HTTP % (self.status, self.reason) + for_merged_page(self.lines)
        return self._merged_head

    # -- what was read of it -------------------------------------------------

    def page_of(self, plan: Plan) -> Page | None:
        """The listings as this very plan reads them, where that was remembered."""
        return self._page if self._read_by is plan else None

    def remember(self, plan: Plan, page: Page) -> None:
        """Keep what was read."""
        self._page, self._read_by = page, plan
        if self.heavier is not None:
            self.heavier(self)

    def take_page(self, other: "Kept") -> None:
        """What was read of another answer with the same body."""
        self._page, self._read_by = other._page, other._read_by

    def forget_page(self) -> None:
        """Keep the bytes alone."""
        self._page = self._read_by = None

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        lines = sum([len(name) + len(value) for name, value in self.lines])
        read = 0 if self._page is None else _weight(self._page, self.raw)
        return AN_ENTRY + lines + len(self.raw) + read


def _weight(page: Page, raw: bytes) -> int:
    own = 0 if page.body is raw else len(page.body)
    copies = sum([listing.copied for listing in page.listings])  # an XML item is one; a JSON item is a view
    return own + copies + AN_ITEM * (1 + sum(map(len, page.listings)))
