import json
from contextlib import suppress

import pytest

from proxy.events.taking.batch import NotTaken, read_batch, read_v1
from proxy.topsort.errors import ErrorCode

IMPRESSION = b'{"id":"i1","occurredAt":"2026-01-31T12:59:59.000Z","opaqueUserId":"u1","resolvedBidId":"b1"}'
CLICK = b'{ "opaqueUserId":"u1",\n "id":"c1", "dsp_metadata":{"x":[1,2.50,null]}, "occurredAt":"2026-01-31T12:59:59+01:00" }'
PURCHASE = (
    b'{"id":"p1","occurredAt":"2026-01-31T12:59:59Z","opaqueUserId":"u1","items":[{"productId":"x","unitPrice":19.99}]}'
)
PAGEVIEW = b'{"id":"v1","occurredAt":"2026-01-31T12:59:59Z","opaqueUserId":"u1","page":{"type":"home","pageId":"h"}}'


def an_event(**more):
    return json.dumps(json.loads(IMPRESSION) | more).encode()


def request(**kinds):
    return b"{%b}" % b",".join(b'"%b": [%b]' % (kind.encode(), b" , ".join(events)) for kind, events in kinds.items())


def digest_of(event):
    return read_batch(request(impressions=[event]))[0].event.digest


def faults_of(body, read=read_batch):
    with pytest.raises(NotTaken) as trouble:
        read(body)
    return trouble.value.faults


# -- events ----


def test_each_event_is_the_slice_that_its_sender_wrote():
    body = request(impressions=[IMPRESSION], clicks=[CLICK], purchases=[PURCHASE], pageviews=[PAGEVIEW])
    received = read_batch(body)
    assert [one.event.body for one in received] == [IMPRESSION, CLICK, PURCHASE, PAGEVIEW]
    assert [one.event.kind for one in received] == ["impressions", "clicks", "purchases", "pageviews"]
    assert [one.type for one in received] == [one.event.kind for one in received]
    assert [one.event.id for one in received] == ["i1", "c1", "p1", "v1"]
    assert received[1].moment == "2026-01-31T12:59:59+01:00"


def test_fifty_of_each_kind_are_a_request():
    fifty = [an_event(id=f"e{number}") for number in range(50)]
    assert len(read_batch(request(impressions=fifty, clicks=fifty))) == 100


def test_a_kind_that_is_null_or_empty_has_no_events():
    assert read_batch(b'{"impressions":null,"clicks":[]}') == []


def test_a_byte_order_mark_is_passed_over():
    (one,) = read_batch(b"\xef\xbb\xbf" + request(clicks=[CLICK]))
    assert one.event.body == CLICK
    body = b'{"eventType":"Click","session":{"sessionId":"s"},"placement":{"page":"search"},"productId":"p"}'
    assert read_v1(b"\xef\xbb\xbf" + body).event.body == body


def test_fields_that_nobody_knows_stay():
    odd = b'{"clickType":"tap","id":"c1","occurredAt":"2026-01-31T12:59:59Z","x":{"y":["\\u00e9",1e3]},"opaqueUserId":"u"}'
    (one,) = read_batch(request(clicks=[odd]))
    assert one.event.body == odd


# -- what is none ----


def test_one_bad_event_among_fifty_costs_them_all_and_is_named_by_its_place():
    events = [an_event(id=f"e{number}") for number in range(49)] + [b'{"id":"bad"}']
    assert [fault.place for fault in faults_of(request(impressions=events))] == [
        "impressions[49].occurredAt",
        "impressions[49].opaqueUserId",
    ]


def test_every_bad_event_is_named():
    bad = an_event(id="")
    places = [fault.place for fault in faults_of(request(impressions=[IMPRESSION, bad], clicks=[bad, CLICK, bad]))]
    assert places == ["impressions[1].id", "clicks[0].id", "clicks[2].id"]


def test_fifty_one_of_a_kind_are_too_many():
    events = [an_event(id=f"e{number}") for number in range(51)]
    assert [fault.place for fault in faults_of(request(impressions=events))] == ["impressions"]


@pytest.mark.parametrize("body", [b"", b" ", b"x", b"[]", b"1", b"{}", b'{"impressions":{}}', b"\xff", b"[" * 100_000])
def test_what_is_no_request_is_refused(body):
    assert len(faults_of(body)) == 1
    assert len(faults_of(body, read_v1)) == 1


