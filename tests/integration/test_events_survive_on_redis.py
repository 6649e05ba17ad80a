"""Nothing that was acknowledged is lost by two proxies on one Redis, whoever is killed, Redis as well."""

import json
from pathlib import Path

import pytest

from tests.integration.faults.launch import Proxy, proxy, wait_until
from tests.integration.faults.shopper import ask
from tests.integration.kill_loop import (
    NOBODY,
    PATIENCE,
    RULE,
    Senders,
    a_crowd,
    a_sandbox,
    an_event,
    nothing_is_lost,
)
from tests.integration.test_events_survive import FAILURES
from tests.redis_server import a_redis, needs_redis

PASSWORD = "open-sesame-1234"
BODY = json.dumps({"clicks": [an_event(1)]}).encode()


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


def shown(running: Proxy) -> str:
    """What others on the machine can read of it: its log, its processes' command lines, its metrics."""
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in (running.process.pid, *running.workers())]
    return "".join([running.log(), *lines, metrics_of(running)])


def metrics_of(running: Proxy) -> str:
    page = ask(running.admin, "/metrics", headers=[("Host", f"127.0.0.1:{running.admin}")])
    return page.body.decode()


def test_a_proxy_starts_without_its_redis_warns_of_what_it_is_and_never_shows_the_password(tmp_path):
    with a_redis(tmp_path / "redis", requirepass=PASSWORD, appendfsync="everysec") as redis:
        redis.kill()
        told = {"SPONSORED_PROXY_REDIS": redis.url.replace("://", f"://:{PASSWORD}@")}
        with proxy(tmp_path, {"nowhere.yaml": RULE}, NOBODY, NOBODY, environment=told) as running:
            assert ask(running.port, "/topsort/v2/events", method="POST", body=BODY).status == 503
            assert "sponsored_proxy_outbox_at_risk 0.0" in metrics_of(running)
            redis.start()
            wait_until(lambda: "outbox_at_risk 1.0" in metrics_of(running), PATIENCE, "the warning")
            assert ask(running.port, "/topsort/v2/events", method="POST", body=BODY).status == 204
            wait_until(lambda: "appendfsync is everysec, not always" in running.log(), PATIENCE, "a word in the log")
            assert PASSWORD not in shown(running)
