import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.cli.explaining.screen import NARROWEST, Look, Span, cell, cut, drawn, plain, width, wrapped

WIDE = Look()
texts = st.text(max_size=80) | st.text(alphabet="a 日\u0301\u200d\ufe0f💡\x1b[31m\x9b\r\n\u202e", max_size=80)


@pytest.mark.parametrize(
    ("text", "cells"), [("lamp", 4), ("日本", 4), ("e\u0301", 1), ("💡", 2), ("한", 2), ("ﾊ", 1), ("", 0)]
)
def test_a_text_is_as_wide_as_a_terminal_draws_it(text: str, cells: int) -> None:
    assert width(text) == cells


def test_what_a_terminal_obeys_is_taken_out() -> None:
    assert plain("\x1b[2Ja\r\n\x9b\u202e\u200b❤\ufe0f", WIDE) == "?[2Ja??���❤"
    assert plain("日e\u0301→", Look(unicode=False)) == "?e?"


def test_what_does_not_fit_is_cut_with_a_mark() -> None:
    assert cut("lamps", 5, WIDE) == "lamps"
    assert cut("lamps!", 5, WIDE) == "lamp…"
    assert cut("日本語", 4, WIDE) == "日…"
    assert cut("lamps!", 5, Look(unicode=False)) == "la..."
    assert [cut("lamps!", room, Look(unicode=False)) for room in (0, 1, 2)] == ["", ".", ".."]


def test_words_are_kept_together_where_they_can_be() -> None:
    assert list(wrapped("a lamp and abcdefghijkl", 6, WIDE)) == ["a lamp", "and", "abcdef", "ghijkl"]
    assert list(wrapped("", 6, WIDE)) == [""]


def test_colours_come_only_where_they_are_wanted() -> None:
    line = [Span("a "), Span("b", "ad"), Span("", "ad")]
    assert drawn([line], WIDE) == "a b\n"
    assert drawn([line], Look(colour=True)) == "a \x1b[33mb\x1b[0m\n"


@given(texts, st.integers(1, 30), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, room: int, unicode: bool) -> None:
    assert width(cell(text, room, Look(unicode=unicode))) == room


@given(texts, st.integers(2, 30))
def test_wrapping_loses_nothing_but_blanks_and_keeps_the_width(text: str, room: int) -> None:
    lines = list(wrapped(text, room, WIDE))
    assert all(width(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == plain(text, WIDE).replace(" ", "")


@given(st.lists(st.lists(texts, max_size=4), max_size=4), st.integers(10, 120), st.booleans())
def test_no_text_orders_the_terminal_about_or_leaves_its_line(rows: list[list[str]], wide: int, unicode: bool) -> None:
    out = drawn([[Span(text, "ad") for text in row] for row in rows], Look(wide, unicode=unicode))
    lines = out.split("\n")
    assert len(lines) == len(rows) + 1
    assert all(width(line) <= max(NARROWEST, wide) for line in lines)
    assert not [each for each in out if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp") and each != "\n"]
    assert unicode or out.isascii()
