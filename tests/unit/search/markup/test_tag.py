"""What is written into items of XML."""

import pytest

from proxy.auction.winners import Winner
from proxy.rules.selector import Selector
from proxy.rules.values import Value
from proxy.search.markup.tag import OrganicTag, Tag

WINNER = Winner(rank=2, type="vendor", id="42", resolved_bid_id="a<b&c", winner_id="v1", metadata=b'{"a":1}')


def a_tag(at="$", **fields):
    return Tag(Selector.parse(at), fields, "search")


def test_an_ad_carries_its_values():
    fields = {
        "bid": Value("resolved_bid_id"),
        "@rank": Value("rank"),
        "page": Value("page"),
        "type": Value("winner_type"),
        "winner": Value("winner_id"),
        "more": Value("metadata"),
        "ad": Value.of(True),
        "label": Value.of("Sponsored"),
        "n": Value.of(1.5),
        "campaign": Value("campaign_id"),
        "none": Value.of(None),
    }
    assert Tag(Selector.parse("$"), fields, "search").on(b"<item>x</item>", WINNER) == (
        b'<item rank="2">x<bid>a&lt;b&amp;c</bid><page>search</page><type>vendor</type><winner>v1</winner>'
        b"<more>{&quot;a&quot;:1}</more><ad>true</ad><label>Sponsored</label><n>1.5</n></item>"
    )


def test_where_nothing_else_won_the_product_did():
    alone = Winner(rank=1, type="product", id="42", resolved_bid_id="b")
    assert a_tag(winner=Value("winner_id")).on(b"<item/>", alone) == b"<item><winner>42</winner></item>"


def test_the_tag_stands_where_the_rule_says():
    item = b"<g:item><g:meta/><c><!-- kept --></c></g:item>"
    assert (
        a_tag("./c", rank=Value("rank")).on(item, WINNER)
        == b"<g:item><g:meta/><c><!-- kept --><rank>2</rank></c></g:item>"
    )
    assert (
        a_tag("./g:meta", rank=Value("rank")).on(item, WINNER)
        == b"<g:item><g:meta><rank>2</rank></g:meta><c><!-- kept --></c></g:item>"
    )


@pytest.mark.parametrize(
    "item", [b"<item/>", b"<item>", b"<item><c/></item><item/>", b"", b"\xff", b"</frame><c/><frame>"]
)
def test_an_item_without_a_place_for_the_tag_is_no_ad(item):
    assert a_tag("./d", rank=Value("rank")).on(item, WINNER) is None


def test_a_tag_never_leaves_its_item():
    assert a_tag("./..", rank=Value("rank")).on(b"<item/>", WINNER) is None


def test_other_items_of_a_merged_listing_get_their_own_fields():
    tag = OrganicTag(Selector.parse("$"), {"ad": Value.of(False), "@bid": Value.of(None), "own": Value("id")}, "search")
    assert tag.on(b'<item bid="old"/>', "42") == b"<item><ad>false</ad><own>42</own></item>"
    assert tag.on(b"<item/>", None) == b"<item><ad>false</ad></item>"
    assert tag.on(b"<broken", "42") == b"<broken"
