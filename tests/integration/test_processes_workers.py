"""Real processes: workers die and are replaced; the key travels unseen; metrics add up."""

import os
import signal
from pathlib import Path

from tests.integration.processes import KEY, Proxy
from tests.integration.test_processes_rules import taken
from tests.patience import until


async def test_a_killed_worker_is_replaced_by_one_with_the_book_in_force(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        proxy.rule("edited")
        await taken(proxy, 2)
        (old,) = proxy.workers()
        os.kill(old, signal.SIGKILL)
        await proxy.says("killed by SIGKILL")
        await until(proxy.is_ready, proxy.log)
        assert proxy.workers() != [old]
        assert await proxy.get("/book") == (await proxy.ready())["book"]
        assert await proxy.metric("sponsored_proxy_worker_restarts_total") == 1


async def test_counters_never_go_back_when_a_worker_dies(tmp_path):
    proxy = Proxy(tmp_path, workers="2")
    proxy.rule()
    sample = 'sponsored_proxy_visits_total{page="search",reason="served"}'
    async with proxy:
        for _ in range(10):
            await proxy.get("/", headers={"Connection": "close"})
        assert await proxy.metric(sample) == 10
        for pid in proxy.workers():
            os.kill(pid, signal.SIGKILL)
        await proxy.says("killed by SIGKILL", times=2)
        await until(proxy.all_serve, proxy.log)
        await proxy.get("/")
        assert await proxy.metric(sample) == 11
        assert await proxy.metric('sponsored_proxy_responses_total{status="2xx"}') == 11
        assert await proxy.metric("sponsored_proxy_auction_in_flight") == 2


async def test_a_bug_costs_one_answer_and_is_told_in_the_log_only(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        async with proxy.session.get(proxy.url + "/bug") as answer:
            assert answer.status == 500
            assert "a bug" not in await answer.text()
            assert "Server" not in answer.headers
        await proxy.says("RuntimeError: a bug")
        assert await proxy.get("/") == "ok"


async def test_workers_that_never_come_to_serve_end_the_service(tmp_path):
    proxy = Proxy(tmp_path, app="stand_in:Nothing")
    proxy.rule()
    await proxy.launch()
    try:
        assert await proxy.ended() == 1
        assert "no worker comes to serve" in proxy.log
        assert "Nothing" in proxy.errors
    finally:
        await proxy.session.close()


async def test_workers_go_when_their_parent_is_killed(tmp_path):
    proxy = Proxy(tmp_path, workers="2")
    proxy.rule()
    async with proxy:
        workers = proxy.workers()
        proxy.process.kill()
        await until(lambda: all_gone(workers), "they are still there")


async def test_a_signal_to_the_whole_group_is_the_parents_to_answer(tmp_path):
    proxy = Proxy(tmp_path, workers="2")
    proxy.rule()
    async with proxy:
        for pid in proxy.workers():
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGINT)
        for _ in range(4):
            assert await proxy.get("/", headers={"Connection": "close"}) == "ok"
        assert await proxy.metric("sponsored_proxy_worker_restarts_total") == 0


async def all_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids)


async def test_the_key_is_rotated_without_a_restart_and_stays_when_its_file_goes(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    proxy = Proxy(tmp_path, ads_key_file=str(file))
    proxy.rule()
    async with proxy:
        assert await proxy.get("/key") == KEY
        file.write_text("another-canary")
        await until(lambda: key_is(proxy, "another-canary"), proxy.log)
        file.unlink()
        await proxy.says("the last key stays in force")
        os.kill(proxy.workers()[0], signal.SIGKILL)
        await proxy.says("killed by SIGKILL")
        await until(proxy.is_ready, proxy.log)
        assert await proxy.get("/key") == "another-canary"


async def key_is(proxy: Proxy, key: str) -> bool:
    return await proxy.get("/key") == key


async def test_the_key_is_on_no_command_line_and_in_no_log_metric_or_page(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule(text=f"page: {KEY}")
    (proxy.rules / "search.yaml").unlink()
    proxy.rule("good")
    async with proxy:
        await proxy.get("/bug")
        proxy.rule(text=f"pagge: {KEY}x")
        await proxy.says("THE RULES WERE NOT TAKEN")
        for pid in [proxy.process.pid, *proxy.workers()]:
            assert KEY not in Path(f"/proc/{pid}/cmdline").read_text()
        for pid in proxy.workers():
            assert KEY not in Path(f"/proc/{pid}/environ").read_text()
        assert KEY not in proxy.log + proxy.errors
        assert KEY not in (await proxy.ask_admin("/metrics"))[1]
