"""A file that is read again when it changes."""

import pytest

from proxy.clock import ManualClock
from proxy.events.taking.segment.live_file import LiveFile


def read(raw):
    if raw == b"bad":
        raise ValueError("not understood")
    return raw


@pytest.fixture
def clock():
    return ManualClock()


def test_a_change_counts_within_a_second(tmp_path, clock):
    file = tmp_path / "file"
    file.write_bytes(b"one")
    live = LiveFile(file, read, clock)
    assert live() == b"one"
    file.write_bytes(b"another")
    assert live() == b"one"
    clock.advance(1)
    assert live() == b"another"


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"bad")])
def test_what_it_said_last_stays_while_it_says_nothing_and_that_is_logged_once(tmp_path, clock, caplog, spoil):
    file = tmp_path / "file"
    file.write_bytes(b"canary")
    live = LiveFile(file, read, clock)
    assert live() == b"canary"
    spoil(file)
    for _ in range(3):
        clock.advance(1)
        assert live() == b"canary"
    assert len(caplog.records) == 1
    assert "stays in force" in caplog.text
    assert "canary" not in caplog.text
    file.write_bytes(b"mended")
    clock.advance(1)
    assert live() == b"mended"


def test_one_that_could_never_be_read_says_nothing(tmp_path, clock, caplog):
    live = LiveFile(tmp_path / "none", read, clock)
    assert live() is None
    assert "events are refused until it can" in caplog.text
    (tmp_path / "none").write_bytes(b"there")
    clock.advance(1)
    assert live() == b"there"
