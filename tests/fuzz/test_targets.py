"""Every target takes its seeds and all that fuzzing ever found; no fuzzer is needed for that."""

import importlib

import pytest

from tests.fuzz.targets import TARGETS, found_of, seeds_of


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds(name: str) -> None:
    target = importlib.import_module(f"tests.fuzz.{name}")
    seeds = seeds_of(name)
    assert seeds
    for data in seeds.values():
        target.check(data)


@pytest.mark.parametrize(("name", "file"), [(name, file) for name in TARGETS for file in found_of(name)])
def test_what_a_fuzzer_found_is_mended_and_stays_so(name: str, file: str) -> None:
    importlib.import_module(f"tests.fuzz.{name}").check(found_of(name)[file])


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_what_is_left_of_its_seeds_when_they_break_off(name: str) -> None:
    target = importlib.import_module(f"tests.fuzz.{name}")
    for data in seeds_of(name).values():
        for end in range(0, len(data), max(1, len(data) // 16)):
            target.check(data[:end])
