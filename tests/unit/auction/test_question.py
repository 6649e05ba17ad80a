"""From a rule, a request and the products of a page to the auctions that are asked for."""

from dataclasses import replace
from hashlib import sha256

import pytest

from proxy.auction.question import LONGEST_ID, Candidates, device_of, products_of, question_for, user_of
from proxy.rules.bodies import Place
from proxy.rules.rule import Banner
from proxy.rules.selector import Selector
from proxy.rules.sources import Sources
from proxy.topsort import v2
from tests.builders import a_rule, an_ask

TSUID = ("cookie", "a=b; tsuid=u-1")


def auctions(rule, ask=None, *listings, captures=None):
    ask = ask or an_ask()
    listings = listings or (Candidates(["p_1", "p_2"]),)
    return question_for(rule, ask, captures or {}, listings, user_of(rule, ask, captures or {}))


def test_a_plain_rule_asks_with_slots_and_ids_only():
    (auction,) = auctions(a_rule(slots=3)).listings
    assert auction == v2.Auction(type="listings", slots=3, products=v2.Products(ids=["p_1", "p_2"]))


def test_all_that_a_rule_names_is_sent():
    rule = a_rule(
        auction={
            "slots": 1,
            "search_query": "query.q",
            "user": ["header.x-user-id", "cookie.tsuid"],
            "page": {"type": "search", "value": "query.q"},
            "geo": "header.cf-ipcountry",
            "placement_id": 7,
        }
    )
    ask = an_ask("/api/search?q=red%20shoes", headers=[TSUID, ("cf-ipcountry", "CL")])
    (auction,) = auctions(rule, ask).listings
    assert auction == v2.Auction(
        type="listings",
        slots=1,
        products=v2.Products(ids=["p_1", "p_2"]),
        search_query="red shoes",
        opaque_user_id="u-1",
        geo_targeting=v2.GeoTargeting(location="CL"),
        placement_id=7,
        page=v2.Page(type="search", page_id="/api/search", value="red shoes"),
    )


def test_what_a_source_does_not_find_or_finds_blank_is_left_out():
    rule = a_rule(
        auction={
            "search_query": "query.q",
            "user": "cookie.tsuid",
            "geo": "header.x-geo",
            "page": {"type": "search", "id": "query.page_id", "value": "query.q"},
        }
    )
    ask = an_ask("/api/search?q=%20%20", headers=[("cookie", "tsuid="), ("x-geo", " ")])
    (auction,) = auctions(rule, ask).listings
    assert v2.write_request(v2.AuctionsRequest(auctions=[auction])) == (
        b'{"auctions":[{"type":"listings","slots":2,"products":{"ids":["p_1","p_2"]},'
        b'"page":{"type":"search","pageId":"/api/search"}}]}'
    )


def test_the_page_id_is_a_source_too():
    rule = a_rule(path="/c/{category}", auction={"page": {"type": "category", "id": "path.category"}})
    (auction,) = auctions(rule, an_ask("/c/hats"), captures={"category": "hats"}).listings
    assert auction.page == v2.Page(type="category", page_id="hats")


@pytest.mark.parametrize(
    ("ids", "most", "sent"),
    [
        (["a", "b", "c"], 500, ["a", "b", "c"]),
        (["b", "a", "b", "c", "a"], 500, ["b", "a", "c"]),
        (["a", "a", "b", "c"], 2, ["a", "b"]),
        (["", "a", "x" * (LONGEST_ID + 1), "b"], 2, ["a", "b"]),
        (["x" * LONGEST_ID], 1, ["x" * LONGEST_ID]),
    ],
)
def test_distinct_ids_go_in_organic_order(ids, most, sent):
    assert products_of(Candidates(ids), most) == v2.Products(ids=sent)
    scored = products_of(Candidates(ids, [0.5] * len(ids)), most)
    assert scored == v2.Products(ids=sent, quality_scores=[0.5] * len(sent))


