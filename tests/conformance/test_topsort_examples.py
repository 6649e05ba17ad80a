"""The vendor's own examples against our spelling, our client and our sandbox."""

import json
from random import Random
from uuid import UUID

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from proxy.auction.client import Ads
from proxy.auction.question import Candidates
from proxy.auction.winners import read_v1, read_v2
from proxy.rules.book import Match
from proxy.sandbox.behaviour import Manners
from proxy.sandbox.config import parse_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store
from proxy.topsort import contract, events, v1, v2
from proxy.wire.client import Client
from proxy.wire.origin import Origin
from tests.ad_platform import AdPlatform, says
from tests.builders import a_rule, an_ask
from tests.conformance import topsort_examples as examples


def body_of(message):
    return json.dumps(message).encode()


def named(table):
    return pytest.mark.parametrize("message", list(table.values()), ids=list(table))


# -- the spelling -------------------------------------------------------------


@named(examples.V2_QUESTIONS)
def test_questions_are_taken_and_written_as_they_were(message):
    question = contract.read_auctions(body_of(message))
    assert json.loads(v2.write_request(question)) == message


@named(examples.BRAND_QUESTIONS)
def test_questions_for_brands_are_taken_and_written_as_they_were(message):
    question = contract.read_brand_auctions(body_of(message))
    assert json.loads(v2.write_request(question)) == message


@named(examples.V2_ANSWERS)
def test_answers_are_read_and_written_as_they_were(message):
    read = v2.read_answer(body_of(message))
    kinds = [result["resultType"] for result in message["results"]]
    written = v2.write_answer(
        [v2.Result(result_type=kind, winners=one.winners) for kind, one in zip(kinds, read, strict=True)]
    )
    assert json.loads(written) == message


def test_version_1_is_read_and_written_as_it_was():
    question = contract.read_v1_auction(body_of(examples.V1_QUESTION))
    assert json.loads(v1.write_request(question)) == examples.V1_QUESTION
    read = v1.read_answer(body_of(examples.V1_ANSWER))
    outcome = v1.Outcome(auction_id="AKFU78", winners=read.winners)
    assert json.loads(v1.write_answer(v1.AuctionAnswer(v1.Outcomes(listings=outcome)))) == examples.V1_ANSWER


@named(examples.V2_EVENTS)
def test_events_are_read_and_written_as_they_were(message):
    assert json.loads(events.write(events.read_events(body_of(message)))) == message


@named(examples.V1_EVENTS)
def test_events_of_version_1_are_read_and_written_as_they_were(message):
    assert json.loads(events.write(events.read_v1_event(body_of(message)))) == message


# -- the client ---------------------------------------------------------------


def test_a_banners_asset_comes_whole():
    message = examples.V2_ANSWERS["listings and banners"]
    first, second, banner = read_v2(body_of(message), 3)
    assert [winner.id for winner in (*first.winners, *second.winners)] == ["p_Mfk11", "p_Mfk15", "p_PJbnN"]
    assert banner.winners[0].asset is not None
    assert json.loads(banner.winners[0].asset) == examples.BANNER_ASSET


def test_an_outside_bidders_winner_says_whose_it_is():
    (result,) = read_v2(body_of(examples.V2_ANSWERS["external demand"]), 1)
    criteo, topsort = result.winners
    assert (criteo.demand_source, criteo.campaign_id) == ("criteo", None)
    assert criteo.metadata is not None
    assert json.loads(criteo.metadata) == {"clickUrl": "https://example.com/click"}
    assert (topsort.demand_source, topsort.campaign_id, topsort.metadata) == ("topsort", examples.CAMPAIGN, None)


def test_a_winner_of_version_1_names_its_product():
    (result,) = read_v1(body_of(examples.V1_ANSWER), 1)
    (winner,) = result.winners
    assert (winner.id, winner.type, winner.winner_id) == ("pSA0238", "product", "b_Mfk15")


async def winners_from(url, *ids, api="v2"):
    """The ids that win, asked for over real sockets."""
    client = Client(Origin.parse(url), name="ad platform")
    ads = Ads(client, lambda: "TSE_test", api)
    try:
        (result,) = await ads.begin(Match(a_rule(slots=2), {}), an_ask(), None).answer([Candidates(ids)], 30.0)
        return [winner.id for winner in result.winners]
    finally:
        await ads.close()
        await client.close()


async def test_the_example_answer_reaches_the_page():
    async with AdPlatform() as platform:
        platform.replies = says(201, body_of(examples.V2_ANSWERS["external demand"]))
        assert await winners_from(platform.url, "p_PJbnN", "p_ojng4") == ["p_PJbnN", "p_Mfk15"]
        asked = {"type": "listings", "slots": 2, "products": {"ids": ["p_PJbnN", "p_ojng4"]}}
        assert platform.requests[0].auctions == [asked]


# -- the sandbox --------------------------------------------------------------

