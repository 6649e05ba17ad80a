"""Segment's calls as the ad platform's events: field by field, and each case of Segment's own destination."""

import json
from hashlib import sha256

import pytest

from proxy.events.taking.guard import INTERACTIONS
from proxy.events.taking.segment.calls import TYPES, Call
from proxy.events.taking.segment.mapping import meaning_of
from proxy.events.taking.segment.names import Action, Names
from tests.segment_door import WHEN, a_call

NOW = "2026-01-31T12:59:59.000+00:00"
ALL = Names(
    {
        "Product Viewed": Action.IMPRESSION,
        "Product List Viewed": Action.IMPRESSION_LIST,
        "Product Clicked": Action.CLICK,
        "Order Completed": Action.PURCHASE,
    },
    ("page", "screen"),
)
SKIPPING = Names(skip_zero_price_purchases=True)
LAMP = {"product_id": "123", "price": 100, "quantity": 1}


def made(said, names=ALL, agent=""):
    """Kinds, events and why they are not sent on."""
    meaning = meaning_of(Call(said["type"], said), names, NOW, agent)
    return [(one.received.event.kind, json.loads(one.received.event.body), one.why) for one in meaning.made]


def event_of(said, names=ALL):
    """The one event that goes on."""
    [(_, event, why)] = made(said, names)
    assert why == ""
    return event


def of(properties, event="Product Clicked", **more):
    return event_of(a_call(event, properties=properties, **more))


def order(*products, **more):
    return a_call("Order Completed", properties={"products": list(products), **more})


# -- the documented cases of Segment's destination ----


@pytest.mark.parametrize(("name", "kind"), [("Product Viewed", "impressions"), ("Product Clicked", "clicks")])
def test_a_click_and_an_impression_with_a_resolved_bid_id(name, kind):
    event = {"id": "m1", "occurredAt": WHEN, "opaqueUserId": "u1", "resolvedBidId": "b1"}
    assert made(a_call(name)) == [(kind, event, "")]


@pytest.mark.parametrize("name", ["Product Viewed", "Product Clicked"])
def test_additional_attribution(name):
    attribution = {"id": "123", "type": "user"}
    assert (
        of({"resolvedBidId": "b", "additionalAttribution": attribution}, name)["additionalAttribution"] == attribution
    )
    alone = of({"additionalAttribution": attribution, "product_id": "p"}, name)
    assert (alone["additionalAttribution"], "entity" in alone) == (attribution, False)


def test_an_offsite_click_without_a_resolved_bid_id():
    said = {
        "externalVendorId": "1234",
        "externalCampaignId": "c1234",
        "entity": {"id": "677061", "type": "product"},
        "channel": "offsite",
        "dsp_metadata": {"gclid": "g-1"},
    }
    event = of(said)
    assert {name: event[name] for name in said} == said
    assert "resolvedBidId" not in event


def test_metadata_for_an_advertisers_platform_becomes_text():
    given = {"text": "t", "number": 1.5, "whole": 2, "truth": True, "nothing": None, "list": [1], "object": {"a": None}}
    assert of({"resolvedBidId": "b", "dspMetadata": given})["dsp_metadata"] == {
        "text": "t",
        "number": "1.5",
        "whole": "2",
        "truth": "true",
        "list": "[1]",
        "object": '{"a":null}',
    }
    for empty in ({}, {"a": None}, None, "text", []):
        assert "dsp_metadata" not in of({"resolvedBidId": "b", "dspMetadata": empty})


def test_every_optional_field_of_an_interaction():
    properties = {
        "resolvedBidId": "b1",
        "additionalAttribution": {"id": "e-456", "type": "product"},
        "externalVendorId": "vendor-123",
        "entity": {"id": "e-456", "type": "product"},
        "placement": {
            "page": 1,
            "pageSize": 20,
            "productId": "pdp-999",
            "categoryIds": ["cat1", "cat2"],
            "searchQuery": "a query",
        },
        "page": {"type": "search", "pageId": "results-123"},
        "object": {"type": "listing", "clickType": "product"},
        "channel": "onsite",
        "unknown": "is not told on",
    }
    context = {"device": {"type": "macos"}, "page": {"path": "/lamps", "title": "Lamps"}, "ip": "192.0.2.1"}
    assert of(properties, position=1, context=context) == {
        "id": "m1",
        "occurredAt": WHEN,
        "opaqueUserId": "u1",
        "deviceType": "desktop",
        "channel": "onsite",
        "page": {"value": "Lamps", "type": "search", "pageId": "results-123"},
        "resolvedBidId": "b1",
        "additionalAttribution": {"id": "e-456", "type": "product"},
        "entity": {"id": "e-456", "type": "product"},
        "object": {"type": "listing", "clickType": "product"},
        "externalVendorId": "vendor-123",
        "placement": {
            "path": "/lamps",
            "position": 1,
            "page": 1,
            "pageSize": 20,
            "productId": "pdp-999",
            "categoryIds": ["cat1", "cat2"],
            "searchQuery": "a query",
        },
    }


