import argparse

import pytest

from proxy.cli import sandbox
from proxy.sandbox.repertoire import LIES


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    sandbox.add_parser(parser.add_subparsers())
    return parser.parse_args(["sandbox", *arguments])


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "market.yaml"
    file.write_text("campaigns: [{name: x, bids: [{product: p, bid: 1}]}]")
    return file


def test_help_tells_every_lie(capsys):
    with pytest.raises(SystemExit):
        parsed("--help")
    told = capsys.readouterr().out
    assert all(f"{name} " in told and meaning in told for name, meaning in LIES.items())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--delay", "soon"], "a delay of 'soon'"),
        (["--fail-rate", "2"], "from 0 to 1"),
        (["--lie", "white"], "no lie is called 'white'"),
        ([], "no key"),
        (["--key-file", "nowhere"], "the key cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_and_ends_with_1(config, tmp_path, monkeypatch, capsys, arguments, told):
    monkeypatch.delenv(sandbox.KEY_VARIABLE, raising=False)
    assert sandbox.run(parsed("--config", str(config), "--data", str(tmp_path), *arguments)) == 1
    assert told in capsys.readouterr().err


def test_campaigns_with_problems_are_told_and_end_with_1(config, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(sandbox.KEY_VARIABLE, "k")
    config.write_text("campaigns: [{}]")
    assert sandbox.run(parsed("--config", str(config), "--data", str(tmp_path))) == 1
    assert "market.yaml:1  campaigns[0].name: is missing" in capsys.readouterr().err


def test_a_data_folder_that_cannot_be_used_is_told(config, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(sandbox.KEY_VARIABLE, "k")
    (tmp_path / "file").write_text("")
    assert sandbox.run(parsed("--config", str(config), "--data", str(tmp_path / "file"))) == 1
    assert "cannot be kept there" in capsys.readouterr().err
