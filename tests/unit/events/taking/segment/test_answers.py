"""What Segment's senders are told."""

import json

import pytest

from proxy.events.taking import replies
from proxy.events.taking.segment import answers
from proxy.events.taking.segment.answers import spelled


@pytest.mark.parametrize(
    ("why", "told", "code", "line"),
    [
        ("origin", replies.NOT_WELCOME, "origin", b""),
        ("method", replies.NOT_ALLOWED, "method", b"Allow: POST, OPTIONS\r\n"),
        ("rate", replies.too_fast(2.5), "rate", b"Retry-After: 3\r\n"),
        ("too_large", replies.too_large(7), "too_large", b""),
        ("disk", replies.not_kept(), "unavailable", b"Retry-After: 10\r\n"),
        ("bug", replies.OUR_MISTAKE, "unavailable", b""),
    ],
)
def test_a_refusal_of_all_events_is_said_in_segments_words(why, told, code, line):
    said = spelled(why, told)
    body = json.loads(said.body)
    assert (said.status, body["code"], body["success"]) == (told.status, code, False)
    assert body["message"] == json.loads(told.body)["message"]
    assert line in said.head
    assert b"Content-Length: %d\r\n" % len(said.body) in said.head


def test_what_is_in_segments_words_already_stays():
    for told in (answers.UNKNOWN_KEY, answers.NOT_SIGNED, answers.NO_FILE):
        assert spelled("key", told) is told
