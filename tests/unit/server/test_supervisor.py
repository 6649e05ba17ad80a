"""What the parent does is tried with real processes (tests/integration/test_processes_*.py); here is how it fails."""

import socket

import pytest

from proxy.clock import ManualClock
from proxy.errors import SettingsTrouble
from proxy.server.read_settings import read_settings
from proxy.server.settings import KEY_VARIABLE
from proxy.server.supervisor import Supervisor
from tests.integration.processes import RULE


def settings(folder, **flags):
    (folder / "rules").mkdir()
    (folder / "rules" / "a.yaml").write_text(RULE.format(page="a"))
    told = {
        "upstream": "http://x",
        "rules": str(folder / "rules"),
        "data": str(folder / "data"),
        "admin": "127.0.0.1:0",
    }
    return read_settings({"listen": "127.0.0.1:0"} | told | flags, {KEY_VARIABLE: "canary-key"})


async def test_an_address_in_use_is_a_setting_to_change(tmp_path):
    why = r"--listen .* cannot listen there \(Address already in use\)"
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SettingsTrouble, match=why):
        Supervisor(settings(tmp_path, listen=f"127.0.0.1:{other.getsockname()[1]}"), ManualClock())


async def test_it_is_not_ready_before_a_worker_serves(tmp_path):
    supervisor = Supervisor(settings(tmp_path), ManualClock())
    assert not supervisor.is_ready
    house = supervisor.house()
    assert (house.generation, house.pages, house.workers_serving, house.draining) == (1, ("a",), 0, False)
    assert supervisor.visits() == []


async def test_banners_that_the_api_does_not_have_are_warned_of(tmp_path, caplog):
    told = settings(tmp_path, ads_api="v1")
    (tmp_path / "rules" / "b.yaml").write_text(RULE.format(page="b") + "banners: [{slot_id: ribbon, at: $.banners}]\n")
    Supervisor(told, ManualClock())._warn_of_what_nobody_asks_for()
    assert [record.message for record in caplog.records] == [
        "--ads-api v1 has no banners: those of b are not asked for"
    ]


async def test_banners_that_the_api_has_are_not(tmp_path, caplog):
    told = settings(tmp_path)
    (tmp_path / "rules" / "b.yaml").write_text(RULE.format(page="b") + "banners: [{slot_id: ribbon, at: $.banners}]\n")
    Supervisor(told, ManualClock())._warn_of_what_nobody_asks_for()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("flags", "warned"),
    [({}, True), ({"events_prefix": "/other"}, False), ({"no_events": "true"}, False)],
)
async def test_a_rule_that_wants_a_path_of_events_is_warned_of(tmp_path, caplog, flags, warned):
    told = settings(tmp_path, **flags)
    rule = RULE.format(page="b").replace("path: /b", 'path: "/topsort/{rest...}", methods: [POST]')
    (tmp_path / "rules" / "b.yaml").write_text(rule)
    Supervisor(told, ManualClock())._warn_of_what_nobody_asks_for()
    where = ["events are taken at /topsort/v2/events", "events are taken at /topsort/v1/events"]
    assert [record.message.partition(":")[0] for record in caplog.records] == (where if warned else [])
    assert all("b never sees a request there" in record.message for record in caplog.records)


@pytest.mark.parametrize("ours", [False, True])
async def test_a_rule_that_wants_a_path_of_segments_is_warned_of_only_where_it_is_ours(tmp_path, caplog, ours):
    (tmp_path / "secret").write_text("shared")
    told = settings(tmp_path, **({"segment_secret_file": str(tmp_path / "secret")} if ours else {}))
    rule = RULE.format(page="b").replace("path: /b", "path: /topsort/segment/webhook, methods: [POST]")
    (tmp_path / "rules" / "b.yaml").write_text(rule)
    Supervisor(told, ManualClock())._warn_of_what_nobody_asks_for()
    assert ("events are taken at /topsort/segment/webhook" in caplog.text) == ours


async def test_a_worker_is_told_what_is_in_force(tmp_path):
    supervisor = Supervisor(settings(tmp_path, drain="7s"), ManualClock())
    start = supervisor._told(2)
    assert (start.number, start.key, start.generation, list(start.texts)) == (2, "canary-key", 1, ["a.yaml"])
    assert start.told["drain"] == "7s"
