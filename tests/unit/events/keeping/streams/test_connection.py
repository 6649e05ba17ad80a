"""Every call to Redis ends in time, and what is wrong with it is said in our words."""

import pytest

from proxy.clock import SystemClock
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.streams.connection import Connection
from proxy.events.keeping.streams.scripts import LIMITS, NEWS
from tests.patience import until
from tests.redis_server import a_redis

SECRET = "open-sesame-1234"


async def outcome(connection, script=NEWS, *words):
    try:
        return await connection.run(script, lambda now: [*words])
    except OutboxTrouble as trouble:
        return f"{trouble.why}: {trouble}"
    finally:
        await connection.close()


async def test_a_redis_that_is_not_there_is_unreachable():
    assert (await outcome(Connection("redis://127.0.0.1:9", SystemClock()))).startswith("unreachable")


async def test_a_redis_that_hangs_is_not_waited_for(tmp_path):
    with a_redis(tmp_path) as server:
        connection = Connection(server.url, SystemClock(), patience=0.3)
        assert await connection.run(NEWS, lambda now: []) == b"0"
        server.pause()
        assert "does not answer within 0.3 s" in await outcome(connection)


async def test_a_connection_that_was_closed_while_it_lay_idle_costs_nobody_an_answer(tmp_path, caplog):
    with a_redis(tmp_path) as server:
        connection = Connection(server.url, SystemClock())
        for _ in range(3):
            assert await connection.run(NEWS, lambda now: []) == b"0"
            idle = [*connection._client.connection_pool._available_connections]
            with server.client() as client:
                client.client_kill_filter(_type="normal", skipme=True)
            await until(lambda idle=idle: all(one._reader.at_eof() for one in idle))
        assert await outcome(connection) == b"0"
    assert "cannot keep events" not in caplog.text


async def test_a_wrong_password_is_told_and_never_shown(tmp_path, caplog):
    with a_redis(tmp_path, requirepass="another") as server:
        connection = Connection(server.url.replace("://", f"://:{SECRET}@"), SystemClock())
        said = await outcome(connection)
    assert "refuses the user or the password of --redis" in said
    assert SECRET not in said + caplog.text + repr(connection)


async def test_the_right_password_is_taken(tmp_path):
    with a_redis(tmp_path, requirepass=SECRET) as server:
        assert await outcome(Connection(server.url.replace("://", f"://:{SECRET}@"), SystemClock())) == b"0"


async def test_a_replica_that_may_only_be_read_is_told(tmp_path):
    with a_redis(tmp_path / "a") as primary, a_redis(tmp_path / "b", replicaof=f"127.0.0.1 {primary.port}") as replica:
        assert "name the primary" in await outcome(Connection(replica.url, SystemClock()), LIMITS, 1, 1)


async def test_a_redis_that_may_throw_events_away_is_warned_of_until_it_may_not(tmp_path, caplog):
    with a_redis(tmp_path, maxmemory_policy="allkeys-lru", appendfsync="everysec") as server:
        connection = Connection(server.url, SystemClock())
        await outcome(connection)
    assert "maxmemory-policy is allkeys-lru, not noeviction" in connection.warning
    assert "appendfsync is everysec, not always" in connection.warning
    assert caplog.text.count("may be lost by Redis") == 1


async def test_where_config_is_forbidden_that_is_said(tmp_path):
    with a_redis(tmp_path, rename_command="CONFIG not-for-you") as server:
        connection = Connection(server.url, SystemClock())
        assert await outcome(connection) == b"0"
    assert connection.warning.startswith("CONFIG is forbidden")


@pytest.mark.parametrize("restarts", [1, 3])
async def test_after_a_restart_it_is_asked_again_without_a_word_of_ours(tmp_path, restarts):
    with a_redis(tmp_path) as server:
        connection = Connection(server.url, SystemClock())
        for _ in range(restarts):
            server.kill()
            with pytest.raises(OutboxTrouble):
                await connection.run(NEWS, lambda now: [])
            assert connection.trouble is not None
            server.start()
            assert await connection.run(NEWS, lambda now: []) == b"0"
            assert connection.trouble is None
        await connection.close()
