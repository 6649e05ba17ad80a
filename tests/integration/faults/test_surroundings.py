"""What surrounds the process fails: its log is not read, its descriptors run out, its key changes."""

import os
import resource
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.integration.faults import shop
from tests.integration.faults.launch import KEY, Proxy, proxy, wait_until
from tests.integration.faults.shopper import Shopper, ask, ask_many
from tests.integration.faults.stage import Exchange, Stage


def many_visits(running: Proxy) -> set[str]:
    """More visits than any pipe holds lines of; the reasons they got."""
    return {answer.reason for answer in ask_many(running.port, ["/api/search"] * 1500, 4)}


def test_a_log_that_nobody_reads_holds_up_no_page(stage: Stage, tmp_path: Path) -> None:
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    unread, written = os.pipe()
    try:
        rules = {"search.yaml": shop.PATIENT_RULE}
        with proxy(tmp_path, rules, marketplace.url, ads.url, output=written) as running:
            assert many_visits(running) == {"served"}
            os.close(unread)  # whoever looked at it goes
            unread = -1
            assert many_visits(running) == {"served"}
    finally:
        os.close(written)
        if unread >= 0:
            os.close(unread)


def test_a_log_whose_reader_has_gone_holds_up_no_page(stage: Stage, tmp_path: Path) -> None:
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    unread, written = os.pipe()
    os.close(unread)
    try:
        rules = {"search.yaml": shop.PATIENT_RULE}
        with proxy(tmp_path, rules, marketplace.url, ads.url, output=written) as running:
            assert many_visits(running) == {"served"}
    finally:
        os.close(written)


def test_a_worker_out_of_descriptors_goes_on_when_there_are_some(stage: Stage, tmp_path: Path) -> None:
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    with proxy(tmp_path, {"search.yaml": shop.PATIENT_RULE}, marketplace.url, ads.url) as running:
        assert ask(running.port, "/api/search").reason == "served"
        (pid,) = running.workers()
        worker = psutil.Process(pid)
        limits = worker.rlimit(resource.RLIMIT_NOFILE)
        with ExitStack() as stack:
            worker.rlimit(resource.RLIMIT_NOFILE, (worker.num_fds() + 5, limits[1]))
            for _ in range(50):
                stack.enter_context(Shopper(running.port))
            wait_until(lambda: "cannot take connections" in running.log(), what="word of it in the log")
        worker.rlimit(resource.RLIMIT_NOFILE, limits)
        assert ask(running.port, "/api/search").reason == "served"
        assert running.workers() == [pid]
        assert running.log().count("cannot take connections") < 200  # it says so, and does not go round in circles


@pytest.mark.parametrize("change", [lambda file, new: file.write_text(new), lambda file, new: rename(file, new)])
def test_a_new_key_ends_the_pause_that_the_old_one_brought(
    change: Callable[[Path, str], object], stage: Stage, tmp_path: Path
) -> None:
    async def knows_only_the_new_one(exchange: Exchange) -> None:
        if exchange.request.header("authorization") == f"Bearer {KEY}-new":
            await shop.two_winners(exchange)
        else:
            await exchange.answer(b"{}", "401 Unauthorized")

    marketplace, ads = stage.actor(shop.search), stage.actor(knows_only_the_new_one)
    key = tmp_path / "key"
    key.write_text(f"{KEY}-old\n")
    flags = ("--ads-key-file", str(key))
    variables = {"SPONSORED_PROXY_ADS_KEY": ""}
    rules = {"search.yaml": shop.PATIENT_RULE}
    with proxy(tmp_path, rules, marketplace.url, ads.url, *flags, environment=variables) as running:
        assert ask(running.port, "/api/search").reason == "ads_refused"
        assert ask(running.port, "/api/search").reason == "breaker_open"
        change(key, f"{KEY}-new\n")
        wait_until(lambda: ask(running.port, "/api/search").reason == "served", 15, "a page with ads")
        key.unlink()  # the last one stays in force
        assert many_visits(running) == {"served"}


def rename(file: Path, new: str) -> None:
    """Put a new file in its place, as secret stores do."""
    fresh = file.with_suffix(".new")
    fresh.write_text(new)
    fresh.replace(file)
