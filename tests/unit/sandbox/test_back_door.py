"""The back door: what a person and a test want to know."""

import json

import pytest

from proxy.sandbox.repertoire import AUCTION_LIES, EVENT_LIES
from tests.unit.sandbox.conftest import AUTHORISED

EVENT = {"id": "i", "occurredAt": "2023-11-15T13:00:00.5+01:00", "opaqueUserId": "u"}


async def test_the_behaviour_is_shown_and_changed_while_it_runs(a_caller):
    caller = await a_caller()
    status, changed = await caller.behave(delay="1ms..2ms", lie=["401"], events={"lie": ["close-after"]})
    assert (status, changed) == (
        200,
        {
            "auctions": {"delay": "1ms..2ms", "fail_rate": 0.0, "lie": ["401"]},
            "events": {"delay": "1ms..2ms", "fail_rate": 0.0, "lie": ["close-after"], "poison": "", "any_bid": False},
        },
    )
    answer = await caller.client.post("/v2/auctions", data=b"{}", headers=AUTHORISED)
    assert answer.status == 400
    shown = await caller.get("behaviour")
    assert {name: shown[name] for name in changed} == changed
    assert shown["lies"] == {"auctions": AUCTION_LIES, "events": EVENT_LIES}
    assert (shown["asked"], shown["events_asked"]) == (1, 0)


@pytest.mark.parametrize("body", ["", "[]", '{"lie": "white"}', '{"slow": 1}', '{"delay": 5}', '{"events": 1}'])
async def test_a_change_that_makes_no_sense_is_refused_in_words(a_caller, body):
    caller = await a_caller()
    before = await caller.get("behaviour")
    answer = await caller.client.post("/_sandbox/behaviour", data=body)
    assert answer.status == 400
    assert (await answer.json())["error"]
    assert await caller.get("behaviour") == before


async def test_a_person_can_look_at_the_campaigns_and_into_a_bid(a_caller):
    caller = await a_caller()
    campaigns = (await caller.get("campaigns"))["campaigns"]
    assert (campaigns[0]["name"], campaigns[0]["bids"], campaigns[0]["why_not"]) == ("one", True, None)
    bid = await caller.get(f"bid/{(await caller.winners())['p1']}")
    assert (bid["product"], bid["rank"], bid["price"]) == ("p1", 1, 750_000)
    assert (await caller.client.get("/_sandbox/bid/forged")).status == 404


async def test_events_are_listed_as_they_came_the_newest_first(a_caller):
    caller = await a_caller()
    bid = (await caller.winners())["p1"]
    sent = EVENT | {"resolvedBidId": bid, "unknown": {"n": 1}}
    await caller.report(
        impressions=[sent, EVENT | {"id": "j"}], pageviews=[EVENT | {"page": {"type": "home", "pageId": "/"}}]
    )
    listed = (await caller.get("events"))["events"]
    assert [(one["kind"], one["id"]) for one in listed] == [
        ("pageviews", "i"),
        ("impressions", "j"),
        ("impressions", "i"),
    ]
    first = listed[-1]
    assert (first["at"], first["user"], first["resolvedBidId"], first["product"]) == (
        "2023-11-15T12:00:00.500Z",
        "u",
        bid,
        "p1",
    )
    assert first["event"] == sent
    assert [one["id"] for one in (await caller.get("events?limit=1&kind=impressions"))["events"]] == ["j"]
    assert len((await caller.get("events?id=i"))["events"]) == 2
    assert "error" in await caller.get("events?limit=all")


async def test_the_report_is_of_all_of_one_campaign_or_of_one_day(a_caller):
    caller = await a_caller()
    bids = await caller.winners()
    await caller.report(impressions=[EVENT | {"id": product, "resolvedBidId": bid} for product, bid in bids.items()])
    assert {row["name"] for row in (await caller.get("report"))["rows"]} == {"one", "two", "three"}
    (row,) = (await caller.get("report?campaign=two"))["rows"]
    assert [row] == (await caller.get(f"report?campaign={row['campaign']}&day=2023-11-15"))["rows"]
    assert (await caller.get("report?day=2023-11-16"))["rows"] == []


async def test_the_page_for_people_shows_what_the_report_has(a_caller):
    caller = await a_caller()
    bid = (await caller.winners())["p1"]
    await caller.report(clicks=[EVENT | {"resolvedBidId": bid}])
    answer = await caller.client.get("/_sandbox/")
    text = await answer.text()
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<dt>spend</dt><dd>0.75</dd>" in text
    assert "<dt>spend</dt><dd>0.00</dd>" in await (await caller.client.get("/_sandbox/?campaign=two")).text()


async def test_a_time_beyond_the_calendar_is_told_in_seconds(a_caller):
    caller = await a_caller()
    await caller.report(clicks=[EVENT | {"occurredAt": "0001-01-01T00:00:00+14:00"}])
    answer = await caller.client.get("/_sandbox/events")
    assert json.loads(await answer.read())["events"][0]["at"] < -62_000_000_000
    assert (await caller.client.get("/_sandbox/")).status == 200
