"""What can go wrong with a report of events, before and after it was stored."""

import pytest

from proxy.sandbox.event_lies import Scene, after, before
from proxy.sandbox.repertoire import EVENT_LIES

SCENE = Scene("127.0.0.1", 8082, 1_700_000_000.0)


@pytest.mark.parametrize("lie", [lie for lie in EVENT_LIES if lie != "truth"])
def test_every_lie_is_told_either_before_or_after_the_events_are_stored(lie):
    assert (before(lie, SCENE) is None) is lie.endswith("-after")
    assert (after(lie) is None) is not lie.endswith("-after")


def test_the_truth_is_none():
    assert before("truth", SCENE) is after("truth") is None


def test_retry_after_can_be_a_date_and_stands_once():
    head = before("429-date", SCENE).start
    assert head.startswith(b"HTTP/1.1 429 ")
    assert head.lower().count(b"retry-after") == 1
    assert b"retry-after: Tue, 14 Nov 2023 22:13:22 GMT\r\ncontent-length: " in head


@pytest.mark.parametrize(("host", "other"), [("127.0.0.1", b"localhost"), ("localhost", b"127.0.0.1")])
def test_another_host_is_another_name_of_this_machine(host, other):
    head = before("redirect-host", Scene(host, 8082, 0.0)).start
    assert b"location: http://%s:8082/_sandbox/elsewhere\r\n" % other in head


@pytest.mark.parametrize("lie", ["close", "close-after"])
def test_a_closed_connection_says_nothing(lie):
    bare = before(lie, SCENE) or after(lie)
    assert (bare.start, bare.body, bare.end) == (b"", b"", "close")
