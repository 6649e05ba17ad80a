"""Processes end, by request or not, and no shopper pays for it but those whose answer was under way."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.faults import shop
from tests.integration.faults.launch import Proxy, proxy, wait_until
from tests.integration.faults.shopper import Answer, Shopper, ask
from tests.integration.faults.stage import Exchange, Stage


class Crowd:
    """Shoppers who ask again and again until told to stop, each on a connection that it keeps as long as it lasts."""

    def __init__(self, port: int, count: int, target: str = "/api/search", pause: float = 0.0) -> None:
        self.answers: list[Answer] = []
        self.refused = 0
        self._port = port
        self._target = target
        self._pause = pause
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._walk, daemon=True) for _ in range(count)]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _walk(self) -> None:
        shopper: Shopper | None = None
        while not self._over.wait(self._pause):
            fresh = shopper is None
            try:
                shopper = shopper or Shopper(self._port)
            except ConnectionError:
                self.refused += 1
                time.sleep(0.01)
                continue
            try:
                answer = shopper.ask(self._target)
            except OSError:
                answer = Answer(0, [], b"", False, 0.0)
            if answer.status or fresh:
                self.answers.append(answer)
            # No byte of an answer on a connection that was kept: any client asks again on a new one.
            if not answer.complete or (answer.header("connection") or "").lower() == "close":
                shopper.socket.close()
                shopper = None
        if shopper:
            shopper.socket.close()

    @property
    def lost(self) -> list[Answer]:
        """Answers that did not come, or not whole, or not with 200."""
        return [answer for answer in list(self.answers) if answer.status != 200 or not answer.complete]


async def slowish(exchange: Exchange) -> None:
    """A marketplace that takes 100 ms, so that some requests are always under way."""
    await exchange.wait(0.1)
    await shop.search(exchange)


@contextlib.contextmanager
def before_a_slowish_marketplace(stage: Stage, folder: Path, *flags: str) -> Iterator[Proxy]:
    marketplace, ads = stage.actor(slowish), stage.actor(shop.two_winners)
    with proxy(folder, {"search.yaml": shop.PATIENT_RULE}, marketplace.url, ads.url, *flags) as running:
        yield running


def test_sigterm_under_load_loses_no_request(stage: Stage, tmp_path: Path) -> None:
    with before_a_slowish_marketplace(stage, tmp_path) as running, Crowd(running.port, 16) as crowd:
        wait_until(lambda: len(crowd.answers) > 50, what="traffic")
        assert running.stop() == 0
        assert crowd.lost == []
        assert "Traceback" not in running.log()


def test_a_request_that_is_under_way_at_sigterm_is_answered(stage: Stage, tmp_path: Path) -> None:
    slow = stage.actor(slowish)
    ads = stage.actor(shop.two_winners)

    async def slower(exchange: Exchange) -> None:
        await exchange.wait(1.0)
        await shop.search(exchange)

    with proxy(tmp_path, {"search.yaml": shop.PATIENT_RULE}, slow.url, ads.url) as running:
        assert ask(running.port, "/api/search").reason == "served"
        slow.part = slower
        slow.forget()
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(ask(running.port, "/api/search")))
        asking.start()
        wait_until(lambda: len(slow.seen) == 1, what="the request's arrival")
        assert running.stop() == 0
        asking.join(10)
    assert [shop.merged_faults(answer, "p4", "p2") for answer in answers] == [[]]
    assert (answers[0].header("connection") or "").lower() == "close"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_worker_costs_at_most_what_it_had_in_flight(workers: int, stage: Stage, tmp_path: Path) -> None:
    shoppers = 16
    with (
        before_a_slowish_marketplace(stage, tmp_path, "--workers", str(workers)) as running,
        Crowd(running.port, shoppers) as crowd,
    ):
        wait_until(lambda: len(running.workers()) == workers, what="the workers' start")
        wait_until(lambda: len(crowd.answers) > 50, what="traffic")
        victim = running.workers()[0]
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in running.workers() and len(running.workers()) == workers, 20, "a new worker")
        after = len(crowd.answers)
        wait_until(lambda: len(crowd.answers) > after + 100, 20, what="traffic through the new worker")
        lost = len(crowd.lost)
        assert lost <= shoppers
        assert crowd.refused == 0  # the parent holds the listening socket
        assert {answer.reason for answer in crowd.answers[-50:]} == {"served"}


def test_a_worker_that_cannot_stop_dying_leaves_the_parent_alive(stage: Stage, tmp_path: Path) -> None:
    with before_a_slowish_marketplace(stage, tmp_path) as running:
        assert ask(running.port, "/api/search").reason == "served"  # else it would be a start that fails
        for _ in range(3):
            wait_until(lambda: len(running.workers()) == 1, 20, "a worker")
            victim = running.workers()[0]
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda victim=victim: victim not in running.workers(), 20, "its end")  # type: ignore[misc]
        wait_until(lambda: ask(running.port, "/api/search").reason == "served", 30, "a page with ads")
