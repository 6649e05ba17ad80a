import msgspec
import pytest
from msgspec import UNSET

from proxy.rules.selector import Selector
from proxy.search.lossless.items import Items


def read(items, id="$.id", score=None, vendor=None):
    """Ids, scores and vendors as text, of items that stand behind a name."""
    made = Items(["l"], *[each and Selector.parse(each) for each in (id, score, vendor)])
    body = b'{"l":[' + b",".join(items) + b"]}"
    ids, found, vendors = made.read(body, msgspec.json.decode(body, type=dict[str, list[msgspec.Raw]])["l"])
    scores = found and [None if each is UNSET else bytes(each).decode() for each in found]
    return [ids, scores, vendors]


STRINGS = [b'{"id":"a","s":{"id":7,"score":0.5}}', b'{"id":"","s":null}', b'{"x":1,"s":{"score":3,"id":"v"}}']


@pytest.mark.parametrize("more", [[], [b'{"id":1.0}'], [b'{"id":null}'], [b"7"], [b'{"id":"b","s":7}']])
def test_all_columns_are_read_together_or_one_by_one_with_the_same_outcome(more):
    ids, scores, vendors = read(STRINGS + more, score="$.s.score", vendor="$.s.id")
    assert ids[:3] == ["a", None, None]
    assert ids[3:] == [{b'{"id":1.0}': "1.0", b'{"id":"b","s":7}': "b"}.get(each) for each in more]
    assert scores == ["0.5", None, "3", *[None for _ in more]]
    assert vendors == ["7", None, "v", *[None for _ in more]]


def test_no_items_have_no_values():
    assert read([], vendor="$.v") == [[], None, []]


def test_an_object_on_the_way_to_the_id_may_be_missing_or_null():
    items = [b'{"d":{"id":"a"}}', b'{"d":null}', b"{}", b'{"d":{}}']
    assert read(items, "$.d.id")[0] == ["a", None, None, None]
    assert read([*items, b'{"d":{"id":7}}'], "$.d.id")[0] == ["a", None, None, None, "7"]


@pytest.mark.parametrize(
    ("id", "vendor", "ids", "vendors"),
    [
        ("$.a.b", "$.a", ["x", "7"], [None, None]),
        ("$.a", "$.a.b", [None, None], ["x", "7"]),
        ("$.a.b", "$.a.b", ["x", "7"], ["x", "7"]),
        ("$.a['b']", "$['a\"b']", ["x", "7"], ["y", None]),
    ],
)
def test_two_columns_may_meet(id, vendor, ids, vendors):
    items = [b'{"a":{"b":"x"},"a\\"b":"y"}', b'{"a":{"b":7}}']
    assert read(items, id, vendor=vendor) == [ids, None, vendors]
    assert read(items[:1], id, vendor=vendor) == [ids[:1], None, vendors[:1]]


def test_an_id_may_stand_behind_an_index_or_a_filter():
    items = [b'{"v":[{"sku":"a"},{"sku":"b","main":true}]}', b'{"v":[]}']
    assert read(items, "$.v[0].sku", vendor="$.v[1].sku") == [["a", None], None, ["b", None]]
    assert read(items, "$.v[?@.main == true].sku")[0] == ["b", None]


def test_an_item_may_be_its_own_id():
    assert read([b'"a"', b"7", b"{}"], "$")[0] == ["a", "7", None]
