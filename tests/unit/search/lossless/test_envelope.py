import pytest

from proxy.rules.selector import Selector
from proxy.search.lossless.envelope import Envelope

BODY = b'{"a":{"items":[1, 2],"n":2},"x":null,"s":"t"}'
SPAN = (BODY.index(b"1"), BODY.index(b"]"))


def written(selector, body=BODY, spans=(SPAN,), value=b"[7]"):
    envelope = Envelope(body, spans)
    told = envelope.put(Selector.parse(selector).steps, value)
    after = envelope.around([body[slice(*span)] for span in spans])
    assert told or after == body
    return after if told else None


@pytest.mark.parametrize(
    ("selector", "after"),
    [
        ("$.new", b'{"new":[7],"a":{"items":[1, 2],"n":2},"x":null,"s":"t"}'),
        ("$.new.er", b'{"new":{"er":[7]},"a":{"items":[1, 2],"n":2},"x":null,"s":"t"}'),
        ("$.a.new", b'{"a":{"new":[7],"items":[1, 2],"n":2},"x":null,"s":"t"}'),
        ("$.a.n", b'{"a":{"items":[1, 2],"n":[7]},"x":null,"s":"t"}'),
        ("$.x", b'{"a":{"items":[1, 2],"n":2},"x":[7],"s":"t"}'),
        ("$.x.y", b'{"a":{"items":[1, 2],"n":2},"x":{"y":[7]},"s":"t"}'),
        ("$.s.y", None),
        ("$.a", None),
        ("$.a.items", None),
        ("$.a.items[0]", None),
        ("$", None),
        ("$.l[0].y", None),
    ],
)
def test_a_value_is_written_where_it_does_no_harm(selector, after):
    assert written(selector) == after


def test_an_empty_body_a_bom_and_blanks_are_minded():
    assert written("$.s", b"\xef\xbb\xbf {}", ()) == b'\xef\xbb\xbf {"s":[7]}'
    assert written("$.s", b"[1]", [(1, 2)]) is None


def test_each_write_sees_the_one_before_and_listings_stay_in_their_places():
    body = b'{"r":[{"h":[1]},{"h":[2,3]}]}'
    envelope = Envelope(body, [(12, 13), (22, 25)])
    assert envelope.put(Selector.parse("$.e.a").steps, b"1")
    assert envelope.put(Selector.parse("$.e.b").steps, b"2")
    assert envelope.put(Selector.parse("$.e.a").steps, b"300")
    assert envelope.put(Selector.parse("$.r[1].n").steps, b"4")
    assert envelope.around([b"A", b"B"]) == b'{"e":{"b":2,"a":300},"r":[{"h":[A]},{"n":4,"h":[B]}]}'
