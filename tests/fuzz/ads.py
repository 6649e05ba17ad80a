"""Any bytes as an ad platform's answer, of either version: results that merge into a whole page, or AdPlatformTrouble.
And any bytes as a question to the sandbox: one that it can answer, in words that we can read, or Refused.

The first byte picks what is read, the second its circumstances.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import msgspec

from proxy.auction import winners
from proxy.auction.dialects import DIALECTS
from proxy.auction.verdict import Effect, judge
from proxy.auction.winners import Result, Winner
from proxy.errors import AdPlatformTrouble
from proxy.rules.rule import Banner
from proxy.rules.selector import Selector
from proxy.sandbox.budget import Spent
from proxy.sandbox.config import parse_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.seal import NotOurs, Seal
from proxy.search.merge import merge
from proxy.search.plan import Plan
from proxy.topsort import contract, events, v1, v2
from proxy.topsort.errors import Refused, read_error
from tests.builders import a_rule
from tests.fuzz.listing import plain_of

_NOON: Final = 1_700_049_600.0
_STATUSES: Final = (200, 301, 400, 401, 403, 408, 418, 429, 500, 503, 999, 100)
_V2_ANSWER: Final = (
    b'{"results":[{"resultType":"listings","winners":[{"rank":1,"type":"product","id":"p1","resolvedBidId":"b1",'
    b'"campaignId":"c","metadata":{"a":[1.0]},"asset":[{"url":"u","content":{}}],"demandSource":"criteo"},'
    b'{"rank":2,"id":"p2","resolvedBidId":"b2"}],"error":false},{"resultType":"banners","winners":[],"error":true}]}'
)
_V1_ANSWER: Final = (
    b'{"slots":{"listings":{"auctionId":"a","winners":[{"rank":1,"productId":"p1","winnerType":"vendor","winnerId":"v",'
    b'"resolvedBidId":"b"}]},"bannerAds":{"auctionId":"b","winners":[{"rank":1,"assetUrl":"u"}]}}}'
)
_V2_QUESTION: Final = (
    b'{"auctions":[{"type":"listings","slots":2,"products":{"ids":["p1","p2"],"qualityScores":[1.0,0.5]},'
    b'"searchQuery":"lamp","geoTargeting":{"location":"x"},"opaqueUserId":"u","placementId":1,'
    b'"page":{"type":"cart","pageId":"i","value":["a"]},"filter":{"operator":"or","attributes":["k:v"]}},'
    b'{"type":"listings","slots":1,"category":{"disjunctions":[["lamps"],["sale","mugs"]]},"demandSources":['
    b'{"source":"criteo","bids":[{"chargeType":"CPC","entity":{"type":"product","id":"p"},"bidAmount":1,"metadata":{}}]}]},'
    b'{"type":"banners","slots":1,"slotId":"s","device":"mobile"}]}'
)
_BRAND_QUESTION: Final = (
    b'{"auctions":[{"winners":1,"placementId":"p","triggers":{"category":{"id":"c"}},"opaqueUserId":"u"}]}'
)
_V1_QUESTION: Final = (
    b'{"slots":{"listings":2,"bannerAds":1},"products":[{"productId":"p1","quality":0.5},{"productId":"p3"}],'
    b'"vendors":[{"vendorId":"v"}],"session":{"sessionId":"s"},"geoTargeting":{"location":"x"},'
    b'"bannerOptions":{"placement":"Home-page","categoryId":"c","searchQuery":"q","slotId":"s"}}'
)
_EVENTS: Final = (
    b'{"impressions":[{"id":"1","occurredAt":"2024-01-01T00:00:00Z","opaqueUserId":"u","resolvedBidId":"b","placement":'
    b'{"path":"/","position":1,"categoryIds":["c"]}}],"purchases":[{"items":[{"productId":"p","unitPrice":1.5,"quantity":2}]}]}'
)
_V1_EVENT: Final = b'{"eventType":"Purchase","session":{"sessionId":"s"},"items":[{"productId":"p","unitPrice":100}]}'
_ERROR: Final = b'{"errCode":"too_few_slots","message":"slots","docUrl":"u"}'
_MARKET: Final = """
products:
  - {id: p1, vendor: v1, categories: [lamps, sale]}
  - {id: p2, vendor: v1, categories: [lamps], quality: 0.5}
  - {id: p3, vendor: v2, categories: [mugs]}
