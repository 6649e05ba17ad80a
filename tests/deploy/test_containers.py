"""compose.yaml: its containers are locked in, and their commands, run as processes, are the whole shop."""

import json
import re
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator

import aiohttp
import pytest

from proxy.server.units import duration
from tests.conformance.running import needs
from tests.deploy.containers import Containers
from tests.deploy.manifests import DEPLOY, ROOT, compose
from tests.patience import until

SERVICES = compose()["services"]
EACH = pytest.mark.parametrize("name", SERVICES)
STEPS = ("redis", "shop", "sandbox", "proxy-1", "proxy-2", "front")


@EACH
def test_a_container_is_locked_in(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0
    assert "cap_add" not in service
    assert "privileged" not in service


@EACH
def test_a_container_writes_only_where_it_must(name: str) -> None:
    mounts = [mount for mount in SERVICES[name].get("volumes", ()) if not mount.get("read_only")]
    assert [mount["target"] for mount in mounts] == ([] if name == "front" else ["/data"])


@EACH
def test_a_container_that_stays_is_looked_after(name: str) -> None:
    health = SERVICES[name]["healthcheck"]
    assert health == {"disable": True} if name == "furnish" else health["test"][0] in ("CMD", "CMD-SHELL")


def test_ports_are_this_machines_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []
    assert "ports" not in SERVICES["proxy"], "replicas cannot share a port of the machine"


def test_only_the_proxies_reach_redis() -> None:
    assert {name for name, service in SERVICES.items() if "redis" in service.get("networks", ())} == {"proxy", "redis"}
    assert compose()["networks"]["redis"] == {"internal": True}


def test_every_container_runs_as_its_image_does() -> None:
    user = re.search(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    ours = [service for service in SERVICES.values() if service["image"] == "sponsored-proxy"]
    assert user
    assert {service["user"] for service in ours} == {user[1]}


def test_a_proxy_has_time_to_end_what_is_under_way() -> None:
    proxy = SERVICES["proxy"]
    assert duration(proxy["stop_grace_period"]) >= duration(proxy["environment"]["SPONSORED_PROXY_DRAIN"]) + 5


def test_every_file_that_is_mounted_is_there() -> None:
    sources = [
        mount["source"]
        for service in SERVICES.values()
        for mount in service.get("volumes", ())
        if mount["type"] == "bind"
    ]
    assert [source for source in sources if not (DEPLOY / source).exists()] == []


def test_secrets_are_made_up_once_and_nobody_else_gets_at_them(tmp_path) -> None:
    def make() -> dict[str, str]:
        subprocess.run(["sh", str(DEPLOY / "secrets.sh"), str(tmp_path / "secrets")], check=True)
        return {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}

    made = make()
    assert make() == made
    files = {secret["file"].removeprefix("./secrets/") for secret in compose()["secrets"].values()}
    assert made.keys() == files | {"proxy.env"}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "ads-key").stat().st_mode) == 0o644, "the container's user is not you"
    password = made["redis-password"].removeprefix("requirepass ").strip()
    assert len(password) == 48
    assert f"redis://:{password}@redis:6379/0" in made["proxy.env"]


@pytest.fixture
async def containers(tmp_path) -> AsyncIterator[Containers]:
    for program in ("nginx", "redis-server", "redis-cli", "wget"):
        needs(program, shutil.which(program, path="/usr/bin:/usr/sbin:/usr/local/bin"))
    containers = Containers(tmp_path)
    await containers.make_secrets()
    containers.configure()
    assert await containers.run("furnish") == 0
    try:
        for name in STEPS:
            await containers.start(name)
        yield containers
    finally:
        await containers.end()


async def test_all_of_it_runs_together(containers: Containers) -> None:
    front = f"http://127.0.0.1:{containers.ports['front']}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{front}/api/search?q=lamp") as answer:
            products = (await answer.json())["products"]
            assert answer.headers["Sponsored-Status"].startswith("served; winners=")
        assert products[0]["resolvedBidId"]
        click = {
            "id": "c-1",
            "occurredAt": "2026-11-22T10:00:00Z",
            "opaqueUserId": "u",
            "resolvedBidId": products[0]["resolvedBidId"],
        }
        events = json.dumps({"clicks": [click]})
        same = {"Origin": front}
        async with session.post(f"{front}/topsort/v2/events", data=events, headers=same) as answer:
            assert answer.status == 204, await answer.text()
        async with session.get(f"{front}/") as answer:
            assert "text/html" in answer.headers["Content-Type"]


async def test_an_accepted_event_goes_through_redis_to_the_ad_platform(containers: Containers) -> None:
    front, sandbox = (f"http://127.0.0.1:{containers.ports[name]}" for name in ("front", "sandbox"))
    view = {
        "id": "v-1",
        "occurredAt": "2026-11-22T10:00:00Z",
        "opaqueUserId": "u",
        "page": {"type": "home", "pageId": "/"},
    }
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{front}/topsort/v2/events", data=json.dumps({"pageviews": [view]})) as answer:
            assert answer.status == 204, await answer.text()

        async def arrived() -> bool:
            async with session.get(f"{sandbox}/_sandbox/events") as answer:
                return "v-1" in await answer.text()

        await until(arrived, "the ad platform never had it")
    assert list((containers.folder / "redis" / "appendonlydir").glob("*.aof")), "and it was on Redis' disk"
    assert not list(containers.folder.glob("proxy-*/events.sqlite3")), "and on no disk of a proxy's"


async def test_redis_keeps_what_it_acknowledges_and_lets_nobody_in_without_the_password(containers: Containers) -> None:
    def ask(*words: str, password: str = "") -> list[str]:
        command = ["redis-cli", "-p", str(containers.ports["redis"]), *(["-a", password] if password else []), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    password = (containers.folder / "secrets" / "redis-password").read_text().split()[1]
    assert ask("ping")[0] == "NOAUTH"
    for name, value in {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}.items():
        assert ask("config", "get", name, password=password) == [name, value]
