"""Many requests go in one call, each for itself."""

import asyncio

import pytest

from proxy.clock import SystemClock
from proxy.events.keeping.outbox import OutboxTrouble, Put
from proxy.events.keeping.streams.connection import Connection
from proxy.events.keeping.streams.taking import Taker
from tests.redis_server import a_redis
from tests.unit.events.keeping.outbox_contract import an_event


@pytest.fixture
def redis(tmp_path):
    with a_redis(tmp_path) as server:
        yield server


def calls(redis) -> int:
    with redis.client() as client:
        stats = client.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ("eval", "evalsha"))


async def test_what_comes_while_redis_is_busy_goes_in_one_call(redis):
    connection = Connection(redis.url, SystemClock())
    taker = Taker(connection, 1 << 20)
    await taker.put([an_event("first")])
    before = calls(redis)
    answers = await asyncio.gather(*(taker.put([an_event(str(number))]) for number in range(100)))
    assert answers == [[Put.TAKEN]] * 100
    assert calls(redis) - before <= 2
    await taker.close()
    await connection.close()


async def test_of_requests_in_one_call_only_those_are_refused_for_which_there_is_no_room(redis):
    connection = Connection(redis.url, SystemClock())
    taker = Taker(connection, 2000)
    putting = [
        taker.put([an_event("small")]),
        taker.put([an_event("large", says="x" * 9000)]),
        taker.put([an_event("b")]),
    ]
    small, large, b = await asyncio.gather(*putting, return_exceptions=True)
    assert (small, b) == ([Put.TAKEN], [Put.TAKEN])
    assert isinstance(large, OutboxTrouble)
    assert large.why == "full"
    await connection.close()


async def test_a_sender_waits_no_longer_than_its_patience(redis):
    connection = Connection(redis.url, SystemClock(), patience=0.4)
    taker = Taker(connection, 1 << 20, patience=0.4)
    await taker.put([an_event("before")])
    redis.pause()
    answers = await asyncio.wait_for(
        asyncio.gather(*(taker.put([an_event(str(n))]) for n in range(5)), return_exceptions=True), 20
    )
    assert {answer.why for answer in answers} == {"unreachable"}
    redis.go_on()
    assert len(await taker.put([an_event("after")])) == 1
    await taker.close()
    await connection.close()
