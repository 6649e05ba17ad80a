"""Every module can be imported alone, and every source file has its test file."""

import os
import subprocess
import sys

import pytest

from tests.house.plan import FILES, HOUSE, MODULES, PROXY, name_of

# One interpreter with the libraries loaded, and a fork of it for each module: none of ours is loaded before.
ALONE = """
import importlib, os, sys, traceback
import aiohttp.web, aiohttp.test_utils, graphql, msgspec, prometheus_client, pydantic, yaml
failed = 0
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            print(f"import {name}", file=sys.stderr)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    failed |= os.waitpid(child, 0)[1]
sys.exit(bool(failed))
"""

NO_TEST_OF_ITS_OWN = {
    "proxy/clock.py": "two lines around the standard library, and the clock that the tests are made with",
}


def test_every_module_can_be_imported_alone():
    names = [name for name in MODULES if not name.endswith("__main__")]
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    done = subprocess.run([sys.executable, "-c", ALONE, *names], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", [file for file in FILES if file.name != "__init__.py"], ids=name_of)
def test_every_source_file_has_its_test_file(file):
    if str(file.relative_to(HOUSE)) in NO_TEST_OF_ITS_OWN:
        return
    place = HOUSE / "tests" / "unit" / file.relative_to(PROXY).parent
    assert (place / f"test_{file.stem.strip('_')}.py").is_file(), f"{file.relative_to(HOUSE)} has no test file"


def test_no_test_file_is_without_its_source():
    unit = HOUSE / "tests" / "unit"
    for test in unit.rglob("test_*.py"):
        place = PROXY / test.relative_to(unit).parent
        if not place.is_dir():  # what stands beside the house: benchmarks
            place = HOUSE / test.relative_to(unit).parent
        name = test.stem.removeprefix("test_")
        sources = [*place.glob(f"{name}.*"), *place.glob(f"__{name}__.py")]
        assert sources or place.name == name, f"{test.relative_to(HOUSE)} tests nothing that is there"


def test_test_files_that_would_hide_each_other_do_not_exist():
    for folder in (HOUSE / "tests").rglob("__init__.py"):
        pytest.fail(f"{folder}: tests are found by path (importmode=importlib), not as packages")
