"""Real processes: edits of the rules, however they are made, reach every worker; bad ones reach none."""

import itertools
import os
import signal

import pytest

from tests.integration.processes import RULE, Proxy
from tests.patience import until


async def taken(proxy: Proxy, generation: int) -> None:
    async def is_in_force():
        return (await proxy.ready())["generation"] == generation and await proxy.all_serve()

    await until(is_in_force, f"generation {generation} never came:\n{proxy.log}")


def in_place(rules, text):
    """The same size and the same times: only the content tells."""
    file = rules / "search.yaml"
    before = file.stat()
    file.write_text(text)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def by_rename(rules, text):
    (rules / ".new").write_text(text)
    os.replace(rules / ".new", rules / "search.yaml")


def in_two_steps(rules, text):
    with (rules / "search.yaml").open("w") as file:
        for part in (text[:10], text[10:]):
            file.write(part)
            file.flush()


def by_kubernetes(rules, text):
    """As the kubelet updates a ConfigMap: a new folder, and one link that changes over."""
    (rules / "..new").mkdir()
    (rules / "..new" / "search.yaml").write_text(text)
    (rules / "..data_tmp").symlink_to("..new")
    if not (rules / "search.yaml").is_symlink():
        (rules / "search.yaml").unlink()
        (rules / "search.yaml").symlink_to("..data/search.yaml")
    os.replace(rules / "..data_tmp", rules / "..data")


@pytest.mark.parametrize("edit", [in_place, by_rename, in_two_steps, by_kubernetes])
async def test_an_edit_reaches_every_worker(tmp_path, edit):
    proxy = Proxy(tmp_path, workers="2")
    proxy.rule("search")
    async with proxy:
        before = (await proxy.ready())["book"]
        edit(proxy.rules, RULE.format(page="hcraes"))
        await until(lambda: another_book(proxy, before), proxy.log)
        await until(proxy.all_serve, proxy.log)
        now = (await proxy.ready())["book"]
        assert {await proxy.get("/book") for _ in range(8)} == {now}
        assert await proxy.metric("config_reload_total") >= 1


async def another_book(proxy: Proxy, before: str) -> bool:
    return (await proxy.ready())["book"] != before


async def test_a_bad_edit_keeps_the_old_book_and_says_why_everywhere(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        before = (await proxy.ready())["book"]
        proxy.rule(text=RULE.format(page="search") + "slotz: 3\n")
        await proxy.says("THE RULES WERE NOT TAKEN")
        await proxy.says("search.yaml:6")
        assert await proxy.is_ready()
        ready = await proxy.ready()
        assert ready["book"] == before
        assert "slotz" in "".join(ready["problems"])
        assert await proxy.get("/book") == before
        assert await proxy.metric("config_reload_failed_total") == 1
        assert "slotz" in (await proxy.ask_admin("/"))[1]
        proxy.rule("mended")
        await taken(proxy, 2)
        assert (await proxy.ready())["problems"] == []


SPOILT = {
    "empty": lambda rules: (rules / "more.yaml").write_text(""),
    "a folder": lambda rules: (rules / "more.yaml").mkdir(),
    "10 MB": lambda rules: (rules / "more.yaml").write_bytes(b"x" * 10_000_000),
    "aliases": lambda rules: (rules / "more.yaml").write_text(
        "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in itertools.pairwise("abcdefghij"))
    ),
    "a dead link": lambda rules: (rules / "more.yaml").symlink_to("nowhere"),
    "the same page twice": lambda rules: (rules / "more.yaml").write_text(RULE.format(page="search")),
    "nothing left": lambda rules: (rules / "search.yaml").unlink(),
}


async def test_whatever_comes_into_the_folder_the_old_book_stays(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        book = (await proxy.ready())["book"]
        for refused, (what, spoil) in enumerate(SPOILT.items(), 1):
            spoil(proxy.rules)
            await until(lambda n=refused: refusals(proxy, n), f"{what} was not refused:\n{proxy.log}")
            assert await proxy.is_ready(), what
            assert await proxy.get("/book") == book, what
            more = proxy.rules / "more.yaml"
            more.rmdir() if more.is_dir() else more.unlink(missing_ok=True)
            proxy.rule()
            await until(lambda: no_problems(proxy), f"{what} was not mended:\n{proxy.log}")


async def refusals(proxy: Proxy, number: int) -> bool:
    return await proxy.metric("config_reload_failed_total") >= number


async def no_problems(proxy: Proxy) -> bool:
    return not (await proxy.ready())["problems"]


async def test_hup_reads_at_once(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        proxy.rule("other")
        proxy.tell(signal.SIGHUP)
        await proxy.says("the rules were taken")
        assert proxy.process.returncode is None


async def test_a_start_with_broken_rules_runs_on_the_last_good_ones(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule()
    async with proxy:
        good = await proxy.get("/book")
        proxy.tell()
        assert await proxy.ended() == 0
    again = Proxy(tmp_path)
    again.rule(text="page: [")
    async with again:
        assert await again.get("/book") == good
        assert "RUNNING ON THE LAST GOOD ONES" in again.log
        assert (await again.ready())["problems"] != []
        again.rule("mended")
        await taken(again, 2)


async def test_a_start_with_broken_rules_and_no_good_ones_says_every_problem_and_exits_1(tmp_path):
    proxy = Proxy(tmp_path)
    proxy.rule(text="page: search\nslotz: 1\n")
    proxy.rule(file="other.yaml", text="page: other\nmoed: live\n")
    await proxy.launch()
    try:
        assert await proxy.ended() == 1
        assert "slotz" in proxy.errors
        assert "moed" in proxy.errors
        assert "Traceback" not in proxy.errors
    finally:
        await proxy.session.close()