@pytest.mark.parametrize("ids", [[], [""], ["x" * 10_000]])
def test_a_listing_without_a_usable_id_has_no_auction(ids):
    assert products_of(Candidates(ids), 500) is None
    assert auctions(a_rule(), None, Candidates(ids), Candidates(["a"])).listings[0] is None


def test_the_score_of_an_ids_first_place_counts():
    products = products_of(Candidates(["a", "b", "a"], [1.0, 0.5, 0.1]), 500)
    assert products == v2.Products(ids=["a", "b"], quality_scores=[1.0, 0.5])


def test_scores_are_kept_within_the_contract():
    products = products_of(Candidates(["a", "b", "c", "d"], [0.0, -1.0, 7.0, float("nan")]), 500)
    assert products is not None
    assert products.quality_scores == [0.0001, 0.0001, 1.0, 0.0001]


def test_scores_that_do_not_fit_the_ids_are_not_sent():
    assert products_of(Candidates(["a", "b"], [0.5]), 500) == v2.Products(ids=["a", "b"])


def test_each_listing_has_an_auction_of_its_own():
    question = auctions(a_rule(), None, Candidates(["a"]), Candidates([]), Candidates(["b"]))
    assert [one and one.products and one.products.ids for one in question.listings] == [["a"], None, ["b"]]


# -- the shopper --------------------------------------------------------------


def test_the_first_user_that_is_present_is_the_user():
    rule = a_rule(auction={"user": ["cookie.tsuid", "header.x-user-id"]})
    assert user_of(rule, an_ask(headers=[TSUID, ("x-user-id", "u-2")]), {}) == "u-1"
    assert user_of(rule, an_ask(headers=[("x-user-id", "u-2")]), {}) == "u-2"
    assert user_of(rule, an_ask(), {}) is None


def test_a_user_can_be_sent_hashed():
    rule = a_rule(auction={"user": "cookie.tsuid", "hash_user": True})
    assert user_of(rule, an_ask(headers=[TSUID]), {}) == sha256(b"u-1").hexdigest()
    assert user_of(rule, an_ask(), {}) is None


@pytest.mark.parametrize(
    ("honour", "gpc", "user"),
    [(True, "1", None), (True, "0", "u-1"), (True, "", "u-1"), (True, "1 ", None), (False, "1", "u-1")],
)
def test_global_privacy_control_withholds_the_user(honour, gpc, user):
    rule = a_rule(auction={"user": "cookie.tsuid", "honour_gpc": honour})
    assert user_of(rule, an_ask(headers=[TSUID, ("Sec-GPC", gpc)]), {}) == user


@pytest.mark.parametrize(("cookie", "user"), [("yes", "u-1"), ("no", None), ("YES", None), (None, None)])
def test_without_consent_there_is_no_user(cookie, user):
    rule = a_rule(auction={"user": "cookie.tsuid", "consent": {"from": "cookie.ads", "equals": "yes"}})
    line = ("cookie", f"tsuid=u-1; ads={cookie}" if cookie else "tsuid=u-1")
    assert user_of(rule, an_ask(headers=[line]), {}) == user


# -- banners ------------------------------------------------------------------

RIBBON = Banner(
    slot_id="ribbon",
    slots=2,
    at=Selector.parse("$.banners"),
    category=Sources.parse("path.category"),
    search_query=Sources.parse("query.q"),
)


def test_a_banner_is_asked_for_with_all_that_the_listings_say_of_the_visit():
    sent = {"slots": 1, "user": "cookie.tsuid", "geo": "=CL", "placement_id": 7, "page": {"type": "category"}}
    rule = replace(a_rule(path="/c/{category}", auction=sent), banners=(RIBBON,))
    ask = an_ask("/c/hats?q=red", headers=[TSUID, ("user-agent", "Mozilla/5.0 (iPhone)")])
    (banner,) = auctions(rule, ask, captures={"category": "hats"}).banners
    assert banner == v2.Auction(
        type="banners",
        slots=2,
        slot_id="ribbon",
        device="mobile",
        category=v2.Category(id="hats"),
        geo_targeting=v2.GeoTargeting(location="CL"),
        opaque_user_id="u-1",
        placement_id=7,
        page=v2.Page(type="category", page_id="/c/hats"),
    )


