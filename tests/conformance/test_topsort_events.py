"""The vendor's own examples of events (its OpenAPI files, Apache 2.0), held against the faults and the sandbox."""

import json
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestClient, TestServer

from proxy.sandbox.behaviour import EventBehaviour, Manners
from proxy.sandbox.config import parse_market
from proxy.sandbox.exchange import Exchange
from proxy.sandbox.seal import Seal
from proxy.sandbox.server import Sandbox
from proxy.sandbox.store import Store
from proxy.topsort.event_faults import faults_of, v1_faults_of
from tests.conformance.topsort_examples import BID, USER

PLACEMENT = {"path": "/categories/dairy", "position": 1, "page": 1, "pageSize": 15, "categoryIds": ["9BLIe"]}
WHO = {"opaqueUserId": USER, "deviceType": "mobile", "channel": "onsite"}

V2: dict[str, dict[str, Any]] = {
    "an impression": {
        "impressions": [
            WHO
            | {
                "id": "eb874c98-bf4d-40a9-ae6d-fcf4cecb535c",
                "occurredAt": "2019-01-01T12:59:59-05:00",
                "placement": PLACEMENT,
                "resolvedBidId": BID,
            }
        ]
    },
    "a click": {
        "clicks": [
            WHO
            | {
                "id": "b39d39ed-ea0e-4059-9d15-4990b39c85a2",
                "occurredAt": "2019-01-01T13:01:42-05:00",
                "placement": PLACEMENT,
                "resolvedBidId": BID,
                "channel": "offsite",
            }
        ]
    },
    "two purchases": {
        "purchases": [
            WHO
            | {
                "id": "0e06c899-b2cd-4e0d-b0de-8aefb4b6d0a0",
                "items": [
                    {"productId": "p_SA0238", "unitPrice": 12.95, "quantity": 2, "vendorId": "v_8fj2D"},
                    {"productId": "p_oajf2D", "unitPrice": 1.49},
                ],
                "occurredAt": "2019-01-01T12:59:59-05:00",
            },
            {
                "id": "b7147656-504f-4ae7-b335-740829ff64c6",
                "items": [{"productId": "p_SA0279", "unitPrice": 119.95, "quantity": 5, "vendorId": "v_8fj2D"}],
                "occurredAt": "2019-01-01T13:59:59-05:00",
                "opaqueUserId": USER,
                "channel": "instore",
            },
        ]
    },
    "a page view": {
        "pageviews": [
            WHO
            | {
                "id": "8f648a8e-830c-4bb4-9d93-6ea80075ca82",
                "occurredAt": "2019-01-01T12:59:58-05:00",
                "page": {"type": "category", "pageId": "/categories/dairy", "value": "dairy"},
            }
        ]
    },
}

SESSION = {"session": {"sessionId": "ebeaf802-6d0a-41a3-ae59-661887c4f6cb"}}
V1: dict[str, dict[str, Any]] = {
    "Click": {"placement": {"page": "Search-page", "location": "listing-1"}, "resolvedBidId": BID},
    "Impression": {
        "impressions": [
            {"resolvedBidId": BID, "id": "234f678-f90c", "placement": {"page": "Search-page", "location": "listing-1"}},
            {"resolvedBidId": BID, "placement": {"page": "Search-page", "location": "listing-2"}},
        ]
    },
    "Purchase": {
        "id": "o:567-123",
        "purchasedAt": "2021-10-12T07:20:50.52Z",
        "items": [{"productId": "p_SA0238", "unitPrice": 1295, "quantity": 2}],
    },
}
V1 = {kind: {"eventType": kind} | SESSION | event for kind, event in V1.items()}


@pytest.fixture
async def sandbox(tmp_path):
    """It takes ads that were sold elsewhere: the examples' are."""
    store = Store(tmp_path)
    seal = Seal(store.secret)
    exchange = Exchange(parse_market("{}"), store, seal, lambda: 1_700_000_000.0, uuid4)
    manners = Manners(events=EventBehaviour(any_bid=True))
    async with TestClient(TestServer(Sandbox(exchange, store, seal, "TSE_test", manners, Random(7)).app())) as client:
        client.session.headers["Authorization"] = "Bearer TSE_test"
        yield client
    store.close()


@pytest.mark.parametrize("request_", V2.values(), ids=V2)
async def test_an_example_has_no_fault_and_is_taken(sandbox, request_):
    assert faults_of(json.dumps(request_).encode()) == []
    assert (await sandbox.post("/v2/events", json=request_)).status == 204
    kept = (await (await sandbox.get("/_sandbox/events")).json())["events"]
    ((kind, events),) = request_.items()
    assert [(one["kind"], one["event"]) for one in kept[::-1]] == [(kind, event) for event in events]


@pytest.mark.parametrize("event", V1.values(), ids=V1)
async def test_an_example_of_version_1_is_answered_with_the_platforms_ids(sandbox, event):
    assert v1_faults_of(json.dumps(event).encode()) == []
    answer = await sandbox.post("/v1/events", json=event)
    told = await answer.json()
    assert answer.status == 200
    seen = told.get("impressions", [told])
    assert [one.get("id") for one in seen] == [one.get("id") for one in event.get("impressions", [event])]
    assert all(UUID(one[f"{event['eventType'].lower()}Id"]) for one in seen)


async def test_an_ad_of_another_platform_is_the_one_fault_of_an_example(sandbox):
    await sandbox.post("/_sandbox/behaviour", json={"events": {"any_bid": False}})
    answer = await sandbox.post("/v2/events", json=V2["a click"])
    assert (answer.status, (await answer.json())["errCode"]) == (400, "resolved_bid_id_not_found")
