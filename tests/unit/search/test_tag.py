import pytest

from proxy.auction.winners import Winner
from proxy.search.plan import Plan
from proxy.search.tag import checked
from tests.builders import a_rule

WINNER = Winner(
    rank=2,
    type="product",
    id='a"b',
    resolved_bid_id="é\n",
    campaign_id="c",
    winner_id="v",
    demand_source="topsort",
    metadata=b'{"x": 1.0}',
)
BARE = Winner(rank=1, type="product", id="a", resolved_bid_id="b")


def tagged(item, winner=BARE, **tag):
    return Plan(a_rule(tag=tag)).tag.on(item, winner)


def test_every_value_can_be_written():
    names = [
        "resolved_bid_id",
        "rank",
        "campaign_id",
        "winner_type",
        "winner_id",
        "id",
        "page",
        "demand_source",
        "metadata",
    ]
    after = tagged(b"{}", WINNER, fields={name: name for name in names})
    assert after.decode() == (
        '{"resolved_bid_id":"é\\n","rank":2,"campaign_id":"c","winner_type":"product","winner_id":"v","id":"a\\"b",'
        '"page":"search","demand_source":"topsort","metadata":{"x": 1.0}}'
    )


def test_what_the_platform_did_not_say_is_null():
    after = tagged(b"{}", fields={"c": "campaign_id", "d": "demand_source", "m": "metadata"})
    assert after == b'{"c":null,"d":null,"m":null}'


def test_where_nothing_else_won_the_product_did():
    assert tagged(b"{}", fields={"w": "winner_id"}) == b'{"w":"a"}'


def test_literals_are_written_as_they_are():
    after = tagged(b"{}", fields={"t": True, "f": False, "n": None, "x": 1, "label": "=Sponsored", "empty": "="})
    assert after == b'{"t":true,"f":false,"n":null,"x":1,"label":"Sponsored","empty":""}'


def test_the_tag_stands_inside_the_item_where_the_rule_says():
    fields = {"rank": "rank"}
    assert tagged(b'{"_source":{"a":1}}', at="$._source", fields=fields) == b'{"_source":{"rank":1,"a":1}}'
    assert tagged(b'{"v":[{},{"k":1}]}', at="$.v[1]", fields=fields) == b'{"v":[{},{"rank":1,"k":1}]}'


@pytest.mark.parametrize("item", [b"{}", b'{"_source":null}', b'{"_source":[]}', b'{"_source":"{}"}', b"7", b"null"])
def test_an_item_without_a_place_for_the_tag_cannot_be_an_ad(item):
    assert tagged(item, at="$._source") is None


def test_an_element_is_appended_for_closed_schemas():
    append = {"at": "$.properties", "value": {"name": "=resolvedBidId", "values": ["resolved_bid_id", "rank"]}}
    after = tagged(b'{"properties":[{"name":"x"}]}', fields={"r": "rank"}, append=append)
    assert after == b'{"r":1,"properties":[{"name":"x"},{"name":"resolvedBidId","values":["b",1]}]}'
    assert tagged(b'{"properties":"no array"}', append=append) is None


def test_metadata_that_would_break_the_page_is_null():
    assert checked(b'{"a":"\xff"}') == b"null"
    assert checked(b"{") == b"null"
    assert checked(b"[" * 100_000) == b"null"
    assert checked(None) == b"null"
    assert checked('{"é":1e400}'.encode()) == '{"é":1e400}'.encode()


def test_other_items_get_their_own_fields():
    organic = Plan(a_rule(tag={"organic": {"bid": None, "own": "id", "page": "page"}})).organic
    assert organic.on(b'{"id":7}', "7") == b'{"bid":null,"own":"7","page":"search","id":7}'
    assert organic.on(b"{}", None) == b'{"bid":null,"own":null,"page":"search"}'
    assert organic.on(b"7", "7") == b"7"


def test_text_that_is_no_unicode_makes_no_ad():
    assert tagged(b"{}", Winner(rank=1, type="product", id="a", resolved_bid_id="\ud800")) is None
