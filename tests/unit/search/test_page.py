"""The corridor: whatever happens to the ads, the shopper gets a page, and the visit says why it is as it is."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from proxy.ask import Ask
from proxy.auction.question import Candidates
from proxy.auction.winners import Result, Winner
from proxy.clock import ManualClock
from proxy.errors import AdPlatformTrouble, MarketplaceDown, MarketplaceSlow
from proxy.reasons import Reason
from proxy.search import organic as organic_module
from proxy.search import page as corridor_module
from proxy.search.answer import Answer
from proxy.search.headers import Peer, first
from proxy.search.organic import Organic
from proxy.search.page import Corridor, View
from proxy.search.plans import Plans
from proxy.search.products import Fetched
from proxy.search.visit import Visit
from tests.builders import a_book, a_rule, an_ask

BODY = json.dumps({"total": 4, "products": [{"id": f"p{n}"} for n in range(4)]}).encode()


@dataclass
class AResponse:
    status: int = 200
    reason: bytes = b"OK"
    raw_headers: Sequence[tuple[bytes, bytes]] = (
        (b"Content-Type", b"application/json"),
        (b"ETag", b'"v1"'),
        (b"Cache-Control", b"public, max-age=60"),
    )
    length: int | None = len(BODY)

    def header(self, name: bytes) -> bytes | None:
        return first(self.raw_headers, name)


@dataclass
class ThePages:
    """A marketplace that needs 80 ms."""

    clock: ManualClock
    answer: Organic | Exception = field(default_factory=lambda: Organic(AResponse(), BODY, whole=True))  # type: ignore[arg-type]
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def fetch(self, ask: Ask, peer: Peer, body: object, **how: Any) -> Organic:
        self.asked.append(how)
        self.clock.advance(0.080)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class TheAds:
    """An ad platform that needs 30 ms; `answer` says what for each listing, or raises."""

    clock: ManualClock
    answer_with: Callable[[Sequence[Candidates]], Sequence[Result]] = lambda listings: [wins("p2") for _ in listings]
    asked: list[tuple[Sequence[Candidates], float]] = field(default_factory=list)
    banners: Sequence[Result] = ()
    ended: int = 0

    def begin(self, match: object, ask: object, user: str | None) -> "TheAds":
        return self

    def end(self) -> None:
        self.ended += 1

    async def answer(self, listings: Sequence[Candidates], within: float) -> Sequence[Result]:
        self.asked.append((listings, within))
        self.clock.advance(0.030)
        return self.answer_with(listings)


@dataclass
class TheProducts:
    """A marketplace that needs 40 ms for a round of products, and has those of `shelf`."""

    clock: ManualClock
    shelf: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[list[str], float]] = field(default_factory=list)

    async def fetch(self, plan: object, ask: object, peer: object, ids: list[str], within: float) -> Fetched:
        self.asked.append((ids, round(within, 6)))
        self.clock.advance(0.040)
        missed = [each for each in ids if each not in self.shelf]
        return Fetched({each: self.shelf[each] for each in ids if each in self.shelf}, ", ".join(missed))


def wins(*ids: str) -> Result:
    return Result(
        tuple([Winner(rank=n, type="product", id=id, resolved_bid_id=f"bid-{id}") for n, id in enumerate(ids, 1)])
    )


class Stage:
    """A corridor with nothing real around it."""

    def __init__(self, **rule: Any) -> None:
        self.clock = ManualClock()
        self.pages = ThePages(self.clock)
        self.products = TheProducts(self.clock)
        self.ads = TheAds(self.clock)
        self.visits: list[Visit] = []
        self.plans = Plans(a_book(a_rule(**rule)))
        self.corridor = Corridor(
            self.pages,  # type: ignore[arg-type]
            self.products,  # type: ignore[arg-type]
            self.ads,  # type: ignore[arg-type]
            clock=self.clock,
            new_id=lambda: "00ff",
            watch=lambda visit, in_full: self.visits.append(in_full()),
            max_body=1 << 20,
        )

    async def view(self, **ask: Any) -> Answer:
        made = an_ask(**ask)
        found = self.plans.find(made)
        assert found is not None
        return await self.corridor.view(View(made, Peer("203.0.113.7", False, b"http"), None, found))

    @property
    def visit(self) -> Visit:
        (only,) = self.visits
        return only


def ids(answer: Answer) -> list[str]:
    return [item["id"] for item in json.loads(answer.body)["products"]]


async def test_a_page_view_walks_from_the_marketplace_over_the_ads_to_the_merged_page() -> None:
    stage = Stage(slots=2)
    answer = await stage.view()
    assert ids(answer) == ["p2", "p0", "p1", "p3"]
    assert b"Cache-Control: private, no-store\r\n" in answer.head
    assert b"ETag" not in answer.head
    assert b"Sponsored-Status: served; winners=1; visit=00ff\r\n" in answer.head
    assert b"Server-Timing: search;dur=80.0, auction;dur=30.0, proxy;dur=0.0\r\n" in answer.head
    visit = stage.visit
    assert (visit.reason, visit.winners, visit.slots, visit.status) == (Reason.SERVED, 1, 2, 200)
    assert visit.organic == (("p0", "p1", "p2", "p3"),)
    assert visit.merged == ((("p2", 1), ("p0", 0), ("p1", 0), ("p3", 0)),)


async def test_the_time_for_ads_begins_with_the_marketplaces_answer() -> None:
    stage = Stage(timeout="150ms")
    await stage.view()
    assert [within for _, within in stage.ads.asked] == [0.150]


async def test_a_page_without_winners_stays_organic_byte_for_byte_and_private() -> None:
    stage = Stage()
    stage.ads.answer_with = lambda listings: [Result() for _ in listings]
    answer = await stage.view()
    assert answer.body == BODY
    assert b'ETag: "v1"\r\n' in answer.head
    assert b"Cache-Control: max-age=60, private\r\n" in answer.head
    assert stage.visit.reason is Reason.NO_WINNERS


async def test_winners_that_are_not_on_the_page_match_nothing() -> None:
    stage = Stage()
    stage.ads.answer_with = lambda listings: [wins("elsewhere") for _ in listings]
    assert (await stage.view()).body == BODY
    assert stage.visit.reason is Reason.NO_MATCH


FETCH = {"missing": "fetch", "fetch": "/p/{id}"}


async def test_a_winner_that_is_not_on_the_page_is_fetched_and_takes_its_place() -> None:
    stage = Stage(slots=2, timeout="150ms", **FETCH)
    stage.ads.answer_with = lambda listings: [wins("new", "p2")]
    stage.products.shelf = {"new": b'{"id": "new", "price": 1.10}'}
    answer = await stage.view()
    assert answer.body.startswith(
        b'{"total": 4, "products": [{"resolvedBidId":"bid-new","rank":1,"id": "new", "price": 1.10}, '
        b'{"resolvedBidId":"bid-p2","rank":2,"id": "p2"}, {"id": "p0"}'
    )
    assert stage.products.asked == [(["new"], 0.120)]  # what the auction's 30 ms left over
    visit = stage.visit
    assert (visit.reason, visit.winners, visit.fetched, visit.detail) == (Reason.SERVED, 2, 1, "")
    assert (visit.ads_ms, visit.proxy_ms) == (pytest.approx(70), pytest.approx(0))
    assert visit.merged == ((("new", 1), ("p2", 2), ("p0", 0), ("p1", 0), ("p3", 0)),)


async def test_a_product_that_cannot_be_had_is_dropped_and_the_visit_says_why() -> None:
    stage = Stage(slots=2, **FETCH)
    stage.ads.answer_with = lambda listings: [wins("gone", "p2")]
    assert ids(await stage.view()) == ["p2", "p0", "p1", "p3"]
    assert (stage.visit.reason, stage.visit.winners, stage.visit.fetched) == (Reason.SERVED, 1, 0)
    assert stage.visit.detail == "gone"


async def test_with_no_product_to_be_had_the_page_stays_organic() -> None:
    stage = Stage(**FETCH)
    stage.ads.answer_with = lambda listings: [wins("gone")]
    assert (await stage.view()).body == BODY
    assert (stage.visit.reason, stage.visit.detail) == (Reason.NO_MATCH, "gone")


async def test_nothing_is_fetched_where_every_winner_is_on_the_page_or_the_rule_drops_the_others() -> None:
    for rule, winner in ((FETCH, "p2"), ({}, "new")):
        stage = Stage(**rule)
        stage.ads.answer_with = lambda listings, winner=winner: [wins(winner)]  # type: ignore[misc]
        await stage.view()
        assert stage.products.asked == []


async def test_the_vendor_of_a_fetched_product_counts() -> None:
    stage = Stage(slots=2, max_per_vendor=1, vendor="$.v", **FETCH)
    body = b'{"products":[{"id":"p0","v":"x"},{"id":"p1","v":"y"},{"id":"p2"}]}'
    stage.pages.answer = Organic(AResponse(), body, whole=True)  # type: ignore[arg-type]
    stage.ads.answer_with = lambda listings: [wins("new", "p0", "p1")]
    stage.products.shelf = {"new": b'{"id":"new","v":"x"}'}
    assert ids(await stage.view()) == ["new", "p1", "p0", "p2"]


async def test_the_winners_of_all_listings_are_fetched_in_one_round() -> None:
    stage = Stage(products={"list": "$.results[*].hits", "id": "$.id"}, **FETCH)
    body = b'{"results": [{"hits": [{"id": "a"}, {"id": "b"}]}, {"hits": []}, {"hits": [{"id": "c"}, {"id": "d"}]}]}'
    stage.pages.answer = Organic(AResponse(), body, whole=True)  # type: ignore[arg-type]
    stage.ads.answer_with = lambda listings: [wins("new", "b"), wins("c", "newer")]
    stage.products.shelf = {"new": b'{"id":"new"}', "newer": b'{"id":"newer"}'}
    answer = await stage.view()
    assert [asked for asked, _ in stage.products.asked] == [["new", "newer"]]
    assert [[hit["id"] for hit in result["hits"]] for result in json.loads(answer.body)["results"]] == [
        ["new", "b", "a"],
        [],
        ["c", "newer", "d"],
    ]


BANNERS = [{"slot_id": "ribbon", "slots": 2, "at": "$.ribbon"}]
RIBBON = Winner(rank=1, type="brand", id="acme", resolved_bid_id="bid-acme", asset=b'[{"url":"u"}]')


async def test_a_banner_stands_beside_the_winners_and_counts_as_an_ad() -> None:
    stage = Stage(slots=2, banners=BANNERS)
    stage.ads.banners = [Result((RIBBON,))]
    answer = await stage.view()
    assert ids(answer) == ["p2", "p0", "p1", "p3"]
    assert json.loads(answer.body)["ribbon"] == [
        {"id": "acme", "type": "brand", "resolvedBidId": "bid-acme", "asset": [{"url": "u"}]}
    ]
    assert b"Sponsored-Status: served; winners=2; visit=00ff\r\n" in answer.head
    assert (stage.visit.winners, stage.visit.banners, stage.visit.slots) == (2, 1, 4)


async def test_without_a_winner_in_the_listing_the_page_is_served_with_its_banner_alone() -> None:
    stage = Stage(banners=BANNERS)
    stage.ads.answer_with = lambda listings: [Result() for _ in listings]
    stage.ads.banners = [Result((RIBBON,))]
    answer = await stage.view()
    assert answer.body.endswith(BODY[1:])  # the listing keeps its bytes
    assert b"private, no-store" in answer.head
    assert (stage.visit.reason, stage.visit.winners, stage.visit.banners) == (Reason.SERVED, 1, 1)


@pytest.mark.parametrize("products", [b"[]", b'[{"id":"p0"}]'])
async def test_a_banner_is_asked_for_where_a_listing_has_too_few_products(products: bytes) -> None:
    stage = Stage(banners=BANNERS, skip={"fewer_than": 4})
    body = b'{"products":' + products + b"}"
    stage.pages.answer = Organic(AResponse(length=len(body)), body, whole=True)  # type: ignore[arg-type]
    stage.ads.answer_with = lambda listings: []
    stage.ads.banners = [Result((RIBBON,))]
    answer = await stage.view()
    assert [len(listings) for listings, _ in stage.ads.asked] == [0]
    assert json.loads(answer.body)["products"] == json.loads(products)
    assert (stage.visit.reason, stage.visit.winners) == (Reason.SERVED, 1)


@pytest.mark.parametrize(
    ("listed", "fewer_than", "ribbon", "reason"),
    [
        ((), 2, (), Reason.NO_WINNERS),
        ((), 9, (), Reason.TOO_FEW_PRODUCTS),
        (("elsewhere",), 2, (), Reason.NO_MATCH),
        ((), 2, (RIBBON,), Reason.NO_MATCH),  # `$.total.ribbon` is no place: `total` is a number
        ((), 9, (RIBBON,), Reason.NO_MATCH),
    ],
)
async def test_with_neither_ads_nor_banners_the_page_stays_organic(
    listed: tuple[str, ...], fewer_than: int, ribbon: tuple[Winner, ...], reason: Reason
) -> None:
    banners = [BANNERS[0] | {"at": "$.total.ribbon"}]
    stage = Stage(banners=banners, skip={"fewer_than": fewer_than})
    stage.ads.answer_with = lambda listings: [wins(*listed) for _ in listings]
    stage.ads.banners = [Result(ribbon)]
    assert (await stage.view()).body == BODY
    assert (stage.visit.reason, stage.visit.winners, stage.visit.banners) == (reason, 0, 0)


async def test_a_shadow_counts_the_banners_that_it_does_not_write() -> None:
    stage = Stage(mode="shadow", banners=BANNERS)
    stage.ads.banners = [Result((RIBBON,))]
    assert (await stage.view()).body == BODY
    assert (stage.visit.reason, stage.visit.winners, stage.visit.banners) == (Reason.SHADOW, 2, 1)


@pytest.mark.parametrize(
    "rule", [{"mode": "off"}, {"rollout": 0, "user": "cookie.tsuid"}, {"skip": {"query": ["q"]}}, {"holdout": 99.99, "user": "cookie.tsuid"}]
)  # fmt: skip
async def test_who_gets_no_ads_gets_no_banners(rule: dict[str, Any]) -> None:
    stage = Stage(banners=BANNERS, **rule)
    stage.ads.banners = [Result((RIBBON,))]
    assert b"ribbon" not in (await stage.view(headers=[("Cookie", "tsuid=u1")])).body
    assert stage.ads.asked == []


@pytest.mark.parametrize("reason", [Reason.TOO_LATE, Reason.ADS_DOWN, Reason.BREAKER_OPEN, Reason.ADS_INVALID])
async def test_trouble_with_ads_leaves_the_page_as_it_was(reason: Reason) -> None:
    stage = Stage()

    def fail(listings: Sequence[Candidates]) -> Sequence[Result]:
        raise AdPlatformTrouble(reason, "because")

    stage.ads.answer_with = fail
    answer = await stage.view()
    assert answer.body == BODY
    assert (stage.visit.reason, stage.visit.detail) == (reason, "because")
    assert stage.visit.ads_ms == pytest.approx(30)


STEPS = [(corridor_module, each) for each in ("user_of", "why_no_ads", "arm_of", "missing", "merge")]


@pytest.mark.parametrize(("where", "step"), [*STEPS, (organic_module, "for_merged_page")])
async def test_a_bug_in_any_step_gives_the_organic_page(
    where: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(where, step, bug)
    stage = Stage(**FETCH)
    with caplog.at_level(logging.ERROR):
        answer = await stage.view()
    assert answer.status == 200
    assert answer.body == BODY
    assert (stage.visit.reason, stage.visit.winners) == (Reason.BUG, 0)
    assert "ZeroDivisionError: a bug" in caplog.text


async def test_a_listing_that_is_too_short_is_not_asked_about_and_its_neighbour_is() -> None:
    stage = Stage(products={"list": "$.results[*].hits", "id": "$.id"}, skip={"fewer_than": 3})
    body = b'{"results": [{"hits": [{"id": "a"}]}, {"hits": [{"id": "b"}, {"id": "c"}, {"id": "d"}]}]}'
    stage.pages.answer = Organic(AResponse(), body, whole=True)  # type: ignore[arg-type]
    stage.ads.answer_with = lambda listings: [wins("d")]
    answer = await stage.view()
    assert [candidates.ids for candidates in stage.ads.asked[0][0]] == [["b", "c", "d"]]
    assert [[hit["id"] for hit in result["hits"]] for result in json.loads(answer.body)["results"]] == [
        ["a"],
        ["d", "b", "c"],
    ]


async def test_too_few_products_ask_nobody() -> None:
    stage = Stage(skip={"fewer_than": 5})
    assert (await stage.view()).body == BODY
    assert (stage.visit.reason, stage.ads.asked) == (Reason.TOO_FEW_PRODUCTS, [])
    assert stage.visit.detail == "4 items"


async def test_products_without_an_id_are_told_from_too_few() -> None:
    stage = Stage(products={"list": "$.products", "id": "$.sku"})
    assert (await stage.view()).body == BODY
    assert stage.visit.reason is Reason.TOO_FEW_PRODUCTS
    assert stage.visit.detail == "4 items, none with an id where `products.id` says"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"products": null}', b'{"products": {}}', b"\xff"])
async def test_what_is_no_listing_goes_on_as_it_came(body: bytes) -> None:
    stage = Stage()
    stage.pages.answer = Organic(AResponse(length=len(body)), body, whole=True)  # type: ignore[arg-type]
    assert (await stage.view()).body == body
    assert stage.visit.reason is Reason.NOT_A_LISTING


async def test_shadow_asks_and_changes_nothing() -> None:
    stage = Stage(mode="shadow")
    answer = await stage.view()
    assert answer.body == BODY
    assert b"Cache-Control: public, max-age=60\r\n" in answer.head
    assert (stage.visit.reason, stage.visit.winners) == (Reason.SHADOW, 1)
    assert stage.pages.asked == [{"found": stage.plans.find(an_ask()), "for_ads": True, "fresh": False}]


@pytest.mark.parametrize(("rule", "fresh"), [({"mode": "off"}, False), ({"rollout": 0, "user": "cookie.tsuid"}, True)])
async def test_only_what_the_url_decides_stays_wholly_the_marketplaces(rule: dict[str, Any], fresh: bool) -> None:
    stage = Stage(**rule)
    answer = await stage.view()
    assert (b"public" in answer.head) is not fresh
    assert [(how["for_ads"], how["fresh"]) for how in stage.pages.asked] == [(False, fresh)]


async def test_a_head_answers_as_a_merged_get_without_a_length() -> None:
    stage = Stage()
    answer = await stage.view(method="HEAD")
    assert (answer.body, answer.length, answer.bodyless) == (b"", None, True)
    assert b"private, no-store" in answer.head
    assert stage.visit.reason is Reason.HEAD


@pytest.mark.parametrize(
    ("trouble", "status", "reason"),
    [(MarketplaceDown("x"), 502, Reason.MARKETPLACE_DOWN), (MarketplaceSlow("x"), 504, Reason.MARKETPLACE_SLOW)],
)
async def test_a_marketplace_that_fails_is_said_plainly(trouble: Exception, status: int, reason: Reason) -> None:
    stage = Stage()
    stage.pages.answer = trouble
    answer = await stage.view()
    assert answer.status == status
    assert b"Sponsored-Status: " + reason.encode() in answer.head
    assert stage.visit.reason is reason


async def test_a_shopper_who_leaves_ends_the_visit() -> None:
    stage = Stage()

    async def never(*args: object, **kwargs: object) -> Organic:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    stage.pages.fetch = never  # type: ignore[method-assign]
    task = asyncio.create_task(stage.view())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.visit.reason is Reason.GONE


async def test_no_header_tells_the_visit_where_that_is_not_wanted() -> None:
    stage = Stage()
    stage.corridor._tell = False
    assert b"Sponsored" not in (await stage.view()).head
