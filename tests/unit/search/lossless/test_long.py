import json

import pytest
from msgspec import UNSET, Raw

from proxy.auction.winners import Winner
from proxy.search.listing import NotAListing
from proxy.search.lossless.long import LongListing, Uncut
from proxy.search.lossless.reading import LONG
from proxy.search.lossless.route import Stage
from proxy.search.lossless.scan import Span
from proxy.search.merge import merge
from proxy.search.plan import Plan
from tests.builders import a_rule

FIRST, LAST = b' {"n":1, "id":"a"}', b'{"id":"e","x":[{"id":"no"}]} '
BODY = b'{"p":0, "products":[' + FIRST + b',{"x":1,"id":2},{"id":"c"},{"id":"d"},' + LAST + b'],"q":0}' + b" " * LONG


def read(body, **keys):
    return Plan(a_rule(**keys)).read(body).listings[0]


def merged(body, *ids, **keys):
    plan = Plan(a_rule(slots=4, tag={"fields": {"resolvedBidId": "resolved_bid_id"}}, **keys))
    winners = [Winner(rank=n, type="product", id=each, resolved_bid_id="~") for n, each in enumerate(ids, 1)]
    return merge(plan, plan.read(body), [winners]).body.strip()


def test_a_long_body_is_read_as_a_short_one_is():
    long, short = read(BODY), read(BODY.strip())
    assert isinstance(long, LongListing)
    assert not isinstance(short, LongListing)
    assert long.ids == short.ids == ["a", "2", "c", "d", "e"]
    assert (long.span, len(long), list(long.positions)) == (short.span, len(short), list(short.positions))
    for n in (3, 0, 4, 2, 1):
        assert long.item(n) == short.item(n) == bytes(long.items[n])
    assert list(long.pieces.gaps) == list(short.pieces.gaps)
    assert long.copied == 0


@pytest.mark.parametrize(
    "keys",
    [
        {"place": "top"},
        {"place": "in_place"},
        {"place": "positions", "positions": [2, 5]},
        {"place": "every", "first": 2, "step": 2},
        {"place": "top", "keep_organic": True},
        {"place": "top", "keep_organic": True, "page_size": "grow"},
    ],
)
@pytest.mark.parametrize("ids", [("a",), ("e", "2"), ("d", "c"), ("2", "zz", "a")])
def test_its_ads_stand_where_those_of_a_short_one_do(ids, keys):
    assert merged(BODY, *ids, **keys) == merged(BODY.strip(), *ids, **keys)


def test_neighbours_that_stay_neighbours_keep_what_is_between_them():
    body = b'{"products":[{"id":1},{"id":2} ,{"id":3} , {"id":4},{"id":5}]}'
    assert merged(b" " * LONG + body, "5") == (
        b'{"products":[{"resolvedBidId":"~","id":5},{"id":1},{"id":2} ,{"id":3} , {"id":4}]}'
    )


@pytest.mark.parametrize("item", [b"null", b'{"x":1}', b'{"id":""}', b'{"id":{"id":3}}', b"[]"])
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_an_item_without_an_id_is_cut_and_counted_like_the_others(item, at):
    items = [b'{"id":"a"}', b'{"id":"b"}', b'{"id":"c"}']
    items.insert(at, item)
    body = b'{"products":[' + b" , ".join(items) + b"]}"
    long, short = read(body + b" " * LONG), read(body)
    assert [long.item(n) for n in range(4)] == items
    assert (long.ids, list(long.positions), long.span) == (short.ids, list(short.positions), short.span)
    for id in "abc":
        assert merged(body + b" " * LONG, id) == merged(body, id)


def test_an_id_may_be_deep_and_others_may_be_read_with_it():
    rule = {"id": "$.a.b.id", "quality": "$.a.q", "vendor": "$.v", "max_per_vendor": 1}
    body = b'{"products":[{"a":{"b":{"id":1,"n":{}},"q":2},"v":"x"} ,{"v":"x","a":{"q":1,"b":{"id":2}}} ,{"a":null}]}'
    long, short = read(body + b" " * LONG, **rule), read(body, **rule)
    assert isinstance(long, LongListing)
    assert (long.ids, long.scores, long.vendors) == (short.ids, short.scores, short.vendors) == (
        ["1", "2"],
        [1, 0.5],
        ["x", "x"],
    )  # fmt: skip
    assert merged(body + b" " * LONG, "2", "1", **rule) == merged(body, "2", "1", **rule)


@pytest.mark.parametrize(
    "rule",
    [{"list": "$.r[*].products"}, {"id": "$.ids[0]"}, {"quality": "$.s[0]"}, {"vendor": "$.v[?@.a == 1]"}],
)
def test_what_one_decode_cannot_read_is_cut_as_ever(rule):
    items = b'[{"id":1,"ids":[1],"s":[1],"v":[{"a":1}]},{"id":2,"ids":[2]}]'
    body = b'{"products":' + items + b',"r":[{"products":' + items + b"}]}" + b" " * LONG
    listing = read(body, **rule)
    assert not isinstance(listing, LongListing)
    assert (listing.ids, len(listing.items)) == (["1", "2"], 2)


