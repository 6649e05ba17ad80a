import json
import logging
import os

import pytest

from proxy.clock import ManualClock
from proxy.ops import logs
from proxy.ops.logs import Logs
from tests.unit.ops.visits import a_visit


@pytest.fixture
def written(request):
    """Make logs, use them, and read what was written."""
    reader, writer = os.pipe()
    before = logging.getLogger().handlers

    def write(use, format="text", secret=str):
        made = Logs(format, writer, ManualClock(), secret)
        made.start()
        use(made)
        made.close()
        os.close(writer)
        with os.fdopen(reader) as file:
            return file.read()

    yield write
    logging.getLogger().handlers = before


def test_a_visit_is_a_line(written):
    assert "page=search reason=served" in written(lambda log: log.visit(a_visit()))


def test_what_pythons_logging_is_told_comes_too_with_its_traceback(written):
    def use(log):
        try:
            raise RuntimeError("a bug")
        except RuntimeError:
            logging.getLogger("proxy.search").exception("it %s", "failed")

    text = written(use)
    assert "error it failed logger=proxy.search" in text
    assert "  | RuntimeError: a bug" in text


def test_the_key_is_blacked_out_wherever_it_appears(written):
    def use(log):
        log.say("error", "canary-key in a message", where="canary-key")
        log.visit(a_visit(detail="canary-key"))

    text = written(use, secret=lambda: "canary-key")
    assert "canary" not in text
    assert text.count("[key]") == 3


def test_as_json_each_line_is_an_object(written):
    def use(log):
        log.visit(a_visit())
        log.say("info", "hello")

    lines = written(use, "json").splitlines()
    assert [json.loads(line).get("message") for line in lines] == [None, "hello"]


def test_many_lines_come_whole_and_in_order(written):
    text = written(lambda log: [log.visit(a_visit(id=f"{n:016x}")) for n in range(300)])
    assert [int(line.split("visit=")[1][:16], 16) for line in text.splitlines()] == list(range(300))


def test_no_write_is_so_long_that_another_process_could_tear_it(monkeypatch):
    sizes, log = [], Logs("text", 1, ManualClock())
    monkeypatch.setattr(logs.os, "write", lambda _, data: sizes.append(len(data)) or len(data))
    for _ in range(100):
        log.visit(a_visit())
    log._write_queue()
    assert len(sizes) > 1
    assert max(sizes) <= 4096


def test_a_reader_that_hangs_costs_lines_which_are_counted(monkeypatch):
    monkeypatch.setattr(logs, "_QUEUE", 2)
    out, log = [], Logs("text", 1, ManualClock())
    monkeypatch.setattr(logs.os, "write", lambda _, data: out.append(data) or len(data))
    for _ in range(5):
        log.visit(a_visit())
    log._write_queue()
    assert b"".join(out).count(b"page=search") == 2
    assert b"log lines were lost lines=3" in b"".join(out)


def test_nobody_to_write_to_is_no_trouble():
    reader, writer = os.pipe()
    os.close(reader)
    log = Logs("text", writer, ManualClock())
    log.visit(a_visit())
    log._write_queue()
    os.close(writer)