def test_a_banner_without_a_category_goes_by_the_words():
    rule = replace(a_rule(path="/c/{category}"), banners=(RIBBON,))
    (banner,) = auctions(rule, an_ask("/c/?q=red")).banners
    assert (banner.category, banner.search_query) == (None, "red")


@pytest.mark.parametrize(
    ("headers", "device"),
    [
        ([], "desktop"),
        ([("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")], "desktop"),
        ([("user-agent", "Mozilla/5.0 (Linux; Android 14) Mobile Safari")], "mobile"),
        ([("user-agent", "Mozilla/5.0 (iPad; CPU OS 17)")], "mobile"),
        ([("sec-ch-ua-mobile", "?1"), ("user-agent", "Mozilla/5.0 (X11)")], "mobile"),
        ([("sec-ch-ua-mobile", "?0"), ("user-agent", "Mobile")], "desktop"),
    ],
)
def test_the_device_is_read_from_the_browser(headers, device):
    assert device_of(an_ask(headers=headers)) == device


@pytest.mark.parametrize(
    ("said", "sent", "device"),
    [
        ("mobile", None, "mobile"),
        ("header.x-device", "mobile", "mobile"),
        ("header.x-device", "fridge", "desktop"),
        ("header.x-device", None, "desktop"),
        ("auto", None, "desktop"),
    ],
)
def test_the_rule_may_say_the_device_or_where_it_stands(said, sent, device):
    device_source = said if "." not in said else Sources.parse(said)
    rule = a_rule()
    rule = replace(rule, banners=(RIBBON,), auction=replace(rule.auction, device=device_source))
    headers = [("x-device", sent)] if sent else []
    assert auctions(rule, an_ask(headers=headers)).banners[0].device == device


SEVERAL = {
    "match": {"path": "/q", "methods": ["POST"]},
    "list": "$.results[*].hits",
    "search_query": ["body.$.requests[*].query", "body.$.requests[*].params.query"],
    "page": {"type": "search", "value": "body.$.requests[*].query"},
}


def test_each_of_several_listings_has_the_words_of_its_own_search():
    rule = a_rule(**{**SEVERAL, "page": "search", "auction": {"slots": 2, "page": SEVERAL["page"]}})
    body = b'{"requests":[{"query":"lamp"},{"params":"query=desk%20lamp&page=0"},{"query":" "}]}'
    ask = an_ask("/q", method="POST", body=body)
    listings = [Candidates(["a", "b"], None, Place(n, 3)) for n in (0, 1, 2)]
    question = question_for(rule, ask, {}, listings, None)
    assert [each.search_query for each in question.listings] == ["lamp", "desk lamp", None]
    assert [each.page.value for each in question.listings] == ["lamp", None, None]
    assert [each.page.type for each in question.listings] == ["search"] * 3


def test_a_listing_that_is_not_asked_about_takes_no_words_from_the_others():
    rule = a_rule(**{**SEVERAL, "page": "search"})
    ask = an_ask("/q", method="POST", body=b'{"requests":[{"query":"facets"},{"query":"lamp"}]}')
    question = question_for(
        rule, ask, {}, [Candidates([], None, Place(0, 2)), Candidates(["a"], None, Place(1, 2))], None
    )
    assert question.listings[0] is None
    assert question.listings[1].search_query == "lamp"


def test_without_a_place_the_first_words_that_are_there_are_everybodys():
    rule = a_rule(**{**SEVERAL, "page": "search"})
    ask = an_ask("/q", method="POST", body=b'{"requests":[{"x":1},{"query":"lamp"}]}')
    question = question_for(rule, ask, {}, [Candidates(["a"]), Candidates(["b"])], None)
    assert [each.search_query for each in question.listings] == ["lamp", "lamp"]
