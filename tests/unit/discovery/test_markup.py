import pytest

from proxy.discovery import NotASample, Request, discover, write_rule
from proxy.discovery.markup import looks_like_markup, read_markup, spelled
from proxy.rules.files import read_book

FEED = b"""<?xml version="1.0"?>
<rss xmlns:g="http://base.google.example/ns"><channel><title>Shop</title>
  <item sku="a"><g:id>p1</g:id><g:title>Lamp</g:title><g:price currency="EUR">9.00</g:price><seller><id>s1</id></seller></item>
  <item sku="b"><g:id>p2</g:id><g:title>Desk</g:title><g:price currency="EUR">8.00</g:price><seller><id>s2</id></seller></item>
  <facet><value count="3">x</value><value count="2">y</value></facet>
</channel></rss>"""


def test_an_element_is_an_object_a_list_or_a_text():
    assert read_markup(b"<a b='1'><c>x</c><d>1</d><d>2</d><e f='2'>y</e><g/></a>") == (
        "a",
        {"a": {"@b": "1", "c": "x", "d": ["1", "2"], "e": {"@f": "2", "#text": "y"}, "g": ""}},
    )


def test_names_are_as_they_are_written():
    root, value = read_markup(b"<feed xmlns='urn:x' xmlns:g='urn:g'><g:id>1</g:id></feed>")
    assert (root, value) == ("feed", {"feed": {"g:id": "1"}})


@pytest.mark.parametrize(
    ("path", "xpath"),
    [
        ("$.rss.channel.item", "/rss/channel/item"),
        ("$.rss.group[*].item", "/rss/group/item"),
        ("$['g:id']", "./g:id"),
        ("$['@sku']", "./@sku"),
        ("$.price['#text']", "./price"),
        ("$.a[1].b", "./a[2]/b"),
        ("$.rss.s[?@['@type'] == 'p'].item", "/rss/s[@type='p']/item"),
        ("nothing in $.facet, 3 objects", "nothing in ./facet, 3 objects"),
        ("body.$.query", "body.$.query"),
        ("$9.50", "$9.50"),
    ],
)
def test_paths_are_spelled_as_xpath(path, xpath):
    assert spelled(path, "rss") == xpath


def test_of_json_nothing_is_spelled_otherwise():
    assert spelled("$.a.b", None) == "$.a.b"


@pytest.mark.parametrize(
    ("body", "does"),
    [(b"<?xml?>", True), (b"\xef\xbb\xbf <a/>", True), (b"<html>", False), (b"<!DOCTYPE html>", False), (b"{}", False)],
)
def test_xml_is_known_by_its_beginning(body, does):
    assert looks_like_markup(body) is does


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<a>", "no XML"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "web page"),
        (b"<a>" * 300 + b"</a>" * 300, "no XML"),
    ],
)
def test_what_is_no_feed_is_told(body, says):
    with pytest.raises(NotASample, match=says):
        read_markup(body)


def test_entities_stay_unresolved(tmp_path):
    (tmp_path / "secret").write_text("secret")
    bomb = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><a><b>&x;</b></a>'.encode()
    assert "secret" not in str(read_markup(bomb)[1]).replace(str(tmp_path), "")


def test_a_feed_gets_a_rule_in_xpath():
    request = Request("GET", "https://shop.example/feed?q=lamp")
    discovery = discover(FEED, request)
    assert (discovery.list, discovery.id, discovery.sure) == ("/rss/channel/item", "./g:id", True)
    assert discovery.runners_up[0].list == "/rss/channel/facet/value"
    written = write_rule(discovery, request)
    reading = read_book({"rule.yaml": written.text.encode()})
    assert reading.problems == ()
    assert written.takes
    rule = reading.book.rules[0]
    assert (rule.products.list.text, rule.products.id.text, rule.products.vendor.text) == (
        "/rss/channel/item",
        "./g:id",
        "./seller/id",
    )
    assert "$." not in written.text
