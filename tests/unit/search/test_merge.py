import json
from dataclasses import replace

import pytest

from proxy.auction.winners import Winner
from proxy.rules.rule import Banner
from proxy.rules.selector import Selector
from proxy.search.merge import merge
from proxy.search.plan import Plan
from tests.builders import a_rule

BODY = b'{ "n": 3, "products": [ {"id":1,"p":19.90} ,\n{"id":2,"p":1e5},{"p":"\\/","id":3} ], "x":"\\u00e9" }'


def a_winner(rank, product_id, **more):
    return Winner(rank=rank, type="product", id=product_id, resolved_bid_id=f"bid-{product_id}", **more)


def merged(body, winners, *more, fetched=None, banners=(), **keys):
    plan = Plan(a_rule(**keys))
    page = plan.read(body)
    return merge(plan, page, [winners, *more], fetched=fetched, banners=banners)


def test_items_move_and_what_is_between_them_stays():
    found = merged(BODY, [a_winner(1, "3")])
    assert found.body == (
        b'{ "n": 3, "products": [ {"resolvedBidId":"bid-3","rank":1,"p":"\\/","id":3} ,\n'
        b'{"id":1,"p":19.90},{"id":2,"p":1e5} ], "x":"\\u00e9" }'
    )
    assert found.placed == 1
    assert found.order == ((("3", 1), ("1", 0), ("2", 0)),)


@pytest.mark.parametrize("winners", [[], [a_winner(1, "9")]])
def test_with_nothing_to_place_the_body_is_the_same_object(winners):
    found = merged(BODY, winners)
    assert found.body is BODY
    assert found.placed == 0
    assert found.order == ((("1", 0), ("2", 0), ("3", 0)),)


def test_fewer_results_than_listings_stand_for_none():
    body = b'{"r":[{"h":[{"id":1},{"id":2}]},{"h":[]},{"h":[{"id":2}]}]}'
    found = merged(body, [a_winner(1, "2")], list="$.r[*].h")
    assert found.body == b'{"r":[{"h":[{"resolvedBidId":"bid-2","rank":1,"id":2},{"id":1}]},{"h":[]},{"h":[{"id":2}]}]}'
    assert [len(each.placed) for each in found.listings] == [1, 0, 0]


def test_each_listing_has_its_own_winners():
    body = b'[{"h":[{"id":1},{"id":2}]},{"h":[{"id":2} , {"id":1}]}]'
    found = merged(body, [a_winner(1, "2")], [a_winner(7, "1")], list="$[*].h")
    assert found.body == (
        b'[{"h":[{"resolvedBidId":"bid-2","rank":1,"id":2},{"id":1}]},'
        b'{"h":[{"resolvedBidId":"bid-1","rank":7,"id":1} , {"id":2}]}]'
    )
    assert found.placed == 2


def test_of_two_items_with_one_id_the_first_is_the_ad():
    found = merged(b'{"products":[{"id":1},{"id":2,"n":1},{"id":2,"n":2}]}', [a_winner(1, "2")])
    assert found.body == b'{"products":[{"resolvedBidId":"bid-2","rank":1,"id":2,"n":1},{"id":1},{"id":2,"n":2}]}'


def test_items_without_an_id_stay_where_they_are():
    found = merged(b'{"products":[null,{"id":1},7,{"id":2}]}', [a_winner(1, "2")], place="positions", positions=[2])
    assert found.body == b'{"products":[null,{"resolvedBidId":"bid-2","rank":1,"id":2},{"id":1},7]}'


def test_the_organic_item_can_stay_and_the_page_keep_its_size():
    body = b'{"products":[{"id":1},{"id":2} , {"id":3}]}'
    assert merged(body, [a_winner(1, "3")], keep_organic=True).body == (
        b'{"products":[{"resolvedBidId":"bid-3","rank":1,"id":3},{"id":1} , {"id":2}]}'
    )
    grown = merged(body, [a_winner(1, "3")], keep_organic=True, page_size="grow")
    assert grown.body == (b'{"products":[{"resolvedBidId":"bid-3","rank":1,"id":3},{"id":1} , {"id":2} , {"id":3}]}')
    assert grown.listings[0].placed == [(a_winner(1, "3"), 1, 3)]


