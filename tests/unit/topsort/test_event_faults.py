"""What is wrong with events, where, and by which of the vendor's codes."""

import json
from zipfile import ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.topsort.errors import ErrorCode, read_error
from proxy.topsort.event_faults import faults_of, refusal_of, v1_faults_of
from proxy.topsort.events import read_events, read_v1_event
from tests.house.plan import HOUSE

SEEN = {"id": "e-1", "occurredAt": "2026-01-31T12:59:59.5+01:00", "opaqueUserId": "u-1"}
AD = SEEN | {"resolvedBidId": "bid"}
ORDER = SEEN | {"items": [{"productId": "p-1", "unitPrice": 12.95, "quantity": 2}]}
PAGE = SEEN | {"page": {"type": "search", "pageId": "/search"}}
GOOD = {"impressions": [AD], "clicks": [AD], "purchases": [ORDER], "pageviews": [PAGE]}

V1_CLICK = {"eventType": "Click", "session": {"sessionId": "s"}, "placement": {"page": "Search-page"}}
V1_SEEN = {"eventType": "Impression", "session": {"sessionId": "s"}, "impressions": [{"placement": {"page": "x"}}]}
V1_ORDER = {
    "eventType": "Purchase",
    "session": {"sessionId": "s"},
    "id": "o-1",
    "purchasedAt": "2026-01-31T12:59:59Z",
    "items": [{"productId": "p-1", "unitPrice": 1295}],
}


def told(request, judge=faults_of):
    """Code and place of every fault."""
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    return [(fault.code.value, fault.place) for fault in judge(body)]


def without(event, name):
    return {key: value for key, value in event.items() if key != name}


def test_a_good_request_of_every_kind_has_no_fault():
    assert told(GOOD) == []


def test_what_official_senders_add_is_no_fault():
    click = AD | {
        "dsp_metadata": {"line": "7"},
        "clickType": "wishlist",
        "deviceType": "tablet",
        "object": {"assetId": "a"},
        "entity": None,
        "placement": {"path": "/search?q=x", "position": 3, "whatever": []},
    }
    inherited = SEEN | {"additionalAttribution": {"type": "product", "id": "p"}}
    assert told({"clicks": [click, inherited], "impressions": None, "sentBy": "us"}) == []


def test_a_request_of_no_events_is_none_of_our_business_but_one_that_names_no_kind_is_empty():
    assert told({"impressions": []}) == []
    assert told({"events": [AD]}) == [("empty_request", "")]
    assert told({}) == [("empty_request", "")]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "empty_request"), (b" \n", "empty_request"), (b"[]", "bad_request"), (b"null", "bad_request")]
    + [(body, "bad_request") for body in (b"{", b'{"a":NaN}', b'{"a":"\xff"}', b'{"a":"\\ud800"}', b"\xef\xbb\xbf{}")]
    + [(b"[" * 200_000, "bad_request"), (b'{"clicks":1e999}', "bad_request"), (b"9" * 9000, "bad_request")],
    ids=lambda value: str(value[:12]),
)
def test_what_is_no_request_is_one_fault_of_the_whole(body, code):
    assert told(body) == [(code, "")]
    assert told(body, v1_faults_of) == [(code, "")]


def test_a_kind_is_an_array_of_at_most_fifty():
    assert told({"clicks": {}, "purchases": "none"}) == [("bad_request", "clicks"), ("bad_request", "purchases")]
    assert told({"clicks": [AD] * 50}) == []
    assert told({"clicks": [AD] * 51, "pageviews": [PAGE]}) == [("bad_request", "clicks")]


def test_a_kind_that_stands_twice_would_lose_events_unseen():
    event = json.dumps(AD).encode()
    assert told(b'{"clicks":[%s],"clicks":[%s]}' % (event, event)) == [("bad_request", "clicks")]
    assert told({"clicks": [AD | {"clicks": 1, "id": "clicks"}]}) == []


def test_events_under_a_name_that_is_no_kind_would_be_lost_unseen():
    assert told({"clicks": [AD], "impresions": [AD]}) == [("bad_request", "")]
    assert told({"clicks": [AD], "tags": ["a"], "sent": [], "by": {"clicks": [AD]}}) == []


