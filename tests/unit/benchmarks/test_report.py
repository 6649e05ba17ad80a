"""The report of the benchmarks: one page, its plots beside it."""

from pathlib import Path

from benchmarks.report import MARK, Section, page, write

SECTIONS = [Section("Beside others", ["CPU:", "| a |"], {"cpu.svg": "<svg/>"}), Section("Events", ["few"])]


def test_the_page_says_what_made_it_and_who_was_left_out() -> None:
    text = page(SECTIONS, "today; 2 cores", ["nginx: not installed"])
    assert MARK in text
    assert "today; 2 cores" in text
    assert text.index("## Beside others") < text.index("![Beside others](benchmarks/cpu.svg)") < text.index("## Events")
    assert text.endswith("## Left out\n\n- nginx: not installed\n")
    assert "Left out" not in page(SECTIONS, "today", [])


def test_plots_stand_in_a_folder_of_the_pages_name(tmp_path: Path) -> None:
    out = tmp_path / "benchmarks.md"
    write(out, "# Text\n", SECTIONS)
    assert out.read_text() == "# Text\n"
    assert (tmp_path / "benchmarks" / "cpu.svg").read_text() == "<svg/>"