def test_events_nested_up_to_the_edge_of_the_stack_are_taken_whole_or_refused():
    taken = 0
    for depth in (10, 500, *range(900, 1000), 1100, 5000):
        nested = IMPRESSION[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"
        with suppress(NotTaken):
            (one,) = read_batch(request(impressions=[nested]))
            assert one.event.body == nested
            taken += 1
    assert 2 <= taken < 104


# -- the digest ----


@pytest.mark.parametrize(
    "same",
    [
        json.dumps(json.loads(IMPRESSION)).encode(),
        json.dumps(json.loads(IMPRESSION), indent=2).encode(),
        json.dumps(dict(reversed(json.loads(IMPRESSION).items()))).encode(),
        IMPRESSION.replace(b"u1", b"\\u0075\\u0031"),
    ],
)
def test_an_event_that_is_spelled_otherwise_is_the_same(same):
    assert digest_of(same) == digest_of(IMPRESSION)


def test_a_price_of_as_many_zeros_as_one_likes_is_the_same():
    assert digest_of(an_event(x=2.5).replace(b"2.5", b"2.50")) == digest_of(an_event(x=2.5))
    assert digest_of(an_event(x=1000.0).replace(b"1000.0", b"1E3")) == digest_of(an_event(x=1000.0))


def test_every_other_content_has_a_digest_of_its_own():
    values = [
        b'"a"', b'"A"', b'""', b"null", b"true", b"false", b"0", b"1", b'"1"', b"[]", b"{}", b"[[]]", b"[1]", b'{"a":1}',
        b"1.5", b"0.1", b"0.1000000000000000000000001", b"0.10000000000000000000000010001", b"9007199254740993",
        b"9007199254740992.0", b"9007199254740993.0", b"123456789012345678901234567890", b"123456789012345678901234567891",
        b"1e-400", b"0.0", b"2e-400", b'{"a":1,"a":2}', b'{"a":2}', b'{"a":2,"a":2}', b'{"a":1,"\\u0061":2}', b'"\\u00e9"', b'"e"',
    ]  # fmt: skip
    digests = {value: digest_of(IMPRESSION[:-1] + b',"x":' + value + b"}") for value in values}
    assert len(set(digests.values())) == len(values)
    assert digest_of(IMPRESSION) not in digests.values()


def test_a_field_that_stands_twice_is_no_mistake_of_ours():
    twice = IMPRESSION[:-1] + b',"id":"i2"}'
    (one,) = read_batch(request(impressions=[twice]))
    assert (one.event.id, one.event.body) == ("i2", twice)
    assert one.event.digest != digest_of(an_event(id="i2"))


# -- version 1 ----


def test_an_event_of_version_1_is_its_whole_request():
    body = (
        b' {"eventType":"Click","session":{"sessionId":"s"},"placement":{"page":"search"},"productId":"p","id":"c1"}\n'
    )
    one = read_v1(body)
    assert (one.event.kind, one.event.id, one.event.body, one.type) == ("v1", "c1", body.strip(), "Click")
    assert one.moment == ""


def test_an_event_of_version_1_need_not_have_an_id():
    body = {"eventType": "Purchase", "session": {"sessionId": "s"}, "purchasedAt": "2026-01-31T12:59:59Z"}
    items = [{"productId": "p", "unitPrice": 1999, "quantity": 1}]
    one = read_v1(json.dumps(body | {"items": items, "id": "p1"}).encode())
    assert (one.event.id, one.type, one.moment) == ("p1", "Purchase", "2026-01-31T12:59:59Z")
    impression = {"eventType": "Impression", "session": {"sessionId": "s"}}
    impression |= {
        "impressions": [{"productId": "p", "placement": {"page": "search"}}],
        "occurredAt": "2026-01-31T12:59:59Z",
    }
    one = read_v1(json.dumps(impression).encode())
    assert (one.event.id, one.type, one.moment) == ("", "Impression", "2026-01-31T12:59:59Z")


def test_what_is_wrong_with_an_event_of_version_1_is_said():
    assert [fault.code for fault in faults_of(b'{"eventType":"View"}', read_v1)] == [ErrorCode.INVALID_EVENT_TYPE]
    assert faults_of(b'{"eventType":"Click","id":7}', read_v1)
