"""What each answer means, as a table."""

import pytest

from proxy.auction.dialects import DIALECTS
from proxy.auction.verdict import Effect, judge
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


def judged(status, body, **headers):
    """The verdict on an answer to one auction; a header's name has `_` for `-`."""
    return judge(status, body, lambda name: headers.get(name.decode().replace("-", "_")), V2, 1, lambda: 0.0)


@pytest.mark.parametrize(("status", "body", "effect", "reason"), TABLE)
def test_what_an_answer_means(status, body, effect, reason):
    verdict = judged(status, body)
    assert verdict.effect is effect
    assert (verdict.trouble and verdict.trouble.reason) is reason
    assert len(verdict.results) == (reason is None)


def test_a_refusal_is_told_in_the_platforms_words():
    verdict = judged(400, SAYS)
    assert verdict.trouble is not None
    assert verdict.trouble.detail == "status 400, no_products: none given"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_in_none_of_the_platforms_words_since_they_may_hold_it(status):
    verdict = judged(status, b'{"errCode":"invalid_api_key","message":"TSE_sec... is unknown"}')
    assert verdict.trouble is not None
    assert verdict.trouble.detail == f"status {status}: the key is refused"


@pytest.mark.parametrize("coding", [b"gzip", b"br", b"identity, gzip"])
def test_an_answer_in_a_coding_that_we_did_not_ask_for_is_not_inflated(coding):
    verdict = judged(201, GOOD, content_encoding=coding)
    assert verdict.trouble is not None
    assert verdict.trouble.reason is Reason.ADS_INVALID
    assert judged(201, GOOD, content_encoding=b" Identity").trouble is None


def test_a_429_says_how_long():
    assert judged(429, b"", retry_after=b"7").wait == 7
    assert judged(429, b"").wait is None
