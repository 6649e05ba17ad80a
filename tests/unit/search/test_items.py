import re

import msgspec
import pytest
from msgspec import UNSET

from proxy.rules.selector import Selector
from proxy.search.items import LEAST, Items, falling, matched, measured, text_of, texts


def raws(*values):
    return [msgspec.Raw(value) for value in values]


def columns(items, *selectors, together=True):
    """Ids, scores, vendors as text, read from all items at once or one by one."""
    made = Items(*[selector and Selector.parse(selector) for selector in selectors])
    decoded = msgspec.json.decode(b"[" + b",".join(items) + b"]", type=list[made.shape]) if together else None
    return [column and texts(column.values(items, decoded)) for column in (made.id, made.score, made.vendor)]


@pytest.mark.parametrize("together", [True, False])
def test_all_columns_are_read_at_once_or_one_by_one_with_the_same_outcome(together):
    items = [b'{"id":"a","s":{"id":7,"score":0.5}}', b'{"id":2,"s":null}', b'{"x":1,"s":{"score":3,"id":"v"}}']
    found = columns(items, "$.id", "$.s.score", "$.s.id", together=together)
    assert found == [["a", "2", None], ["0.5", None, "3"], ["7", None, "v"]]


def test_a_column_may_be_what_another_goes_through():
    items = [b'{"a":{"b":"x"}}']
    assert columns(items, "$.a.b", None, "$.a") == [["x"], None, [None]]
    assert columns(items, "$.a", None, "$.a.b") == [[None], None, ["x"]]
    assert columns(items, "$.a.b", None, "$.a.b") == [["x"], None, ["x"]]


def test_an_id_may_stand_behind_an_index_or_a_filter():
    items = [b'{"v":[{"sku":"a"},{"sku":"b","main":true}]}', b'{"v":[]}']
    assert columns(items, "$.v[0].sku", None, None, together=False)[0] == ["a", None]
    assert columns(items, "$.v[?@.main == true].sku", None, None, together=False)[0] == ["b", None]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"1.0", "1.0"),
        (b"1e5", "1e5"),
        (b"-0", "-0"),
        (b"123456789012345678901234567890", "123456789012345678901234567890"),
        (b'"a"', "a"),
        (b'"a\\u00e9\\/\\n"', "aé/\n"),
        ('"é😀"'.encode(), "é😀"),
        (b'"007"', "007"),
        (b'""', None),
        (b"null", None),
        (b"true", None),
        (b"{}", None),
        (b'["a"]', None),
    ],
)
def test_an_id_is_the_text_that_is_written(written, read):
    assert text_of(msgspec.Raw(written)) == read
    for others in [(), (b'"x"',), (b"12",), (b"null",), (b'"\\\\"', b"1")]:
        assert texts(raws(written, *others))[0] == read
        assert texts(raws(*others, written))[-1] == read


def test_an_item_without_an_id_has_none():
    assert texts([UNSET, *raws(b"1")]) == [None, "1"]
    assert texts([]) == []


def test_a_pattern_takes_its_group_and_what_it_does_not_match_has_no_id():
    pattern = re.compile("gid://shopify/Product/(.+)")
    assert matched(["gid://shopify/Product/7", "x", None, "gid://shopify/Product/"], pattern) == ["7", None, None, None]
    assert matched(["a-1"], re.compile("(x)|a")) == [None]


def test_quality_falls_from_one():
    assert falling(range(4), 4) == [1.0, 0.75, 0.5, 0.25]
    assert falling([1, 3], 4) == [0.75, 0.25]


def test_scores_over_one_are_divided_by_the_highest():
    assert measured(raws(b"4", b"1", b"0", b"-1")) == [1.0, 0.25, LEAST, LEAST]
    assert measured(raws(b"0.5", b"1")) == [0.5, 1.0]


def test_what_is_no_number_has_the_least_score():
    assert measured([UNSET, *raws(b'"9"', b"null", b"1E400", b"2", b"-1E400")]) == [LEAST] * 4 + [1.0, LEAST]
    assert measured([]) == []
