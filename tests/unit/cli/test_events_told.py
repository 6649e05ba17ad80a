"""Events as text and as JSON: nothing that a stranger wrote moves a cursor, nothing is spelled another way."""

import json

import pytest

from proxy.cli.events_told import (
    as_json,
    as_line,
    duration,
    heading,
    in_full,
    moment,
    status_as_json,
    status_as_text,
    visible,
)
from proxy.events.event import Event, Kept, Shelf
from proxy.events.keeping.outbox import Status

NASTY = "a\x1b[2Jb\x9bcd\u202ee\x7ff\ud800g\u2028h\r\ni\tj"


def kept(body=b'{"id":"e1"}', **changes):
    event = Event(kind="clicks", id=changes.pop("id", "e1"), body=body, digest=b"")
    facts = {"ref": "@7", "event": event, "shelf": Shelf.DEAD, "taken_at": 1_700_000_000.0, "age": 90.0, "attempts": 3}
    return Kept(**(facts | {"said": "400"} | changes))


def test_nothing_that_moves_a_cursor_gets_through():
    assert visible(NASTY) == "a\\u001b[2Jb\\u009bcd\\u202ee\\u007ff\\ud800g\\u2028h\\r\\ni\\tj"
    assert visible("Größe 😀 £") == "Größe 😀 £"
    nasty = kept(id=NASTY, said=NASTY, body=json.dumps({"x": NASTY}, ensure_ascii=False).encode("utf-8", "replace"))
    for text in (as_line(nasty, 200), as_json(nasty), in_full(nasty).replace("\n", "")):
        assert text.isprintable()


def test_json_says_the_same_with_escapes():
    clean = NASTY.replace("\ud800", "")
    told = json.loads(as_json(kept(id=NASTY, said=NASTY, body=json.dumps({"x": clean}, ensure_ascii=False).encode())))
    assert (told["id"], told["said"], told["event"]) == (NASTY, NASTY, {"x": clean})


def test_a_body_is_told_as_it_was_sent():
    body = b'{\n\t"price": 1.10,\r\n "big": 12345678901234567890123, "e": 1E5 }'
    assert as_json(kept(body=body)).endswith('"event": {  "price": 1.10,   "big": 12345678901234567890123, "e": 1E5 }}')
    assert "1.10" in in_full(kept(body=body))
    assert "12345678901234567890123" in in_full(kept(body=body))


def test_a_body_that_is_no_json_any_more_is_told_as_text():
    assert json.loads(as_json(kept(body=b"\xff{broken")))["event"] == "\ufffd{broken"
    assert "{broken" in in_full(kept(body=b"\xff{broken"))


def test_an_event_is_told_with_all_that_is_known():
    assert json.loads(as_json(kept())) == {
        "ref": "@7",
        "kind": "clicks",
        "id": "e1",
        "shelf": "dead",
        "takenAt": "2023-11-14T22:13:20Z",
        "age": 90.0,
        "attempts": 3,
        "said": "400",
        "event": {"id": "e1"},
    }
    assert in_full(kept()).splitlines() == [
        "ref    @7",
        "id     e1",
        "kind   clicks",
        "shelf  dead",
        "taken  2023-11-14T22:13:20Z",
        "age    90s",
        "tries  3",
        "said   400",
        "",
        "{",
        '  "id": "e1"',
        "}",
    ]


@pytest.mark.parametrize("width", [80, 100, 132])
def test_a_line_stays_within_its_terminal_and_under_its_heading(width):
    long = kept(id="x" * 100, said="y" * 500)
    assert len(as_line(long, max(width, 100))) <= max(width, 100)
    assert as_line(long, width).endswith("y…")
    for name, value in (("KIND", "clicks"), ("ID", "xxx"), ("TRIES", "3"), ("SAID", "yyy")):
        assert as_line(long, width).index(value) == heading(width).index(name)


def test_how_the_outbox_is():
    status = Status(
        waiting={"clicks": 2, "impressions": 1},
        dead={},
        filtered={"clicks": 4},
        oldest=400.0,
        size=1_300_000,
        limit=1 << 30,
        dead_size=1023,
        dead_limit=1 << 28,
        paused="401: the key is refused",
        trouble="the outbox cannot keep events (disk): no room",
        set_aside="data/events.sqlite3.damaged-2026",
    )
    assert status_as_text(status).splitlines() == [
        "waiting   3 (clicks 2, impressions 1), the oldest for 6m",
        "dead      0",
        "filtered  4 (clicks 4)",
        "size      1.24 MiB of 1 GiB; dead letters 1023 B of 256 MiB",
        "delivery stands still: 401: the key is refused",
        "the outbox cannot keep events (disk): no room",
        "a damaged file was set aside: data/events.sqlite3.damaged-2026",
    ]
    assert json.loads(status_as_json(status))["filtered"] == {"clicks": 4}


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "0s"), (119.9, "119s"), (120, "2m"), (7199, "119m"), (7200, "2h"), (71 * 3600, "71h"), (259_200, "3d")],
)
def test_a_duration_is_told_in_its_largest_unit(seconds, told):
    assert duration(seconds) == told


def test_a_moment_is_told_as_rfc_3339_writes_it():
    assert moment(0.9) == "1970-01-01T00:00:00Z"


def test_a_redis_that_may_lose_what_it_acknowledged_is_told():
    status = Status(
        waiting={}, dead={}, filtered={}, oldest=None, size=0, limit=1, dead_size=0, warning="appendonly is no"
    )
    assert status_as_text(status).splitlines()[-1] == "an accepted event may be lost: appendonly is no"
