import pytest

from proxy.sandbox.campaigns import MICROS
from proxy.topsort import v1, v2

TWO_CAMPAIGNS = """
reserve: 0.10
campaigns:
  - {name: rich, bids: [{product: p1, bid: 2.00}]}
  - name: poor
    budget: {total: 10, daily: 5, pacing: asap}
    bids: [{product: p2, bid: 1.00}]
"""
VENDORS = """
products:
  - {id: p1, vendor: v1, quality: 0.4}
  - {id: p2, vendor: v1, quality: 0.9}
  - {id: p3, vendor: v2}
campaigns:
  - {name: whole shop, bids: [{vendor: v1, bid: 1}]}
  - {name: one thing, bids: [{product: p3, bid: 0.2}]}
"""
KEYWORDS = """
campaigns:
  - {name: everywhere, bids: [{product: p1, bid: 1}]}
  - {name: lamps, keywords: [lamp], bids: [{product: p2, bid: 2}]}
  - {name: in oslo, locations: [Oslo], bids: [{product: p1, bid: 3}]}
"""


def listings(*ids: str, slots: int = 2, **keys: object) -> v2.AuctionsRequest:
    products = v2.Products(ids=ids, quality_scores=keys.pop("scores", None))
    return v2.AuctionsRequest(auctions=[v2.Auction(type="listings", slots=slots, products=products, **keys)])


def ids(results: list[v2.Result]) -> list[str]:
    return [winner.id for winner in results[0].winners]


def test_the_best_bids_win_among_those_who_were_sent(a_box):
    (result,) = a_box().exchange.answer_v2(listings("p9", "p1", "p3"))
    assert (result.result_type, result.error) == ("listings", False)
    assert [(winner.rank, winner.type, winner.id) for winner in result.winners] == [
        (1, "product", "p1"),
        (2, "product", "p3"),
    ]


def test_the_campaign_id_is_a_uuid_of_the_campaign(a_box):
    box = a_box()
    (result,) = box.exchange.answer_v2(listings("p1"))
    assert result.winners[0].campaign_id == str(box.exchange.market.campaigns[0].uuid)


def test_quality_of_catalogue_and_request_are_multiplied(a_box):
    # p2 bids 1.50 at quality 0.5 = 0.75, under p1's 1.00; the request's scores turn them around.
    exchange = a_box().exchange
    assert ids(exchange.answer_v2(listings("p1", "p2"))) == ["p1", "p2"]
    assert ids(exchange.answer_v2(listings("p1", "p2", scores=[0.5, 1.0]))) == ["p2", "p1"]


def test_the_price_is_inside_the_sealed_bid_with_all_that_an_event_will_need(a_box):
    box = a_box()
    (result,) = box.exchange.answer_v2(listings("p1", "p3", opaque_user_id="u"))
    first, second = (box.seal.open(winner.resolved_bid_id) for winner in result.winners)
    assert (first.price, second.price) == (300_000, 100_000)
    assert first.auction == second.auction
    assert (first.kind, first.type, first.id, first.product, first.rank) == ("listings", "product", "p1", "p1", 1)
    assert (first.campaign, first.at, first.user) == (
        box.exchange.market.campaigns[0].uuid.bytes,
        box.clock.wall(),
        "u",
    )


def test_a_campaign_out_of_budget_does_not_bid(a_box):
    box = a_box(TWO_CAMPAIGNS)
    poor = str(box.exchange.market.campaigns[1].uuid)
    assert ids(box.exchange.answer_v2(listings("p1", "p2"))) == ["p1", "p2"]
    box.store.charge(poor, 5 * MICROS, box.clock.wall())
    assert ids(box.exchange.answer_v2(listings("p1", "p2"))) == ["p1"]
    box.clock.advance(86_400)
    assert ids(box.exchange.answer_v2(listings("p1", "p2"))) == ["p1", "p2"]
    box.store.charge(poor, 5 * MICROS, box.clock.wall())
    box.clock.advance(86_400)
    assert ids(box.exchange.answer_v2(listings("p1", "p2"))) == ["p1"]


def test_a_bid_over_what_is_left_does_not_stand(a_box):
    box = a_box(TWO_CAMPAIGNS)
    box.store.charge(str(box.exchange.market.campaigns[1].uuid), 4 * MICROS + 1, box.clock.wall())
    assert ids(box.exchange.answer_v2(listings("p1", "p2"))) == ["p1"]


