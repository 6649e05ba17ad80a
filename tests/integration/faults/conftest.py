"""What the fault tests share: a stage, a folder for each proxy, and the table at the end."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.integration.faults.stage import Stage

_ROWS: list[tuple[str, str, str, str]] = []


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage of one test's own."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def note() -> Any:
    """Adds a line to the table: fault, reasons, whether the bytes were equal, what it cost."""

    def add(fault: str, reasons: Sequence[str], equal: str, cost: str) -> None:
        _ROWS.append((fault, ", ".join(reasons), equal, cost))

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of all faults that were played."""
    if not _ROWS:
        return
    lines = [("fault", "reasons, in the order in which they came", "bytes equal", "added p99"), *_ROWS]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    terminalreporter.section("faults")
    for line in lines:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
