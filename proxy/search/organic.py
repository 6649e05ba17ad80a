"""The marketplace's answer to a page view: organic, as it came.

From wherever it comes: from upstream here, and in `caching/pages.py` also from
memory, or from a request that is already in flight. What comes out is always
the same value, and `page.py` cannot tell the difference.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeAlias

import msgspec

from proxy.ask import Ask
from proxy.errors import MarketplaceDown, NoAds
from proxy.reasons import Reason
from proxy.search import coding
from proxy.search.answer import Reply, status_line
from proxy.search.headers import Peer, every, for_merged_page, forbids_transforming
from proxy.search.listing import Page
from proxy.search.plan import Plan
from proxy.search.plans import Found
from proxy.search.upstream import Body, Upstream
from proxy.wire.errors import BodyTooLarge, WireTrouble

Takes: TypeAlias = Callable[[bytes | None], bool]


class Readings(Protocol):
    """What was read of an answer before, where that is kept; by plan, since the rules may have changed."""

    def page_of(self, plan: Plan) -> Page | None:
        """The listings as this very plan reads them."""
        ...

    def remember(self, plan: Plan, page: Page) -> None:
        """Keep what was read."""
        ...

    @property
    def merged_head(self) -> bytes:
        """As `Organic.merged_head`."""
        ...


class Organic(msgspec.Struct, frozen=True):
    """An organic answer.

    Args:
        response: its head; where not all was read, also the rest of its body.
        raw: the body as it came, as far as it was read.
        whole: whether that is all of it.
        why_not: why nothing can be merged into it, or None.
        cache: how it was come by ("hit", "miss", ...), where the rule keeps answers; else "".
        readings: what was read of it before, where it is kept.
    """

    response: Reply
    raw: bytes = b""
    whole: bool = False
    why_not: Reason | None = None
    cache: str = ""
    readings: Readings | None = None

    @property
    def coding(self) -> bytes:
        """Its Content-Encoding, b"" where it has none."""
        return content_coding(self.response)

    @property
    def content_type(self) -> bytes | None:
        return self.response.header(b"content-type")

    def page(self, plan: Plan, limit: int) -> Page:
        """The listings in it, as `plan` reads them.

        Raises:
            NoAds: as `text`.
            NotAListing: the body is not what the rule describes.
        """
        readings = self.readings
        known = None if readings is None else readings.page_of(plan)
        if known is not None:
            return known
        page = plan.read(self.text(limit))
        if readings is not None:
            readings.remember(plan, page)
        return page

    @property
    def merged_head(self) -> bytes:
        """Status line and header lines of a page with ads that is made of it."""
        response, readings = self.response, self.readings
        if readings is not None:
            return readings.merged_head
        return status_line(response) + for_merged_page(response.raw_headers)

    def text(self, limit: int) -> bytes:
        """The body without its coding.

        Raises:
            NoAds: it is larger than `limit` bytes (`too_large`), or not what its coding says (`not_a_listing`).
        """
        try:
            return coding.decode(self.raw, self.coding, limit)
        except coding.TooLarge as trouble:
            raise NoAds(Reason.TOO_LARGE, str(trouble)) from trouble
        except coding.CodingTrouble as trouble:
            raise NoAds(Reason.NOT_A_LISTING, str(trouble)) from trouble


class OrganicPages:
    """Where organic answers come from.

    Args:
        upstream: the marketplace.
        max_body: bytes of a body, as it comes and decoded, that we hold at most.
    """

    def __init__(self, upstream: Upstream, max_body: int) -> None:
        self._upstream = upstream
        self._max_body = max_body

    async def from_marketplace(
        self, ask: Ask, peer: Peer, body: Body, *, found: Found, for_ads: bool, fresh: bool
    ) -> Organic:
        """The marketplace's own answer to a page view.

        Args:
            ask: the request.
            peer: who sent it.
            body: its body, if it has one.
            found: the rule that takes it.
            for_ads: whether ads may be merged into it: then it is read whole, where that makes sense.
            fresh: whether to ask for it whole and unconditionally, as a page must be that gets other bytes.

        Raises:
            MarketplaceTrouble: there is no answer, or it broke off while we read it.
        """
        response = await self._upstream.send(ask, peer, body, for_ads=fresh, search=True)
        return await read(response, self._max_body, found.plan.takes) if for_ads else Organic(response)

    def fetch(
        self, ask: Ask, peer: Peer, body: Body, *, found: Found, for_ads: bool, fresh: bool
    ) -> Coroutine[Any, Any, Organic]:
        """The answer from wherever it comes: here, `from_marketplace` and from nowhere else."""
        return self.from_marketplace(ask, peer, body, found=found, for_ads=for_ads, fresh=fresh)


async def read(response: Reply, max_body: int, takes: Takes) -> Organic:
    """An answer read whole, where that makes sense.

    Raises:
        MarketplaceDown: it broke off.
    """
    why_not = why_unreadable(response, max_body, takes)
    return await whole(response, max_body) if why_not is None else Organic(response, why_not=why_not)


async def whole(response: Reply, max_body: int) -> Organic:
    """An answer with its whole body; with the first part of it, and `too_large`, where that is over the bound.

    Raises:
        MarketplaceDown: it broke off.
    """
    try:
        return Organic(response, await response.read(max_body), whole=True)
    except BodyTooLarge as more:
        return Organic(response, more.prefix, why_not=Reason.TOO_LARGE)
    except WireTrouble as trouble:
        raise MarketplaceDown(str(trouble)) from trouble


def why_unreadable(response: Reply, max_body: int, takes: Takes) -> Reason | None:
    """Why a body is not even read, seen by its head alone; None where it may hold a listing."""
    if response.status != 200:
        return Reason.NOT_OK
    if not takes(response.header(b"content-type")):
        return Reason.NOT_A_LISTING
    if response.header(b"cache-control") and forbids_transforming(every(response.raw_headers, b"cache-control")):
        return Reason.NO_TRANSFORM
    if response.length is not None and response.length > max_body:
        return Reason.TOO_LARGE
    if response.header(b"content-encoding") is not None and not coding.knows(content_coding(response)):
        return Reason.NOT_A_LISTING
    return None


def content_coding(response: Reply) -> bytes:
    """All codings of a body, in the order in which they were applied; b"" where there is none."""
    if response.header(b"content-encoding") is None:
        return b""
    return b", ".join(every(response.raw_headers, b"content-encoding"))
