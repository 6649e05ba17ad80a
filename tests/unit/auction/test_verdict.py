"""What each answer means, as a table."""

import pytest

from proxy.auction.dialects import DIALECTS
from proxy.auction.verdict import Answer, Effect, judge
from proxy.reasons import Reason

V2 = DIALECTS["v2"]
GOOD = b'{"results":[{"resultType":"listings","winners":[],"error":false}]}'
HELD_BACK = b'{"results":[{"resultType":"listings","winners":[],"error":true}]}'
SAYS = b'{"errCode":"no_products","message":"none given","docUrl":"https://docs.example"}'

TABLE = [
    (201, GOOD, Effect.ANSWERED, None),
    (200, GOOD, Effect.ANSWERED, None),
    (201, HELD_BACK, Effect.ANSWERED, None),
    (204, b"", Effect.FAILED, Reason.ADS_INVALID),
    (201, b"<html>", Effect.FAILED, Reason.ADS_INVALID),
    (201, SAYS, Effect.FAILED, Reason.ADS_INVALID),
    (302, b"", Effect.FAILED, Reason.ADS_INVALID),
    (400, SAYS, Effect.ANSWERED, Reason.ADS_REFUSED),
    (401, b"", Effect.KEY_REFUSED, Reason.ADS_REFUSED),
    (402, SAYS, Effect.ANSWERED, Reason.ADS_REFUSED),
    (403, SAYS, Effect.KEY_REFUSED, Reason.ADS_REFUSED),
    (404, b"not here", Effect.ANSWERED, Reason.ADS_REFUSED),
    (408, b"", Effect.FAILED, Reason.ADS_REFUSED),
    (429, b"", Effect.WAIT, Reason.ADS_REFUSED),
    (500, SAYS, Effect.FAILED, Reason.ADS_DOWN),
    (503, b"", Effect.FAILED, Reason.ADS_DOWN),
]


@pytest.mark.parametrize(("status", "body", "effect", "reason"), TABLE)
def test_what_an_answer_means(status, body, effect, reason):
    verdict = judge(Answer(status, body), V2, 1, 0.0)
    assert verdict.effect is effect
    assert (verdict.trouble and verdict.trouble.reason) is reason
    assert len(verdict.results) == (reason is None)


def test_a_refusal_is_told_in_the_platforms_words():
    verdict = judge(Answer(400, SAYS), V2, 1, 0.0)
    assert verdict.trouble is not None
    assert verdict.trouble.detail == "status 400, no_products: none given"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_in_no_words_since_they_may_hold_it(status):
    verdict = judge(Answer(status, b'{"errCode":"invalid_api_key","message":"TSE_sec... is unknown"}'), V2, 1, 0.0)
    assert verdict.trouble is not None
    assert verdict.trouble.detail == f"status {status}"


@pytest.mark.parametrize("coding", [b"gzip", b"br", b"identity, gzip"])
def test_an_answer_in_a_coding_that_we_did_not_ask_for_is_not_inflated(coding):
    verdict = judge(Answer(201, GOOD, coding), V2, 1, 0.0)
    assert verdict.trouble is not None
    assert verdict.trouble.reason is Reason.ADS_INVALID
    assert judge(Answer(201, GOOD, b" Identity"), V2, 1, 0.0).trouble is None


def test_a_429_says_how_long():
    assert judge(Answer(429, b"", retry_after=b"7"), V2, 1, 0.0).wait == 7
    assert judge(Answer(429, b""), V2, 1, 0.0).wait is None
