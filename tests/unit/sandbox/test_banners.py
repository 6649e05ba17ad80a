"""Who gets a banner's slot, in either version's words, and with which file; sponsored brands likewise."""

import json

import pytest

from proxy.sandbox import banners
from proxy.sandbox.campaigns import MICROS
from proxy.topsort import v1, v2

MARKET = """
reserve: 0.10
products:
  - {id: p1, vendor: v1, quality: 0.5}
  - {id: p2, vendor: v1}
  - {id: p3, vendor: v2}
campaigns:
  - {name: a listing, bids: [{product: p1, bid: 9}]}
  - name: everywhere
    bids: [{brand: acme, bid: 0.50}]
    banner: {slots: [ribbon], assets: [{url: /both.svg, content: {title: Acme, more: [a, {b: c}]}}]}
  - name: of lamps
    keywords: [lamp]
    bids: [{product: p1, bid: 2.00}, {product: p3, bid: 1.20}]
    banner:
      slots: [ribbon, Search-page]
      assets: [{url: /wide.svg, device: desktop}, {url: /narrow.svg, device: mobile}]
  - name: of a shelf
    categories: [shoes, sale]
    bids: [{vendor: v1, bid: 0.80}]
    banner: {slots: [ribbon, shelf, Category-page], assets: [{url: /shelf.svg, device: desktop}]}
  - name: in Oslo
    locations: [Oslo]
    bids: [{url: "https://a.example/", bid: 3}]
    banner: {slots: [ribbon], assets: [{url: /oslo.svg}]}
"""
BRANDS = """
campaigns:
  - name: yogurt
    keywords: [yogurt]
    bids: [{url: "https://y.example/", bid: 0.40}]
    sponsored_brand: {placements: [top], content: {headline: Yogurt!}, title: Promo, vendor: v9, products: [y1, y2]}
  - name: everything
    bids: [{products: [m1, y2], bid: 0.20}]
    sponsored_brand: {placements: [top, side], content: {headline: All}}
"""


def a_banner(slots=9, slot_id="ribbon", **keys):
    return v2.AuctionsRequest(auctions=[v2.Auction(type="banners", slots=slots, slot_id=slot_id, **keys)])


def won(box, question):
    (result,) = box.exchange.answer_v2(question)
    assert (result.result_type, result.error) == ("banners", False)
    return [winner.id for winner in result.winners]


@pytest.mark.parametrize(
    ("asked", "winners"),
    [
        ({}, ["acme"]),
        ({"search_query": "a red lamp"}, ["p3", "acme"]),
        ({"search_query": "chair"}, ["acme"]),
        ({"category": v2.Category(id="shoes")}, ["v1", "acme"]),
        ({"category": v2.Category(ids=["shoes", "sale"])}, ["v1", "acme"]),
        ({"category": v2.Category(ids=["shoes", "hats"])}, ["acme"]),
        ({"slot_id": "shelf", "category": v2.Category(id="shoes")}, ["v1"]),
        ({"slot_id": "shelf", "category": v2.Category(id="shoes"), "device": "mobile"}, []),
        ({"slot_id": "elsewhere"}, []),
        ({"geo_targeting": v2.GeoTargeting(location="oslo")}, ["https://a.example/", "acme"]),
        ({"search_query": "lamp", "products": v2.Products(ids=["p1", "p9"])}, ["p1"]),
        ({"category": v2.Category(id="sale"), "products": v2.Products(ids=["p2"])}, ["v1"]),
        ({"category": v2.Category(id="sale"), "products": v2.Products(ids=["p3"])}, []),
    ],
)
def test_slot_words_category_place_and_products_decide_who_takes_part(a_box, asked, winners):
    assert won(a_box(MARKET), a_banner(**asked)) == winners


def test_a_campaign_wins_once_with_the_best_of_its_bids(a_box):
    # p1 bids 2.00 at quality 0.5, p3 1.20 at quality 1.
    (result,) = a_box(MARKET).exchange.answer_v2(a_banner(search_query="lamp"))
    assert [(winner.rank, winner.type, winner.id) for winner in result.winners] == [
        (1, "product", "p3"),
        (2, "brand", "acme"),
    ]


@pytest.mark.parametrize(("device", "files"), [(None, ["/wide.svg"]), ("desktop", ["/wide.svg"]), ("mobile", ["/narrow.svg"])])  # fmt: skip
def test_a_winner_comes_with_its_files_for_the_device(a_box, device, files):
    (result,) = a_box(MARKET).exchange.answer_v2(a_banner(search_query="lamp", device=device))
    assert [file["url"] for file in json.loads(bytes(result.winners[0].asset))] == files
    content = {"title": "Acme", "more": ["a", {"b": "c"}]}
    assert json.loads(bytes(result.winners[1].asset)) == [{"url": "/both.svg", "content": content}]


