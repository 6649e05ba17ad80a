"""A visit that is over is gone: nothing of it waits for the collector of cycles, whatever became of it.

A worker lets that collector come rarely. What is caught in a cycle until then (an exception that its own frames lead
to, most often) keeps its page in memory: hundreds of megabytes, in just the hour in which the ad platform fails.
"""

import gc
from collections import Counter

import pytest

from proxy.ask import Ask
from proxy.reasons import Reason
from proxy.search.listing import Listing
from proxy.search.organic import Organic
from proxy.wire.response import Response
from tests.ad_platform import AdPlatform, raw, says, wins
from tests.in_process import a_proxy

RULE = """
page: search
match: {path: /api/search}
products: {list: $.products, id: $.id}
auction: {slots: 1, timeout: 500ms}
skip: {fewer_than: 2}
"""
LISTING = b'{"products": [{"id": "p_0"}, {"id": "p_1"}]}'
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
PAGE = JSON % len(LISTING) + LISTING
OURS = (Ask, Listing, Organic, Response)
VISITS = 4


async def never(*_: object) -> None:
    """A reply that does not come; the connection stays open."""


@pytest.mark.parametrize(
    ("organic", "ads", "reason"),
    [
        (PAGE, wins("p_1"), Reason.SERVED),
        (PAGE, wins(), Reason.NO_WINNERS),
        (PAGE, wins("elsewhere"), Reason.NO_MATCH),
        (PAGE, never, Reason.TOO_LATE),
        (PAGE, says(500), Reason.ADS_DOWN),
        (PAGE, raw(b"nonsense\r\n\r\n"), Reason.ADS_DOWN),
        (PAGE, says(200, b"{}"), Reason.ADS_INVALID),
        (PAGE, says(400), Reason.ADS_REFUSED),
        (PAGE, says(401), Reason.BREAKER_OPEN),
        (JSON % 3 + b"[1]", wins(), Reason.NOT_A_LISTING),
        (JSON % 16 + b'{"products": []}', wins(), Reason.TOO_FEW_PRODUCTS),
        (PAGE.replace(b"200 OK", b"404 Not Found"), wins(), Reason.NOT_OK),
        (b"", wins(), Reason.MARKETPLACE_DOWN),
        (JSON % 100 + b"cut", wins(), Reason.MARKETPLACE_DOWN),
    ],
)
async def test_nothing_of_a_visit_waits_for_the_collector(organic, ads, reason):
    async with AdPlatform() as platform:
        platform.replies = ads
        async with a_proxy(lambda request: organic, RULE, ads_url=platform.url) as proxy:
            await proxy.get("/api/search")  # what is made once is made now
            gc.collect()
            gc.disable()
            gc.set_debug(gc.DEBUG_SAVEALL)
            try:
                for _ in range(VISITS):
                    await proxy.get("/api/search")
                gc.collect()
                left = Counter(type(each).__name__ for each in gc.garbage if isinstance(each, OURS))
            finally:
                gc.set_debug(0)
                gc.garbage.clear()
                gc.enable()
            assert [visit.reason for visit in proxy.visits[1:]] == [reason] * VISITS
            assert left == {}
