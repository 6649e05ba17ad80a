import io
import zipfile
from pathlib import Path

import pytest

from proxy.search.listing import NotAListing
from proxy.search.plan import Plan
from tests.builders import a_rule

PRODUCTS = b'{"products":[{"id":1},{"id":2}],"x":'


def read(body, **keys):
    return Plan(a_rule(**keys)).read(body)


def test_ids_scores_and_vendors_are_read_together():
    body = b'{"products":[{"id":1,"s":4,"v":{"id":"x"}},{"x":0},{"id":"b","s":1,"v":null}]}'
    listing = read(body, products={"quality": "$.s", "vendor": "$.v.id"}).listings[0]
    assert listing.ids == ["1", "b"]
    assert list(listing.positions) == [0, 2]
    assert listing.scores == [1.0, 0.25]
    assert listing.vendors == ["x", None]


def test_organic_quality_is_of_the_place_among_all_items():
    listing = read(b'{"products":[{"id":1},{},{"id":3},{"id":4}]}', quality="organic").listings[0]
    assert listing.scores == [1.0, 0.5, 0.25]
    assert read(b'{"products":[{"id":1}]}').listings[0].scores is None


def test_items_of_all_kinds_have_their_place():
    listing = read(b'{"products":[null,{"id":"a"},7,"x",[],{"id":{"x":1}},{"id":"b"}]}').listings[0]
    assert (listing.ids, list(listing.positions), len(listing)) == (["a", "b"], [1, 6], 7)


def test_a_pattern_takes_the_catalogue_id_out_of_an_id():
    body = b'{"products":[{"id":"gid://shopify/Product/7"},{"id":"gid://shopify/Metaobject/8"}]}'
    assert read(body, id_pattern="gid://shopify/Product/(.+)").listings[0].ids == ["7"]


def test_an_empty_list_is_a_listing_without_items():
    page = read(b'{"products":[ ]}')
    assert [len(each) for each in page.listings] == [0]


def test_a_byte_order_mark_is_no_reason_to_have_no_ads():
    assert read(b'\xef\xbb\xbf{"products":[{"id":1}]}').listings[0].ids == ["1"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html></html>",
        b"[]",
        b"null",
        b"7",
        b"{}",
        b'{"products":null}',
        b'{"products":{}}',
        b'{"products":"x"}',
        b'{"products":[{"id":1}],"products":[{"id":2}]}',
        PRODUCTS + b"NaN}",
        PRODUCTS + b'"\xff"}',
        PRODUCTS + b'"\xed\xa0\x80"}',
        PRODUCTS + b'"\\ud800"}',
        PRODUCTS + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
        b'{"products":' * 100_000,
        PRODUCTS + b"1}}",
        PRODUCTS + b"1",
        '{"products":[]}'.encode("utf-16"),
        '{"products":[]}'.encode("utf-16-le"),
        '{"products":[]}'.encode("utf-32"),
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\xef\xbb\xbf[]",
    ],
)
def test_what_is_no_listing_says_so_and_nothing_else(body):
    with pytest.raises(NotAListing) as why:
        read(body)
    assert str(why.value)


@pytest.mark.parametrize("tail", [b"1E400}", b"9" * 10_000 + b"}", b"-0.0}", b'"\\u00e9\\/"}', '"é😀"}'.encode()])
def test_odd_but_valid_json_is_a_listing(tail):
    assert read(PRODUCTS + tail).listings[0].ids == ["1", "2"]


def suite():
    """JSONTestSuite's texts, every one of them."""
    archive = Path(__file__).parents[2] / "data" / "json-test-suite.zip"
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as files:
        return {name: files.read(name) for name in files.namelist() if name.endswith(".json")}


def test_any_text_of_the_json_test_suite_is_a_page_or_not_a_listing():
    plans = [Plan(a_rule(list=selector)) for selector in ("$.products", "$", "$[*]", "$[0].a")]
    texts = suite()
    assert len(texts) > 300
    for text in texts.values():
        for body in (text, PRODUCTS + text + b"}", b'{"products":[' + text + b',{"id":1}]}'):
            for plan in plans:
                try:
                    plan.read(body)
                except NotAListing:
                    continue


def test_the_product_of_an_answer_of_its_own_is_found():
    plan = Plan(a_rule())
    assert plan.product(b' {"id":1.0} ') == b'{"id":1.0}'
    assert plan.product(b'\xef\xbb\xbf{"id":1}') == b'{"id":1}'
    assert [plan.product(body) for body in (b"", b"{", b'{"id":"\xff"}')] == [None, None, None]


def test_an_item_of_its_own_has_the_id_that_it_would_have_in_a_listing():
    assert Plan(a_rule()).id_of(b'{"id":1.0}') == "1.0"
    assert Plan(a_rule(id="$.a.b")).id_of(b'{"a":{"b":"x"}}') == "x"
    assert Plan(a_rule(id_pattern="p/(.+)")).id_of(b'{"id":"p/7"}') == "7"
    assert [Plan(a_rule(id_pattern="p/(.+)")).id_of(item) for item in (b'{"id":"7"}', b"{}", b"[]")] == [None] * 3