def test_a_list_is_one_impression_for_each_product_with_an_id_of_its_own():
    products = [
        {"resolvedBidId": "b1", "additionalAttribution": {"id": "123", "type": "user"}},
        {"resolvedBidId": "b2", "position": 7, "channel": "offsite"},
        {"product_id": "p3", "placement": {"position": 9, "page": 2}},
    ]
    properties = {"channel": "onsite", "products": products, "placement": {"page": 1, "searchQuery": "lamp"}}
    context = {"device": {"type": "ios"}, "page": {"path": "/lamps"}}
    common = {"occurredAt": WHEN, "opaqueUserId": "u1", "deviceType": "mobile", "channel": "onsite"}
    placement = {"path": "/lamps", "page": 1, "searchQuery": "lamp"}
    assert made(a_call("Product List Viewed", properties=properties, context=context)) == [
        ("impressions", {**common, "id": "m1:0", **products[0], "placement": placement}, ""),
        (
            "impressions",
            {
                **common,
                "id": "m1:1",
                "resolvedBidId": "b2",
                "channel": "offsite",
                "placement": {**placement, "position": 7},
            },
            "",
        ),
        (
            "impressions",
            {
                **common,
                "id": "m1:2",
                "entity": {"type": "product", "id": "p3"},
                "placement": {**placement, "page": 2, "position": 9},
            },
            "",
        ),
    ]


@pytest.mark.parametrize(
    ("more", "vendor"),
    [({}, {}), ({"brand": "v1"}, {"vendorId": "v1"}), ({"vendorId": "v2", "brand": "v1"}, {"vendorId": "v2"})],
)
def test_a_purchase_with_its_items_and_whose_they_are(more, vendor):
    item = {"productId": "123", "unitPrice": 100, "quantity": 1, **vendor}
    event = {"id": "m1", "occurredAt": WHEN, "opaqueUserId": "u1", "items": [item]}
    assert made(order({**LAMP, **more})) == [("purchases", event, "")]


def test_items_without_a_price_are_sent_or_skipped_as_the_mapping_says():
    free, priceless = {**LAMP, "price": 0}, {"product_id": "4"}
    items = event_of(order(LAMP, free, priceless))["items"]
    assert [item.get("unitPrice") for item in items] == [100, 0, None]
    assert [item["unitPrice"] for item in event_of(order(LAMP, free, priceless), SKIPPING)["items"]] == [100]
    [(kind, _, why)] = made(order(free, priceless), SKIPPING)
    assert (kind, why) == ("purchases", "zero_price")


@pytest.mark.parametrize("type", ["page", "screen"])
def test_a_page_view_needs_a_page_with_its_type_and_id(type):
    page, context = {"type": "search", "pageId": "s1"}, {"page": {"title": "Lamps"}, "device": {"type": "android"}}
    said = a_call(type=type, properties={"page": page}, context=context)
    event = {"id": "m1", "occurredAt": WHEN, "opaqueUserId": "u1", "deviceType": "mobile"}
    assert made(said) == [("pageviews", {**event, "page": {"value": "Lamps", **page}}, "")]
    for lacking in ({"type": "search"}, {"pageId": "s1"}, {}, None):
        [(kind, _, why)] = made({**said, "properties": {"page": lacking}})
        assert (kind, why) == ("pageviews", "no_page")


# -- who, when, which ----


@pytest.mark.parametrize(
    ("said", "user"),
    [
        ({"anonymousId": "a", "userId": "u"}, "a"),
        ({"anonymousId": 7}, "7"),
        ({"anonymousId": "", "userId": "u@shop.example"}, sha256(b"u@shop.example").hexdigest()),
        ({"anonymousId": None, "userId": 42}, sha256(b"42").hexdigest()),
    ],
)
def test_a_shopper_is_the_anonymous_id_or_a_hash_of_the_users(said, user):
    assert event_of({**a_call(), **said})["opaqueUserId"] == user


@pytest.mark.parametrize("said", [{}, {"anonymousId": "", "userId": ""}, {"anonymousId": {}, "userId": []}])
def test_without_a_user_nothing_is_sent_on(said):
    [(_, _, why)] = made({**a_call(anonymousId=None), **said})
    assert why == "no_user"


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ({"timestamp": WHEN, "originalTimestamp": "x", "sentAt": "y"}, WHEN),
        ({"timestamp": None, "originalTimestamp": WHEN, "sentAt": "y"}, WHEN),
        ({"timestamp": None, "sentAt": WHEN}, WHEN),
        ({"timestamp": None}, NOW),
        ({"timestamp": "2026-01-31T12:59:59.123+0100"}, "2026-01-31T12:59:59.123000+01:00"),
        ({"timestamp": "2026-01-31 12:59:59"}, "2026-01-31T12:59:59+00:00"),
    ],
)
def test_when_it_happened_is_what_the_call_says_first(said, moment):
    assert event_of({**a_call(), **said})["occurredAt"] == moment