@pytest.mark.parametrize(
    "body", [b'{"products":[]}', b'{"products":[{},null]}', b'\xef\xbb\xbf{"products":[{"id":1}]}']
)
def test_a_long_body_may_have_nothing_to_go_by(body):
    assert len(read(body + b" " * LONG)) == len(json.loads(body.decode("utf-8-sig"))["products"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"products":[{"id":1}],"products":[{"id":2}]}',
        b'{"products":[{"id":1}],"pr\\u006fducts":[{"id":2}]}',
        b'{"products":[{"id":1},{"id":2}}',
        b'{"products":[{"id":1} {"id":2}]}',
        b'{"products":[{"id":1},{"x":"\xff","id":2}]}',
        b'{"products":{"id":1}}',
        b"{}",
    ],
)
def test_what_is_no_listing_when_short_is_none_when_long(body):
    for padded in (body, body + b" " * LONG):
        with pytest.raises(NotAListing):
            read(padded)


def test_ads_and_fields_for_all_others_are_written_item_by_item():
    tag = {"organic": {"ad": False}}
    plan = Plan(a_rule(tag=tag))
    winners = [Winner(rank=1, type="product", id="d", resolved_bid_id="~")]
    long, short = [merge(plan, plan.read(body), [winners]).body.strip() for body in (BODY, BODY.strip())]
    assert long == short
    assert long.count(b'"ad":false') == 4


def test_a_fetched_product_makes_the_list_longer():
    plan = Plan(a_rule(missing="fetch", fetch="/p/{id}", place="positions", positions=[2, 4]))
    winners = [Winner(rank=n, type="product", id=id, resolved_bid_id="~") for n, id in enumerate(("z", "c"), 1)]
    bodies = [
        merge(plan, plan.read(body), [winners], fetched={"z": b'{"id":"z"}'}).body.strip()
        for body in (BODY, BODY.strip())
    ]
    assert bodies[0] == bodies[1]


# -- what cannot be proved ----------------------------------------------------------

SMALL = b'{"l":[{"id":1},{"id":2} , {"id":3}]}'


def uncut(marks, body=SMALL):
    return Uncut(Stage(["l"], None), 1).listing(body, marks, ["1", "2", "3"], [0, 1, 2])


def views(*places, body=SMALL):
    return [UNSET if at is None else memoryview(body)[at : at + 1] for at in places]


def test_borders_are_found_between_ids_and_proved():
    how = Uncut(Stage(["l"], None), 1)
    assert how.borders(SMALL, 12, 32) == [(14, 15), (23, 26)]
    assert how.borders(SMALL, 21, 32) == [(23, 26)]
    assert uncut(views(12, 21, 32)).span == Span(6, 34)


@pytest.mark.parametrize(("start", "end"), [(21, 12), (12, 12), (8, 12), (12, 8), (11, 21)])
def test_no_border_is_where_an_id_is_not(start, end):
    assert not Uncut(Stage(["l"], None), 1).borders(SMALL, start, end)


@pytest.mark.parametrize(
    "items",
    [
        [b'{"id":1}', b'{"x":{"id":9},"id":2}', b'{"id":3}'],
        [b'{"t":"p","id":1}', b'{"t":"q","id":2}', b'{"x":[{"t":"p","id":5}],"t":"p","id":3}'],
        [b'{"a\\"":0,"id":1}', b'{"x":"\\\\","a\\"":0,"id":2}', b'{"a\\"":0,"id":3}'],
        [b'{ "id" : 1}', b'{ "id" : 2,"x":[{ "id" : 5},{ "id" : 6}]}', b'{ "id" : 3}'],
        [b'{"id":1,"x":", \\n"}', b'{"id":2,"x":[ 1 , {} ]}', b'{"x":{"id":8},"y":"{","id":3}'],
    ],
)
@pytest.mark.parametrize("gap", [b",", b" ,\n ", b",\n" + b" " * 300])
def test_an_item_is_found_whatever_stands_before_its_id(items, gap):
    body = b" " * LONG + b'{"products":[ ' + gap.join(items) + b" ]}"
    for n in (2, 0, 1):
        listing = read(body)
        assert isinstance(listing, LongListing)
        assert listing.item(n) == items[n]
        assert "pieces" not in vars(listing)


def test_ids_that_are_nowhere_in_the_body_make_no_listing():
    assert uncut([Raw(b"1"), Raw(b"2"), Raw(b"3")]) is None
    assert Uncut(Stage(["l"], None), 1).listing(SMALL, views(12, 21, 32), [], []) is None


@pytest.mark.parametrize("middle", [UNSET, Raw(b"2"), views(8)[0], views(33)[0], views(32)[0]])
def test_an_item_whose_id_is_not_where_it_should_be_is_cut_all_the_same(middle):
    listing = uncut([views(12)[0], middle, views(32)[0]])
    assert [listing.item(n) for n in (1, 0, 2)] == [b'{"id":2}', b'{"id":1}', b'{"id":3}']


def test_an_item_among_others_without_ids_is_cut_with_all():
    items = [b'{"id":1}', b'{"x":1}', b'{"x":2}', b'{"id":3}']
    listing = read(b'{"products":[' + b" ,".join(items) + b"]}" + b" " * LONG)
    assert isinstance(listing, LongListing)
    assert [listing.item(n) for n in (3, 2, 1, 0)] == items[::-1]
