"""Products that won and are not on the page: fetched from the marketplace, all at once.

The shopper waits for the whole round as long as `auction.timeout` leaves, and
no longer; what is not there by then is let go, connection and all. A winner
whose product cannot be had is dropped, since an ad without its product is
none. Of an answer nothing comes out of here but the item's own bytes: no
header, no cookie, and no product under another's id.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from proxy.ask import Ask
from proxy.auction.question import LONGEST_ID
from proxy.errors import MarketplaceTrouble, NoAds
from proxy.reasons import Reason
from proxy.search.headers import HeaderLines, Peer
from proxy.search.organic import Organic, read
from proxy.search.plan import Plan
from proxy.search.upstream import Upstream

# A product's own answer is some kilobytes; what is a thousand times as long is no item for a list.
LARGEST: Final = 1024 * 1024
# As many as the ad platform gives one auction at most; with several listings, for all of them together.
MOST: Final = 40

# Dots that lead up a path once somebody on the way has decoded it, and what no id has.
_NO_SEGMENT: Final = re.compile(r"(?:^|[/\\])\.{1,2}(?:[/\\]|$)|[\x00-\x1f\x7f]")
# What speaks of a body goes with the body of the search, and `If-*` and `Range` ask for a part of the truth.
_NOT_OF_A_PRODUCT: Final = (b"content-", b"if-", b"range")


class Fetched(NamedTuple):
    """What a round brought.

    Attributes:
        items: product id -> the item's bytes.
        missed: why others are missing, for the log; "" where none is.
    """

    items: dict[str, bytes]
    missed: str = ""


class Products:
    """The marketplace's products, one by one.

    Args:
        upstream: the marketplace; its pool is the one that searches use.
        max_body: bytes of a decoded body that we hold at most.
    """

    def __init__(self, upstream: Upstream, max_body: int) -> None:
        self._upstream = upstream
        self._largest = min(max_body, LARGEST)

    async def fetch(self, plan: Plan, ask: Ask, peer: Peer, ids: Iterable[str], within: float) -> Fetched:
        """The items of these products, in one round.

        Args:
            plan: of the page on which they won.
            ask: the shopper's request, with whose headers they are asked for.
            peer: who sent it.
            ids: in the order in which they are wanted; of many the first `MOST`.
            within: seconds that the shopper may still wait.
        """
        wanted = [*dict.fromkeys(ids)][:MOST]
        if within <= 0:
            return _told(wanted, ["no time is left"] * len(wanted))
        lines = for_product(ask.headers)
        tasks = [asyncio.create_task(self._tried(plan, lines, peer, each)) for each in wanted]
        try:
            await asyncio.wait(tasks, timeout=within)
        finally:
            for task in tasks:
                task.cancel()  # the wire closes the connection of an exchange that is cut; the pool never sees it again
        return _told(wanted, [task.result() if task.done() else "too late" for task in tasks])

    async def _tried(self, plan: Plan, lines: HeaderLines, peer: Peer, product_id: str) -> bytes | str:
        """The item; or, as text, why there is none."""
        target = target_of(plan.rule.layout.fetch or "", product_id)
        if target is None:
            return "no path can hold this id"
        try:
            return self._item(plan, product_id, await self._answer(plan, Ask("GET", target, lines), peer))
        except (MarketplaceTrouble, NoAds) as trouble:
            return str(trouble)

    async def _answer(self, plan: Plan, ask: Ask, peer: Peer) -> Organic:
        response = await self._upstream.send(ask, peer, None, for_ads=True, search=True)
        try:
            return await read(response, self._largest, plan.takes)
        finally:
            response.abandon()  # what nobody reads to its end; an answer that is complete knows nothing of it

    def _item(self, plan: Plan, product_id: str, answer: Organic) -> bytes | str:
        if answer.why_not is not None:
            return f"status {answer.response.status}" if answer.why_not is Reason.NOT_OK else answer.why_not
        item = plan.product(answer.text(self._largest))
        if item is None:
            return "nothing stands at layout.product"
        # Many a shop answers 200 and an apology, or the product that replaces this one.
        return item if plan.id_of(item) == product_id else "the answer has another id at products.id"


def target_of(fetch: str, product_id: str) -> str | None:
    """The target of a product's own answer; None where its id cannot be one segment of a path.

    Args:
        fetch: `layout.fetch`, with `{id}` in it.
        product_id: as the ad platform knows it.
    """
    if not product_id or len(product_id) > LONGEST_ID or _NO_SEGMENT.search(product_id):
        return None
    try:
        return fetch.replace("{id}", quote(product_id, safe=""))
    except UnicodeEncodeError:  # half an emoji
        return None


def for_product(lines: HeaderLines) -> HeaderLines:
    """The shopper's header lines, as far as they are also true of the question for a product."""
    return [line for line in lines if not line[0].lower().startswith(_NOT_OF_A_PRODUCT)]


def _told(ids: Sequence[str], found: Sequence[bytes | str]) -> Fetched:
    both = [*zip(ids, found, strict=True)]
    missed = ", ".join([f"{each} ({why})" for each, why in both if isinstance(why, str)])
    return Fetched({each: item for each, item in both if isinstance(item, bytes)}, missed and f"not fetched: {missed}")
