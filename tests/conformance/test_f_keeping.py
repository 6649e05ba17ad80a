"""Block F, the keeping of events by the proxy as it runs: sudden ends, and a file that was damaged meanwhile."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from proxy.events.keeping.sqlite.place import Place
from tests.conformance.running import Proxy as RunningProxy
from tests.integration.faults.launch import KEY, proxy, wait_until
from tests.integration.faults.shopper import ask
from tests.integration.kill_loop import NOBODY, Sandbox, Senders, a_crowd, a_sandbox, an_event, nothing_is_lost

EVENTS = 300


def test_F22_what_was_acknowledged_outlives_sudden_ends_of_two_writers(tmp_path):
    with (
        a_sandbox(tmp_path / "platform") as sandbox,
        a_crowd([tmp_path / "proxy"], sandbox.url, "--workers", "2", "--drain", "1s", seed=22) as crowd,
    ):
        senders = Senders(crowd, EVENTS)
        senders.run(kills=4)
        nothing_is_lost(sandbox, senders, EVENTS)
    assert verdict(tmp_path / "proxy" / "data") == "ok"


def verdict(data: Path) -> str:
    """SQLite's own, of the file as the kills left it."""
    with sqlite3.connect(Place(data).file) as connection:
        (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return said


def flipped(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096 + 100)
        opened.write(bytes(255 - byte for byte in file.read_bytes()[4196:12_000]))


def cut(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size * 2 // 3)


def no_database(file: Path) -> None:
    file.write_bytes(b"this was a database once\n" * 1000)


@pytest.mark.parametrize("damage", [flipped, cut, no_database])
def test_F26_a_damaged_outbox_is_set_aside_loudly_and_the_proxy_serves(tmp_path, damage):
    folder = tmp_path / "proxy"
    with a_sandbox(tmp_path / "platform") as sandbox:
        filled(folder, sandbox)
        damage(Place(folder / "data").file)
        with proxy(folder, {}, sandbox.url, sandbox.url) as running:
            assert ask(running.port, "/healthz").status == 200
            assert posted(running.port, an_event(EVENTS + 1)) == 204
            wait_until(lambda: metric(running.admin, "outbox_set_aside") == 1, what="the alert")
            assert "set aside" in running.log()
        aside = [*(folder / "data").glob("*.damaged-*Z")]
        assert len(aside) == 1
        if damage is cut:
            assert "event-" in told("list", "--file", str(aside[0]), "--format", "json")


def test_F26_a_log_that_lost_its_end_is_no_damage_to_what_stands_before_it(tmp_path):
    folder = tmp_path / "proxy"
    with a_sandbox(tmp_path / "platform") as sandbox:
        filled(folder, sandbox)
        log = Place(folder / "data").file.with_name(Place(folder / "data").file.name + "-wal")
        log.write_bytes(b"\x00" * 10_000)
        with proxy(folder, {}, sandbox.url, sandbox.url) as running:
            assert ask(running.port, "/healthz").status == 200
            assert posted(running.port, an_event(EVENTS + 1)) == 204


def test_F26_without_a_place_for_the_outbox_senders_get_503_and_pages_go_on(tmp_path):
    folder = tmp_path / "proxy"
    folder.mkdir()
    (folder / "data").write_text("a file where the folder should be")
    with (
        a_sandbox(tmp_path / "platform") as sandbox,
        proxy(folder, {"r.yaml": RULE}, sandbox.url, sandbox.url) as running,
    ):
        assert ask(running.port, "/healthz").status == 200
        assert posted(running.port, an_event(1)) == 503
        wait_until(lambda: metric(running.admin, "outbox_trouble") == 1, what="the alert")


def test_F24_on_a_full_disk_senders_get_503_pages_go_on_and_it_drains_by_itself(tmp_path):
    small = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    data = tmp_path / "proxy" / "data"
    mount = f"mount -t tmpfs -o size=3m none {data}"
    if subprocess.run([*small, "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        assert os.environ.get("REQUIRE_ALL") != "1", "a test of a full disk needs unshare(1) and user namespaces"
        pytest.skip("no user namespaces here")
    (tmp_path / "proxy").mkdir()
    with a_sandbox(tmp_path / "platform") as sandbox:
        sandbox.behaves(lie=["close"])
        port = int(sandbox.url.rpartition(":")[2])
        small_disk = (*small, f'{mount} && exec "$@"', "sh")
        with RunningProxy(tmp_path / "proxy", port, port, prefix=small_disk, key=KEY) as running:
            taken = 0

            def is_full() -> bool:
                nonlocal taken
                status = posted(running.port, an_event(taken) | {"padding": "x" * 2000})
                taken += status == 204
                return status == 503

            while not is_full():
                pass
            assert taken > 100
            assert ask(running.port, "/healthz").status == 200
            wait_until(lambda: is_full() and metric(running.admin, "outbox_trouble") == 1, what="the alert")
            sandbox.behaves(lie=[])
            wait_until(lambda: sandbox.get("events/count")["unique"] >= taken, 60, "all that was taken")
            wait_until(lambda: posted(running.port, an_event(taken + 1)) == 204, 60, "a place for another event")
            wait_until(lambda: metric(running.admin, "outbox_trouble") == 0, what="the end of the alert")


RULE = "page: nowhere\nmatch: {path: /nowhere}\nproducts: {list: $.items, id: $.id}\nauction: {slots: 1}\n"


def filled(folder: Path, sandbox: Sandbox) -> None:
    """An outbox in which events wait, since the ad platform is not there."""
    with proxy(folder, {"r.yaml": RULE}, sandbox.url, NOBODY) as running:
        for number in range(EVENTS):
            assert posted(running.port, an_event(number)) == 204


def posted(port: int, event: dict[str, str]) -> int:
    body = json.dumps({"clicks": [event]}).encode()
    return ask(port, "/topsort/v2/events", method="POST", body=body).status


def metric(admin: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics", timeout=20) as answer:
        found = re.search(rf"^sponsored_proxy_{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1]) if found else -1.0


def told(*words: str) -> str:
    """What `sponsored-proxy events` says."""
    command = [sys.executable, "-m", "proxy", "events", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
