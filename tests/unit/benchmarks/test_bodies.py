"""The search responses of the benchmarks, and what counts as a right answer."""

import json

import pytest

from benchmarks.bodies import SIZES, WINNERS, auction_answer, bid, is_merged, merged, page, winner_ids


@pytest.mark.parametrize("size", SIZES)
def test_a_page_is_about_as_large_as_it_says_and_the_same_each_time(size: int) -> None:
    body = page(size)
    assert body == page(size)
    assert abs(len(body) / 1000 / size - 1) < 0.1
    assert all(len(product) == 20 for product in json.loads(body)["products"])


@pytest.mark.parametrize("size", SIZES)
def test_the_same_two_items_win_on_every_page(size: int) -> None:
    winners = json.loads(auction_answer())["results"][0]["winners"]
    assert [winner["id"] for winner in winners] == winner_ids(page(size))


def test_a_right_answer_has_the_winners_on_top_and_everything_else_as_it_was() -> None:
    body = page(12)
    right = merged(body)
    assert [item["resolvedBidId"] for item in right["products"][:2]] == [bid(id_) for id_ in winner_ids(body)]
    assert len(right["products"]) == len(json.loads(body)["products"]) > max(WINNERS)
    assert is_merged(body, json.dumps(right).encode())


@pytest.mark.parametrize("answer", [page(12), page(50), b"", b"{}", b"not JSON"])
def test_anything_else_is_a_wrong_answer(answer: bytes) -> None:
    assert not is_merged(page(12), answer)
