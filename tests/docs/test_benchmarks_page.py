"""docs/benchmarks.md is a report as it was measured, and no other page quotes a figure about speed that it has not."""

import re
from pathlib import Path

import pytest

from benchmarks.report import MARK
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
QUOTING = [ROOT / "README.md", ROOT / "docs" / "operations.md"]
FIGURE = re.compile(
    r"(\d[\d,.]*) ?(?:ms of CPU|ms a request|µs|requests a second|visits a second|events a second|times (?:as fast|faster|cheaper|less))"
)


def unmeasured(text: str, report: str) -> list[str]:
    """Figures about speed in `text` that `report` does not have."""
    measured = set(re.findall(r"\d[\d,.]*\d|\d", report))
    return [figure for figure in FIGURE.findall(text) if figure.rstrip(".,") not in measured]


def test_the_page_is_a_report_with_its_plots() -> None:
    text = PAGE.read_text()
    assert MARK in text
    plots = re.findall(r"\((benchmarks/[\w.]+)\)", text)
    assert plots
    assert [plot for plot in plots if not (PAGE.parent / plot).read_text().startswith("<svg")] == []


@pytest.mark.parametrize("page", QUOTING, ids=lambda page: page.name)
def test_no_page_quotes_a_figure_that_was_not_measured(page: Path) -> None:
    assert unmeasured(page.read_text(), PAGE.read_text()) == []


def test_a_figure_that_is_not_in_the_report_is_found() -> None:
    text = "It takes 0.134 ms of CPU, serves 4,590 requests a second and is 3.2 times faster; the timeout is 150 ms."
    assert unmeasured(text, "| ours | 0.134 | 4,590 |") == ["3.2"]
