"""A request as calls: merged, made such as we can hold, or refused."""

import json

import pytest

from proxy.events.taking.segment.calls import NotCalls, read_sent, read_webhook


def calls_of(body, way="batch"):
    return [tuple(call) for call in read_sent(json.dumps(body).encode(), way).calls]


def test_the_path_says_the_type_of_a_call_that_comes_alone():
    assert calls_of({"type": "page", "event": "E"}, "track") == [("track", {"type": "page", "event": "E"})]


def test_what_a_batch_says_counts_where_an_item_is_silent():
    said = {
        "context": {"page": {"path": "/all"}, "locale": "de"},
        "integrations": {"All": True},
        "sentAt": "then",
        "writeKey": "k",
        "batch": [
            {"type": "track", "context": {"page": {"title": "own"}}, "integrations": {"X": False}, "sentAt": "now"},
            {"type": "identify", "context": None},
        ],
    }
    assert calls_of(said) == [
        (
            "track",
            {
                "type": "track",
                "context": {"page": {"title": "own"}, "locale": "de"},
                "integrations": {"All": True, "X": False},
                "sentAt": "now",
            },
        ),
        (
            "identify",
            {"type": "identify", "context": said["context"], "integrations": {"All": True}, "sentAt": "then"},
        ),
    ]


@pytest.mark.parametrize("shared", [{}, {"context": None}, {"context": "text", "integrations": []}])
def test_a_batch_that_says_nothing_for_all_leaves_its_items_alone(shared):
    assert calls_of({**shared, "batch": [{"type": "track", "context": 1}]}) == [
        ("track", {"type": "track", "context": 1})
    ]


@pytest.mark.parametrize("type", ["delete", None, 1, ["track"]])
def test_a_type_that_nobody_knows_is_called_so(type):
    assert calls_of({"batch": [{"type": type}]}) == [("unknown", {"type": type})]


def test_the_write_key_is_what_the_body_names():
    assert read_sent(b'{"writeKey":"k"}', "track").write_key == "k"
    assert read_sent(b'{"writeKey":1}', "track").write_key == ""


def test_a_webhook_brings_one_or_many():
    assert [call.type for call in read_webhook(b'{"type":"track"}').calls] == ["track"]
    assert [call.type for call in read_webhook(b'[{"type":"track"},{"type":"page"}]').calls] == ["track", "page"]
    for body, said in ((b"1", "the request is not a JSON object"), (b"[1]", "[0] is not a JSON object")):
        with pytest.raises(NotCalls, match="is not a JSON object") as trouble:
            read_webhook(body)
        assert str(trouble.value) == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"cut \\ud83d"', "cut \ufffd"),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"\\udc00":["\\uDBFF"]}', {"\ufffd": ["\ufffd"]}),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 2.0**63),
        ("-99999999999999999999999", -1e23),
        ("1" * 5000, float("inf")),
    ],
)
def test_text_and_numbers_that_not_everybody_can_hold_are_made_such_that_they_can(text, value):
    [call] = read_sent(f'{{"properties":{text}}}'.encode(), "track").calls
    assert call.said["properties"] == value
