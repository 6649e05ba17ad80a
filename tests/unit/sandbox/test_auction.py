from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.sandbox.auction import Contender, decide


def a_bid(product: str, bid: int, quality: float = 1.0, campaign: str = "", type: str = "product") -> Contender:
    id = campaign if type == "vendor" else product
    return Contender(campaign or f"campaign of {product}", type, id, product, bid, quality)


def outcome(*contenders: Contender, slots: int = 10, reserve: int = 0) -> list[tuple[str, int]]:
    return [(won.contender.product, won.price) for won in decide(contenders, slots, reserve)]


@pytest.mark.parametrize(
    ("contenders", "reserve", "slots", "expected"),
    [
        pytest.param([], 10, 3, [], id="nobody bids, nobody wins"),
        pytest.param([a_bid("a", 100)], 10, 3, [("a", 10)], id="alone: pays the reserve"),
        pytest.param([a_bid("a", 100)], 0, 3, [("a", 0)], id="alone and no reserve: pays nothing"),
        pytest.param([a_bid("a", 100), a_bid("b", 60)], 10, 3, [("a", 60), ("b", 10)], id="pays the next one's bid"),
        pytest.param([a_bid("a", 100), a_bid("b", 60)], 10, 1, [("a", 60)], id="the loser still sets the price"),
        pytest.param(
            [a_bid("a", 100, 0.5), a_bid("b", 60, 1.0)], 10, 3, [("b", 50), ("a", 10)], id="quality beats a higher bid"
        ),
        pytest.param(
            [a_bid("a", 100, 0.8), a_bid("b", 60, 1.0)], 10, 3, [("a", 75), ("b", 10)], id="low quality pays more"
        ),
        pytest.param([a_bid("a", 100, 0.3), a_bid("b", 10, 1.0)], 0, 3, [("a", 34), ("b", 0)], id="rounded up"),
        pytest.param([a_bid("a", 100), a_bid("b", 5)], 10, 3, [("a", 10)], id="under the reserve: takes no part"),
        pytest.param([a_bid("a", 10)], 10, 3, [("a", 10)], id="exactly the reserve: takes part"),
        pytest.param([a_bid("a", 50), a_bid("b", 50)], 0, 3, [("a", 50), ("b", 0)], id="a tie pays its own bid"),
        pytest.param(
            [a_bid("a", 50, 0.5), a_bid("b", 25, 1.0)], 0, 1, [("a", 50)], id="equal scores: the higher bid first"
        ),
    ],
)
def test_the_price_is_the_least_that_keeps_the_rank(contenders, reserve, slots, expected):
    assert outcome(*contenders, slots=slots, reserve=reserve) == expected


def test_a_product_wins_once_and_its_other_bidder_sets_the_price():
    assert outcome(a_bid("a", 100, campaign="x"), a_bid("a", 70, campaign="y"), a_bid("b", 20)) == [("a", 70), ("b", 0)]


def test_a_vendor_campaign_wins_once_with_its_best_product():
    vendor = [a_bid("a", 100, 0.4, "v", "vendor"), a_bid("b", 100, 0.9, "v", "vendor")]
    won = decide([*vendor, a_bid("c", 10)], 5)
    assert [(one.contender.type, one.contender.product) for one in won] == [("vendor", "b"), ("product", "c")]


def test_ranks_count_from_one():
    assert [won.rank for won in decide([a_bid("a", 3), a_bid("b", 2), a_bid("c", 1)], 2)] == [1, 2]


bids = st.lists(st.builds(a_bid, st.sampled_from("abcdef"), st.integers(1, 10**7), st.floats(0.01, 1.0)), max_size=12)


@given(bids, st.integers(1, 5), st.integers(0, 10**6))
def test_nobody_pays_over_the_bid_or_under_the_reserve(contenders, slots, reserve):
    won = decide(contenders, slots, reserve)
    assert all(reserve <= one.price <= one.contender.bid for one in won)
    assert [one.contender.score for one in won] == sorted((one.contender.score for one in won), reverse=True)
    assert len({one.contender.product for one in won}) == len(won) <= slots


@given(bids, st.integers(0, 10**6))
def test_a_winner_who_had_bid_its_price_would_still_be_ahead_of_the_next(contenders, reserve):
    won = decide(contenders, 10, reserve)
    for one, following in pairwise(won):
        assert one.price * one.contender.score / one.contender.bid >= following.contender.score
