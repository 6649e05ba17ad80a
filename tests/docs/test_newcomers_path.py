"""README's way from an API's address to ads in its answers, walked command by command, with the demo's shop as the API."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from proxy.cli.main import main
from tests.docs.markdown import ROOT, commands, newcomers_path
from tests.integration.demonstration import Demonstration
from tests.patience import A_PROCESS

PAGE, SECTION = newcomers_path()
COMMANDS = [command for block, command, _ in commands() if block.page == PAGE and block.text in SECTION]


class Newcomer:
    """Somebody in an empty folder, with as many terminals as it takes."""

    def __init__(self, folder: Path, api: str) -> None:
        self.folder = folder
        self.api = api
        self.addresses: dict[str, str] = {}
        self.running: list[subprocess.Popen[str]] = []

    def start(self, command: str) -> subprocess.Popen[str]:
        for written, real in {"https://search.example": self.api, **self.addresses}.items():
            command = command.replace(written, real)
        command = command.replace(".venv/bin/sponsored-proxy", f"{shlex.quote(sys.executable)} -m proxy")
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.running.append(process)
        return process

    def runs(self, command: str) -> str:
        """A command that ends by itself; what it printed."""
        process = self.start(command)
        said, _ = process.communicate(timeout=A_PROCESS)
        assert process.returncode == 0, said
        return said

    def leaves_running(self, command: str, says: str, usually: str) -> None:
        """A command that stays; `says` is where it prints the address that is `usually` another one."""
        process, said = self.start(command), ""
        assert process.stdout is not None
        too_long = threading.Timer(A_PROCESS, process.kill)
        too_long.start()
        for line in process.stdout:
            said += line
            if found := re.search(says, said):
                self.addresses[usually] = found[1]
                break
        too_long.cancel()
        assert usually in self.addresses, said


@pytest.fixture(scope="module")
def api():
    with Demonstration("--quiet") as demo:
        yield demo.running().shop


@pytest.fixture
def newcomer(tmp_path, api):
    someone = Newcomer(tmp_path, api)
    yield someone
    for process in someone.running:
        process.terminate()
    for process in someone.running:
        process.wait(A_PROCESS)


def test_three_commands_lead_from_an_api_to_ads_in_its_answers(newcomer):
    init, sandbox, serve, curl = COMMANDS
    organic = json.loads(newcomer.runs(curl.replace("-i", "-s").replace("http://127.0.0.1:8080", newcomer.api)))
    newcomer.runs(init)
    newcomer.leaves_running(f"{sandbox} --listen 127.0.0.1:0", r"ad platform: (http://\S+)", "http://127.0.0.1:8082")
    newcomer.leaves_running(
        f"{serve} --listen 127.0.0.1:0 --admin 127.0.0.1:0",
        r"listening on (http://\S+)[\s\S]* serves: book",
        "http://127.0.0.1:8080",
    )
    head, _, body = newcomer.runs(curl.replace("-i", "-si")).partition("\n\n")
    assert re.search(r"^Sponsored-Status: served; winners=[1-9]", head, re.MULTILINE), head
    products = json.loads(body)["products"]
    assert "resolvedBidId" in json.dumps(products[0])
    assert sorted(each["id"] for each in products) == sorted(each["id"] for each in organic["products"])


def test_help_shows_the_same_commands(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out.replace("\\\n", " ")
    assert [" ".join(line.split()) for line in shown.splitlines() if "https://" in line or "--any" in line] == [
        " ".join(command.removeprefix(".venv/bin/").split()) for command in COMMANDS[:3]
    ]


def test_what_init_says_last_is_the_rest_of_the_path(newcomer):
    said = newcomer.runs(COMMANDS[0])
    lines = [" ".join(line.split()) for line in said.replace(newcomer.api, "https://search.example").splitlines()]
    rest = [" ".join(command.removeprefix(".venv/bin/").split()) for command in COMMANDS[1:]]
    assert [line for line in lines if line in rest] == rest
