"""The systemd unit: what systemd itself says of it, where it is there, and what every reader can see."""

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser

import pytest

from tests.deploy.manifests import DEPLOY

UNIT = DEPLOY / "systemd" / "sponsored-proxy.service"
LINES = [line for line in UNIT.read_text().splitlines() if line and not line.startswith("#")]


def test_every_line_is_a_section_or_a_directive() -> None:
    assert [line for line in LINES if not re.fullmatch(r"\[(?:Unit|Service|Install)\]|[A-Z]\w+=.*", line)] == []
    once = [line.partition("=")[0] for line in LINES if not line.startswith(("[", "Environment=", "SystemCallFilter="))]
    assert len(once) == len(set(once))


def test_the_key_comes_as_a_credential_and_the_proxy_is_told_where() -> None:
    assert "LoadCredential=ads-key:/etc/sponsored-proxy/ads-key" in LINES
    assert "Environment=SPONSORED_PROXY_ADS_KEY_FILE=%d/ads-key" in LINES


def test_it_comes_back_by_itself_and_may_open_a_file_for_each_shopper() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.read(UNIT)
    assert unit["Service"]["Restart"] == "always"
    assert int(unit["Service"]["LimitNOFILE"]) > 2 * 10000


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd: containers seldom have one")
def test_systemd_has_nothing_to_say_against_it(tmp_path) -> None:
    # The program that it starts is not installed here; another one stands in for it.
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text()))
    verified = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd: containers seldom have one")
def test_systemd_finds_it_locked_in() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(UNIT)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0, "an exposure of more than 2.0"