campaigns:
  - {name: one, bids: [{product: p1, bid: 1.00}, {vendor: v2, bid: 0.40}]}
  - {name: two, bids: [{product: p2, bid: 1.50}], keywords: [lamp]}
"""
WORDS: Final = sorted(
    {b'"%b"' % word for text in (_V2_ANSWER, _V1_ANSWER, _V2_QUESTION, _BRAND_QUESTION, _V1_QUESTION, _EVENTS, _V1_EVENT)
     for word in text.split(b'"')[1::2]}
    | {*b'{ } [ ] : , null true false 0 -1 1 41 1.5 1e400 2147483648 "" "\\u0000" "\\ud800" "\\u0069d" \xff \xed\xa0\x80'.split()}
    | set(b"Retry-After: 5|Wed, 21 Oct 2015 07:28:00 GMT|9999999999999|gzip|\n".split(b"|"))
)  # fmt: skip


class _NothingSpent:
    """A store of the sandbox in which no campaign has spent anything."""

    def spent(self, campaign: str, wall: float) -> Spent:
        return Spent(0, 0)


_SEAL: Final = Seal(b"s" * 32)
_STORE: Any = _NothingSpent()
_EXCHANGE: Final = Exchange(parse_market(_MARKET), _STORE, _SEAL, lambda: _NOON, lambda: UUID(int=1))
_TAG: Final = {
    "resolvedBidId": "resolved_bid_id",
    "m": "metadata",
    "c": "campaign_id",
    "w": "winner_id",
    "t": "winner_type",
}
_RULE: Final = a_rule(slots=8, tag={"fields": _TAG, "append": {"at": "$.b", "value": ["id", "demand_source", "rank"]}})
_PLAN: Final = Plan(replace(_RULE, banners=(Banner(slot_id="s", at=Selector.parse("$.banners"), slots=2),)))


def seeds() -> Iterator[bytes]:
    samples = (_V2_ANSWER, _V1_ANSWER, _ERROR, _V2_QUESTION, _BRAND_QUESTION, _V1_QUESTION, _EVENTS, _V1_EVENT)
    for number, sample in enumerate(samples):
        yield bytes([number, 1]) + sample
        yield bytes([number, 0]) + sample
    yield b"\x02\x07" + b"120\n" + _ERROR
    yield b"\x02\x07Wed, 21 Oct 2015 07:28:00 GMT\n{}"
    result = _EXCHANGE.answer_v2(contract.read_auctions(_V2_QUESTION))[0]
    yield b"\x08\x00" + result.winners[0].resolved_bid_id.encode()


def check(data: bytes) -> None:
    if len(data) >= 2:
        _READERS[data[0] % len(_READERS)](data[2:], data[1])


# -- answers --------------------------------------------------------------------


def _answer_v2(body: bytes, how: int) -> None:
    _answer("v2", body, 1 + how % 3)
    try:
        plain = winners._plain(body).results
    except (ValueError, RecursionError):
        return
    at_once = [
        (each.error, [] if each.error else [msgspec.structs.asdict(one) for one in each.winners]) for each in plain
    ]
    one_by_one = v2.read_answer(body)
    assert not any(each.dropped for each in one_by_one)
    assert at_once == [
        (each.error, [msgspec.structs.asdict(winners._of_v2(one)) for one in each.winners]) for each in one_by_one
    ]


def _answer_v1(body: bytes, how: int) -> None:
    _answer("v1", body, 1)


def _answer(api: str, body: bytes, asked: int) -> None:
    verdict = judge(201, body, {}.get, DIALECTS[api], asked, lambda: _NOON)
    if verdict.trouble is not None:
        assert isinstance(verdict.trouble, AdPlatformTrouble)
        str(verdict.trouble).encode()
        assert not verdict.results
        return
    assert verdict.effect is Effect.ANSWERED
    assert len(verdict.results) == asked
    for result in verdict.results:
        assert isinstance(result, Result)
        assert [each.rank for each in result.winners] == sorted(each.rank for each in result.winners)
        assert all(each.id and each.resolved_bid_id and each.rank >= 1 for each in result.winners)
        assert not result.error or not result.winners
        makes_a_whole_page(result.winners)


def makes_a_whole_page(won: tuple[Winner, ...]) -> None:
    """Whatever the platform said of its winners: the page stays JSON, and its items' ids what they were."""
    ids = [each.id for each in won[:8]] + ["x"]
    body = b'{"products":[' + b",".join(b'{"id":%b}' % msgspec.json.encode(each) for each in ids) + b"]}"
    page = _PLAN.read(body)
    assert page.listings[0].ids == ids
    merged = merge(_PLAN, page, [won], banners=[won])
    assert merged.placed <= len(won)
    assert merged.placed >= min(1, len(won))
    after = plain_of(merged.body)
    if isinstance(after, dict):
        assert sorted(each["id"] for each in after["products"]) == sorted(ids)
        assert len(after.get("banners", [])) == merged.banners == min(2, len(won))


