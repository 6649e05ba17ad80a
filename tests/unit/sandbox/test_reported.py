"""Events of both versions, as the books take them."""

import json
from uuid import UUID

import pytest

from proxy.sandbox.reported import Item, answer_v1, read_v1, read_v2

WHEN = {"occurredAt": "2026-01-31T00:30:00+01:00", "opaqueUserId": "u"}
AT, DAY = 1_769_815_800.0, "2026-01-30"
SESSION = {"session": {"sessionId": "u"}}


def body_of(value) -> bytes:
    return json.dumps(value).encode()


def never():
    raise AssertionError("an id was made up")


def test_every_kind_is_read_in_its_order_with_its_place_and_what_was_sent():
    click = {"id": "c", **WHEN, "resolvedBidId": "bid", "dsp_metadata": {"x": "1.0"}}
    seen = {"id": "i", **WHEN, "entity": {"type": "product", "id": "p1"}, "resolvedBidId": ""}
    page = {"id": "v", **WHEN, "page": {"type": "home", "pageId": "/"}}
    read = read_v2(body_of({"pageviews": [page], "clicks": [click], "impressions": [seen, {**seen, "id": "j"}]}))
    assert [(event.kind, event.id, event.place) for event in read] == [
        ("impressions", "i", "impressions[0]"),
        ("impressions", "j", "impressions[1]"),
        ("clicks", "c", "clicks[0]"),
        ("pageviews", "v", "pageviews[0]"),
    ]
    assert [(event.at, event.day, event.user) for event in read] == [(AT, DAY, "u")] * 4
    assert [(event.bid, event.product) for event in read] == [(None, "p1"), (None, "p1"), ("bid", None), (None, None)]
    assert json.loads(read[2].written) == click


def test_an_order_has_its_lines_in_micros():
    items = [{"productId": "p1", "unitPrice": 12.5, "quantity": 2}, {"productId": "p2", "unitPrice": 1}]
    (order,) = read_v2(body_of({"purchases": [{"id": "o", **WHEN, "items": items}]}))
    assert order.items == [Item("p1", 25_000_000, 2), Item("p2", 1_000_000, 1)]
    assert order.products == ["p1", "p2"]


def test_an_entity_that_is_a_vendor_is_no_product():
    seen = {"id": "i", **WHEN, "entity": {"type": "vendor", "id": "v1"}}
    assert read_v2(body_of({"impressions": [seen]}))[0].product is None


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_the_calendar_are_days_as_well(when):
    (event,) = read_v2(body_of({"clicks": [{"id": "c", "occurredAt": when, "opaqueUserId": "u"}]}))
    assert event.day == when[:10]


def test_an_order_of_version_1_is_in_minor_units():
    order = {"eventType": "Purchase", **SESSION, "id": "o", "purchasedAt": WHEN["occurredAt"]}
    body = body_of(order | {"items": [{"productId": "p1", "unitPrice": 1295, "quantity": 2}]})
    (event,) = read_v1(body, 0.0, never)
    assert (event.kind, event.id, event.at, event.user, event.day) == ("purchases", "o", AT, "u", DAY)
    assert event.items == [Item("p1", 25_900_000, 2)]


def test_impressions_of_version_1_come_several_at_once_and_may_have_no_id_and_no_time():
    placement = {"placement": {"page": "x"}}
    sent = {
        "eventType": "Impression",
        **SESSION,
        "impressions": [placement | {"id": "i"}, placement | {"productId": "p"}],
    }
    events = read_v1(body_of(sent), AT, lambda: UUID(int=7))
    assert [(event.kind, event.id, event.at, event.product) for event in events] == [
        ("impressions", "i", AT, None),
        ("impressions", str(UUID(int=7)), AT, "p"),
    ]


def test_version_1_is_answered_with_an_id_of_the_platform_which_is_the_same_again():
    click = body_of({"eventType": "Click", **SESSION, "placement": {"page": "x"}, "id": "c", "resolvedBidId": "bid"})
    first, again = (json.loads(answer_v1(click, read_v1(click, AT, never))) for _ in range(2))
    assert first == again
    assert first["id"] == "c"
    assert UUID(first["clickId"])


def test_each_kind_of_version_1_has_its_own_answer():
    placement = {"placement": {"page": "x"}}
    seen = body_of({"eventType": "Impression", **SESSION, "impressions": [placement, placement | {"id": "i"}]})
    order = {"eventType": "Purchase", **SESSION, "id": "o", "purchasedAt": WHEN["occurredAt"]}
    bought = body_of(order | {"items": [{"productId": "p", "unitPrice": 1}]})
    ids = iter(UUID(int=number) for number in range(9))
    told = json.loads(answer_v1(seen, read_v1(seen, AT, lambda: next(ids))))["impressions"]
    assert [set(one) for one in told] == [{"impressionId"}, {"impressionId", "id"}]
    assert set(json.loads(answer_v1(bought, read_v1(bought, AT, never)))) == {"purchaseId", "id"}
