from pathlib import Path

import pytest

from proxy.discovery import NotASample, Request, discover, write_rule
from proxy.discovery.markup import looks_like_markup, read_markup, spelled
from proxy.rules.files import read_book
from proxy.search.markup.reading import Reading

SOLR = Path(__file__).parents[2] / "data" / "solr.xml"

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


def test_an_element_that_says_by_its_name_what_it_is_has_that_for_its_key():
    assert read_markup(
        b"<r><doc><str name='id'>1</str><arr name='cat'><str>a</str><str>b</str></arr><str name='x'/></doc>"
        b"<doc><str name='id'>2</str><arr name='cat'><str>a</str></arr><str name='x'>y</str></doc></r>"
    )[1] == {
        "r": {
            "doc": [
                {"str[@name='id']": "1", "arr[@name='cat']": {"str": ["a", "b"]}, "str[@name='x']": ""},
                {"str[@name='id']": "2", "arr[@name='cat']": {"str": "a"}, "str[@name='x']": "y"},
            ]
        }
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<a><p name='Lamp'>9.00</p><p name='Desk'>8.00</p></a>", "no other record has it"),
        ("<a><r><p name='x' id='1'>9</p></r><r><p name='x' id='2'>8</p></r></a>", "it has an id besides"),
        ("<a><r><p name='x'><b><c>1</c></b></p></r><r><p name='x'><b><c>1</c></b></p></r></a>", "it holds a record"),
        ("""<a><r><p name="'&#34;">9</p></r><r><p name="'&#34;">8</p></r></a>""", "XPath could not quote it"),
        ("<a><r><p name=''>9</p></r><r><p name=''>8</p></r></a>", "it says nothing"),
    ],
)
def test_a_name_that_is_data_stays_an_attribute(text, why):
    assert "[@name=" not in str(read_markup(text.encode())[1]), why


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
        (r"$['str[@name=\'id\']']", "./str[@name='id']"),
        (r"$['arr[@name=\'id\']'].str", "./arr[@name='id']/str"),
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


def test_the_answer_of_solr_in_xml_gets_a_rule_that_reads_its_ids():
    request = Request("GET", "https://shop.example/solr/products/select?q=lamp&start=0&wt=xml")
    discovery = discover(SOLR.read_bytes(), request)
    assert (discovery.list, discovery.id, discovery.sure) == ("/response/result/doc", "./str[@name='id']", True)
    reading = read_book({"rule.yaml": write_rule(discovery, request).text.encode()})
    assert reading.problems == ()
    rule = reading.book.rules[0]
    assert {*rule.tag.fields} == {"@resolvedBidId", "@rank"}
    [listing] = Reading(rule).read(SOLR.read_bytes()).listings
    assert listing.ids == ["LMP-1001", "LMP-1002", "LMP-1003"]


def test_a_field_of_several_values_in_solr_can_hold_the_id():
    doc = "<doc><arr name='product_id'><str>P{n}</str></arr><arr name='name'><str>Lamp</str></arr><arr name='price'><double>9.5</double></arr></doc>"
    body = f"<response><result>{''.join(doc.format(n=n) for n in range(3))}</result></response>".encode()
    discovery = discover(body)
    assert (discovery.list, discovery.id) == ("/response/result/doc", "./arr[@name='product_id']/str")
