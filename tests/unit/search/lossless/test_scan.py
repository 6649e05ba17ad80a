import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.rules.selector import Selector
from proxy.search.lossless.scan import Span, elements, find, members, spelling_of, standing, value_at

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_members_come_in_order_with_their_places():
    text = b'{ "a" : 1 ,\n"b":{"a":[2]} }'
    found = [(each.key, text[each.key_start : each.key_start + 3], text[slice(*each.value)]) for each in members(text)]
    assert found == [("a", b'"a"', b"1"), ("b", b'"b"', b'{"a":[2]}')]


def test_keys_read_the_same_in_every_spelling():
    assert [each.key for each in members(b'{"\\u0069d":1,"i\\u0064":2,"a\\"b":3}')] == ["id", "id", 'a"b']


def test_brackets_and_quotes_inside_strings_are_text():
    text = b'["]", "\\"]", "\\\\", {"}":"{"}]'
    assert [text[slice(*each)] for each in elements(text)] == [b'"]"', b'"\\"]"', b'"\\\\"', b'{"}":"{"}']


@pytest.mark.parametrize("text", [b"[]", b"[ \n]", b"{}", b"{ }", b"1", b'"a"', b"null"])
def test_what_is_empty_or_no_container_has_nothing_in_it(text):
    assert not [*elements(text)]
    assert not [*members(text)]


@pytest.mark.parametrize("text", [b"", b"{", b'{"a"', b'{"a" 1}', b'["a', b"[1,"])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError):
        [*members(text), *elements(text), value_at(text)]


def test_depth_needs_no_recursion():
    text = b"[" * 100_000 + b"]" * 100_000
    assert value_at(text) == Span(0, 200_000)


def test_the_last_of_two_equal_keys_counts():
    text = b'{"a":1,"a":2,"b":{"a":3}}'
    assert text[slice(*find(text, Selector.parse("$.a").steps))] == b"2"
    assert text[slice(*find(text, Selector.parse("$.b.a").steps))] == b"3"


def test_a_filter_an_index_and_a_star_find_the_first_that_fits():
    text = b'{"a":[{"k":1},{"k":"x","v":[7,8]}],"o":{"p":{"q":1},"r":{"s":2}}}'
    assert text[slice(*find(text, Selector.parse("$.a[?@.k == 'x'].v[1]").steps))] == b"8"
    assert text[slice(*find(text, Selector.parse("$.o[*].s").steps))] == b"2"
    assert find(text, Selector.parse("$.a[2]").steps) is None
    assert find(text, Selector.parse("$.a.k").steps) is None


def test_a_spelling_counts_what_it_can_and_says_where_it_cannot():
    spelling = spelling_of("id")
    text = b'{"id":1,"x":"id","y":"\\u00e9"}'
    assert spelling.count(text, 0, len(text)) == 2
    assert spelling.count(text, 5, len(text)) == 1
    hidden = b'{"i\\u0064":1}'
    assert spelling.count(hidden, 0, len(hidden)) == -1
    assert spelling_of("a/b").count(b'{"x":"\\n"}', 0, 10) == -1


def test_a_key_that_stands_twice_on_the_way_is_seen():
    assert [*standing(b'{"a":{"b":1},"c":2}', ["a", "b"])] == [1, 1]
    assert [*standing(b'{"a":{"b":1,"\\u0062":2}}', ["a", "b"])] == [1, 2]
    assert [*standing(b'{"x":1}', ["a", "b"])] == [0]


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_every_member_and_element_is_found(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert value_at(text) == Span(0, len(text))
    if isinstance(value, list):
        assert [json.loads(text[slice(*each)]) for each in elements(text)] == value
    if isinstance(value, dict):
        assert {each.key: json.loads(text[slice(*each.value)]) for each in members(text)} == value
