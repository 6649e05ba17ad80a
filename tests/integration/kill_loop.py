"""Senders, proxies that are killed under them, and an ad platform that fails: what comes of the events.

    with a_sandbox(folder) as platform, proxies(...) as running:
        told = Senders(...).run(...)

Senders behave as the vendor's clients do: what is not acknowledged is sent
again, with the same ids. Kills come after so many acknowledgements, not after
so many seconds, and which process is meant is drawn from a seed.
"""

import json
import os
import random
import signal
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import psutil

from tests.integration.faults.launch import KEY, Proxy, serves, start, wait_until

RULE = "page: nowhere\nmatch: {path: /nowhere}\nproducts: {list: $.items, id: $.id}\nauction: {slots: 1}\n"
NOBODY = "http://127.0.0.1:9"
PATIENCE = 180.0


class Sandbox:
    """The ad platform in a box, as a process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "campaigns.yaml").write_text("campaigns: []\n")
        (folder / "key").write_text(KEY)
        files = ["--config", folder / "campaigns.yaml", "--key-file", folder / "key", "--data", folder / "data"]
        command = [sys.executable, "-m", "proxy", "sandbox", *map(str, files), "--listen", "127.0.0.1:0", "--any-bid"]
        self.process = Popen(command, stdout=PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]

    def behaves(self, **events: Any) -> None:
        """Change how it treats events from now on."""
        request = urllib.request.Request(f"{self.url}/_sandbox/behaviour", json.dumps({"events": events}).encode())
        urllib.request.urlopen(request, timeout=PATIENCE).close()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sandbox/{path}", timeout=PATIENCE) as answer:
            return json.load(answer)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def a_sandbox(folder: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(folder)
    try:
        yield sandbox
    finally:
        sandbox.end()


class Crowd:
    """Some proxies that are killed and started again; senders ask for the port of one that lives."""

    def __init__(self, folders: Sequence[Path], ads: str, *flags: str, seed: int = 1) -> None:
        self._ads, self._flags = ads, flags
        self._chance = random.Random(seed)
        self.kills = 0
        for folder in folders:
            (folder / "rules").mkdir(parents=True, exist_ok=True)
            (folder / "rules" / "nowhere.yaml").write_text(RULE)
        self.proxies = [start(folder, NOBODY, ads, flags) for folder in folders]

    def port(self, number: int) -> int:
        return self.proxies[number % len(self.proxies)].port

    def kill_one(self) -> None:
        """SIGKILL a worker, or a whole proxy, which is then started again on its data."""
        self.kills += 1
        place = self._chance.randrange(len(self.proxies))
        proxy = self.proxies[place]
        workers = proxy.workers()
        if workers and self._chance.random() < 0.6:
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(workers), signal.SIGKILL)
            return
        self._end(proxy)
        self.proxies[place] = start(proxy.folder, NOBODY, self._ads, self._flags)

    def _end(self, proxy: Proxy) -> None:
        processes = [*_still_there(proxy.workers())]
        with suppress(ProcessLookupError):
            os.killpg(proxy.process.pid, signal.SIGKILL)
        proxy.process.wait()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=PATIENCE)

    def end(self) -> None:
        for proxy in self.proxies:
            self._end(proxy)


def _still_there(pids: Sequence[int]) -> Iterator[psutil.Process]:
    """One that was killed a moment ago may be gone by now."""
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


@contextmanager
def a_crowd(folders: Sequence[Path], ads: str, *flags: str, seed: int = 1) -> Iterator[Crowd]:
    crowd = Crowd(folders, ads, *flags, seed=seed)
    try:
        yield crowd
    except BaseException:
        for proxy in crowd.proxies:
            print(proxy.log()[-3000:])
        raise
    finally:
        crowd.end()


def an_event(number: int) -> dict[str, str]:
    """Each is unlike every other in more than its id."""
    return {
        "id": f"event-{number:06}",
        "occurredAt": f"2026-11-22T10:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}+01:00",
        "opaqueUserId": f"user-{number * 7919 % 100_003}",
        "resolvedBidId": f"bid-{number}",
    }


class Senders:
    """Threads that post events until every one of them was acknowledged."""

    def __init__(self, crowd: Crowd, events: int, threads: int = 8) -> None:
        self._crowd = crowd
        self._total = events
        self._threads = threads
        self._lock = threading.Lock()
        self.acknowledged: set[str] = set()
        self.again = 0

    def run(self, kills: int) -> None:
        """Send everything; meanwhile kill so often, evenly over the acknowledgements."""
        threads = [threading.Thread(target=self._send, args=(number,)) for number in range(self._threads)]
        for thread in threads:
            thread.start()
        try:
            for kill in range(1, kills + 1):
                wanted = self._total * kill // (kills + 1)
                wait_until(
                    lambda wanted=wanted: len(self.acknowledged) >= wanted, PATIENCE, f"{wanted} acknowledgements"
                )
                self._crowd.kill_one()
        finally:
            for thread in threads:
                thread.join(PATIENCE)
        assert len(self.acknowledged) == self._total

    def _send(self, number: int) -> None:
        chance = random.Random(number)
        mine = [an_event(n) for n in range(number, self._total, self._threads)]
        connection: HTTPConnection | None = None
        while mine:
            size = chance.choice((1, 1, 1, 5, 20))
            batch, mine = mine[:size], mine[size:]
            kind = chance.choice(("impressions", "clicks"))
            while True:
                try:
                    connection = connection or HTTPConnection("127.0.0.1", self._crowd.port(number), timeout=PATIENCE)
                    connection.request("POST", "/topsort/v2/events", json.dumps({kind: batch}))
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 204:
                        break
                    assert answer.status == 503, answer.status
                except (OSError, HTTPException):
                    connection = None
                    wait_until(lambda: serves(self._crowd.port(number)), PATIENCE, "a proxy")
                with self._lock:
                    self.again += 1
            with self._lock:
                self.acknowledged |= {event["id"] for event in batch}


def nothing_is_lost(sandbox: Sandbox, senders: Senders, total: int) -> None:
    """Wait until the platform has as many events as were acknowledged, and hold each against what was sent."""
    wait_until(lambda: sandbox.get("events/count")["unique"] >= total, PATIENCE, f"{total} events at the platform")
    kept = sandbox.get(f"events?limit={2 * total}")["events"]
    sent = {event["id"]: event for event in map(an_event, range(total))}
    assert {one["id"] for one in kept} == sent.keys() == senders.acknowledged
    assert len(kept) == total
    for one in kept:
        assert one["user"] == sent[one["id"]]["opaqueUserId"]
        assert datetime.fromisoformat(one["at"]) == datetime.fromisoformat(sent[one["id"]]["occurredAt"])
