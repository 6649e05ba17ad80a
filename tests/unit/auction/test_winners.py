"""Answers of the ad platform, good and bad."""

import json

import pytest

from proxy.auction.winners import NOT_HELD, Result, Winner, read_v1, read_v2
from proxy.errors import AdPlatformTrouble
from proxy.reasons import Reason


def a_winner(rank=1, id="p_1", **fields):
    return {"rank": rank, "type": "product", "id": id, "resolvedBidId": f"bid-{id}", "campaignId": "c-1"} | fields


def an_answer(*results):
    return json.dumps({"results": list(results)}).encode()


def a_result(*winners, **fields):
    return {"resultType": "listings", "winners": list(winners), "error": False} | fields


def test_a_winner_has_all_that_a_tag_may_want():
    body = an_answer(
        a_result(a_winner(demandSource="criteo", metadata={"clickUrl": "u"}, asset=[{"url": "a", "content": {}}]))
    )
    (result,) = read_v2(body, 1)
    assert result.winners == (
        Winner(
            rank=1,
            type="product",
            id="p_1",
            resolved_bid_id="bid-p_1",
            campaign_id="c-1",
            demand_source="criteo",
            metadata=b'{"clickUrl": "u"}',
            asset=b'[{"url": "a", "content": {}}]',
        ),
    )
    assert result.winners[0].id == "p_1"


@pytest.mark.parametrize(
    "more", [{"type": None}, {"type": ""}, {"metadata": {}}, {"asset": []}, {"winnerId": "v_9"}, {"x": 1}]
)
def test_a_winner_that_says_more_or_less_than_most_is_read_as_well(more):
    (result,) = read_v2(an_answer(a_result(a_winner(2, "b"), a_winner(1, "a") | more)), 1)
    assert [(each.rank, each.type, each.id, each.winner_id) for each in result.winners] == [
        (1, "product", "a", None),
        (2, "product", "b", None),
    ]
    assert result.skipped == 0


def test_raw_parts_that_are_null_or_absent_are_none():
    (result,) = read_v2(an_answer(a_result(a_winner(asset=None))), 1)
    assert (result.winners[0].asset, result.winners[0].metadata) == (None, None)


def test_winners_stand_by_rank_and_equal_ranks_as_they_came():
    (result,) = read_v2(an_answer(a_result(a_winner(3, "c"), a_winner(1, "a"), a_winner(2, "b"), a_winner(1, "d"))), 1)
    assert [winner.id for winner in result.winners] == ["a", "d", "b", "c"]


@pytest.mark.parametrize(
    "bad",
    [
        3,
        None,
        [],
        {},
        a_winner(rank="1"),
        a_winner(rank=0),
        a_winner(rank=True),
        a_winner(rank=10**30),
        a_winner(id=7),
        a_winner(id=""),
        a_winner(id=None),
        a_winner(resolvedBidId=None),
        a_winner(resolvedBidId=""),
        a_winner(resolvedBidId=["x"]),
        a_winner(campaignId=5),
        {"type": "product", "id": "p", "resolvedBidId": "b"},
        {"rank": 1, "type": "product", "id": "p"},
        {"rank": 1, "type": "product", "resolvedBidId": "b"},
    ],
    ids=repr,
)
def test_one_bad_winner_costs_only_itself(bad):
    (result,) = read_v2(an_answer(a_result(bad, a_winner(2, "good"))), 1)
    assert [winner.id for winner in result.winners] == ["good"]
    assert result.skipped == 1


def test_unknown_fields_do_not_matter():
    (result,) = read_v2(an_answer(a_result(a_winner(new={"a": 1}), more=1)), 1)
    assert len(result.winners) == 1


def test_a_result_with_an_error_has_no_winners():
    results = read_v2(an_answer(a_result(a_winner(), error=True), a_result(a_winner())), 2)
    assert results[0] == NOT_HELD
    assert len(results[1].winners) == 1
    assert read_v2(an_answer({"resultType": "listings", "winners": None, "error": True}), 1) == (NOT_HELD,)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>bad gateway</html>",
        b'{"results":null}',
        b'{"results":{}}',
        b'{"results":[]}',
        b'{"results":[1]}',
        b'{"results":[{"resultType":"listings","error":false}]}',
        b'{"results":[{"resultType":"listings","winners":null,"error":false}]}',
        b'{"results":[{"resultType":"listings","winners":{},"error":false}]}',
        b'{"results":[{"resultType":"listings","winners":[],"error":"no"}]}',
        b'{"results":[{"winners":[{"id":"\xff"}],"error":false}]}',
        b'{"results":[{"winners":[' + b"[" * 100_000,
        b'{"errCode":"no_products"}',
    ],
    ids=lambda body: repr(body[:60]),
)
def test_what_is_not_the_envelope_is_refused(body):
    with pytest.raises(AdPlatformTrouble) as trouble:
        read_v2(body, 1)
    assert trouble.value.reason is Reason.ADS_INVALID


def test_fewer_results_than_auctions_are_refused_and_more_are_cut():
    with pytest.raises(AdPlatformTrouble, match="1 results for 2"):
        read_v2(an_answer(a_result()), 2)
    assert read_v2(an_answer(a_result(), a_result(a_winner())), 1) == (Result(),)


def test_version_1_names_the_product_also_where_a_vendor_won():
    winner = {"rank": 1, "productId": "p_1", "winnerType": "vendor", "winnerId": "v_9", "resolvedBidId": "bid"}
    body = json.dumps({"slots": {"listings": {"auctionId": "A", "winners": [winner, {"rank": 2}]}}}).encode()
    (result,) = read_v1(body, 1)
    assert result == Result(
        (Winner(rank=1, type="vendor", id="p_1", resolved_bid_id="bid", winner_id="v_9"),), skipped=1
    )


@pytest.mark.parametrize("body", [b"{}", b'{"slots":{}}', b'{"slots":{"listings":{"auctionId":"A"}}}', b"x"])
def test_version_1_has_an_envelope_too(body):
    with pytest.raises(AdPlatformTrouble) as trouble:
        read_v1(body, 1)
    assert trouble.value.reason is Reason.ADS_INVALID
