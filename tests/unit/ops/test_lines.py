import json

import pytest

from proxy.ops import lines
from proxy.reasons import Reason
from tests.unit.ops.visits import a_visit

WHEN = lines.stamp(1_700_000_000.25)


def test_the_wide_line_says_everything_once():
    line = lines.visit_as_text(WHEN, a_visit(upstream_ms=84.04, ads_ms=31.0, proxy_ms=0.44))
    assert line == (
        "2023-11-14T22:13:20.250Z page=search reason=served winners=2 status=200 upstream_ms=84.0 ads_ms=31.0 "
        "proxy_ms=0.4 book=9f2c0011 visit=0123456789abcdef method=GET path=/api/search"
    )


def test_what_is_rare_stands_at_the_end():
    visit = a_visit(reason=Reason.ADS_DOWN, arm="holdout", fetched=2, detail="refused: no connection")
    assert " banners=" not in lines.visit_as_text(WHEN, visit)
    assert lines.visit_as_text(WHEN, visit).endswith(' arm=holdout fetched=2 detail="refused: no connection"')
    assert json.loads(lines.visit_as_json(WHEN, visit))["fetched"] == 2
    assert lines.visit_as_text(WHEN, a_visit(banners=1)).endswith(" banners=1")
    assert lines.visit_as_text(WHEN, a_visit(cache="hit", banners=1)).endswith(" cache=hit banners=1")
    assert json.loads(lines.visit_as_json(WHEN, a_visit(cache="stale")))["cache"] == "stale"
    assert "cache" not in json.loads(lines.visit_as_json(WHEN, a_visit()))
    assert json.loads(lines.visit_as_json(WHEN, a_visit(banners=1)))["banners"] == 1


def test_as_json_it_says_the_same():
    visit = a_visit(upstream_ms=84.04, arm="ads", detail="x")
    told = json.loads(lines.visit_as_json(WHEN, visit))
    assert told["time"] == WHEN
    assert (told["page"], told["reason"], told["upstream_ms"], told["arm"]) == ("search", "served", 84.0, "ads")


@pytest.mark.parametrize("line", [lines.visit_as_text, lines.visit_as_json])
def test_what_shoppers_type_stays_out(line):
    assert "secret" not in line(WHEN, a_visit(path="/api/search?q=secret&token=secret"))


EVIL = ["/a\r\nb", "/a\nforged=1", "/a b=c", '/a"b', "/a\\nb", "/a\x1b[2J", "/a\u2028b", "/é", "/\x85x"]


@pytest.mark.parametrize("path", EVIL)
def test_no_value_breaks_out_of_its_line(path):
    for line in (lines.visit_as_text, lines.visit_as_json):
        written = line(WHEN, a_visit(path=path, method=path, detail=path))
        assert len(written.split("\n")) == 1
        assert "\r" not in written
        assert "\x1b" not in written
    text = lines.visit_as_text(WHEN, a_visit(path=path))
    assert text.count(" path=") == 1
    assert len(text.splitlines()) == 1
    assert json.loads(lines.visit_as_json(WHEN, a_visit(path=path)))["path"] == path


def test_a_message_comes_with_its_fields():
    said = {"level": "info", "message": "listening", "logger": "proxy.server"}
    assert lines.said_as_text(WHEN, said) == f"{WHEN} info listening logger=proxy.server"
    assert json.loads(lines.said_as_json(WHEN, said)) == {"time": WHEN} | said


def test_a_message_of_many_lines_cannot_forge_one():
    said = {"level": "error", "message": f"bad\n{WHEN} info all is well\r\x0bx", "traceback": "Traceback\n  File x"}
    first, *more = lines.said_as_text(WHEN, said).split("\n")
    assert first == f"{WHEN} error bad"
    assert more
    assert all(line.startswith("  | ") for line in more)


def test_what_is_named_stands_on_the_first_line_of_a_message_of_several():
    said = {"level": "error", "message": "two rules are wrong\nsearch.yaml:3", "logger": "proxy.rules"}
    assert lines.said_as_text(WHEN, said) == f"{WHEN} error two rules are wrong logger=proxy.rules\n  | search.yaml:3"


def test_a_value_has_an_end():
    assert len(lines.visit_as_text(WHEN, a_visit(path="/" + "x" * 9999))) < 4500
    assert len(lines.visit_as_json(WHEN, a_visit(path="/" + "x" * 9999))) < 4500


def test_what_json_does_not_know_is_written_as_text():
    assert "Reason" not in lines.said_as_json(WHEN, {"level": "info", "message": "x", "why": Reason.BUG})
    assert '"path":"/tmp"' in lines.said_as_json(
        WHEN, {"level": "info", "message": "x", "path": __import__("pathlib").Path("/tmp")}
    )
