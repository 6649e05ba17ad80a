"""Instructions, counted by whatever the machine has."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.counters import Perf, Valgrind, counter
from tests.conformance.running import needs

LOG = "==7== I   refs:      1,163,225\n"


def test_valgrind_says_it_process_by_process(tmp_path: Path) -> None:
    (tmp_path / "1.valgrind").write_text(LOG)
    (tmp_path / "2.valgrind").write_text(LOG)
    assert Valgrind().total(tmp_path) == 2 * 1_163_225


def test_a_process_that_was_killed_leaves_no_total(tmp_path: Path) -> None:
    (tmp_path / "1.valgrind").write_text(LOG)
    (tmp_path / "2.valgrind").write_text("==8== Command: python\n")
    with pytest.raises(RuntimeError, match="before valgrind could say"):
        Valgrind().total(tmp_path)


def test_perf_says_one_total_or_that_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "perf").write_text("# started on Sun Nov 22\n\n987654,,instructions:u,100,100.00,,\n")
    assert Perf().total(tmp_path) == 987_654
    (tmp_path / "perf").write_text("<not supported>,,instructions:u,0,100.00,,\n")
    with pytest.raises(RuntimeError, match="counted nothing"):
        Perf().total(tmp_path)


@pytest.mark.long
def test_twice_the_work_is_about_twice_the_instructions(tmp_path: Path) -> None:
    by = counter()
    needs("perf with a counter, or valgrind", by is not None)
    assert by is not None
    totals = []
    for number in (0, 1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        work = f"for _ in range({number} * 300_000): pass"
        subprocess.run(by.command([sys.executable, "-I", "-c", work], folder), check=True, capture_output=True)
        totals.append(by.total(folder))
    assert totals[2] - totals[0] == pytest.approx(2 * (totals[1] - totals[0]), rel=0.2)
