"""Whatever stands in a listing and a request, what we ask is the vendor's contract."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.auction.dialects import DIALECTS
from proxy.auction.question import Candidates, products_of, question_for, user_of
from proxy.topsort import contract
from tests.builders import a_rule, an_ask

RULE = a_rule(
    auction={
        "slots": 3,
        "max_products": 4,
        "search_query": "query.q",
        "user": ["cookie.tsuid", "query.u"],
        "page": {"type": "search", "id": "query.p", "value": "query.q"},
        "geo": "header.x-geo",
    }
)
IDS = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "x" * 600]) | st.text(max_size=5), max_size=9)
SCORES = st.none() | st.lists(st.floats(), max_size=9)
TARGET = st.builds("/api/search?q={}&u={}&p={}".format, *[st.text("ab%2F&=+é\xff ", max_size=6)] * 3)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)


@given(st.lists(st.builds(Candidates, IDS, SCORES), min_size=1, max_size=5), TARGET, TEXT)
def test_what_we_ask_is_never_refused(listings, target, geo):
    ask = an_ask(target, headers=[("x-geo", geo), ("cookie", f"tsuid={geo}")])
    question = question_for(RULE, ask, {}, listings, user_of(RULE, ask, {}))
    assert len(question.listings) == len(listings)
    asked = [auction for auction in question.listings if auction is not None]
    if asked:
        contract.read_auctions(DIALECTS["v2"].write(asked))
        for auction in asked:
            contract.read_v1_auction(DIALECTS["v1"].write([auction]))


@given(IDS, SCORES, st.integers(1, 9))
def test_the_first_distinct_ids_are_sent_each_with_its_own_score(ids, scores, most):
    products = products_of(Candidates(ids, scores), most)
    good = [one for place, one in enumerate(ids) if 0 < len(one) <= 512 and one not in ids[:place]][:most]
    assert (list(products.ids) if products else []) == good
    if products and products.quality_scores is not None and scores is not None:
        for one, score in zip(products.ids, products.quality_scores, strict=True):
            given_score = scores[ids.index(one)]
            assert score == given_score or not 0 < given_score <= 1
