"""Nobody ever gets another shopper's page, ads or bids, whatever breaks around them.

Marketplace and ad platform write each query into everything they answer, and
misbehave at random (from a seed): late, reset, cut short, with more bytes than
they promised. Shoppers leave in the middle. What comes whole holds its own
query and no other.
"""

import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.faults import shop
from tests.integration.faults.launch import Proxy, proxy
from tests.integration.faults.shopper import Answer, Shopper, request
from tests.integration.faults.stage import JSON, Actor, Exchange, Stage, head

SHOPPERS = 16
QUERIES = 40
PAGE = re.compile(rb"query-\d+-\d+")


def page_of(query: str) -> bytes:
    """A page that says everywhere whose it is."""
    return json.dumps({"q": query, "products": [{"id": f"{query}-p{number}"} for number in range(30)]}).encode()


def auction_of(query: str) -> bytes:
    """The winners of a query, their bids named after it."""
    return shop.winners(f"{query}-p7", f"{query}-p3")


MARKETPLACE_MOODS = {"well": 55, "late": 15, "reset": 8, "cut": 8, "closed": 6, "doubled": 8}
# Fewer failures, or the breaker would open and hide what late and doubled answers might mix up.
AD_PLATFORM_MOODS = {"well": 50, "late": 20, "reset": 3, "cut": 3, "closed": 8, "doubled": 16}


async def answer_somehow(exchange: Exchange, status: str, body: bytes, mood: str, chance: random.Random) -> None:
    """Well, or late, reset, cut short, with the connection closed behind it, or a whole second answer behind it."""
    whole = head(status, [*JSON, ("Content-Length", str(len(body)))]) + body
    if mood == "late":
        await exchange.wait(chance.uniform(0.0, 0.4))
    if mood in ("reset", "cut"):
        await exchange.send(whole[: chance.randrange(len(whole))])
        exchange.reset() if mood == "reset" else exchange.close()
        return
    await exchange.send(whole + (whole.replace(b"query-", b"wrong-") if mood == "doubled" else b""))
    if mood == "closed":
        exchange.close()


@pytest.fixture(params=[0, 1, *[pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 30)]])
def running(request: pytest.FixtureRequest, stage: Stage, tmp_path: Path) -> Iterator[Proxy]:
    chance = random.Random(request.param)

    def mood_of(moods: dict[str, int]) -> str:
        return chance.choices(list(moods), list(moods.values()))[0]

    async def search(exchange: Exchange) -> None:
        query = parse_qs(urlsplit(exchange.request.target).query)["q"][0]
        await answer_somehow(exchange, "200 OK", page_of(query), mood_of(MARKETPLACE_MOODS), chance)

    async def auction(exchange: Exchange) -> None:
        query = json.loads(exchange.request.body)["auctions"][0]["searchQuery"]
        await answer_somehow(exchange, "201 Created", auction_of(query), mood_of(AD_PLATFORM_MOODS), chance)

    marketplace: Actor = stage.actor(search)
    ads: Actor = stage.actor(auction)
    with proxy(tmp_path, {"search.yaml": shop.RULE}, marketplace.url, ads.url) as running:
        yield running


def wander(port: int, number: int) -> list[tuple[str, Answer]]:
    """One shopper: asks on and on, on a page or past the rules; sometimes leaves before the answer."""
    chance = random.Random(1000 + number)
    got = []
    shopper = Shopper(port)
    for turn in range(QUERIES):
        query = f"query-{number}-{turn}"
        target = f"{chance.choice(['/api/search', '/elsewhere'])}?q={query}"
        if chance.random() < 0.15:
            shopper.socket.sendall(request(target))
            shopper.socket.settimeout(chance.uniform(0.001, 0.1))
            shopper.read()
            answer = None
        else:
            try:
                answer = shopper.ask(target)
            except OSError:
                answer = None
        if answer is not None:
            got.append((query, answer))
        if answer is None or not answer.complete or (answer.header("connection") or "").lower() == "close":
            shopper.socket.close()
            shopper = Shopper(port)
    shopper.socket.close()
    return got


def test_everybody_gets_their_own(running: Proxy) -> None:
    with ThreadPoolExecutor(SHOPPERS) as pool:
        every = [each for got in pool.map(lambda number: wander(running.port, number), range(SHOPPERS)) for each in got]
    whole = [(query, answer) for query, answer in every if answer.status == 200 and answer.complete]
    assert len(whole) > SHOPPERS * QUERIES / 4
    assert {answer.status for _, answer in every} <= {0, 200, 502}
    for query, answer in whole:
        assert set(PAGE.findall(answer.body)) == {query.encode()}
        assert b"wrong-" not in answer.body
        products = json.loads(answer.body)["products"]
        assert len(products) == 30
        tags = [product["resolvedBidId"] for product in products if "resolvedBidId" in product]
        served = answer.reason == "served"
        assert tags == ([f"bid-{query}-p7", f"bid-{query}-p3"] if served else [])
    assert sum(answer.reason == "served" for _, answer in whole) > 20
    assert "Traceback" not in running.log()
