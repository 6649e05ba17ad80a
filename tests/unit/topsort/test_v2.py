"""Version 2 as on the wire."""

import json

import pytest

from proxy.topsort import v2


def test_what_is_none_is_not_written():
    request = v2.AuctionsRequest(auctions=[v2.Auction(type="listings", slots=2, products=v2.Products(ids=["a", "b"]))])
    assert v2.write_request(request) == (b'{"auctions":[{"type":"listings","slots":2,"products":{"ids":["a","b"]}}]}')


def test_every_field_has_the_vendors_name_both_ways():
    auction = {
        "type": "banners",
        "slots": 1,
        "slotId": "ribbon",
        "device": "mobile",
        "products": {"ids": ["p"], "qualityScores": [0.5]},
        "category": {"id": "c"},
        "searchQuery": "shoes",
        "geoTargeting": {"location": "New York"},
        "opaqueUserId": "u",
        "placementId": 7,
        "page": {"type": "cart", "pageId": "/cart", "value": ["a", "b"]},
        "filter": {"operator": "and", "attributes": ["color:red"]},
        "demandSources": [
            {
                "source": "criteo",
                "bids": [
                    {
                        "chargeType": "CPC",
                        "entity": {"type": "product", "id": "p"},
                        "bidAmount": 0.5,
                        "metadata": {"clickUrl": "u"},
                    }
                ],
            }
        ],
    }
    body = json.dumps({"auctions": [auction]}).encode()
    assert json.loads(v2.write_request(v2.read_request(body))) == {"auctions": [auction]}


def test_unknown_fields_are_ignored():
    request = v2.read_request(b'{"auctions":[{"type":"listings","new":{"a":1}}],"more":2}')
    assert request == v2.AuctionsRequest(auctions=[v2.Auction(type="listings")])


def test_a_wrong_type_says_where():
    with pytest.raises(ValueError, match=r"\$\.auctions\[0\]\.slots"):
        v2.read_request(b'{"auctions":[{"slots":"two"}]}')


def test_an_answer_always_says_what_the_contract_requires():
    results = [v2.Result(result_type="listings", winners=[])]
    assert v2.write_answer(results) == b'{"results":[{"resultType":"listings","winners":[],"error":false}]}'


def test_a_winner_that_was_written_can_be_read():
    winner = v2.Winner(
        rank=1,
        type="url",
        id="https://shop.example/brand",
        resolved_bid_id="bid",
        campaign_id="c",
        asset=v2.raw([v2.Asset(url="https://cdn.example/a.png", content=v2.raw({"headingText": "hi"}))]),
    )
    (result,) = v2.read_answer(v2.write_answer([v2.Result(result_type="banners", winners=[winner])]))
    assert result.winners[0].id == winner.id
    assert json.loads(bytes(result.winners[0].asset)) == [
        {"url": "https://cdn.example/a.png", "content": {"headingText": "hi"}}
    ]
    assert not result.winners[0].metadata


def test_events_are_sent_as_the_bytes_that_they_are():
    bodies = [b'{"id": "1",  "price": 1.10}', b'{"id":"\\u0032"}']
    assert v2.write_events("clicks", bodies) == b'{"clicks":[{"id": "1",  "price": 1.10},{"id":"\\u0032"}]}'
    assert json.loads(v2.write_events("clicks", bodies[:1])) == {"clicks": [{"id": "1", "price": 1.1}]}