def test_a_click_costs_the_second_price_and_is_sealed_as_a_banners(a_box):
    box = a_box(MARKET)
    (result,) = box.exchange.answer_v2(a_banner(search_query="lamp", opaque_user_id="u"))
    first, second = (box.seal.open(winner.resolved_bid_id) for winner in result.winners)
    assert (first.kind, first.type, first.id, first.product, first.user) == ("banners", "product", "p3", "p3", "u")
    assert (first.price, second.price) == (500_000, 100_000)
    assert [winner.campaign_id for winner in result.winners] == [
        str(box.exchange.market.campaigns[2].uuid),
        str(box.exchange.market.campaigns[1].uuid),
    ]


def test_a_campaign_for_banners_takes_no_part_in_a_listing_and_one_for_listings_in_no_banner(a_box):
    box = a_box(MARKET)
    listing = v2.Auction(type="listings", slots=9, products=v2.Products(ids=["p1", "p3"]), search_query="lamp")
    (result,) = box.exchange.answer_v2(v2.AuctionsRequest(auctions=[listing]))
    assert [winner.id for winner in result.winners] == ["p1"]
    assert box.seal.open(result.winners[0].resolved_bid_id).price == 100_000


def test_a_banner_out_of_budget_does_not_stand(a_box):
    market = MARKET.replace("    categories: [shoes, sale]\n", "    categories: [shoes]\n    budget: {total: 1}\n")
    box = a_box(market)
    question = a_banner(category=v2.Category(id="shoes"))
    assert won(box, question) == ["v1", "acme"]
    box.store.charge(str(box.exchange.market.campaigns[3].uuid), MICROS // 2, box.clock.wall())
    assert won(box, question) == ["acme"]


def v1_request(placement, *products, vendors=(), **options):
    return v1.AuctionRequest(
        slots=v1.Slots(banner_ads=2),
        products=[v1.Product(product_id=each) for each in products],
        vendors=[v1.Vendor(vendor_id=each) for each in vendors],
        banner_options=v1.BannerOptions(placement=placement, **options),
        session=v1.Session(session_id="s"),
    )


@pytest.mark.parametrize(
    ("request_", "winners"),
    [
        (v1_request("Search-page", "p1", search_query="lamp"), [("product", "p1", "p1", "/wide.svg")]),
        (v1_request("Search-page", "p2", search_query="lamp"), []),
        (v1_request("Search-page", "p1"), []),
        (v1_request("Home-page", "p3", slot_id="ribbon", search_query="lamp"), [("product", "p3", "p3", "/wide.svg")]),
        (v1_request("Category-page", "p2", category_id="sale"), [("vendor", "v1", "p2", "/shelf.svg")]),
        (v1_request("Category-page", vendors=["v1"], category_id="sale"), [("vendor", "v1", "p1", "/shelf.svg")]),
        (v1_request("Category-page", vendors=["v2"], category_id="sale"), []),
    ],
)
def test_version_1_sells_by_placement_to_the_products_and_vendors_that_were_sent(a_box, request_, winners):
    box = a_box(MARKET)
    outcome = box.exchange.answer_v1(request_).slots.banner_ads
    assert [(won.winner_type, won.winner_id, won.product_id, won.asset_url) for won in outcome.winners] == winners
    for winner in outcome.winners:
        bid = box.seal.open(winner.resolved_bid_id)
        assert (bid.kind, bid.product, bid.user) == ("banners", winner.product_id, "s")


def a_brand(placement="top", **triggers):
    auction = v2.BrandAuction(winners=9, placement_id=placement, triggers=v2.Triggers(**triggers), opaque_user_id="u")
    return v2.BrandAuctionsRequest(auctions=[auction])


@pytest.mark.parametrize(
    ("question", "winners"),
    [
        (a_brand(search_query="vanilla yogurt"), ["https://y.example/", "m1"]),
        (a_brand(search_query="milk"), ["m1"]),
        (a_brand(category=v2.Category(id="c")), ["m1"]),
        (a_brand(products=v2.Products(ids=["m1"])), ["m1"]),
        (a_brand(products=v2.Products(ids=["y1"])), []),
        (a_brand("side", search_query="yogurt"), ["m1"]),
    ],
)
def test_a_sponsored_brand_is_called_up_by_words_category_or_products(a_box, question, winners):
    (result,) = a_box(BRANDS).exchange.answer_brands(question)
    assert (result.result_type, [winner.id for winner in result.winners]) == ("brand", winners)


def test_a_sponsored_brand_comes_with_its_content_and_products(a_box):
    box = a_box(BRANDS)
    (result,) = box.exchange.answer_brands(a_brand(search_query="yogurt"))
    first = result.winners[0]
    assert (first.type, first.title, first.vendor_id, first.product_ids) == ("url", "Promo", "v9", ("y1", "y2"))
    assert json.loads(bytes(first.content)) == {"headline": "Yogurt!"}
    bid = box.seal.open(first.resolved_bid_id)
    assert (bid.kind, bid.type, bid.price, bid.user) == ("brand", "url", 200_000, "u")
    assert banners.promoted_by(box.exchange.market.campaigns[1]) == ("m1", "y2")