def test_no_depth_of_nesting_makes_it_raise():
    for depth in range(700, 1100):
        deep = b'{"x":' * depth + b"1" + b"}" * depth
        faults_of(b'{"clicks":[],"clicks":[],"y":%s}' % deep)
        v1_faults_of(json.dumps(V1_CLICK).encode()[:-1] + b',"y":%s}' % deep)


def test_one_bad_event_among_forty_nine_good_ones_is_named():
    events = [AD] * 49
    events.insert(17, without(AD, "occurredAt"))
    (fault,) = faults_of(json.dumps({"impressions": events}).encode())
    assert (fault.place, fault.message) == ("impressions[17].occurredAt", "impressions[17].occurredAt is missing")


def test_every_bad_event_of_every_kind_is_named():
    request = {
        "impressions": [AD, without(AD, "id"), AD | {"opaqueUserId": ""}],
        "clicks": [AD | {"id": 7, "occurredAt": "yesterday"}, "click"],
        "purchases": [ORDER | {"items": [{"unitPrice": 0, "quantity": 0}]}, without(ORDER, "items")],
        "pageviews": [without(PAGE, "page"), PAGE | {"page": {"type": "home"}}],
    }
    assert told(request) == [
        ("bad_request", "impressions[1].id"),
        ("bad_request", "impressions[2].opaqueUserId"),
        ("bad_request", "clicks[0].id"),
        ("bad_request", "clicks[0].occurredAt"),
        ("bad_request", "clicks[1]"),
        ("missing_product_id", "purchases[0].items[0].productId"),
        ("bad_request", "purchases[0].items[0].unitPrice"),
        ("purchase_item_quantity_less_or_equal_than_zero", "purchases[0].items[0].quantity"),
        ("no_purchase_items", "purchases[1].items"),
        ("bad_request", "pageviews[0].page"),
        ("bad_request", "pageviews[1].page.pageId"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("resolvedBidId", 17, "resolvedBidId"),
        ("entity", "p-1", "entity"),
        ("entity", {"id": 1, "type": "product"}, "entity.id"),
        ("placement", {"path": "/", "position": "3"}, "placement.position"),
        ("placement", {"position": True}, "placement.position"),
        ("placement", {"categoryIds": ["a", 2]}, "placement.categoryIds"),
        ("page", {"value": {}}, "page.value"),
        ("channel", 1, "channel"),
    ],
)
def test_a_field_that_is_known_has_its_type(field, value, place):
    assert told({"clicks": [AD | {field: value}]}) == [("bad_request", f"clicks[0].{place}")]


@pytest.mark.parametrize("price", [0, -1, "12.95", True, None, [], 2**53, 10**300])
def test_a_price_is_a_number_above_0(price):
    purchase = ORDER | {"items": [{"productId": "p", "unitPrice": price}]}
    assert told({"purchases": [purchase]}) == [("bad_request", "purchases[0].items[0].unitPrice")]


def test_a_purchase_of_very_many_bad_items_is_named_fifty_times_and_no_more():
    assert len(told({"purchases": [ORDER | {"items": [{}] * 20_000}]})) == 50
    assert len(told(V1_SEEN | {"impressions": [1] * 20_000}, v1_faults_of)) == 50


def test_a_refusal_has_the_first_code_and_names_every_place():
    refused = refusal_of(faults_of(json.dumps({"purchases": [without(ORDER, "items"), without(ORDER, "id")]}).encode()))
    error = read_error(refused.body)
    assert refused.status == 400
    assert error.err_code == "no_purchase_items"
    assert error.message == "purchases[0].items is missing, empty, or no array; purchases[1].id is missing"


def test_a_fault_never_repeats_what_was_sent():
    event = AD | {"id": {"mail": "ann@example.org"}, "occurredAt": "ann@example.org", "channel": ["ann@example.org"]}
    assert "ann@" not in "".join(fault.message for fault in faults_of(json.dumps({"clicks": [event]}).encode()))


# -- version 1 --------------------------------------------------------------


@pytest.mark.parametrize("event", [V1_CLICK, V1_SEEN, V1_ORDER], ids=lambda event: event["eventType"])
def test_a_good_event_of_version_1_has_no_fault(event):
    assert told(event | {"more": 1}, v1_faults_of) == []


