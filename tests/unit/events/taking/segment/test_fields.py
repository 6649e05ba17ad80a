"""A call in the ad platform's fields, each by itself; whole events are test_mapping.py's."""

from hashlib import sha256

import pytest

from proxy.events.taking.segment.fields import common, interaction, item_of, of_product, products_of, properties_of
from tests.segment_door import WHEN, a_call

NOW = "2026-01-31T12:59:59.000+00:00"


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"messageId": 7}, "id", "7"),
        ({"timestamp": WHEN, "sentAt": "x"}, "occurredAt", WHEN),
        ({"timestamp": ["x"], "originalTimestamp": WHEN}, "occurredAt", WHEN),
        ({"timestamp": None}, "occurredAt", NOW),
        ({"anonymousId": "a", "userId": "u"}, "opaqueUserId", "a"),
        ({"anonymousId": None, "userId": "u"}, "opaqueUserId", sha256(b"u").hexdigest()),
        ({"anonymousId": None}, "opaqueUserId", None),
        ({"context": {"device": {"type": "android"}}}, "deviceType", "mobile"),
        ({"context": {"device": {"type": "tv"}}}, "deviceType", None),
        ({"context": {"device": "ios"}}, "deviceType", None),
        ({"context": None}, "deviceType", None),
        ({"properties": {"channel": "onsite"}}, "channel", "onsite"),
        ({"properties": {"channel": None}}, "channel", None),
        ({"context": {"page": {"title": "T"}}}, "page", {"value": "T"}),
        ({"context": {"page": {"title": ""}}}, "page", None),
        ({"context": {"page": {"title": 7}}}, "page", {"value": "7"}),
        ({"context": {"page": {"title": ["T"]}}}, "page", None),
        ({"properties": {"page": {"type": "cart", "value": ["p"]}}}, "page", {"type": "cart", "value": ["p"]}),
    ],
)
def test_what_all_events_have(said, field, value):
    call = a_call() | said
    assert common(call, properties_of(call), NOW).get(field) == value


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"properties": {"resolvedBidId": 5}}, "resolvedBidId", "5"),
        ({"properties": {"resolvedBidId": ""}}, "resolvedBidId", None),
        ({"properties": {"entity": {"type": "vendor", "id": "v"}}}, "entity", {"type": "vendor", "id": "v"}),
        ({"properties": {"object": {"type": "listing"}}}, "object", {"type": "listing"}),
        ({"properties": {"externalVendorId": 1}}, "externalVendorId", "1"),
        ({"properties": {"externalCampaignId": "c"}}, "externalCampaignId", "c"),
        ({"position": 3}, "placement", {"position": 3}),
        ({"position": "3"}, "placement", {"position": 3}),
        ({"context": {"page": {"path": "/a"}}}, "placement", {"path": "/a"}),
        ({"context": {"page": {"path": 7}}}, "placement", {"path": "7"}),
        ({"properties": {"placement": "top"}}, "placement", None),
        ({"properties": {"placement": {"page": None}}}, "placement", None),
    ],
)
def test_what_an_interaction_has(said, field, value):
    call = a_call() | said
    assert interaction(call, properties_of(call), NOW)[0].get(field) == value


def test_what_a_list_says_counts_where_a_product_is_silent():
    properties = {
        "channel": "onsite",
        "externalVendorId": "v",
        "resolvedBidId": "of the list",
        "placement": {"page": 1},
    }
    assert of_product(properties, {"resolvedBidId": "b", "channel": None, "position": "2"}) == {
        "resolvedBidId": "b",
        "channel": "onsite",
        "externalVendorId": "v",
        "position": "2",
        "placement": {"page": 1, "position": 2},
    }
    assert "resolvedBidId" not in of_product(properties, {})


@pytest.mark.parametrize(
    ("product", "item"),
    [
        ({}, {}),
        ({"product_id": 5, "productId": "6"}, {"productId": "5"}),
        ({"productId": "6", "price": "9.99"}, {"productId": "6", "unitPrice": 9.99}),
        ({"price": 0, "quantity": 2.0}, {"unitPrice": 0, "quantity": 2}),
        ({"vendorId": "v", "brand": "b"}, {"vendorId": "v"}),
        ({"vendorId": None, "brand": "b"}, {"vendorId": "b"}),
    ],
)
def test_what_a_line_of_an_order_has(product, item):
    assert item_of(product) == item


def test_products_are_the_objects_of_a_list():
    assert products_of({"products": [{"a": 1}, "text", None]}) == [{"a": 1}, {}, {}]
    for products in (None, {}, "text", 1):
        assert products_of({"products": products}) == []
