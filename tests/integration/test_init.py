"""From a live search API to a running page with ads, by the commands that `init` prints."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.demonstration import Demonstration
from tests.patience import SECONDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo():
    with Demonstration("--quiet") as running:
        yield running.running()


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "proxy", *shlex.split(command)[1:]]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.mark.parametrize("path", ["/api/search?q=lamp", "/api/categories/lighting", "/api/featured"])
def test_a_live_address_becomes_a_rule_and_the_commands_it_prints_run(demo, tmp_path, path):
    made = run(f"sponsored-proxy init '{demo.shop}{path}'", tmp_path)
    assert made.returncode == 0, made.stderr
    assert "list: $.products" in made.stdout
    printed = [line.strip() for line in made.stderr.partition("Next:\n")[2].partition("\n\n")[0].splitlines()]
    again, check, explain, *_ = printed  # the others are walked by tests/docs/test_newcomers_path.py
    assert run(again, tmp_path).returncode == 0
    checked = run(check, tmp_path)
    assert (checked.returncode, checked.stdout.endswith("no problem\n")) == (0, True), checked.stdout
    told = run(explain, tmp_path)
    assert told.returncode == 0, told.stderr
    assert "--ads-url names whom to ask" in told.stdout


def test_the_rule_alone_is_on_standard_output(demo, tmp_path):
    made = run(f"sponsored-proxy init '{demo.shop}/api/search?q=lamp'", tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "search.yaml").write_text(made.stdout)
    assert run("sponsored-proxy check", tmp_path).returncode == 0


def test_a_web_page_is_explained(demo, tmp_path):
    made = run(f"sponsored-proxy init {demo.shop}/", tmp_path)
    assert (made.returncode, made.stdout) == (1, "")
    assert "web page (HTML)" in made.stderr
    assert "Traceback" not in made.stderr
