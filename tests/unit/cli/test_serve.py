import argparse

import pytest

from proxy.cli import serve
from proxy.cli.main import main
from proxy.server.settings import KEY_VARIABLE, SETTINGS


def test_help_names_every_setting_with_its_variable(capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    shown = "".join(capsys.readouterr().out.split())
    for setting in SETTINGS:
        assert setting.flag in shown
        assert setting.variable in shown


def test_without_upstream_and_key_it_says_both_and_exits_1(monkeypatch, capsys):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.delenv("SPONSORED_PROXY_UPSTREAM", raising=False)
    assert main(["serve"]) == 1
    told = capsys.readouterr().err
    assert "--upstream is missing" in told
    assert "key is missing" in told


@pytest.mark.parametrize("flag", ["--ads-key", "--cache", "--upstr"])
def test_what_is_no_setting_is_not_swallowed(flag, capsys):
    commands = argparse.ArgumentParser().add_subparsers()
    serve.add_parser(commands)
    assert main(["serve", flag, "x"]) == 2
    assert f"there is no flag '{flag}'" in capsys.readouterr().err
