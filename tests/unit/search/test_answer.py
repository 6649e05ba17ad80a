"""Answers as ready bytes: what is whole, what is still to come, and what a shopper is told of trouble."""

import json
from dataclasses import dataclass

import pytest

from proxy.errors import MarketplaceDown, MarketplaceSlow
from proxy.search import answer


@dataclass
class AResponse:
    status: int = 200
    reason: bytes = b"Fine Thanks"
    length: int | None = 12


def test_a_relayed_answer_keeps_the_marketplaces_own_words() -> None:
    relayed = answer.relayed(AResponse(), b"A: b\r\n", "GET", b"first")  # type: ignore[arg-type]
    assert relayed.head == b"HTTP/1.1 200 Fine Thanks\r\nA: b\r\n"
    assert (relayed.body, relayed.length, relayed.bodyless) == (b"first", 12, False)
    assert relayed.rest is not None


@pytest.mark.parametrize(("status", "method"), [(204, "GET"), (304, "GET"), (200, "HEAD"), (404, "HEAD")])
def test_what_can_have_no_body_waits_for_none(status: int, method: str) -> None:
    relayed = answer.relayed(AResponse(status), b"", method)  # type: ignore[arg-type]
    assert relayed.bodyless
    assert relayed.rest is None


@pytest.mark.parametrize("trouble", [MarketplaceDown("10.0.0.7 refused"), MarketplaceSlow("10.0.0.7 hangs")])
def test_a_shopper_is_told_what_happened_and_nothing_of_the_house(trouble: MarketplaceDown | MarketplaceSlow) -> None:
    told = answer.for_trouble(trouble, b"X: y\r\n")
    assert told.status == trouble.status
    assert b"Content-Type: application/problem+json\r\n" in told.head
    assert b"X: y\r\n" in told.head
    assert json.loads(told.body)["status"] == trouble.status
    assert b"10.0.0.7" not in told.head + told.body


def test_options_that_may_go_no_further_are_answered_here() -> None:
    assert b"Allow: " in answer.options().head
    assert answer.options().status == 204
