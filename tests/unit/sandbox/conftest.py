"""A sandbox for tests: a market from YAML, a clock that is moved by hand, everything else real."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from proxy.clock import ManualClock
from proxy.sandbox.behaviour import Behaviour, EventBehaviour, Manners
from proxy.sandbox.config import parse_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store

KEY = "TSE_test"
AUTHORISED = {"Authorization": f"Bearer {KEY}"}
NOON = 1_700_049_600.0 + 43_200 - 1_700_049_600.0 % 86_400
MARKET = """
reserve: 0.10
products:
  - {id: p1, vendor: v1, categories: [lamps, sale]}
  - {id: p2, vendor: v1, categories: [lamps], quality: 0.5}
  - {id: p3, vendor: v2, categories: [mugs]}
  - {id: p4, vendor: v3, categories: [mugs]}
campaigns:
  - name: one
    bids: [{product: p1, bid: 1.00}]
  - name: two
    bids: [{product: p2, bid: 1.50}]
  - name: three
    bids: [{product: p3, bid: 0.30}]
"""


@dataclass
class Box:
    """What a test may want to hold."""

    exchange: Exchange
    store: Store
    seal: Seal
    clock: ManualClock
    sandbox: Sandbox

    @property
    def app(self) -> web.Application:
        return self.sandbox.app()


@pytest.fixture
def a_box(tmp_path: Path) -> Iterator[Callable[..., Box]]:
    """Builds a sandbox on a market written as YAML."""
    stores: list[Store] = []

    def build(
        market: str = MARKET,
        behaviour: Behaviour = Behaviour(),  # noqa: B008
        events: EventBehaviour = EventBehaviour(),  # noqa: B008
        wall: float = NOON,
    ) -> Box:
        clock = ManualClock(wall=wall)
        store = Store(tmp_path)
        stores.append(store)
        seal = Seal(store.secret)
        numbers = iter(range(1, 1000))
        exchange = Exchange(parse_market(market), store, seal, clock.wall, lambda: UUID(int=next(numbers)))
        return Box(
            exchange, store, seal, clock, Sandbox(exchange, store, seal, KEY, Manners(behaviour, events), Random(7))
        )

    yield build
    for store in stores:
        store.close()


@dataclass
class Caller:
    """A client of a sandbox over real HTTP; `box` is what stands behind it."""

    client: TestClient
    box: Box

    async def winners(self, *ids: str) -> dict[str, str]:
        """Each winner of an auction among `ids`, with its resolvedBidId."""
        listing = {"type": "listings", "slots": 9, "products": {"ids": ids or ["p1", "p2", "p3"]}}
        answer = await self.client.post("/v2/auctions", json={"auctions": [listing]}, headers=AUTHORISED)
        return {one["id"]: one["resolvedBidId"] for one in (await answer.json())["results"][0]["winners"]}

    async def report(self, version: str = "v2", **request: object) -> tuple[int, dict[str, Any]]:
        """Post events; the status and what the body says."""
        answer = await self.client.post(f"/{version}/events", json=request, headers=AUTHORISED)
        return answer.status, await answer.json() if answer.status != 204 else {}

    async def get(self, path: str) -> Any:
        """An answer of the back door, read."""
        answer = await self.client.get(f"/_sandbox/{path}")
        return await answer.json()

    async def behave(self, **changes: object) -> tuple[int, dict[str, Any]]:
        """Change how it behaves."""
        answer = await self.client.post("/_sandbox/behaviour", json=changes)
        return answer.status, await answer.json()


@pytest.fixture
async def a_caller(a_box: Callable[..., Box]) -> AsyncIterator[Callable[..., Awaitable[Caller]]]:
    """Builds a sandbox as `a_box` does, and calls it over HTTP."""
    clients: list[TestClient] = []

    async def build(**keys: object) -> Caller:
        box = a_box(**keys)
        client = TestClient(TestServer(box.app), auto_decompress=False)
        await client.start_server()
        clients.append(client)
        return Caller(client, box)

    yield build
    for client in clients:
        await client.close()
