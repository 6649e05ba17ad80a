"""The outbox that a command line names."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from proxy.cli.events_home import REDIS_VARIABLE, VARIABLE, add_home, opened
from proxy.errors import SettingsTrouble
from proxy.events.keeping.outbox import OutboxTrouble
from proxy.events.keeping.sqlite.place import Place
from tests.redis_server import a_redis

# Everything is loaded first: nobody may not be able to read this folder of ours.
AS_NOBODY = """
import os, sys
import proxy.cli.events
from proxy.cli.main import main
os.setgid(65534); os.setuid(65534)
sys.exit(main(["events", "status", "--data", sys.argv[1]]))
"""


def named(*words):
    parser = argparse.ArgumentParser()
    add_home(parser)
    return parser.parse_args(words)


def test_the_folder_is_the_one_that_serve_is_told(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert str(named().data) == "data"
    monkeypatch.setenv(VARIABLE, "/var/lib/proxy")
    assert str(named().data) == "/var/lib/proxy"
    assert str(named("--data", "here").data) == "here"


@pytest.mark.parametrize("words", [["--data", "nowhere"], ["--file", "nowhere"]])
async def test_what_is_not_there_is_not_made(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsTrouble, match=words[0]):
        async with opened(named(*words)):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_one_who_may_not_look_is_told_who_may():
    with tempfile.TemporaryDirectory() as open_to_all:  # pytest's own folders are not
        os.chmod(open_to_all, 0o755)
        place = Place(Path(open_to_all) / "data")
        place.make()
        assert_nobody_is_told(place)


def assert_nobody_is_told(place):
    for mode in (0o700, 0o755):  # neither into the folder, nor into the file
        os.chmod(place.folder, mode)
        command = [sys.executable, "-c", AS_NOBODY, str(place.folder)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (said.returncode, said.stdout) == (1, "")
        assert said.stderr.endswith("permission denied; run this as the user that the proxy runs as\n")


async def test_a_file_that_is_no_outbox_says_so(tmp_path):
    (tmp_path / "file").write_text("no database")
    with pytest.raises(OutboxTrouble, match="not a database"):
        async with opened(named("--file", str(tmp_path / "file"))):
            pass


async def test_the_redis_of_many_proxies_is_looked_into(tmp_path, monkeypatch):
    monkeypatch.delenv(REDIS_VARIABLE, raising=False)
    with a_redis(tmp_path) as redis:
        async with opened(named("--redis", redis.url)) as shelves:
            assert (await shelves.status()).trouble == ""
        monkeypatch.setenv(REDIS_VARIABLE, redis.url)
        async with opened(named("--data", "nowhere")) as shelves:
            assert await shelves.find("nobody") == []


async def test_what_is_no_redis_is_told_without_repeating_it():
    with pytest.raises(SettingsTrouble, match="--redis") as refused:
        async with opened(named("--redis", "http://:open-sesame@r")):
            pass
    assert "sesame" not in str(refused.value)
