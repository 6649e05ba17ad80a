"""Events as on the wire."""

import json

import pytest

from proxy.topsort import events


def test_an_event_has_the_vendors_names_both_ways():
    click = {
        "id": "e-1",
        "occurredAt": "2019-01-01T12:59:59-05:00",
        "opaqueUserId": "u",
        "deviceType": "mobile",
        "channel": "onsite",
        "page": {"type": "search", "pageId": "/search", "value": "shoes"},
        "resolvedBidId": "bid",
        "entity": {"id": "p", "type": "product"},
        "additionalAttribution": {"id": "v", "type": "vendor"},
        "placement": {"path": "/c", "position": 1, "page": 1, "pageSize": 15, "categoryIds": ["x"]},
        "clickType": "like",
        "externalCampaignId": "c",
        "externalVendorId": "v",
    }
    request = events.read_events(json.dumps({"clicks": [click]}).encode())
    assert json.loads(events.write(request)) == {"clicks": [click]}


def test_prices_of_version_2_are_in_major_units_and_one_is_the_quantity():
    request = events.read_events(b'{"purchases":[{"id":"o","items":[{"productId":"p","unitPrice":12.95}]}]}')
    items = request.purchases[0].items
    assert items is not None
    assert (items[0].unit_price, items[0].quantity) == (12.95, 1)


def test_unknown_fields_do_not_matter():
    assert events.read_events(b'{"clicks":[{"id":"a","dsp_metadata":{"x":"y"}}]}').clicks[0].id == "a"


def test_an_event_of_version_1_says_what_it_is():
    event = events.read_v1_event(
        b'{"eventType":"Click","session":{"sessionId":"s"},"placement":{"page":"Search-page"},"resolvedBidId":"b"}'
    )
    assert (event.event_type, event.resolved_bid_id) == (events.CLICK, "b")


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (
            events.V1Impressions(impressions=[events.V1Seen(impression_id="i", id="m")]),
            {"impressionId": "i", "id": "m"},
        ),
        (events.V1Clicked(click_id="c"), {"clickId": "c"}),
        (events.V1Purchased(purchase_id="p", id="o"), {"purchaseId": "p", "id": "o"}),
    ],
)
def test_version_1_answers_with_its_own_id_and_the_marketplaces(answer, body):
    written = json.loads(events.write(answer))
    assert written == ({"impressions": [body]} if "impressionId" in body else body)
