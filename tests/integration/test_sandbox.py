"""The sandbox as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

CONFIG = "campaigns: [{name: x, bids: [{product: p1, bid: 1}]}]"
COMMAND = """
import argparse, sys
from proxy.cli import sandbox
parser = argparse.ArgumentParser()
sandbox.add_parser(parser.add_subparsers())
args = parser.parse_args(["sandbox", *sys.argv[1:]])
sys.exit(args.run(args))
"""


@pytest.fixture
def started(tmp_path):
    (tmp_path / "market.yaml").write_text(CONFIG)
    (tmp_path / "key").write_text("TSE_secret\n")
    files = ["--config", tmp_path / "market.yaml", "--key-file", tmp_path / "key", "--data", tmp_path / "data"]
    command = [sys.executable, "-c", COMMAND, *map(str, files), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = process.stdout.readline()
    assert said.startswith("ad platform: http://127.0.0.1:")
    yield process, said.split()[-1]
    process.kill()
    process.communicate()


def auction(address: str) -> dict:
    question = {"auctions": [{"type": "listings", "slots": 1, "products": {"ids": ["p1"]}}]}
    headers = {"Authorization": "Bearer TSE_secret", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/v2/auctions", json.dumps(question).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_it_holds_auctions_with_the_key_of_the_file(started):
    assert auction(started[1])["results"][0]["winners"][0]["id"] == "p1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(started, number):
    process, address = started
    auction(address)
    os.kill(process.pid, number)
    _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")