@pytest.mark.parametrize(
    ("event", "faults"),
    [
        (without(V1_CLICK, "eventType"), [("invalid_event_type", "eventType")]),
        (V1_CLICK | {"eventType": ["Click"]}, [("invalid_event_type", "eventType")]),
        (without(V1_CLICK, "session"), [("missing_session", "session")]),
        (V1_CLICK | {"session": "s"}, [("invalid_session", "session")]),
        (V1_CLICK | {"session": {"sessionId": ""}}, [("invalid_session", "session.sessionId")]),
        (without(V1_CLICK, "placement"), [("missing_placement", "placement")]),
        (V1_CLICK | {"placement": {"location": 1}}, [("missing_placement", "placement.page"), ("bad_request", "placement.location")]),
        (V1_CLICK | {"occurredAt": "now", "resolvedBidId": 1}, [("bad_request", "occurredAt"), ("bad_request", "resolvedBidId")]),
        (V1_CLICK | {"items": 5}, [("bad_request", "")]),
        (V1_SEEN | {"impressions": []}, [("too_few_impressions", "impressions")]),
        (V1_SEEN | {"impressions": [{}, {"placement": {"page": "x"}, "id": 1}]}, [("missing_placement", "impressions[0].placement"), ("bad_request", "impressions[1].id")]),
        (without(V1_ORDER, "id"), [("bad_request", "id")]),
        (V1_ORDER | {"id": 1}, [("bad_request", "id")]),
        (without(V1_ORDER, "purchasedAt"), [("missing_purchased_at", "purchasedAt")]),
        (V1_ORDER | {"items": []}, [("no_purchase_items", "items")]),
        (V1_ORDER | {"items": [{"unitPrice": 12.95, "quantity": -1}]}, [("missing_product_id", "items[0].productId"), ("bad_request", "items[0].unitPrice"), ("purchase_item_quantity_less_or_equal_than_zero", "items[0].quantity")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_event_of_version_1_has_the_vendors_code(event, faults):
    assert told(event, v1_faults_of) == faults


# -- whatever is sent -------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2026-01-31T12:59:59Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "page", "path", "x"]), inner),
    max_leaves=8,
)
FIELDS = ("id", "occurredAt", "opaqueUserId", "items", "page", "placement", "entity", "resolvedBidId", "channel")
V1_FIELDS = ("session", "impressions", "items", "placement", "purchasedAt", "occurredAt", "id", "auctionId")


@example("purchases", {}, {"quantity": None, "vendorId": None})
@example("clicks", {"entity": None, "placement": {"position": None}, "page": None, "channel": None}, {})
@given(
    kind=st.sampled_from(sorted(GOOD)),
    changes=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=2),
    item=st.dictionaries(st.sampled_from(["productId", "unitPrice", "quantity", "vendorId"]), ANYTHING, max_size=1),
)
def test_what_has_no_fault_can_be_read(kind, changes, item):
    """A kind that is null is none, beside the one with the event."""
    event = GOOD[kind][0] | ({"items": [ORDER["items"][0] | item]} if kind == "purchases" else {}) | changes
    body = json.dumps(dict.fromkeys(GOOD) | {kind: [event]}).encode()
    if not faults_of(body):
        assert getattr(read_events(body), kind)[0].id == event["id"]


@given(
    event=st.sampled_from([V1_CLICK, V1_SEEN, V1_ORDER]),
    changes=st.dictionaries(st.sampled_from(V1_FIELDS), ANYTHING, max_size=2),
)
def test_what_has_no_fault_in_version_1_can_be_read(event, changes):
    body = json.dumps(event | changes).encode()
    if not v1_faults_of(body):
        assert read_v1_event(body).event_type == event["eventType"]


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))
def test_no_bytes_make_it_raise(body):
    assert all(isinstance(fault.code, ErrorCode) for fault in faults_of(body) + v1_faults_of(body))


def test_every_document_of_the_json_test_suite_is_judged():
    """None of them is an event: each is a fault, alone, as a kind or as an id, but for an absent or an empty kind."""
    empty = (b"", b"null", b"[]")
    with ZipFile(HOUSE / "tests/data/json-test-suite.zip") as suite:
        for name in suite.namelist():
            document = suite.read(name)
            assert faults_of(document), name
            assert v1_faults_of(document), name
            assert faults_of(b'{"clicks":%s}' % document) or document.strip().replace(b" ", b"") in empty, name
            assert faults_of(b'{"clicks":[{"id":%s}]}' % document), name
