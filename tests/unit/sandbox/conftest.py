"""A sandbox for tests: a market from YAML, a clock that is moved by hand, everything else real."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from aiohttp import web

from proxy.clock import ManualClock
from proxy.sandbox.behaviour import Behaviour
from proxy.sandbox.config import parse_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store

KEY = "TSE_test"
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

    def build(market: str = MARKET, behaviour: Behaviour = Behaviour(), wall: float = NOON) -> Box:  # noqa: B008
        clock = ManualClock(wall=wall)
        store = Store(tmp_path)
        stores.append(store)
        seal = Seal(store.secret)
        numbers = iter(range(1, 1000))
        exchange = Exchange(parse_market(market), store, seal, clock.wall, lambda: UUID(int=next(numbers)))
        return Box(exchange, store, seal, clock, Sandbox(exchange, store, seal, KEY, behaviour, Random(7)))

    yield build
    for store in stores:
        store.close()
