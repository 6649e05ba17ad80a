import copy

import pytest

from proxy.sandbox.lies import bare, bend, dump, failure
from proxy.sandbox.repertoire import AUCTION_LIES

V2 = {
    "results": [
        {
            "resultType": "listings",
            "winners": [
                {"rank": 1, "type": "product", "id": "a", "resolvedBidId": "A", "campaignId": "c"},
                {"rank": 2, "type": "product", "id": "b", "resolvedBidId": "B", "campaignId": "c"},
            ],
            "error": False,
        }
    ]
}
V1 = {"slots": {"listings": {"auctionId": "x", "winners": [{"rank": 1, "productId": "a", "resolvedBidId": "A"}]}}}


def bent(lie: str) -> dict:
    return bend(lie, copy.deepcopy(V2), ["a", "b", "c"])


@pytest.mark.parametrize("lie", [lie for lie in AUCTION_LIES if lie != "truth"])
def test_every_lie_is_told_in_one_way_or_the_other_in_both_versions(lie):
    for answer in (V2, V1):
        assert (
            bare(lie, b"{}") is not None
            or bend(lie, copy.deepcopy(answer), ["a", "b"]) != answer
            or (
                lie == "wrong-order" and answer is V1  # its one winner is in any order
            )
        )


@pytest.mark.parametrize(
    ("lie", "ids"),
    [
        ("unknown-ids", ["nobody-sent-1", "nobody-sent-2"]),
        ("doubled", ["a", "a", "b", "b"]),
        ("too-many-winners", ["a", "b", "c"]),
        ("wrong-order", ["b", "a"]),
    ],
)
def test_winners_that_are_not_true(lie, ids):
    assert [winner["id"] for winner in bent(lie)["results"][0]["winners"]] == ids


def test_the_truth_leaves_the_answer_as_it_was():
    assert bare("truth", b"{}") is None
    assert bent("truth") == V2


def test_results_can_be_too_few_too_many_or_none():
    counts = [len(bent(lie).get("results", [])) for lie in ("too-few-results", "too-many-results", "no-results")]
    assert counts == [0, 2, 0]


def test_the_error_flag_stands_at_every_result():
    assert bent("error-flag")["results"] == [{"resultType": "listings", "winners": [], "error": True}]


def test_a_number_that_no_float_holds_stays_one():
    assert dump({"rank": 1e400, "half": "\ud83d"}) == b'{"rank": 1e400, "half": "\\ud83d"}'


@pytest.mark.parametrize("draw", [0.0, 0.5, 0.999])
def test_a_failure_is_a_5xx(draw):
    assert failure(draw).start.startswith(b"HTTP/1.1 50")


def test_a_length_can_be_claimed():
    told = bare("truncated", b"0123456789")
    assert told.start.endswith(b"content-length: 10\r\n\r\n")
    assert told.body == b"01234"