def _refusal(body: bytes, how: int) -> None:
    status = _STATUSES[how % len(_STATUSES)]
    first, _, rest = body.partition(b"\n")
    headers = {b"retry-after": first} | ({b"content-encoding": first} if how & 128 else {})
    for name in DIALECTS:
        verdict = judge(status, rest, headers.get, DIALECTS[name], 1, lambda: _NOON)
        assert (verdict.trouble is None) == (verdict.effect is Effect.ANSWERED and status == 200)
        assert verdict.wait is None or 0 <= verdict.wait < 1e12
        if verdict.trouble is not None:
            assert len(str(verdict.trouble)) < 1000
            str(verdict.trouble).encode("utf-8", "surrogatepass")
    read_error(rest)


# -- questions ------------------------------------------------------------------


def _question_v2(body: bytes, how: int) -> None:
    request = _taken(contract.read_auctions, body)
    if request is None:
        return
    assert v2.read_request(v2.write_request(request)) == request
    answer = v2.write_answer(_EXCHANGE.answer_v2(request))
    _answer("v2", answer, len(request.auctions or ()))
    assert all(not each.dropped for each in v2.read_answer(answer))


def _question_brand(body: bytes, how: int) -> None:
    request = _taken(contract.read_brand_auctions, body)
    assert request is None or v2.read_brand_request(v2.write_request(request)) == request


def _question_v1(body: bytes, how: int) -> None:
    request = _taken(contract.read_v1_auction, body)
    if request is None:
        return
    assert v1.read_request(v1.write_request(request)) == request
    if request.slots and request.slots.listings is not None:
        answer = v1.write_answer(_EXCHANGE.answer_v1(request))
        _answer("v1", answer, 1)
        assert not v1.read_answer(answer).dropped


def _taken(read: Callable[[bytes], Any], body: bytes) -> Any:
    try:
        return read(body)
    except Refused as refused:
        _said(refused)
        return None


def _said(refused: Refused) -> None:
    said: Mapping[str, str] = json.loads(refused.body)
    assert said["errCode"] == refused.code
    assert 400 <= refused.status < 500


def _events(body: bytes, how: int) -> None:
    try:
        message = events.read_events(body) if how & 1 else events.read_v1_event(body)
    except (ValueError, RecursionError):
        return
    again = events.write(message)
    assert (events.read_events(again) if how & 1 else events.read_v1_event(again)) == message


def _sealed(body: bytes, how: int) -> None:
    """Only what was sealed can be opened, and in one spelling only."""
    text = body.decode("utf-8", "replace")
    try:
        bid = _SEAL.open(text)
    except NotOurs:
        return
    assert _SEAL.close(bid) == text


_READERS: Final = (
    _answer_v2, _answer_v1, _refusal, _question_v2, _question_brand, _question_v1, _events, _events, _sealed
)  # fmt: skip
