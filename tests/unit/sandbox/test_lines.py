"""The report's lines: gathered, then written at once."""

import sqlite3

from proxy.sandbox.lines import Lines
from proxy.sandbox.report import Day


def test_what_is_noted_stands_there_once_it_is_written_and_adds_up():
    lines = Lines(sqlite3.connect(":memory:"))
    lines.note("c", "p", "2026-01-31", impressions=1)
    lines.note("c", "p", "2026-01-31", impressions=1, clicks=1, spend=250_000)
    assert lines.read() == []
    lines.write()
    lines.forget()
    lines.note("c", "p", "2026-01-31", sold=2, sales=1.5)
    lines.write()
    assert lines.read() == [Day("c", "p", "2026-01-31", 2, 1, 250_000, 2, 1.5)]


def test_what_is_forgotten_is_never_written():
    lines = Lines(sqlite3.connect(":memory:"))
    lines.note("c", "p", "2026-01-31", impressions=1)
    lines.forget()
    lines.write()
    assert lines.read() == []


def test_a_line_of_which_nothing_is_left_is_none():
    lines = Lines(sqlite3.connect(":memory:"))
    lines.note("c", "p", "2026-01-31", sold=1, sales=20.0)
    lines.note("c", "p", "2026-01-31", sold=-1, sales=-20.0)
    lines.write()
    assert lines.read() == []


def test_the_newest_day_is_first_and_one_campaign_or_day_can_be_asked_for():
    lines = Lines(sqlite3.connect(":memory:"))
    for campaign, day in (("a", "2026-01-30"), ("a", "2026-01-31"), ("b", "2026-01-31")):
        lines.note(campaign, "p", day, impressions=1)
    lines.write()
    assert [(line.campaign, line.day) for line in lines.read()] == [
        ("a", "2026-01-31"),
        ("b", "2026-01-31"),
        ("a", "2026-01-30"),
    ]
    assert [line.campaign for line in lines.read(campaign="b")] == ["b"]
    assert len(lines.read(day="2026-01-31")) == 2
