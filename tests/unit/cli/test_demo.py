import argparse
import json
import socket
import stat
from pathlib import Path

import pytest

from proxy.cli import demo
from proxy.errors import SettingsTrouble
from proxy.sandbox.config import read_market


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    demo.add_parser(parser.add_subparsers())
    return parser.parse_args(["demo", *arguments])


def test_a_default_port_that_is_taken_is_replaced_by_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        assert demo._port(None, number, set()) not in (number, None)


def test_no_port_is_given_out_twice():
    taken: set[int] = set()
    ports = [demo._port(None, 8080, taken) for _ in range(8)]
    assert len(set(ports)) == 8


def test_a_port_that_was_asked_for_and_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SettingsTrouble, match="cannot be had"):
            demo.Ports.free(parsed("--port", str(taken.getsockname()[1])))


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_port_that_is_none_is_told(port):
    with pytest.raises(SettingsTrouble, match="cannot be had"):
        demo.Ports.free(parsed("--shop-port", port))


def test_rules_of_the_folder_at_hand_come_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    assert demo._rules(None, tmp_path / "data")[0] == Path("rules")


def test_elsewhere_a_copy_of_the_demos_own_rules_is_used(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rules, told = demo._rules(None, tmp_path / "data")
    assert {file.name for file in rules.iterdir()} >= {"search.yaml", "category.yaml", "home.yaml", "similar.yaml"}
    assert str(rules) in told
    (rules / "search.yaml").write_text("changed")
    assert (demo._rules(None, tmp_path / "data")[0] / "search.yaml").read_text() == "changed"


def test_the_copy_in_the_package_is_the_folder_of_the_repository():
    root = Path(demo.__file__).parents[2]
    packaged = root / "proxy/sandbox/shop/rules"
    assert packaged.is_symlink()
    assert packaged.resolve() == root / "rules"


def test_a_folder_of_rules_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingsTrouble, match="no such folder"):
        demo._rules(tmp_path / "nowhere", tmp_path)


def test_the_folder_holds_what_the_processes_need(tmp_path):
    demo.furnish(tmp_path)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    key = (tmp_path / "key").read_text()
    assert len(json.loads((tmp_path / "catalogue.json").read_text())["products"]) == 312
    assert read_market(tmp_path / "campaigns.yaml").by_id["TL-1001"].vendor
    (tmp_path / "campaigns.yaml").write_text("reserve: 1")
    demo.furnish(tmp_path)
    assert (tmp_path / "key").read_text() == key
    assert (tmp_path / "campaigns.yaml").read_text() == "reserve: 1"


def test_settings_of_another_proxy_do_not_reach_the_demos(monkeypatch):
    monkeypatch.setenv("SPONSORED_PROXY_ADS_KEY", "precious")
    monkeypatch.setenv("HOME", "/somewhere")
    assert "SPONSORED_PROXY_ADS_KEY" not in demo._environment()
    assert demo._environment()["HOME"] == "/somewhere"


@pytest.mark.parametrize("arguments", [["--delay", "soon"], ["--fail-rate", "2"], ["--lie", "white"]])
def test_a_behaviour_that_makes_no_sense_is_told_before_anything_starts(arguments):
    with pytest.raises(SettingsTrouble):
        demo.run(parsed(*arguments))
