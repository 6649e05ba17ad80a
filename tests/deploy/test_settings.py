"""What deploy/ tells the proxy is what the proxy understands: its variables, its flags, its rules."""

import re

import pytest
import yaml

from proxy.rules.files import read_book
from proxy.server.read_settings import read_settings
from proxy.server.settings import KEY_VARIABLE, SETTINGS
from tests.deploy.manifests import DEPLOY, KUBERNETES, VARIANTS, compose, container, read, settings

FILES = sorted(file for file in DEPLOY.rglob("*") if file.is_file() and "secrets" not in file.parts)
KNOWN = {setting.variable for setting in SETTINGS} | {KEY_VARIABLE}
OTHERS = {
    *("--dead", "--file"),  # `events`
    *(
        "--config",
        "--key-file",
        "--delay",
        "--report",
        "--events",
    ),  # the sandbox and the shop; test_containers.py runs them
    *("--build", "--dry-run", "--from-file", "--from-literal", "--now"),  # docker, kubectl, systemctl
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_is_a_setting(file) -> None:
    # A Service of our name makes Kubernetes set this one; a comment says so.
    used = set(re.findall(r"SPONSORED_PROXY_[A-Z_]+", file.read_text())) - {"SPONSORED_PROXY_PORT"}
    assert used <= KNOWN


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_flag_that_a_sentence_names_is_one(file) -> None:
    assert (
        set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", file.read_text()))
        <= {setting.flag for setting in SETTINGS} | OTHERS
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_proxy_takes_the_settings_of_a_pod(variant: str, tmp_path) -> None:
    told = dict(settings())
    (tmp_path / "ads-key").write_text("TSE_of_a_test\n")
    told["SPONSORED_PROXY_ADS_KEY_FILE"] = str(tmp_path / "ads-key")
    for variable in container(variant).get("env", ()):
        told[variable["name"]] = SECRETS[variable["name"]]
    read = read_settings(NO_FLAGS, told)
    assert read.upstream == "https://search.example"
    assert str(read.admin) == "0.0.0.0:9090"


def test_the_proxy_takes_the_settings_of_its_container(tmp_path) -> None:
    told = dict(compose()["services"]["proxy"]["environment"])
    (tmp_path / "ads-key").write_text("TSE_of_a_test\n")
    told["SPONSORED_PROXY_ADS_KEY_FILE"] = str(tmp_path / "ads-key")
    read = read_settings(NO_FLAGS, told | {"SPONSORED_PROXY_REDIS": SECRETS["SPONSORED_PROXY_REDIS"]})
    assert read.admin.is_loopback


def test_check_has_nothing_to_say_about_the_rules_of_the_configmap() -> None:
    (rules,) = [one for one in read(KUBERNETES / "common" / "rules.yaml") if one.kind == "ConfigMap"]
    reading = read_book({name: text.encode() for name, text in rules.said["data"].items()})
    assert reading.problems == ()
    assert [yaml.safe_load(text)["mode"] for text in rules.said["data"].values()] == ["shadow"], (
        "nobody's shop changes unasked"
    )


NO_FLAGS = {setting.attribute: None for setting in SETTINGS}
SECRETS = {
    "SPONSORED_PROXY_ADMIN_TOKEN": "a-token-of-a-test-0123456789",
    "SPONSORED_PROXY_REDIS": "redis://:a-password@redis.example:6379/0",
}
