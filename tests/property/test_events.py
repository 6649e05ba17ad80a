"""Any bytes are events or faults; events are their sender's bytes, and only the same events have the same digest."""

import json

from hypothesis import given
from hypothesis import strategies as st

from proxy.events.taking.batch import NotTaken, Received, read_batch, read_v1
from proxy.topsort.event_faults import faults_of, v1_faults_of
from proxy.topsort.events import KINDS

TEXT = st.text(max_size=12)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)
NEEDED = {
    "id",
    "occurredAt",
    "opaqueUserId",
    "page",
    "items",
    "resolvedBidId",
    "entity",
    "additionalAttribution",
    "placement",
}
MORE = st.dictionaries(TEXT.filter(lambda name: name not in NEEDED), VALUES, max_size=4)


@st.composite
def events(draw, kind):
    event = {"id": draw(st.text(min_size=1)), "occurredAt": "2026-01-31T12:59:59Z", "opaqueUserId": "u"} | draw(MORE)
    for judged in ("deviceType", "channel", "clickType", "externalCampaignId", "externalVendorId"):
        event.pop(judged, None)
    if kind == "purchases":
        event["items"] = [{"productId": "x", "unitPrice": 1.5}]
    elif kind == "pageviews":
        event["page"] = {"type": "home", "pageId": "h"}
    return event


@st.composite
def requests(draw):
    return {
        kind: draw(st.lists(events(kind), max_size=3)) for kind in draw(st.sets(st.sampled_from(KINDS), min_size=1))
    }


def written(draw, value) -> str:
    """JSON in one of the many ways to write it."""
    return json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.none() | st.integers(0, 3)),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " :\t")])),
    )


def read(body: bytes, how=read_batch) -> list[Received] | None:
    try:
        found = how(body)
    except NotTaken as trouble:
        return None if all(fault.message for fault in trouble.faults) and trouble.faults else []
    return [found] if isinstance(found, Received) else list(found)


@given(st.binary(max_size=300) | st.text().map(str.encode) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_events_or_faults(body):
    body = body.removeprefix(b"\xef\xbb\xbf")
    assert (read(body) is None) == bool(faults_of(body))
    assert (read(body, read_v1) is None) == bool(v1_faults_of(body))


@given(requests(), st.data())
def test_an_event_is_the_slice_that_its_sender_wrote(request, data):
    slices = {kind: [written(data.draw, event).encode() for event in events] for kind, events in request.items()}
    parts = [b'"%b":\n[%b ]' % (kind.encode(), b" ,\t".join(each)) for kind, each in slices.items()]
    received = read(b" { %b } " % b",".join(parts))
    assert received is not None
    assert [(one.event.kind, one.event.body) for one in received] == [
        (kind, one) for kind in KINDS for one in slices.get(kind, [])
    ]
    assert [one.event.id for one in received] == [event["id"] for kind in KINDS for event in request.get(kind, [])]


@given(events("clicks"), events("clicks"), st.data())
def test_digests_are_the_same_exactly_where_the_content_is(one, other, data):
    digests = [
        read(b'{"clicks":[%b]}' % written(data.draw, event).encode())[0].event.digest for event in (one, one, other)
    ]
    assert digests[0] == digests[1]
    # What JSON tells apart and Python does not: 1 and 1.0, true and 1.
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (digests[0] == digests[2]) == same
