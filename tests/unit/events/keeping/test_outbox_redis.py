"""The outbox on Redis keeps what every outbox promises, and what only Redis can break."""

import contextlib

import pytest

from proxy.clock import ManualClock
from proxy.events.keeping import outbox_redis
from proxy.events.keeping.outbox import Again, Delivered, OutboxTrouble, Put
from proxy.events.keeping.outbox_redis import RedisOutbox
from proxy.events.keeping.streams.scripts import MOST_CONTENTS
from tests.patience import until
from tests.redis_server import a_redis
from tests.unit.events.keeping.outbox_contract import OutboxContract, an_event, claimed, events_of, ids_of, opened
from tests.unit.events.keeping.streams import processes


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


async def test_an_id_that_every_event_has_takes_so_much_room_and_no_more(home):
    async with opened(home.outbox()) as outbox:
        for number in range(20):
            await outbox.put([an_event("undefined", says=f"{number} {other}") for other in range(50)])
            home.clock.advance(2)
        assert set(await outbox.put([an_event("undefined", says=f"19 {other}") for other in range(50)])) == {Put.SEEN}
        assert await outbox.put([an_event("undefined", says="0 0")]) == [Put.CONFLICT]
        with home.redis.client() as client:
            [seen] = client.keys("*seen:*")
            assert client.strlen(seen) == 16 * MOST_CONTENTS


async def test_every_process_delivers(home):
    async with opened(home.outbox()) as first, opened(home.outbox()) as second:
        await first.put(events_of("1", "2"))
        assert ids_of(await claimed(first, 1)) == ["1"]
        assert ids_of(await claimed(second, 1)) == ["2"]


async def test_what_a_killed_process_had_claimed_goes_to_others_and_what_a_living_one_has_does_not(home):
    async with opened(home.outbox()) as outbox:
        await outbox.put([*events_of("1", "2"), an_event("lives", kind="impressions")])
        dead, living = [await processes.started("claim", home.url, kind, "1.0") for kind in ("clicks", "impressions")]
        try:
            assert (await dead.stdout.readline()).split() == [b"1", b"2"]
            assert (await living.stdout.readline()).split() == [b"lives"]
            dead.kill()
            found = []

            async def it_is_taken_over():
                home.clock.advance(2.0)
                found.extend(ids_of(await claimed(outbox)))
                return len(found) == 2

            await until(it_is_taken_over)
            assert found == ["1", "2"]
            assert await claimed(outbox, kind="impressions") == []
        finally:
            for process in (dead, living):
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


async def test_one_who_was_taken_for_dead_changes_nothing_of_what_another_has_claimed(home):
    async with opened(home.outbox()) as slow, opened(home.outbox()) as other:
        await slow.put(events_of("1"))
        (kept,) = await claimed(slow)
        with home.redis.client() as client:
            (name,) = client.keys("{sponsored-proxy}:alive:*")
            client.delete(name)
        home.clock.advance(2.0)
        assert ids_of(await claimed(other)) == ["1"]
        await slow.settle([Again(kept.ref, 0.0, "503")])
        assert await claimed(slow) == []
        await other.settle([Delivered(kept.ref)])
        assert (await other.status()).waiting == {}


async def test_a_delivery_counts_though_the_claim_was_lost(home):
    async with opened(home.outbox()) as slow, opened(home.outbox()) as other:
        await slow.put(events_of("1"))
        (kept,) = await claimed(slow)
        with home.redis.client() as client:
            client.delete(*client.keys("{sponsored-proxy}:alive:*"))
        home.clock.advance(2.0)
        await claimed(other)
        await slow.settle([Delivered(kept.ref)])
        await other.settle([Again(kept.ref, 0.0, "503")])
        assert await claimed(other) == []


async def test_what_redis_acknowledged_outlives_it(tmp_path):
    with a_redis(tmp_path) as redis:
        home = Server(redis)
        async with opened(home.outbox()) as outbox:
            await outbox.put(events_of("1", "2"))
            (first,) = await claimed(outbox, 1)
            redis.kill()
            with pytest.raises(OutboxTrouble) as trouble:
                await outbox.put(events_of("3"))
            assert trouble.value.why == "unreachable"
            with pytest.raises(OutboxTrouble):
                await outbox.settle([Delivered(first.ref)])
            assert (await outbox.status()).trouble
            redis.start()
            assert ids_of(await claimed(outbox)) == ["2"]
            assert await outbox.find("1") == []
            assert (await outbox.status()).trouble == ""


async def test_a_redis_that_is_not_there_at_the_start_is_used_when_it_comes(tmp_path):
    with a_redis(tmp_path) as redis:
        redis.kill()
        async with opened(Server(redis).outbox()) as outbox:
            with pytest.raises(OutboxTrouble):
                await outbox.put(events_of("1"))
            redis.start()
            assert await outbox.put(events_of("1")) == [Put.TAKEN]


async def test_a_full_memory_takes_nothing_new_and_lets_all_leave(tmp_path):
    with a_redis(tmp_path) as redis:
        async with opened(Server(redis).outbox()) as outbox:
            await outbox.put(events_of("1", "2"))
            with redis.client() as client:
                client.config_set("maxmemory", "1")
            with pytest.raises(OutboxTrouble) as full:
                await outbox.put(events_of("3"))
            assert full.value.why == "full"
            async with opened(Server(redis).outbox(size=0)) as onlooker:
                assert "maxmemory" in (await onlooker.status()).trouble
            one, two = await claimed(outbox)
            await outbox.settle([Delivered(one.ref), Again(two.ref, 0.0, "503")])
            assert (await outbox.status()).waiting == {"clicks": 1}
            with redis.client() as client:
                client.config_set("maxmemory", "0")
            assert (await outbox.status()).trouble == ""
            assert await outbox.put(events_of("3")) == [Put.TAKEN]


async def test_a_redis_that_was_emptied_is_noticed_and_goes_on(home, caplog):
    async with opened(home.outbox()) as outbox:
        await outbox.put(events_of("lost"))
        (kept,) = await claimed(outbox)
        with home.redis.client() as client:
            client.flushall()
        home.clock.advance(2.0)
        assert await claimed(outbox) == []
        assert "Redis has lost the events that waited" in caplog.text
        await outbox.put(events_of("new"))
        await outbox.settle([Delivered(kept.ref)])
        assert ids_of(await claimed(outbox)) == ["new"]


async def test_what_was_claimed_by_an_answer_that_never_came_is_claimed_again(home, monkeypatch):
    monkeypatch.setattr(outbox_redis, "_LOST", 0.0)
    async with opened(home.outbox()) as outbox:
        await outbox.put(events_of("1"))
        await claimed(outbox)
        outbox._claimed.clear()  # as if the answer had been lost on its way
        home.clock.advance(2.0)
        assert ids_of(await claimed(outbox)) == ["1"]


async def test_the_limits_are_known_to_those_who_only_look(home):
    async with opened(home.outbox(size=5000, dead_size=700)), opened(home.outbox(size=0)) as looking:
        status = await looking.status()
        assert (status.limit, status.dead_limit, status.trouble, status.warning) == (5000, 700, "", "")
        with pytest.raises(OutboxTrouble):
            await looking.put([an_event()])
