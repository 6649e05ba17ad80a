"""Nothing that was acknowledged is lost by two proxies on one Redis, whoever is killed, Redis as well."""

from pathlib import Path

import pytest

from tests.integration.kill_loop import Senders, a_crowd, a_sandbox, nothing_is_lost
from tests.integration.test_events_survive import FAILURES
from tests.redis_server import a_redis, needs_redis


def survives(folder: Path, *, events: int, kills: int, restarts: int, fail_rate: float) -> None:
    needs_redis()
    folders = [folder / "one", folder / "two"]
    with a_redis(folder / "redis") as redis, a_sandbox(folder / "platform") as sandbox:
        flags = ("--workers", "2", "--drain", "1s", "--redis", redis.url)
        with a_crowd(folders, sandbox.url, *flags) as crowd:
            sandbox.behaves(lie=FAILURES, fail_rate=fail_rate)
            senders = Senders(crowd, events)
            kill_one, restart_at = crowd.kill_one, [kills * part // (restarts + 1) for part in range(1, restarts + 1)]

            def kill_one_and_redis_at_times() -> None:
                kill_one()
                if crowd.kills in restart_at:
                    redis.kill()
                    redis.start()

            crowd.kill_one = kill_one_and_redis_at_times
            senders.run(kills)
            assert crowd.kills == kills
            sandbox.behaves(lie=[], fail_rate=0)
            nothing_is_lost(sandbox, senders, events)
            print(f"{events} events, {kills} kills, {restarts} restarts of Redis, {senders.again} sent again")


def test_a_few_kills_and_a_restart_of_redis_lose_nothing(tmp_path):
    survives(tmp_path, events=600, kills=4, restarts=1, fail_rate=0.1)


@pytest.mark.long
def test_a_hundred_kills_and_two_restarts_of_redis_lose_nothing(tmp_path):
    survives(tmp_path, events=20_000, kills=100, restarts=2, fail_rate=0.2)
