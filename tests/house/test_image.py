"""The image and the unit, as far as they can be read without running them: nobody's root, no secrets, no shell."""

import json
import os
import re
import subprocess
import sys
from configparser import ConfigParser

from proxy.server.settings import KEY_VARIABLE, SETTINGS
from tests.house.plan import HOUSE

VARIABLES = {setting.variable for setting in SETTINGS} | {KEY_VARIABLE}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order: word and the rest."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (HOUSE / "Dockerfile").read_text(), flags=re.M))
    return [
        (word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())
    ]


def last(word: str) -> str:
    return [rest for found, rest in instructions() if found == word][-1]


def of_final_stage() -> list[tuple[str, str]]:
    told = instructions()
    return told[max(n for n, (word, _) in enumerate(told) if word == "FROM") :]


def test_it_runs_as_nobody_in_particular():
    uid, _, gid = last("USER").partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    after = [word for word, _ in of_final_stage()]
    assert "RUN" not in after, "the final stage needs no shell"


def test_it_starts_without_a_shell():
    for word in ("ENTRYPOINT", "CMD"):
        assert isinstance(json.loads(last(word)), list)
    assert isinstance(json.loads(last("HEALTHCHECK").partition("CMD")[2]), list)


def test_only_the_data_folder_is_written_to():
    assert json.loads(last("VOLUME")) == ["/data"]
    environment = dict(part.split("=", 1) for part in last("ENV").split())
    assert environment["SPONSORED_PROXY_DATA"] == "/data"
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    owned = [rest for word, rest in of_final_stage() if word == "COPY" and "--chown" in rest]
    assert [rest.split()[-1] for rest in owned] == ["/data"]


def test_what_is_copied_exists_and_the_rest_stays_outside():
    kept = [line[1:] for line in (HOUSE / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert (HOUSE / ".dockerignore").read_text().splitlines()[1] == "*"
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (HOUSE / source).exists(), source
                assert any(source == name or source.startswith(f"{name}/") for name in kept), f"{source} is ignored"


def test_packages_come_by_their_hash_only():
    (install,) = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    lock = (HOUSE / "requirements" / "run.lock").read_text()
    assert len(re.findall(r"^[a-z0-9-]+==", lock, re.M)) <= lock.count("--hash=sha256:")
    assert "pytest" not in lock
    assert "://" not in re.sub(r"#.*", "", lock)


def test_no_secret_is_built_in():
    for file in ("Dockerfile", "deploy/systemd/sponsored-proxy.service", ".ci/run"):
        text = (HOUSE / file).read_text()
        assert not re.search(rf"{KEY_VARIABLE}\s*=\s*\S", text), file
        assert not re.search(r"TOKEN\s*=\s*\S", text), file


def test_every_variable_that_is_set_is_a_setting():
    for file in ("Dockerfile", "deploy/systemd/sponsored-proxy.service"):
        used = set(re.findall(r"SPONSORED_PROXY_[A-Z_]+", (HOUSE / file).read_text()))
        assert used <= VARIABLES, file


def test_it_runs_as_the_image_runs_it(tmp_path):
    """Its entry point, from nowhere in particular, with nothing of ours installed but what PYTHONPATH says."""
    entry = json.loads(last("ENTRYPOINT"))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOUSE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *entry[1:], "--version"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.stdout.startswith("sponsored-proxy "), done.stderr


def test_the_unit_lets_requests_end_before_it_kills():
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(HOUSE / "deploy" / "systemd" / "sponsored-proxy.service")
    service = unit["Service"]
    assert service["KillMode"] == "mixed"
    defaults = {setting.name: setting for setting in SETTINGS}
    drain = sum(defaults[name].read(defaults[name].default) for name in ("drain", "drain-lag"))
    assert float(service["TimeoutStopSec"].removesuffix("s")) > drain + 5
    assert service["Type"] == "notify"
    assert "HUP" in service["ExecReload"]


def test_the_build_is_a_script_that_bash_understands():
    script = HOUSE / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0
    assert "REQUIRE_ALL=1" in script.read_text()
