"""Version 1 as on the wire."""

import json

from proxy.topsort import v1
from proxy.topsort.v2 import GeoTargeting


def test_a_question_has_the_vendors_names_both_ways():
    request = v1.AuctionRequest(
        slots=v1.Slots(listings=2, banner_ads=1),
        products=[v1.Product(product_id="p_1", quality=0.75), v1.Product(product_id="p_2")],
        vendors=[v1.Vendor(vendor_id="v_1")],
        session=v1.Session(session_id="s"),
        geo_targeting=GeoTargeting(location="New York"),
        banner_options=v1.BannerOptions(placement="Home-page"),
    )
    body = v1.write_request(request)
    assert json.loads(body) == {
        "slots": {"listings": 2, "bannerAds": 1},
        "products": [{"productId": "p_1", "quality": 0.75}, {"productId": "p_2"}],
        "vendors": [{"vendorId": "v_1"}],
        "session": {"sessionId": "s"},
        "geoTargeting": {"location": "New York"},
        "bannerOptions": {"placement": "Home-page"},
    }
    assert v1.read_request(body) == request


def test_an_answer_has_an_outcome_for_each_kind_that_was_asked_for():
    winner = v1.Winner(rank=1, product_id="p_1", winner_type="vendor", winner_id="v", resolved_bid_id="bid")
    answer = v1.AuctionAnswer(v1.Outcomes(listings=v1.Outcome(auction_id="A", winners=[winner])))
    body = v1.write_answer(answer)
    assert json.loads(body) == {
        "slots": {
            "listings": {
                "auctionId": "A",
                "winners": [
                    {"rank": 1, "productId": "p_1", "winnerType": "vendor", "winnerId": "v", "resolvedBidId": "bid"}
                ],
            }
        }
    }
    assert list(v1.read_answer(body).winners) == [winner]


def test_a_listing_that_could_not_be_held_has_no_winners():
    result = v1.read_answer(b'{"slots":{"listings":{"winners":[],"error":true}}}')
    assert (list(result.winners), result.error) == ([], True)
