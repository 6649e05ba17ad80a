"""The variants of the proxy that the benchmarks start have rules without a problem."""

from pathlib import Path

import pytest

from benchmarks.ours import KEEPING, RULE, SPECULATING, proxy
from benchmarks.subjects import Place
from proxy.rules.files import read_book


@pytest.mark.parametrize("rule", [RULE, SPECULATING, KEEPING])
def test_every_rule_is_a_rule_without_a_problem(rule: str) -> None:
    read = read_book({"search.yaml": rule.encode()})
    assert read.book
    assert not read.problems


def test_a_thousand_rules_are_a_thousand_pages(tmp_path: Path) -> None:
    proxy("many", others=999).command(Place(1, "http://shop", "http://ads", tmp_path))
    read = read_book({file.name: file.read_bytes() for file in (tmp_path / "rules").iterdir()})
    assert read.book
    assert len({rule.page for rule in read.book.rules}) == 1000
