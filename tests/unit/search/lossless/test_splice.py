import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.rules.selector import Selector
from proxy.search.lossless import splice
from proxy.search.lossless.splice import Array, Fields
from proxy.search.lossless.spot import Spot

FIELDS = Fields(["bid", "rank"], Spot(()))


def appended(text, selector):
    return Array(Spot(Selector.parse(selector).steps)).append(text, b"7")


def put(text):
    return FIELDS.put(text, [b'"b"', b"1"])


BEFORE_AND_AFTER = [
    (b'{"id":1}', b'{"bid":"b","rank":1,"id":1}'),
    (b'{ "id":1 }', b'{"bid":"b","rank":1, "id":1 }'),
    (b'{\n\t"id":1}', b'{"bid":"b","rank":1,\n\t"id":1}'),
    (b"{}", b'{"bid":"b","rank":1}'),
    (b"{ \n}", b'{"bid":"b","rank":1 \n}'),
    (b'{"rank":7}', b'{"bid":"b","rank":1}'),
    (b'{"x":0, "rank" : {"a":[1,"]"]} ,"y":2}', b'{"bid":"b","x":0, "rank" : 1 ,"y":2}'),
    (b'{"rank":7 , "x":1 , "rank":8, "y":2}', b'{"bid":"b","rank":1 , "x":1, "y":2}'),
    (b'{"rank":7,"rank":8,"rank":9}', b'{"bid":"b","rank":1}'),
    (b'{"r\\u0061nk":7,"rank":8}', b'{"bid":"b","r\\u0061nk":1}'),
    (b'{"bid":0,"x":1,"rank":7}', b'{"bid":"b","x":1,"rank":1}'),
    (b'{"rank":[7],"bid":0}', b'{"rank":1,"bid":"b"}'),
    (b'{"a":{"rank":7},"b":"rank","c":["bid"]}', b'{"bid":"b","rank":1,"a":{"rank":7},"b":"rank","c":["bid"]}'),
    (b'{"x":"\\u0061"}', b'{"bid":"b","rank":1,"x":"\\u0061"}'),
]


@pytest.mark.parametrize(("before", "after"), BEFORE_AND_AFTER)
def test_fields_stand_first_or_where_they_were(before, after):
    assert put(before) == after


@pytest.mark.parametrize(("before", "after"), BEFORE_AND_AFTER)
def test_without_any_address_they_are_put_the_same(before, after, monkeypatch):
    monkeypatch.setattr(splice.Whereabouts, "place", lambda *_: None)
    assert put(before) == after


def test_fields_may_have_any_name():
    names = ['a"b', "50%", "é", ""]
    text = b'{"a\\"b":0,"\\u00e9":1}'
    assert Fields(names, Spot(())).put(text, [b"1", b"2", b"3", b"4"]) == (b'{"50%":2,"":4,"a\\"b":1,"\\u00e9":3}')


def test_an_object_inside_gets_them_too():
    text = b'{"rank":0,"n":{"rank":1}}'
    inside = Fields(["bid", "rank"], Spot(Selector.parse("$.n").steps))
    assert inside.put(text, [b"7", b"8"]) == b'{"rank":0,"n":{"bid":7,"rank":8}}'


def test_no_fields_change_nothing():
    assert Fields([], Spot(())).put(b'{"a":1}', []) == b'{"a":1}'


KEYS = st.sampled_from(["bid", "rank", "x", 'a"b', "é", ""])


@given(st.dictionaries(KEYS, st.integers() | st.text() | st.dictionaries(KEYS, st.integers())), st.booleans())
def test_whatever_was_there_the_fields_are_there_once_and_the_rest_is_kept(item, ascii_only):
    after = put(json.dumps(item, ensure_ascii=ascii_only, indent=1).encode())
    pairs = json.loads(after, object_pairs_hook=lambda pairs: pairs)
    assert sorted(key for key, _ in pairs) == sorted({*item, "bid", "rank"})
    assert json.loads(after) == {**item, "bid": "b", "rank": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"p":[]}', b'{"p":[7]}'),
        (b'{"p":[ \n]}', b'{"p":[ \n7]}'),
        (b'{"p":[1]}', b'{"p":[1,7]}'),
        (b'{"p":[ 1, "[" \n ]}', b'{"p":[ 1, "[",7 \n ]}'),
        (b'{"p":null,"x":1}', b'{"p":[7],"x":1}'),
        (b'{"x":1}', b'{"p":[7],"x":1}'),
        (b"{}", b'{"p":[7]}'),
        (b'{"p":"text"}', None),
        (b'{"p":{}}', None),
        (b"[1]", None),
        (b'{"p":[1],"p":[2]}', b'{"p":[1],"p":[2,7]}'),
    ],
)
def test_an_element_comes_last_in_its_array(before, after):
    assert appended(before, "$.p") == after


def test_an_array_is_made_only_where_its_object_is():
    assert appended(b'{"node":{}}', "$.node.p") == b'{"node":{"p":[7]}}'
    assert appended(b'{"node":null}', "$.node.p") is None
    assert appended(b"{}", "$.node.p") is None
    assert appended(b'{"l":[]}', "$.l[0]") is None
