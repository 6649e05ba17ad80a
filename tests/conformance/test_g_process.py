"""Block G, the process: where the key may stand, what the image and the lock file promise."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.origin import new_marker, plain
from tests.conformance.outsider import UID, lent, outsider
from tests.conformance.running import CANARY, IS_OURS, ROOT, RULES, Proxy, wait_for, write_rules
from tests.conformance.shopper import Shopper, ask, request
from tests.conformance.stages import JSON, PAGE

pytestmark = pytest.mark.skipif(not IS_OURS, reason="only our own proxy can do this")


def ask_a_page(proxy: Proxy, origin):
    marker = new_marker()
    origin.on(marker, plain(PAGE, JSON))
    with Shopper(proxy.port) as shopper:
        return shopper.say(request(b"/search/" + marker)).hear()


def test_G06_a_key_in_a_rule_file_is_refused(tmp_path):
    rules = write_rules(tmp_path / "rules", RULES.replace("auction: {", f"auction: {{key: {CANARY}, "))
    done = subprocess.run(
        [sys.executable, "-m", "proxy", "check", str(rules)], capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert b"key" in done.stdout + done.stderr


def test_G06_a_key_is_never_a_flag(origin, ads, tmp_path):
    proxy = Proxy(tmp_path, origin.port, ads.port, "--ads-key", CANARY, key=None)
    proxy.begin()
    assert proxy.process.wait(30) != 0


def test_G06_without_a_key_it_does_not_start(origin, ads, tmp_path):
    proxy = Proxy(tmp_path, origin.port, ads.port, key=None)
    proxy.begin()
    assert proxy.process.wait(30) == 1
    assert "key" in proxy.output().lower()


def test_G06_a_key_file_is_rotated_without_a_restart(origin, ads, tmp_path):
    file = tmp_path / "key"
    file.write_text("TSE_first\n")
    with Proxy(tmp_path, origin.port, ads.port, "--ads-key-file", str(file), key=None) as proxy:

        def key_used() -> str | None:
            ads.calls.clear()
            assert b"resolvedBidId" in ask_a_page(proxy, origin).body
            return ads.calls[-1].key

        assert key_used() == "Bearer TSE_first"
        file.with_name("new").write_text("TSE_second")
        file.with_name("new").replace(file)
        wait_for(lambda: key_used() == "Bearer TSE_second", "the new key at the ad platform")
        file.unlink()
        assert key_used() == "Bearer TSE_second"


def test_G06_the_key_stands_nowhere_that_anybody_can_look(origin, ads, tmp_path):
    """After merged pages, refusals and a broken edit: not in answers, logs, metrics, pages, files or the command line."""
    looks: list[str] = []
    with Proxy(tmp_path, origin.port, ads.port, "--workers", "2") as proxy:
        for answer in (
            ask_a_page(proxy, origin),
            ask(proxy.port, b"/x"),
            ask(proxy.port, b"/\x00"),
            ask(proxy.port, b"/x", method=b"TRACE"),
        ):
            looks.append(repr(answer))
        assert ads.calls[-1].key == f"Bearer {CANARY}"
        before = proxy.metric("config_reload_failed_total")
        write_rules(proxy.rules, RULES.replace("slots:", "slotz:"))
        wait_for(lambda: proxy.metric("config_reload_failed_total") > before, "the refusal in the metrics")
        looks += [proxy.admin_text(path) for path in ("/", "/metrics", "/readyz", "/healthz", "/nothing")]
        looks += [" ".join(process.cmdline()) for process in proxy.processes()]
    looks.append(proxy.output())
    looks += [file.read_bytes().decode("latin-1") for file in proxy.data.rglob("*") if file.is_file()]
    assert not [look for look in looks if CANARY in look]


def test_G07_it_runs_without_root_without_capabilities_and_writes_only_its_data(origin, ads):
    with lent() as folder:
        write_rules(folder / "rules", RULES)
        with Proxy(folder, origin.port, ads.port, prefix=outsider(folder)) as proxy:
            assert b"resolvedBidId" in ask_a_page(proxy, origin).body
            for process in proxy.processes():
                status = Path(f"/proc/{process.pid}/status").read_text()
                assert re.search(rf"^Uid:\s+{UID}\s+{UID}\s", status, re.MULTILINE)
                assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
        assert {path.name for path in folder.iterdir()} == {"aside", "data", "rules", "proxy.log"}


def test_G07_it_runs_on_a_read_only_file_system(origin, ads):
    with lent() as folder:
        write_rules(folder / "rules", RULES)
        prefix = outsider(folder, read_only=True)
        with Proxy(folder, origin.port, ads.port, prefix=prefix) as proxy:
            assert b"resolvedBidId" in ask_a_page(proxy, origin).body


def test_G07_the_image_is_built_for_an_unprivileged_user():
    text = (ROOT / "Dockerfile").read_text()
    users = re.findall(r"^USER\s+(\S+)", text, re.MULTILINE)
    assert users, "no USER"
    assert users[-1].partition(":")[0] not in ("root", "0")
    assert re.search(r"^(ENTRYPOINT|CMD)\s+\[", text, re.MULTILINE), "the command must not need a shell"


LOCK = ROOT / "requirements/run.lock"


def test_G08_every_package_is_pinned_with_its_hash_and_installed_as_pinned():
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK.read_text().strip())
    assert len(blocks) > 10
    for block in blocks:
        name, version = re.match(r"([A-Za-z0-9._-]+)==(\S+)", block).groups()
        assert "--hash=sha256:" in block, name
        if "; " not in block.splitlines()[0]:
            assert importlib.metadata.version(name) == version


@pytest.mark.long
def test_G08_the_lock_installs_from_wheels_alone(tmp_path):
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--ignore-installed",
        "--quiet",
        "--disable-pip-version-check",
    ]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    assert subprocess.run(command, cwd=tmp_path, check=False, timeout=600).returncode == 0


def test_G08_aiohttp_is_recent_and_has_its_c_parser():
    from aiohttp import http_parser

    version = tuple(int(part) for part in importlib.metadata.version("aiohttp").split(".")[:3])
    assert version >= (3, 14, 3)
    assert http_parser.HttpRequestParser.__module__ == "aiohttp._http_parser"


def test_G08_the_start_refuses_an_aiohttp_without_its_c_parser(origin, ads, tmp_path):
    proxy = Proxy(tmp_path, origin.port, ads.port, env={"AIOHTTP_NO_EXTENSIONS": "1"})
    proxy.begin()
    assert proxy.process.wait(30) == 1
    assert "aiohttp" in proxy.output()