def test_who_is_out_of_budget_sets_no_price(a_box):
    box = a_box(TWO_CAMPAIGNS)
    box.store.charge(str(box.exchange.market.campaigns[1].uuid), 10 * MICROS, box.clock.wall())
    (result,) = box.exchange.answer_v2(listings("p1", "p2"))
    assert box.seal.open(result.winners[0].resolved_bid_id).price == 100_000


def test_a_vendor_campaign_wins_once_with_its_best_product(a_box):
    (result,) = a_box(VENDORS).exchange.answer_v2(listings("p1", "p2", "p3", slots=5))
    assert [(winner.type, winner.id) for winner in result.winners] == [("vendor", "v1"), ("product", "p3")]


def test_version_1_names_the_product_also_where_a_vendor_won(a_box):
    products = [v1.Product(product_id=id) for id in ("p1", "p2", "p3")]
    answer = a_box(VENDORS).exchange.answer_v1(v1.AuctionRequest(slots=v1.Slots(listings=5), products=products))
    listing = answer.slots.listings
    assert [(won.rank, won.product_id, won.winner_type, won.winner_id) for won in listing.winners] == [
        (1, "p2", "vendor", "v1"),
        (2, "p3", "product", "p3"),
    ]
    assert answer.slots.banner_ads is None


def test_version_1_takes_quality_session_and_location(a_box):
    box = a_box()
    products = [v1.Product(product_id="p1", quality=0.2), v1.Product(product_id="p3")]
    request = v1.AuctionRequest(
        slots=v1.Slots(listings=2, banner_ads=1),
        products=products,
        session=v1.Session(session_id="s"),
        geo_targeting=v2.GeoTargeting(location="Oslo"),
    )
    slots = box.exchange.answer_v1(request).slots
    assert [winner.product_id for winner in slots.listings.winners] == ["p3", "p1"]
    assert box.seal.open(slots.listings.winners[0].resolved_bid_id).user == "s"
    assert slots.banner_ads.winners == []


@pytest.mark.parametrize(
    ("query", "location", "sent", "won"),
    [
        (None, None, ["p1", "p2"], ["p1"]),
        ("red lamp", None, ["p1", "p2"], ["p2", "p1"]),
        ("red lamp", None, ["p1"], ["p2", "p1"]),  # never sent: a keyword brought it
        ("mug", None, ["p1", "p2"], ["p1"]),
        (None, "oslo", ["p1"], ["p1"]),
    ],
)
def test_keywords_and_locations_decide_who_takes_part(a_box, query, location, sent, won):
    geo = v2.GeoTargeting(location=location) if location else None
    question = listings(*sent, slots=5, search_query=query, geo_targeting=geo)
    assert ids(a_box(KEYWORDS).exchange.answer_v2(question)) == won


@pytest.mark.parametrize(
    ("category", "won"),
    [
        (v2.Category(id="lamps"), ["p1", "p2"]),
        (v2.Category(ids=["lamps", "sale"]), ["p1"]),
        (v2.Category(disjunctions=[["lamps", "mugs"], ["sale", "mugs"]]), ["p1", "p3"]),
        (v2.Category(id="nothing"), []),
    ],
)
def test_a_category_stands_for_its_products(a_box, category, won):
    auction = v2.Auction(type="listings", slots=9, category=category)
    assert ids(a_box().exchange.answer_v2(v2.AuctionsRequest(auctions=[auction]))) == won


def test_results_come_in_the_order_of_the_auctions_and_a_slot_that_nobody_wants_has_no_winner(a_box):
    products = v2.Products(ids=["p1"])
    auctions = [
        v2.Auction(type="banners", slots=1, slot_id="ribbon"),
        v2.Auction(type="listings", slots=1, products=products),
    ]
    results = a_box().exchange.answer_v2(v2.AuctionsRequest(auctions=auctions))
    assert [(result.result_type, len(result.winners)) for result in results] == [("banners", 0), ("listings", 1)]


def test_an_id_that_was_sent_twice_takes_part_once(a_box):
    assert ids(a_box().exchange.answer_v2(listings("p1", "p1", "p1"))) == ["p1"]


def test_the_campaigns_say_why_they_are_silent(a_box):
    box = a_box(TWO_CAMPAIGNS)
    box.store.charge(str(box.exchange.market.campaigns[1].uuid), 10 * MICROS, box.clock.wall())
    assert [(campaign.name, silent) for campaign, silent in box.exchange.campaigns()] == [
        ("rich", None),
        ("poor", "out of budget"),
    ]