def test_a_fetched_product_is_one_more():
    found = merged(b'{"products":[{"id":1}]}', [a_winner(1, "9")], fetched={"9": b'{"id":9}'})
    assert found.body == b'{"products":[{"resolvedBidId":"bid-9","rank":1,"id":9},{"id":1}]}'
    assert found.listings[0].placed == [(a_winner(1, "9"), 1, None)]


def test_an_empty_listing_gets_no_fetched_product_and_none_is_counted():
    body, fetched = b'[{"h":[]},{"h":[{"id":1}]}]', {"9": b'{"id":9}'}
    found = merged(body, [a_winner(1, "9")], [a_winner(1, "9")], list="$[*].h", fetched=fetched)
    assert found.body == b'[{"h":[]},{"h":[{"resolvedBidId":"bid-9","rank":1,"id":9},{"id":1}]}]'
    assert (found.placed, [len(each.placed) for each in found.listings]) == (1, [0, 1])


def test_other_items_get_their_fields_only_where_a_merge_happens():
    body = b'[{"h":[{"id":1,"b":2},{"id":2}]},{"h":[{"id":3}]}]'
    tag = {"fields": {"b": "resolved_bid_id"}, "organic": {"b": None}}
    found = merged(body, [a_winner(1, "2")], list="$[*].h", tag=tag)
    assert found.body == b'[{"h":[{"b":"bid-2","id":2},{"id":1,"b":null}]},{"h":[{"id":3}]}]'


def test_what_was_placed_is_written_around_the_listing():
    body = b'{"products":[{"id":1},{"id":2}],"extensions":{"sponsored":[0],"c":1}}'
    found = merged(body, [a_winner(1, "2"), a_winner(2, "1")], tag={"summary": "$.extensions.sponsored"})
    assert json.loads(found.body)["extensions"] == {
        "sponsored": [
            {"id": "2", "rank": 1, "resolvedBidId": "bid-2"},
            {"id": "1", "rank": 2, "resolvedBidId": "bid-1"},
        ],
        "c": 1,
    }


def test_banners_are_written_also_where_no_product_won():
    banners = tuple([Banner(slot_id=at, at=Selector.parse(at)) for at in ("$.banners", "$.e.b", "$.c")])
    ad = a_winner(1, "camp", asset=b'[{"url":"u"}]')
    broken = a_winner(1, "x", asset=b"[\xff")
    plan = Plan(replace(a_rule(), banners=banners))
    page = plan.read(b'{"products":[{"id":1}]}')
    found = merge(plan, page, [[]], banners=[[ad, ad], [broken], []])
    assert json.loads(found.body) == {
        "banners": [{"id": "camp", "type": "product", "resolvedBidId": "bid-camp", "asset": [{"url": "u"}]}],
        "e": {"b": [{"id": "x", "type": "product", "resolvedBidId": "bid-x", "asset": None}]},
        "products": [{"id": 1}],
    }
    assert found.body.endswith(b'"products":[{"id":1}]}')
    assert (found.placed, found.banners, found.ads) == (0, 2, 2)


def test_a_banner_replaces_what_stands_at_its_place_and_goes_nowhere_else():
    banners = [{"slot_id": at, "at": at} for at in ("$.banners", "$.n.b", "$.a[0].b", "$.e")]
    plan = Plan(a_rule(banners=banners))
    body = b'{"e":null,"banners":[{"own":1}], "n":1,"a":[{"own":2}],"products":[{"id":1}]}'
    ad = a_winner(1, "camp", asset=b"[]")
    found = merge(plan, plan.read(body), [[a_winner(1, "1")]], banners=[[ad]] * 4)
    banner = [{"id": "camp", "type": "product", "resolvedBidId": "bid-camp", "asset": []}]
    read = json.loads(found.body)
    assert (read["banners"], read["n"], read["a"], read["e"]) == (banner, 1, [{"b": banner, "own": 2}], banner)
    assert (found.placed, found.banners, found.ads) == (1, 3, 4)


def test_a_byte_order_mark_stays():
    found = merged(b'\xef\xbb\xbf{"products":[{"id":1},{"id":2}]}', [a_winner(1, "2")], tag={"summary": "$.s"})
    assert found.body.startswith(b'\xef\xbb\xbf{"s":[')
    assert found.body.endswith(b'"products":[{"resolvedBidId":"bid-2","rank":1,"id":2},{"id":1}]}')
