"""Any bytes as an ad platform's answer are results, or a reason; never anything else."""

import json

from hypothesis import given
from hypothesis import strategies as st

from proxy.auction.winners import Result, read_v1, read_v2
from proxy.errors import AdPlatformTrouble

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
FIELDS = ["rank", "type", "id", "productId", "resolvedBidId", "campaignId", "asset", "metadata", "winnerType"]
WINNERS = st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | ANYTHING, max_size=4)
RESULT = st.fixed_dictionaries({}, optional={"winners": WINNERS | ANYTHING, "error": st.booleans() | ANYTHING})
V2 = st.fixed_dictionaries({"results": st.lists(RESULT, max_size=3) | ANYTHING})
V1 = st.fixed_dictionaries({"slots": st.fixed_dictionaries({"listings": RESULT | ANYTHING}) | ANYTHING})


def holds(read, body, asked):
    try:
        results = read(body, asked)
    except AdPlatformTrouble:
        return
    assert len(results) == asked
    for result in results:
        assert isinstance(result, Result)
        for winner in result.winners:
            assert winner.id
            assert winner.resolved_bid_id
            assert winner.rank >= 1
        assert [winner.rank for winner in result.winners] == sorted(winner.rank for winner in result.winners)


@given(st.binary(max_size=200))
def test_any_bytes(body):
    holds(read_v2, body, 1)
    holds(read_v1, body, 1)


@given(V2, st.integers(1, 2))
def test_anything_that_looks_like_an_answer_of_version_2(value, asked):
    holds(read_v2, json.dumps(value).encode("utf-8", "surrogatepass"), asked)


@given(V1)
def test_anything_that_looks_like_an_answer_of_version_1(value):
    holds(read_v1, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