MARKET = """
products:
  - {id: p_PJbnN, vendor: v1, categories: [c_yogurt]}
  - {id: p_ojng4, vendor: v2, categories: [c_yogurt]}
campaigns:
  - name: one
    bids: [{product: p_PJbnN, bid: 1.00}]
  - name: two
    bids: [{product: p_ojng4, bid: 2.00}]
  - name: a banner
    categories: [c_yogurt]
    bids: [{product: p_PJbnN, bid: 1.00}]
    banner:
      slots: [categories-ribbon-banner, Category-page]
      assets:
        - {device: desktop, url: "https://assets.example/wide.png", content: {headingText: Yogurt}}
        - {device: mobile, url: "https://assets.example/narrow.png"}
  - name: a brand
    bids: [{products: [vanilla_yogurt], bid: 1.00}]
    sponsored_brand: {placements: [some-placement], content: {headline: Topsort Rocks, brandName: Topsort Brand}}
"""


@pytest.fixture
async def sandbox(tmp_path):
    store = Store(tmp_path)
    seal = Seal(store.secret)
    exchange = Exchange(parse_market(MARKET), store, seal, lambda: 1_700_000_000.0, lambda: UUID(int=1))
    async with TestServer(Sandbox(exchange, store, seal, "TSE_test", Manners(), Random(7)).app()) as server:
        yield str(server.make_url("")).rstrip("/")
    store.close()


async def asked(url, path, question):
    """What the sandbox answers to a question of the vendor's."""
    key = {"Authorization": "Bearer TSE_test"}
    async with aiohttp.ClientSession() as session, session.post(url + path, json=question, headers=key) as answer:
        return answer.status, await answer.json()


def shape_of(value):
    """Keys and types: what a reader of the vendor's example relies on. What a campaign fills in is its own."""
    if isinstance(value, dict):
        return {key: dict if key == "content" else shape_of(each) for key, each in value.items()}
    return [shape_of(each) for each in value[:1]] if isinstance(value, list) else type(value)


async def test_the_sandbox_answers_a_banner_as_the_vendors_example_does(sandbox):
    question = examples.V2_QUESTIONS["banners of a category"]
    status, answer = await asked(sandbox, "/v2/auctions", question)
    example = examples.V2_ANSWERS["listings and banners"]["results"][2]
    assert (status, [shape_of(result) for result in answer["results"]]) == (201, [shape_of(example)])
    (winner,) = answer["results"][0]["winners"]
    assert (winner["type"], winner["id"]) == ("product", "p_PJbnN")
    assert winner["asset"] == [{"url": "https://assets.example/wide.png", "content": {"headingText": "Yogurt"}}]


@named(examples.BRAND_QUESTIONS)
async def test_the_sandbox_answers_a_sponsored_brand_as_the_vendors_example_does(sandbox, message):
    status, answer = await asked(sandbox, "/v2/auctions/sponsored-brand", message)
    (result,) = answer["results"]
    assert (status, result["resultType"], result["error"]) == (201, "brand", False)
    (example,) = examples.V2_ANSWERS["a sponsored brand"]["results"][0]["winners"]
    (winner,) = result["winners"]
    assert shape_of(example).items() <= shape_of(winner).items()
    assert winner["content"] == example["content"]


async def test_the_sandbox_answers_a_banner_of_version_1(sandbox):
    options = {"placement": "Category-page", "categoryId": "c_yogurt"}
    products = [{"productId": "p_PJbnN"}, {"productId": "p_ojng4"}]
    question = {"slots": {"listings": 1, "bannerAds": 1}, "products": products, "bannerOptions": options}
    status, answer = await asked(sandbox, "/v1/auctions", question)
    assert (status, sorted(answer["slots"])) == (201, ["bannerAds", "listings"])
    listing, banner = answer["slots"]["listings"]["winners"][0], answer["slots"]["bannerAds"]["winners"][0]
    assert shape_of(listing) == shape_of(examples.V1_ANSWER["slots"]["listings"]["winners"][0])
    assert shape_of(banner) == shape_of(listing) | {"assetUrl": str}
    assert (banner["productId"], banner["assetUrl"]) == ("p_PJbnN", "https://assets.example/wide.png")


@pytest.mark.parametrize(
    ("agent", "url"), [("Mozilla/5.0 (X11; Linux)", "wide"), ("Mozilla/5.0 (iPhone) Mobile/15E148", "narrow")]
)
async def test_client_and_sandbox_understand_each_other_about_banners(sandbox, agent, url):
    rule = a_rule(slots=2, banners=[{"slot_id": "categories-ribbon-banner", "at": "$.b", "category": "=c_yogurt"}])
    client = Client(Origin.parse(sandbox), name="ad platform")
    ads = Ads(client, lambda: "TSE_test", "v2")
    try:
        asking = ads.begin(Match(rule, {}), an_ask(headers=[("User-Agent", agent)]), None)
        (listing,) = await asking.answer([Candidates(["p_PJbnN", "p_ojng4"])], 30.0)
    finally:
        await ads.close()
        await client.close()
    assert [winner.id for winner in listing.winners] == ["p_ojng4", "p_PJbnN"]
    (banner,) = asking.banners[0].winners
    assert json.loads(banner.asset)[0]["url"] == f"https://assets.example/{url}.png"


@pytest.mark.parametrize("api", ["v2", "v1"])
async def test_client_and_sandbox_understand_each_other(sandbox, api):
    assert await winners_from(sandbox, "p_PJbnN", "p_ojng4", api=api) == ["p_ojng4", "p_PJbnN"]
