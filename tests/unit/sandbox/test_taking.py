"""Events over HTTP: what is taken, what is refused and by which code, what a click costs."""

import json

import pytest

from proxy.topsort.errors import DOC_URL
from tests.unit.sandbox.conftest import AUTHORISED, NOON

WHEN = {"occurredAt": "2023-11-15T12:00:00Z", "opaqueUserId": "u"}
V1_CLICK = {"eventType": "Click", "session": {"sessionId": "u"}, "placement": {"page": "x"}}


def seen(id: str, **more: object) -> dict[str, object]:
    return {"id": id, **WHEN, **more}


async def test_an_ad_is_seen_clicked_bought_and_reported(a_caller):
    caller = await a_caller()
    bid = (await caller.winners())["p1"]
    order = seen("o", items=[{"productId": "p1", "unitPrice": 30, "quantity": 2}])
    taken = await caller.report(
        impressions=[seen("i", resolvedBidId=bid)], clicks=[seen("c", resolvedBidId=bid)], purchases=[order]
    )
    assert taken == (204, {})
    (row,) = (await caller.get("report"))["rows"]
    assert (row["name"], row["product"], row["day"]) == ("one", "p1", "2023-11-15")
    assert (row["impressions"], row["clicks"], row["spend"], row["sales"], row["roas"]) == (1, 1, 0.75, 60.0, 80.0)
    assert caller.box.store.spent(row["campaign"], NOON).total == 750_000


async def test_version_1_charges_and_attributes_as_well(a_caller):
    caller = await a_caller()
    bid = (await caller.winners())["p3"]
    assert (await caller.report("v1", **V1_CLICK, resolvedBidId=bid))[0] == 200
    items = [{"productId": "p3", "unitPrice": 1250}]
    bought = {"eventType": "Purchase", "session": {"sessionId": "u"}, "id": "o", "purchasedAt": "2023-11-15T12:00:05Z"}
    assert (await caller.report("v1", **bought, items=items))[0] == 200
    (row,) = (await caller.get("report"))["rows"]
    assert (row["clicks"], row["sales"]) == (1, 12.5)


async def test_one_bad_event_and_none_of_the_request_is_stored(a_caller):
    caller = await a_caller()
    good = [seen(str(number)) for number in range(49)]
    status, error = await caller.report(impressions=[*good, {"id": "bad"}], clicks=[seen("c", occurredAt="now")])
    assert (status, error["errCode"], error["docUrl"]) == (400, "bad_request", DOC_URL)
    assert "impressions[49].occurredAt is missing; impressions[49].opaqueUserId is missing" in error["message"]
    assert "clicks[0].occurredAt is no time" in error["message"]
    assert (await caller.get("events/count"))["unique"] == 0


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_an_ad_that_was_not_sold_here_is_refused(a_caller, version):
    caller = await a_caller()
    bid = (await caller.winners())["p1"]
    forged = bid[:-2] + "xx"
    if version == "v1":
        status, error = await caller.report("v1", **V1_CLICK, resolvedBidId=forged)
        place = "resolvedBidId"
    else:
        status, error = await caller.report(clicks=[seen("a", resolvedBidId=bid), seen("b", resolvedBidId=forged)])
        place = "clicks[1].resolvedBidId"
    assert (status, error["errCode"]) == (400, "resolved_bid_id_not_found")
    assert error["message"].startswith(f"{place} is none")
    assert (await caller.get("events/count"))["unique"] == 0


async def test_it_can_be_told_to_take_any_bid_as_an_organic_event(a_caller):
    caller = await a_caller()
    await caller.behave(events={"any_bid": True})
    entity = {"type": "product", "id": "p9"}
    assert (await caller.report(clicks=[seen("a", resolvedBidId="somebody's", entity=entity)]))[0] == 204
    (kept,) = (await caller.get("events"))["events"]
    assert (kept["resolvedBidId"], kept["campaign"], kept["product"], kept["charged"]) == ("somebody's", None, "p9", 0)


@pytest.mark.parametrize("poisoned", ["bad-7", "p-666"])
async def test_a_poisonous_event_is_refused_well_formed_as_it_is(a_caller, poisoned):
    caller = await a_caller()
    await caller.behave(events={"poison": "^bad-|666"})
    order = seen("o", items=[{"productId": poisoned, "unitPrice": 1}])
    request = {"clicks": [seen("a"), seen(poisoned)]} if poisoned == "bad-7" else {"purchases": [order]}
    status, error = await caller.report(**request)
    place = "clicks[1]" if poisoned == "bad-7" else "purchases[0]"
    assert (status, error["errCode"]) == (400, "bad_request")
    assert error["message"] == f"{place} is poisonous: the sandbox was told so"
    await caller.behave(events={"poison": ""})
    assert (await caller.report(**request))[0] == 204


REFUSED = [
    ("v2", b"", "empty_request"),
    ("v2", b"{}", "empty_request"),
    ("v2", b"[" * 100_000, "bad_request"),
    ("v2", json.dumps({"clicks": [seen(str(number)) for number in range(51)]}).encode(), "bad_request"),
    ("v2", json.dumps({"purchases": [seen("o")]}).encode(), "no_purchase_items"),
    ("v1", b"", "empty_request"),
    ("v1", b"{}", "invalid_event_type"),
    ("v1", json.dumps(V1_CLICK | {"session": None}).encode(), "missing_session"),
]


@pytest.mark.parametrize(("version", "body", "code"), REFUSED, ids=lambda value: str(value)[:24])
async def test_what_breaks_the_contract_is_refused_with_its_code(a_caller, version, body, code):
    caller = await a_caller()
    answer = await caller.client.post(f"/{version}/events", data=body, headers=AUTHORISED)
    assert (answer.status, (await answer.json())["errCode"]) == (400, code)
    assert (await caller.get("events/count"))["requests"] == 0


async def test_a_purchase_of_enormous_numbers_is_taken(a_caller):
    caller = await a_caller()
    items = [{"productId": "p1", "unitPrice": 9e15, "quantity": 2**52}] * 50
    bid = (await caller.winners())["p1"]
    await caller.report(clicks=[seen("c", resolvedBidId=bid)])
    assert (await caller.report(purchases=[seen(str(number), items=items) for number in range(50)]))[0] == 204
    assert (await caller.get("report"))["total"]["sales"] > 1e33


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_no_depth_of_nesting_breaks_it(a_caller, version):
    caller = await a_caller()
    for depth in range(700, 1000, 3):
        deep = b'{"x":' * depth + b"1" + b"}" * depth
        event = json.dumps(V1_CLICK if version == "v1" else seen(str(depth))).encode()[:-1] + b',"y":%s}' % deep
        body = event if version == "v1" else b'{"clicks":[%s]}' % event
        answer = await caller.client.post(f"/{version}/events", data=body, headers=AUTHORISED)
        assert answer.status in (200, 204, 400)
    listed = await caller.client.get("/_sandbox/events")
    assert listed.status == 200
