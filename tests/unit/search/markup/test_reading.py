"""The listings of an XML body, as a rule's XPaths name them."""

import pytest

from proxy.search.listing import NotAListing
from proxy.search.markup.reading import Reading
from tests.builders import a_rule


def a_reading(**keys):
    return Reading(a_rule(**{"list": "/feed/item", "id": "./id"} | keys))


FEED = b"""<feed xmlns:g="urn:g">
  <title>Lamps</title>
  <item><id>1</id><g:score>2</g:score><v>a</v></item>
  <ad/>
  <item><id> 2 </id><g:score>x</g:score></item>
  <item><name>without an id</name></item>
  <!-- the last -->
  <item><id>4</id><g:score>4</g:score><v>b</v></item>
</feed>
"""


def test_items_are_the_bytes_that_they_were():
    page = a_reading().read(FEED)
    [listing] = page.listings
    assert listing.item(0) == b"<item><id>1</id><g:score>2</g:score><v>a</v></item>"
    assert (listing.ids, list(listing.positions)) == (["1", "2", "4"], [0, 1, 3])
    assert list(listing.pieces.gaps) == [b"\n  <ad/>\n  ", b"\n  ", b"\n  <!-- the last -->\n  "]
    assert FEED[listing.span.start : listing.span.end].startswith(b"<item><id>1")
    assert listing.pieces.more == b"\n  "


def test_scores_and_vendors_are_read():
    [listing] = a_reading(quality="./g:score", vendor="./v").read(FEED).listings
    assert listing.scores == [0.5, 0.0001, 1.0]
    assert listing.vendors == ["a", None, "b"]
    [listing] = a_reading(quality="organic").read(FEED).listings
    assert listing.scores == [1.0, 0.75, 0.25]


def test_an_id_pattern_takes_its_part():
    [listing] = a_reading(id_pattern="gid:(.+)").read(b"<feed><item><id>gid:7</id></item></feed>").listings
    assert listing.ids == ["7"]


def test_items_of_several_parents_are_several_listings():
    body = b"<r><g><item><id>1</id></item></g><g><item><id>2</id></item><item><id>3</id></item></g></r>"
    page = a_reading(list="/r/g/item").read(body)
    assert [listing.ids for listing in page.listings] == [["1"], ["2", "3"]]


@pytest.mark.parametrize(
    ("body", "keys", "why"),
    [
        (b"<feed/>", {}, "no item"),
        (b"{}", {}, "Start tag expected"),
        (b"<item/>", {"list": "/item"}, "the whole document"),
        (b"<feed><item><item/></item></feed>", {"list": "//item"}, "items within items"),
        (b"<feed><item/></feed>", {"list": "/feed/item/@id"}, "no item"),
        (b"<feed><item/></feed>", {"list": "/feed/h:item"}, "prefix"),
        (b"<feed><item/></feed>", {"fields": {"g:rank": "rank"}}, "prefix `g`"),
    ],
)
def test_what_is_not_as_the_rule_says_is_no_listing(body, keys, why):
    with pytest.raises(NotAListing, match=why):
        a_reading(**keys).read(body)


def test_a_products_own_answer_is_read():
    reading = a_reading(place="top", missing="fetch", fetch="/p/{id}", product="/answer/item")
    body = b'<answer xmlns="urn:x" xmlns:g="urn:g"><item g:k="1"><id>7</id><v>w</v></item></answer>'
    item = reading.product(body)
    assert item == b'<item xmlns="urn:x" xmlns:g="urn:g" g:k="1"><id>7</id><v>w</v></item>'
    assert reading.id_of(item) == "7"
    assert reading.product(b"<answer/>") is None
    assert reading.product(b"no") is None
    assert reading.id_of(b"no") is None
    assert a_reading(vendor="./v").vendor_of(item) == "w"
