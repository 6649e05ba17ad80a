"""Every command in the pages runs. What cannot run inside a test is named here, with the reason and the next best."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.clock import ManualClock
from proxy.events.keeping.outbox import Dead
from proxy.events.keeping.outbox_sqlite import SqliteOutbox
from tests.docs.markdown import ROOT, Block, blocks, commands, newcomers_path
from tests.integration.demonstration import Demonstration
from tests.patience import A_PROCESS
from tests.unit.events.keeping.outbox_contract import an_event

# `make test` would run itself; `make demo` runs until Ctrl-C, and the demo's own tests start it;
# there need be no Docker where the tests run: Docker's own reading of the file is a test of the image's.
ONLY_READ = ("make ", "docker ")
# The newcomer's commands build on each other; test_newcomers_path.py runs them in their order.
ALL = [
    each for each in commands() if (each[0].page, each[0].text in newcomers_path()[1]) != (newcomers_path()[0], True)
]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demonstration]:
    with Demonstration("--quiet") as running:
        yield running.running()


def here(command: str, demo: Demonstration, folder: Path) -> str:
    """The command with the addresses of the running demo, and this Python's `sponsored-proxy`."""
    command = command.replace("http://127.0.0.1:8080", demo.url).replace("http://127.0.0.1:8081", demo.shop)
    command = command.replace("http://127.0.0.1:9090", demo.admin).replace("http://127.0.0.1:8082", demo.sandbox)
    return re.sub(r"(?:\.venv/bin/)?sponsored-proxy", f"{shlex.quote(sys.executable)} -m proxy", command)


@pytest.mark.parametrize(("block", "command", "output"), ALL, ids=[f"{block}: {line[:60]}" for block, line, _ in ALL])
def test_every_command_runs(
    block: Block, command: str, output: str, demo: Demonstration, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if command.startswith(ONLY_READ):
        assert_it_is_there(command)
    elif " -m pytest " in command:
        assert "no tests ran" not in run(f"{here(command, demo, tmp_path)} --collect-only -q", tmp_path)
    elif " serve " in command:
        assert_it_serves(command, demo, tmp_path)
    elif " sandbox " in command:
        assert_it_is_an_ad_platform(command, tmp_path)
    else:
        said = run(here(command, demo, tmp_path), tmp_path)
        assert shape_of(output) == shape_of(said) if output else said


def assert_it_is_there(command: str) -> None:
    program, what = command.split()[:2]
    if program == "make":
        assert subprocess.run(["make", "-n", what], cwd=ROOT, capture_output=True, check=False).returncode == 0
    else:
        assert (ROOT / "Dockerfile").exists()


def run(command: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SPONSORED_PROXY_ADS_KEY": "TSE_demo"}
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=with_an_outbox(folder) if " events " in command else ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=A_PROCESS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_an_outbox(folder: Path) -> Path:
    """The folder, with the outbox in it that the pages look into: things went wrong three minutes ago."""
    clock = ManualClock(wall=time.time() - 185)

    async def fill(data: Path) -> None:
        outbox = SqliteOutbox(data, size=1 << 30, clock=clock)
        await outbox.open()
        c_17, *others = [an_event(f"c-{number}") for number in (17, 18, 19)]
        await outbox.put([c_17])
        await outbox.settle([Dead(kept.ref, "400 bad_request") for kept in await outbox.claim("clicks", 1)])
        await outbox.put(others)
        await outbox.filter([an_event("i-1", kind="impressions")], "a crawler: ExampleBot")
        await outbox.close()

    asyncio.run(fill(folder / "data"))
    asyncio.run(fill(folder / "before"))
    aside = folder / "data" / "events.sqlite3.damaged-2026-01-31T12-59-59Z"
    (folder / "before" / "events.sqlite3").rename(aside)
    return folder


def assert_it_serves(command: str, demo: Demonstration, folder: Path) -> None:
    """Started as it stands (with a key file, and ports of its own), it comes to serve, and ends when it is told to."""
    (folder / "ads.key").write_text("TSE_of_a_test\n")
    flags = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data", str(folder / "data")]
    words = shlex.split(re.sub(r"https://search\.example", demo.shop, command).partition("serve")[2])
    words = [word if word != "ads.key" else str(folder / "ads.key") for word in words]
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", "serve", *words, *flags],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        assert any("serves" in line for line in process.stdout)
    finally:
        process.terminate()
        assert process.wait(A_PROCESS) == 0


def assert_it_is_an_ad_platform(command: str, folder: Path) -> None:
    """Started as it stands, with the page's first campaigns and a port of its own, it comes to listen, and ends when told to."""
    (folder / "ads.key").write_text("TSE_of_a_test\n")
    campaigns = next(block.text for block in blocks("yaml") if block.page.name == "sandbox.md")
    (folder / "campaigns.yaml").write_text(campaigns)
    words = [*shlex.split(command.partition("sandbox ")[2]), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", "sandbox", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ad platform: http://")
    finally:
        process.terminate()
        assert process.wait(A_PROCESS) == 0


def shape_of(output: str) -> str:
    """What is printed, but for what differs from run to run."""
    return re.sub(r"[0-9a-f]{16}|\d+(?:\.\d+)?", "N", output.strip())
