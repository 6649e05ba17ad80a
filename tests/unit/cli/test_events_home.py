"""The outbox that a command line names."""

import argparse

import pytest

from proxy.cli.events_home import VARIABLE, add_home, opened
from proxy.errors import SettingsTrouble
from proxy.events.outbox import OutboxTrouble


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


async def test_a_file_that_is_no_outbox_says_so(tmp_path):
    (tmp_path / "file").write_text("no database")
    with pytest.raises(OutboxTrouble, match="not a database"):
        async with opened(named("--file", str(tmp_path / "file"))):
            pass
