"""What is installed is what was read: every package of every lock file by its hash, and from no host by name."""

import json
import re

import pytest

from tests.house.plan import HOUSE

OF_PIP = sorted((HOUSE / "requirements").glob("*.lock"))
OF_NPM = sorted(HOUSE / "tests" / folder / "package-lock.json" for folder in ("clients", "backends/vendure"))


@pytest.mark.parametrize("lock", OF_PIP, ids=lambda lock: lock.stem)
def test_every_python_package_has_its_hashes(lock):
    entries = re.split(r"\n(?=\S+==)", re.sub(r"^ *#.*\n", "", lock.read_text(), flags=re.M))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", OF_NPM, ids=lambda lock: lock.parent.name)
def test_every_npm_package_has_its_hash(lock):
    packages = json.loads(lock.read_text())["packages"]
    assert [name for name, package in packages.items() if name and not package["integrity"].startswith("sha512-")] == []


@pytest.mark.parametrize("lock", OF_NPM, ids=lambda lock: lock.parent.name)
def test_no_package_says_where_it_comes_from(lock):
    packages = json.loads(lock.read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


@pytest.mark.parametrize("lock", OF_NPM, ids=lambda lock: lock.parent.name)
def test_nothing_of_a_package_runs_when_it_is_installed(lock):
    assert "ignore-scripts=true" in (lock.parent / ".npmrc").read_text().splitlines()


@pytest.mark.parametrize("lock", OF_PIP, ids=lambda lock: lock.stem)
def test_no_python_package_says_where_it_comes_from(lock):
    assert "://" not in re.sub(r"#.*", "", lock.read_text())
