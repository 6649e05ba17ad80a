"""The outbox on Redis keeps what every outbox promises, and what only Redis can break."""

import pytest

from proxy.clock import ManualClock
from proxy.events.outbox import Put
from proxy.events.outbox_redis import RedisOutbox
from tests.redis_server import a_redis
from tests.unit.events.outbox_contract import OutboxContract
from tests.unit.events.streams import processes


class Server:
    """A Redis, and the outboxes on it."""

    def __init__(self, redis):
        self.redis = redis
        self.url = redis.url
        self.clock = ManualClock()

    async def calendar(self, _):
        return self.clock.wall()

    def outbox(self, *, size=1 << 30, dead_size=1 << 30):
        return RedisOutbox(self.url, size=size, dead_size=dead_size, clock=self.clock, calendar=self.calendar)

    async def put_in_another_process(self, events, times):
        return [Put[name] for name in await processes.putting(self.url, events, times, self.clock.wall())]


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with a_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def home(redis):
    with redis.client() as client:
        client.flushall()
    return Server(redis)


class TestOnRedis(OutboxContract):
    @pytest.fixture
    def home(self, redis):
        with redis.client() as client:
            client.flushall()
        return Server(redis)
