"""docs/rules.md: its examples are rules, and its reference is that of the models."""

import re
from pathlib import Path

import pytest

from proxy.rules.files import read_book
from proxy.rules.reference import BEGIN, with_reference

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
TEXT = PAGE.read_text()
RULES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def test_the_reference_is_not_stale() -> None:
    assert BEGIN in TEXT
    assert with_reference(TEXT) == TEXT, "run: python -m proxy.rules.reference docs/rules.md"


@pytest.mark.parametrize("rule", RULES)
def test_every_example_is_a_rule_without_a_problem(rule: str) -> None:
    reading = read_book({"rules/search.yaml": rule.encode()})
    assert reading.problems == ()
    assert reading.book


def test_there_is_an_example() -> None:
    assert RULES


def test_the_problem_that_the_page_shows_is_the_one_that_is_told() -> None:
    (problem,) = read_book({"rules/search.yaml": RULES[0].replace("slots: 3", "slotz: 3").encode()}).problems
    assert str(problem) in TEXT
