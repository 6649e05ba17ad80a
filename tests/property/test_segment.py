"""Segment's requests: whatever is sent, nothing breaks; what goes on is what the platform takes; JavaScript's JSON is ours."""

import hmac
import json
import random
import struct

from hypothesis import example, given
from hypothesis import strategies as st

from proxy.events.taking.batch import read_batch
from proxy.events.taking.segment.calls import TYPES, WAYS, Call, NotCalls, read_sent, read_webhook
from proxy.events.taking.segment.javascript import rewritten
from proxy.events.taking.segment.mapping import meaning_of
from proxy.events.taking.segment.names import Action, Names, read_names
from proxy.events.taking.segment.signature import is_signed
from proxy.topsort.v2 import write_events
from tests.clients.node import run_node

NOW = "2026-01-31T12:59:59Z"
NAMES = Names({str(action): action for action in Action}, ("page", "screen"))
TEXT = st.text(max_size=8)
NUMBERS = st.integers() | st.floats()
WORDS = (
    *("anonymousId", "userId", "messageId", "timestamp", "sentAt", "context", "properties", "position"),
    *("products", "product_id", "price", "quantity", "brand", "vendorId", "resolvedBidId", "entity", "object"),
    *("placement", "page", "type", "pageId", "device", "path", "title", "dspMetadata", "channel", "userAgent"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT | st.sampled_from(["b", NOW, "ios", "9.99", "Googlebot"]),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT | st.sampled_from(WORDS), inside, max_size=6),
    max_leaves=20,
)
CALLS = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES) | VALUES, "event": st.sampled_from([str(action) for action in Action]) | VALUES},
    optional=dict.fromkeys([word for word in WORDS if word != "type"], VALUES),
)


def sent(value) -> bytes:
    """As Python writes it, surrogates and all but what no JSON is."""
    return json.dumps(value).replace("Infinity", "1e999").replace("NaN", "null").encode()


def calls_of(read):
    """The calls; none where there is a reason."""
    try:
        return read().calls
    except NotCalls as trouble:
        return [] if str(trouble) else [None]


@given(CALLS | VALUES, st.sampled_from([*WAYS]))
@example({"messageId": 10**30, "event": "click", "anonymousId": 1e300}, "track")
@example(
    {"event": "purchase", "anonymousId": "a", "properties": {"products": [{"product_id": 1, "price": "1e999"}]}}, "t"
)
def test_whatever_is_sent_is_events_that_the_platform_takes_or_a_reason(value, way):
    body = sent({"batch": [value]} if WAYS[way] == "batch" else value)
    for call in calls_of(lambda: read_sent(body, WAYS[way])):
        meaning = meaning_of(call, NAMES, NOW)
        assert bool(meaning.made) != bool(meaning.ignored)
        assert meaning == meaning_of(call, NAMES, NOW)
        for one in meaning.made:
            event = one.received.event
            assert event.id
            if not one.why and event.kind != "purchases":
                assert read_batch(write_events(event.kind, [event.body])) == [one.received]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_calls_or_a_reason(body):
    for read in (lambda: read_sent(body, "track"), lambda: read_sent(body, "batch"), lambda: read_webhook(body)):
        assert all(isinstance(call, Call) for call in calls_of(read))
    assert not is_signed(body, "0" * 40, "secret")


@given(st.binary(max_size=200) | st.text(alphabet="track: {}[],clickpagevs\n-&*!|>#'\"", max_size=80).map(str.encode))
def test_any_file_is_names_or_problems(raw):
    names, problems = read_names("f", raw)
    assert (names is None) == any(problem.is_error for problem in problems)


@given(VALUES.filter(lambda value: not isinstance(value, list)), st.sampled_from([None, 0, 3]), st.booleans())
def test_a_body_is_signed_however_it_was_written_anew_on_its_way(value, indent, many):
    text = rewritten(sent(value).decode())
    signature = hmac.new(b"secret", text.encode(), "sha1").hexdigest()
    anew = json.dumps(json.loads(text), indent=indent)
    assert is_signed((f"[{anew} , 1.50]" if many else anew).encode(), signature, "secret")
    assert not is_signed(f"[0, {anew}]".encode(), signature, "secret") or text == "0"


def values(chance: random.Random, depth: int = 0):
    """Values of every kind, with a weight on what languages write differently."""
    kind = chance.randrange(10 if depth < 4 else 7)
    if kind < 2:
        return struct.unpack("<d", chance.randbytes(8))[0]
    if kind == 2:
        return chance.choice([0.0, -0.0, 1e21, 1e-7, 5e-324, 123456789.125, 0.1 + 0.2, 2.0**53, 1e16]) * chance.choice(
            [1, -1]
        )
    if kind == 3:
        return chance.randrange(-(10 ** chance.randrange(1, 25)), 10 ** chance.randrange(1, 25))
    if kind < 6:
        return a_text(chance)
    if kind == 6:
        return chance.choice([None, True, False])
    if kind == 7:
        return [values(chance, depth + 1) for _ in range(chance.randrange(4))]
    names = [
        str(chance.choice(_INDEXES)) if chance.random() < 0.5 else a_name(chance) for _ in range(chance.randrange(6))
    ]
    return {name: values(chance, depth + 1) for name in names}


_SIGNS = [
    *range(0x30),
    0x5C,
    0x7F,
    0x85,
    0xE9,
    0x2028,
    0x2029,
    0xD83D,
    0xDE00,
    0xD800,
    0xDFFF,
    0xFEFF,
    0xFFFF,
    0x1F600,
    0x10FFFF,
]
_INDEXES = [
    0,
    1,
    2,
    9,
    10,
    100,
    4294967293,
    4294967294,
    4294967295,
    4294967296,
    "00",
    "-1",
    "1.0",
    "1e3",
    "",
    "__proto__",
]


def a_name(chance: random.Random) -> str:
    # No name holds a backslash: V8 takes an escape in a later name for one that it has seen (Node 24).
    return a_text(chance).replace("\\", "")


def a_text(chance: random.Random) -> str:
    return "".join(chr(chance.choice(_SIGNS)) for _ in range(chance.randrange(6)))


def test_json_is_written_as_a_real_javascript_writes_it(tmp_path):
    chance = random.Random(20260131)
    texts = [
        json.dumps(values(chance)).replace("-Infinity", "-1e999").replace("Infinity", "1e999") for _ in range(20_000)
    ]
    texts = [text.replace("NaN", "null") for text in texts]
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    assert [rewritten(text) for text in texts] == run_node("stringify.mjs", str(tmp_path / "texts.json")).json
