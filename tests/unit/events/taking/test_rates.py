"""One rate limit for all machines."""

import pytest

from proxy.clock import ManualClock
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.taking.guard import Guard, Rate
from proxy.events.taking.rates import MOST, SharedRates
from tests.redis_server import a_redis

RATE = Rate(20, 2.0)


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with a_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


class Machine:
    """A process with a guard, in line with the others at each look."""

    def __init__(self, redis, clock):
        self.clock = clock
        self.guard = Guard(RATE, shared=True)

        async def calendar(_):
            return clock.wall()

        self.rates = SharedRates(redis.url, self.guard, RATE, clock, calendar)

    def sends(self, client="1.1.1.1"):
        return self.guard.wait(client, self.clock.now()) == 0

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.rates.close()


@pytest.fixture
def clock(redis):
    with redis.client() as client:
        client.flushall()
    return ManualClock()


async def test_a_client_that_spent_all_on_one_machine_has_none_left_on_another(redis, clock):
    async with Machine(redis, clock) as one, Machine(redis, clock) as other:
        assert all(one.sends() for _ in range(19))
        await one.rates.look()
        assert other.sends()
        await other.rates.look()
        assert not other.sends()
        assert other.sends("2.2.2.2")
        clock.advance(0.1)
        assert other.sends()
        assert not other.sends()


async def test_a_bucket_fills_again_for_all_of_them(redis, clock):
    async with Machine(redis, clock) as one, Machine(redis, clock) as other:
        assert all(one.sends() for _ in range(20))
        await one.rates.look()
        clock.advance(1.0)
        assert other.sends()
        await other.rates.look()
        assert sum(other.sends() for _ in range(20)) == 9


async def test_many_clients_are_told_in_parts(redis, clock):
    async with Machine(redis, clock) as one:
        for number in range(MOST + 5):
            one.sends(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
        await one.rates.look()
        assert len(one.guard.spent(MOST)) == 5


async def test_what_is_full_again_is_forgotten(redis, clock):
    async with Machine(redis, clock) as one:
        one.sends()
        await one.rates.look()
        with redis.client() as client:
            [bucket] = [key for key in client.keys("*") if b"rate:" in key]
            assert 0 < client.ttl(bucket) <= 3


async def test_without_redis_each_limits_for_itself(redis, clock, tmp_path):
    class Nowhere:
        url = "redis://127.0.0.1:1/0"

    async with Machine(Nowhere, clock) as alone:
        assert sum(alone.sends() for _ in range(30)) == 20
        with pytest.raises(OutboxTrouble):
            await alone.rates.look()
        assert not alone.sends()
        clock.advance(1.0)
        assert alone.sends()
