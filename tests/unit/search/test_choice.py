import json

from proxy.auction.winners import Winner
from proxy.search.choice import chosen, missing
from proxy.search.plan import Plan
from tests.builders import a_rule


def a_winner(rank, product_id, type="product"):
    return Winner(rank=rank, type=type, id=product_id, resolved_bid_id=f"bid-{product_id}")


def shown(items, winners, fetched=None, slots=2, **keys):
    """The ids that are shown, in rank order."""
    plan = Plan(a_rule(slots=slots, **keys))
    listing = plan.read(json.dumps({"products": items}).encode()).listings[0]
    return [winner.id for winner in chosen(plan, listing, winners, fetched or {}).winners]


ITEMS = [{"id": "a", "v": "x"}, {"id": "b", "v": "x"}, {"id": "c", "v": "y"}, {"id": "d"}, {"id": "e"}]


def test_winners_are_taken_from_the_first_and_cut_to_the_slots():
    assert shown(ITEMS, [a_winner(1, "c"), a_winner(2, "b"), a_winner(3, "a")]) == ["c", "b"]


def test_a_winner_seen_twice_counts_once_and_takes_no_slot():
    assert shown(ITEMS, [a_winner(1, "a"), a_winner(2, "a"), a_winner(3, "b")]) == ["a", "b"]


def test_what_is_not_in_the_listing_takes_no_slot():
    winners = [a_winner(1, "vendor-1", "vendor"), a_winner(2, "zz"), a_winner(3, "a"), a_winner(4, "b")]
    assert shown(ITEMS, winners) == ["a", "b"]


def test_a_winner_of_a_vendor_that_names_a_product_of_the_listing_is_shown():
    assert shown(ITEMS, [a_winner(1, "a", "vendor")]) == ["a"]


def test_one_too_many_of_a_vendor_takes_no_slot_and_no_vendor_is_nobodys():
    winners = [a_winner(n, each) for n, each in enumerate("abcde", 1)]
    keys = {"vendor": "$.v", "max_per_vendor": 1}
    assert shown(ITEMS, winners, **keys) == ["a", "c"]
    assert shown(ITEMS, winners, slots=4, **keys) == ["a", "c", "d", "e"]


def test_an_item_without_a_place_for_the_tag_takes_no_slot_and_no_vendors_turn():
    items = [{"id": "a", "v": "x", "n": None}, {"id": "b", "v": "x", "n": {}}, {"id": "c", "v": "y", "n": {}}]
    winners = [a_winner(n, each) for n, each in enumerate("abc", 1)]
    assert shown(items, winners, vendor="$.v", max_per_vendor=1, at="$.n") == ["b", "c"]


def test_a_fetched_product_is_shown_but_not_where_nothing_moves():
    winners = [a_winner(1, "zz"), a_winner(2, "a")]
    assert shown(ITEMS, winners, {"zz": b'{"id":"zz"}'}) == ["zz", "a"]
    assert shown(ITEMS, winners, {"zz": b'{"id":"zz"}'}, place="in_place") == ["a"]
    assert shown(ITEMS, winners, {"zz": b'{"v":"x"}'}, vendor="$.v", max_per_vendor=1) == ["zz"]


def test_only_products_that_could_be_shown_are_worth_fetching():
    winners = [a_winner(1, "a"), a_winner(2, "v", "vendor"), a_winner(3, "yy"), a_winner(4, "yy"), a_winner(5, "zz")]
    body = json.dumps({"products": ITEMS}).encode()

    def worth(**keys):
        plan = Plan(a_rule(**keys))
        return missing(plan, plan.read(body).listings[0], winners)

    assert worth(slots=2, missing="fetch", fetch="/p/{id}") == ["yy"]
    assert worth(slots=3, missing="fetch", fetch="/p/{id}") == ["yy", "zz"]
    assert worth(slots=3) == []
