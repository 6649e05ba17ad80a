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


def test_campaigns_come_from_a_file_or_from_any_product_but_not_from_both(config, capsys):
    for arguments in ([], ["--any", "--config", str(config)]):
        with pytest.raises(SystemExit):
            parsed(*arguments)
        assert "--config" in capsys.readouterr().err


def test_for_a_newcomer_the_key_is_made_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "run_app", lambda *_: None)
    key = tmp_path / "ads.key"
    arguments = parsed("--any", "--key-file", str(key), "--data", str(tmp_path))
    assert sandbox.run(arguments) == 0
    assert f"a key was made: {key}" in capsys.readouterr().out
    first = key.read_text()
    assert len(first) > 32
    assert key.stat().st_mode & 0o077 == 0
    assert sandbox.run(arguments) == 0
    assert key.read_text() == first
    assert capsys.readouterr().out == ""


def test_a_key_that_cannot_be_made_is_told(tmp_path, capsys):
    key = tmp_path / "no" / "ads.key"
    assert sandbox.run(parsed("--any", "--key-file", str(key), "--data", str(tmp_path))) == 1
    assert "a key cannot be made there: No such file" in capsys.readouterr().err
