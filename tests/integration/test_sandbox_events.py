"""Events at the sandbox as a process of its own: kept when it is killed, quick when there are many."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import SECONDS

CONFIG = "reserve: 0.10\ncampaigns: [{name: lamps, bids: [{product: p1, bid: 0.50}], budget: {total: 1.20}}]"
KEY = "TSE_of_a_test"
WHEN = {"occurredAt": "2026-01-31T12:00:00Z", "opaqueUserId": "u"}


class Platform:
    """A running sandbox."""

    def __init__(self, folder: Path, *flags: str) -> None:
        (folder / "market.yaml").write_text(CONFIG)
        (folder / "key").write_text(KEY)
        files = ["--config", folder / "market.yaml", "--key-file", folder / "key", "--data", folder / "data"]
        command = [sys.executable, "-m", "proxy", "sandbox", *map(str, files), "--listen", "127.0.0.1:0", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def post(self, path: str, value: object) -> tuple[int, bytes]:
        """Status and body; the connection's end without an answer raises OSError."""
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(value).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(f"{self.url}/_sandbox/{path}", timeout=SECONDS) as answer:
            return json.load(answer)

    def sold_bid(self) -> str:
        question = {"auctions": [{"type": "listings", "slots": 1, "products": {"ids": ["p1"]}}]}
        return json.loads(self.post("/v2/auctions", question)[1])["results"][0]["winners"][0]["resolvedBidId"]

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(SECONDS)
        self.process.stdout.close()


@contextmanager
def a_platform(folder: Path, *flags: str):
    platform = Platform(folder, *flags)
    try:
        yield platform
    finally:
        if platform.process.poll() is None:
            platform.kill()


def click(id: str, bid: str) -> dict:
    return {"clicks": [{"id": id, **WHEN, "resolvedBidId": bid}]}


def test_what_was_answered_outlives_a_kill(tmp_path):
    with a_platform(tmp_path) as platform:
        bid = platform.sold_bid()
        answered = [
            f"e-{number}" for number in range(50) if platform.post("/v2/events", click(f"e-{number}", bid))[0] == 204
        ]
        before = [platform.get(path) for path in ("events/count", "report", "events")]
        platform.kill()
    with a_platform(tmp_path) as platform:
        assert [platform.get(path) for path in ("events/count", "report", "events")] == before
        assert [one["id"] for one in platform.get("events")["events"]] == answered[::-1]
        assert len(answered) == 50
        assert platform.get("campaigns")["campaigns"][0]["spent"] == 1.2
        assert platform.post("/v2/events", click("e-0", bid))[0] == 204
        assert platform.get("events/count")["duplicates"] == 1


def report_until_it_ends(platform: Platform, life: int, answered: list[str], enough: threading.Event) -> None:
    """Ten events a request, one request after the other."""
    for number in itertools.count():
        ids = [f"{life}.{number}-{place}" for place in range(10)]
        try:
            assert platform.post("/v2/events", {"impressions": [{"id": id, **WHEN} for id in ids]})[0] == 204
        except OSError:
            return
        answered += ids
        if number == 40:
            enough.set()


@pytest.mark.parametrize("lives", [2, pytest.param(20, marks=pytest.mark.long)])
def test_killed_while_events_come_in_it_has_every_one_that_it_said_yes_to(tmp_path, lives):
    answered: list[str] = []
    for life in range(lives):
        with a_platform(tmp_path) as platform:
            enough = threading.Event()
            reporter = threading.Thread(target=report_until_it_ends, args=(platform, life, answered, enough))
            reporter.start()
            assert enough.wait(SECONDS)
            platform.kill()
            reporter.join(SECONDS)
    with a_platform(tmp_path) as platform:
        kept = [one["id"] for one in platform.get("events?limit=100000")["events"]]
        assert set(answered) <= set(kept)
        assert platform.get("events/count")["unique"] == len(set(kept)) == len(kept)
        requests = Counter(id.partition("-")[0] for id in kept)
        assert set(requests.values()) == {10}, "all of a request, or nothing"


def test_a_lost_answer_and_a_second_try_count_once(tmp_path):
    with a_platform(tmp_path, "--events-lie", "close-after,truth") as platform:
        bid = platform.sold_bid()
        with pytest.raises(OSError, match=r"closed|reset|aborted"):
            platform.post("/v2/events", click("a", bid))
        assert platform.post("/v2/events", click("a", bid))[0] == 204
        assert platform.get("events/count")["clicks"] == 1
        assert platform.get("report")["total"]["spend"] == platform.get("events")["events"][0]["charged"] > 0


def test_flags_are_for_both_sides_or_for_events_alone(tmp_path):
    flags = ["--lie", "401", "--events-lie", "", "--events-delay", "1ms", "--poison", "^bad", "--any-bid"]
    with a_platform(tmp_path, *flags) as platform:
        behaviour = platform.get("behaviour")
        assert behaviour["auctions"] == {"delay": "0ms", "fail_rate": 0.0, "lie": ["401"]}
        assert behaviour["events"] == {"delay": "1ms", "fail_rate": 0.0, "lie": [], "poison": "^bad", "any_bid": True}
        assert platform.post("/v2/events", click("good", "anything"))[0] == 204
        assert platform.post("/v2/events", click("bad", "anything"))[0] == 400


@pytest.mark.long
def test_with_a_hundred_thousand_events_it_still_says_at_once_how_many(tmp_path):
    """At once: counting reads no event, so the answer is the same work at any size; the time is only printed."""
    with a_platform(tmp_path) as platform:
        bid = platform.sold_bid()
        for request in range(2000):
            events = [{"id": f"{request}-{place}", **WHEN, "resolvedBidId": bid} for place in range(50)]
            assert platform.post("/v2/events", {"impressions": events})[0] == 204
        assert platform.get("events/count")["impressions"] == 100_000
        assert platform.get("report")["total"]["impressions"] == 100_000
