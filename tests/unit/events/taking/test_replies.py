import pytest

from proxy.events.taking import replies
from proxy.events.taking.replies import Told
from proxy.topsort.errors import read_error
from proxy.topsort.event_faults import faults_of

REFUSALS = {
    400: [replies.MISFRAMED, replies.NOT_GZIP, replies.not_events(faults_of(b"x"))],
    403: [replies.NOT_WELCOME],
    405: [replies.NOT_ALLOWED],
    408: [replies.STALLED],
    413: [replies.too_large(10)],
    415: [replies.UNKNOWN_CODING],
    429: [replies.too_fast(0.2)],
    500: [replies.OUR_MISTAKE],
    503: [replies.not_kept()],
}


@pytest.mark.parametrize(("status", "told"), [(status, told) for status, all_ in REFUSALS.items() for told in all_])
def test_every_refusal_is_json_of_the_vendors_shape(status: int, told: Told):
    assert told.status == status
    assert told.head.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Type: application/json\r\n" in told.head
    assert b"Content-Length: %d\r\n" % len(told.body) in told.head
    error = read_error(told.body)
    assert error.err_code == ("internal_server_error" if status >= 500 else "bad_request")
    assert error.message
    assert error.doc_url


def test_what_was_taken_is_answered_with_nothing():
    assert Told(204, b"HTTP/1.1 204 No Content\r\n") == replies.TAKEN


@pytest.mark.parametrize(("seconds", "after"), [(0.001, b"1"), (1.0, b"1"), (1.2, b"2"), (3600.0, b"3600")])
def test_who_is_too_fast_is_told_when_to_come_again_in_whole_seconds(seconds, after):
    assert b"Retry-After: %b\r\n" % after in replies.too_fast(seconds).head


def test_a_method_and_a_coding_that_will_do_are_named():
    assert b"Allow: POST, OPTIONS\r\n" in replies.NOT_ALLOWED.head
    assert b"Accept-Encoding: gzip\r\n" in replies.UNKNOWN_CODING.head


def test_a_status_that_nobody_knows_is_passed_on():
    assert replies.in_json(299, b"{}").head.startswith(b"HTTP/1.1 299 \r\n")
    assert replies.in_json(204, b"{}") == Told(204, b"HTTP/1.1 204 No Content\r\n")
