"""docs/sandbox.md: its campaigns are campaigns, its lies are all there are, its paths are taken."""

import re
from random import Random
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient, TestServer

from proxy.sandbox.behaviour import Manners
from proxy.sandbox.config import parse_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES, LIES
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store
from tests.docs.markdown import ROOT, blocks, table_rows

PAGE = ROOT / "docs" / "sandbox.md"
MARKETS = [block for block in blocks("yaml") if block.page == PAGE]


@pytest.mark.parametrize("block", MARKETS, ids=str)
def test_its_campaigns_can_be_used(block):
    assert parse_market(block.text).campaigns


def test_it_has_every_lie_with_its_meaning_and_who_tells_it():
    told = {cells[0].strip("`"): cells[1:] for cells in table_rows(PAGE) if cells[0].strip("`") in LIES}
    assert told == {lie: [whose(lie), meaning] for lie, meaning in LIES.items()}


def whose(lie: str) -> str:
    return "both" if lie in AUCTION_LIES and lie in EVENT_LIES else "auctions" if lie in AUCTION_LIES else "events"


async def test_every_path_that_it_names_is_taken(tmp_path):
    paths = re.findall(r"`(?:GET`, `)?(GET|POST) (/[\w/-]+)", PAGE.read_text())
    assert len(paths) >= 10
    store = Store(tmp_path)
    seal = Seal(store.secret)
    exchange = Exchange(parse_market("{}"), store, seal, lambda: 0.0, uuid4)
    async with TestClient(TestServer(Sandbox(exchange, store, seal, "key", Manners(), Random(7)).app())) as client:
        for method, path in paths:
            answer = await client.request(method, path)
            assert answer.status not in (404, 405) or path.endswith("/ID"), (method, path)
    store.close()