def test_a_time_that_is_none_is_a_reason_not_to_send():
    [made_one] = meaning_of(Call("track", a_call(timestamp="yesterday")), ALL, NOW).made
    assert (made_one.why, made_one.said[:30]) == ("invalid", "invalid: occurredAt is no time")
    assert "yesterday" not in made_one.said


def test_a_call_without_an_id_gets_one_of_its_content():
    first, again = (event_of(a_call(messageId=None, sentAt=sent))["id"] for sent in (WHEN, NOW))
    assert first == again
    assert len(first) == 32
    assert event_of(a_call(messageId=None, anonymousId="another"))["id"] != first
    assert event_of(a_call(messageId=7))["id"] == "7"


# -- what is written as something else ----


@pytest.mark.parametrize(
    ("product", "item"),
    [
        ({"productId": 5, "price": "19.99", "quantity": "2"}, {"productId": "5", "unitPrice": 19.99, "quantity": 2}),
        (
            {"product_id": "5", "productId": "6", "price": 1, "quantity": 3.0},
            {"productId": "5", "unitPrice": 1, "quantity": 3},
        ),
        ({"product_id": "5", "price": 1, "brand": ""}, {"productId": "5", "unitPrice": 1}),
    ],
)
def test_numbers_and_texts_of_an_item_are_what_they_mean(product, item):
    assert event_of(order(product))["items"] == [item]


@pytest.mark.parametrize(
    ("product", "said"),
    [
        ({"price": 1}, "items[1].productId is missing"),
        ({"product_id": "1", "price": -1}, "items[1].unitPrice is not a number above 0"),
        ({"product_id": "1", "price": "free"}, "items[1].unitPrice is not a number above 0"),
        ({"product_id": "1", "price": 1, "quantity": 0}, "items[1].quantity is not a whole number of at least 1"),
        ("text", "items[1].productId is missing"),
    ],
)
def test_an_order_that_the_platform_would_refuse_is_not_sent(product, said):
    [one] = meaning_of(Call("track", order(LAMP, product)), ALL, NOW).made
    assert (one.why, one.said) == ("invalid", f"invalid: {said}")


@pytest.mark.parametrize("products", [None, [], "text", {}, [{}], ["text"]])
def test_an_order_and_a_list_of_nothing_are_no_events(products):
    for name in ("Order Completed", "Product List Viewed"):
        for _, _, why in made(a_call(name, properties={"products": products})):
            assert why == "no_product"


def test_a_product_that_was_no_ad_is_an_organic_interaction():
    for properties in ({"product_id": "p"}, {"productId": "p"}, {"product_id": "p", "resolvedBidId": None}):
        assert of(properties)["entity"] == {"type": "product", "id": "p"}
    assert "entity" not in of({"product_id": "p", "resolvedBidId": "b"})
    [(_, _, why)] = made(a_call(properties={"name": "Lamp"}))
    assert why == "no_product"


def test_the_right_side_wins_and_null_says_nothing():
    context = {"page": {"path": "/a", "title": "A"}}
    event = of(
        {"resolvedBidId": "b", "placement": {"path": "/b", "position": None}, "page": {"value": "B"}},
        position=3,
        context=context,
    )
    assert (event["placement"], event["page"]) == ({"path": "/b", "position": 3}, {"value": "B"})


# -- what is none ----


@pytest.mark.parametrize(
    ("said", "names", "ignored"),
    [
        *((a_call(type=type), Names(), type) for type in TYPES if type not in ("track", "page", "screen")),
        (a_call(type="page"), Names(), "unmapped"),
        (a_call(type="screen"), Names(pageviews=("page",)), "unmapped"),
        (a_call("Product List Viewed"), Names(), "unmapped"),
        (a_call("product clicked"), Names(), "unmapped"),
        ({"type": "track"}, Names(), "unmapped"),
        ({"type": "track", "event": ["Product Clicked"]}, Names(), "unmapped"),
    ],
)
def test_what_is_no_event_says_why(said, names, ignored):
    meaning = meaning_of(Call(said["type"], said), names, NOW)
    assert (meaning.made, meaning.ignored) == ((), ignored)


@pytest.mark.parametrize("name", [*ALL.track])
def test_a_crawlers_interactions_are_not_sent_on(name):
    crawler, shopper = "Googlebot/2.1", "Mozilla/5.0"
    said = a_call(name, properties={"resolvedBidId": "b", "products": [{**LAMP, "resolvedBidId": "b"}]})
    for context, agent in (({"userAgent": crawler}, ""), ({}, crawler), ({"userAgent": crawler}, shopper)):
        for kind, _, why in made({**said, "context": context}, agent=agent):
            assert why == ("crawler" if kind in INTERACTIONS else "")
    assert {why for _, _, why in made({**said, "context": {"userAgent": shopper}}, agent=crawler)} == {""}


def test_the_same_call_makes_the_same_bytes_whatever_was_said_of_its_sending():
    one, other = (
        meaning_of(Call("track", {**a_call(), "sentAt": sent, "receivedAt": sent}), ALL, sent).made[0].received.event
        for sent in (WHEN, NOW)
    )
    assert one == other
