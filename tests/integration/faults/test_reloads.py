"""Rules change while shoppers ask, rightly or wrongly, and no request notices."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.faults import shop
from tests.integration.faults.launch import NotStarted, Proxy, proxy, start, wait_until
from tests.integration.faults.shopper import Shopper, ask, request
from tests.integration.faults.stage import Exchange, Stage
from tests.integration.faults.test_processes import Crowd

TWO_SLOTS = shop.PATIENT_RULE
ONE_SLOT = TWO_SLOTS.replace("slots: 2", "slots: 1")

BROKEN = {
    "no YAML": "page: [",
    "an unknown key": TWO_SLOTS + "slotz: 3\n",
    "a wrong type": TWO_SLOTS.replace("slots: 2", "slots: many"),
    "a key twice": TWO_SLOTS + "page: again\n",
    "an alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "a wrong path": TWO_SLOTS.replace("$.products", "$..products"),
    "bytes": "\0\1\2",
    "a number that is none": TWO_SLOTS.replace("slots: 2", "slots: 010"),
}


def write(folder: Path, text: str) -> None:
    """Rename it into place, as editors and deployments do."""
    fresh = folder / ".search.new"
    fresh.write_text(text)
    fresh.replace(folder / "search.yaml")


@pytest.fixture
def running(stage: Stage, tmp_path: Path) -> Iterator[Proxy]:
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    with proxy(tmp_path, {"search.yaml": TWO_SLOTS}, marketplace.url, ads.url, "--workers", "2") as running:
        yield running


def winners(running: Proxy) -> int:
    return ask(running.port, "/api/search").winners


def test_a_broken_folder_in_flight_changes_nothing_but_the_log(running: Proxy) -> None:
    for name, text in BROKEN.items():
        logged = len(running.log())
        write(running.rules, text)
        wait_until(lambda logged=logged: "search.yaml" in running.log()[logged:], what=f"word of {name} in the log")  # type: ignore[misc]
        assert [winners(running) for _ in range(10)] == [2] * 10
    write(running.rules, ONE_SLOT)
    wait_until(lambda: [winners(running) for _ in range(10)] == [1] * 10, what="the mended rule on all workers")


def test_what_is_no_file_or_may_not_be_read_changes_nothing(running: Proxy) -> None:
    (running.rules / "folder.yaml").mkdir()
    (running.rules / "nowhere.yaml").symlink_to(running.rules / "missing")
    (running.rules / "big.yaml").write_text("# " + "x" * (10 << 20))
    write(running.rules, ONE_SLOT)
    for _ in range(20):
        assert winners(running) in (1, 2)  # whether a folder of such files is refused or read is the rules' to say
    for name in ("folder.yaml", "nowhere.yaml", "big.yaml"):
        path = running.rules / name
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    wait_until(lambda: [winners(running) for _ in range(10)] == [1] * 10, what="the mended folder on all workers")


def test_a_file_written_in_two_steps_is_never_half_read(running: Proxy) -> None:
    for text in (ONE_SLOT, TWO_SLOTS) * 5:
        with (running.rules / "search.yaml").open("w") as file:
            file.write(text[:60])
            file.flush()
            assert winners(running) in (1, 2)
            file.write(text[60:])
    wait_until(lambda: [winners(running) for _ in range(10)] == [2] * 10, what="the last text on all workers")


def test_a_start_with_a_broken_folder_says_every_problem_and_exits(stage: Stage, tmp_path: Path) -> None:
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    rules = {"search.yaml": BROKEN["an unknown key"], "other.yaml": "page: other\nauction: {slots: 99}\n"}
    with pytest.raises(NotStarted) as said, proxy(tmp_path, rules, marketplace.url, ads.url):
        pass
    assert "exit status 1" in str(said.value)
    assert "slotz" in str(said.value)
    assert "other.yaml" in str(said.value)
    assert "Traceback" not in str(said.value)


def test_a_start_with_a_broken_folder_runs_on_the_last_good_rules(stage: Stage, tmp_path: Path) -> None:
    marketplace, ads = stage.actor(shop.search), stage.actor(shop.two_winners)
    with proxy(tmp_path, {"search.yaml": TWO_SLOTS}, marketplace.url, ads.url) as first:
        assert winners(first) == 2
    write(first.rules, BROKEN["an unknown key"])
    again = start(tmp_path, marketplace.url, ads.url)
    try:
        wait_until(lambda: winners(again) == 2, what="a page by the last good rules")
        assert "slotz" in again.log()
    finally:
        again.stop()


def test_a_worker_that_is_started_again_gets_the_rules_in_force(running: Proxy) -> None:
    write(running.rules, ONE_SLOT)
    wait_until(lambda: [winners(running) for _ in range(10)] == [1] * 10, what="the new rule on all workers")
    write(running.rules, BROKEN["no YAML"])
    for pid in running.workers():
        os.kill(pid, 9)
    wait_until(lambda: len(running.workers()) == 2, 20, "new workers")
    wait_until(lambda: winners(running) == 1, 20, "a page by the rules in force")
    assert {winners(running) for _ in range(20)} == {1}


def test_a_request_keeps_the_rules_with_which_it_began(stage: Stage, tmp_path: Path) -> None:
    released = threading.Event()

    async def waits(exchange: Exchange) -> None:
        while "held" in exchange.request.target and not released.is_set():
            await exchange.wait(0.02)
        await shop.search(exchange)

    marketplace, ads = stage.actor(waits), stage.actor(shop.two_winners)
    with (
        proxy(tmp_path, {"search.yaml": TWO_SLOTS}, marketplace.url, ads.url) as running,
        Shopper(running.port) as held,
    ):
        held.socket.sendall(request("/api/search?q=held"))
        wait_until(lambda: bool(marketplace.seen), what="the request's arrival")
        write(running.rules, ONE_SLOT)
        wait_until(lambda: winners(running) == 1, what="the new rule")
        (running.rules / "search.yaml").unlink()
        write(running.rules, ONE_SLOT.replace("/api/search", "/api/other"))
        wait_until(lambda: ask(running.port, "/api/search").reason == "", what="the end of the rule")
        released.set()
        assert held.read().winners == 2


@pytest.mark.parametrize("reloads", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_a_storm_of_reloads_fails_no_request(reloads: int, running: Proxy) -> None:
    """Every second edit is broken; about 200 requests a second go on meanwhile, each by one whole rule."""
    texts = [TWO_SLOTS, BROKEN["an unknown key"], ONE_SLOT, BROKEN["no YAML"]]
    pause = threading.Event()
    for text in texts:  # what the first edits need (a thread, its memory, code that was never run) is no growth
        write(running.rules, text)
        pause.wait(0.5)
    write(running.rules, ONE_SLOT)
    wait_until(lambda: [winners(running) for _ in range(20)] == [1] * 20, 20, "the first rule on all workers")
    before = running.memory()
    with Crowd(running.port, 8, pause=0.04) as crowd:
        for number in range(reloads):
            write(running.rules, texts[number % 4] + f"# edit {number}\n")
            pause.wait(0.05)
        write(running.rules, ONE_SLOT)
        wait_until(lambda: [winners(running) for _ in range(10)] == [1] * 10, 20, "the last rule on all workers")
    assert crowd.lost == []
    assert len(crowd.answers) > reloads
    assert {(answer.reason, answer.winners) for answer in crowd.answers} <= {("served", 1), ("served", 2)}
    assert running.memory() < before + (10 << 20)
