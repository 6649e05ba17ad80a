"""An XML text as a tree, and where each element of the tree stands in the bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.search.markup.document import BadMarkup, Document

TEXT = (
    b'<?xml version="1.0"?>\n<!-- <a> is no tag here -->\n<feed xmlns="urn:shop" xmlns:g="urn:google">\n'
    b'  <item g:id="1"><t>a &lt; b</t><![CDATA[<fake>]]></item >\n'
    b"  <item x='2>1' y=\"&lt;/item>\"/><?pi <item> ?><g:item/>\n</feed>\n"
)


def test_each_element_stands_where_its_tags_stand():
    document = Document(TEXT)
    assert [document.bytes_of(element) for element in document.elements[1:]] == [
        b'<item g:id="1"><t>a &lt; b</t><![CDATA[<fake>]]></item >',
        b"<t>a &lt; b</t>",
        b"<item x='2>1' y=\"&lt;/item>\"/>",
        b"<g:item/>",
    ]


def test_names_are_taken_as_they_are_written():
    document = Document(TEXT)
    assert [element.tag for element in document.elements] == ["feed", "item", "t", "item", "{urn:google}item"]
    assert document.prefixes == {"g": "urn:google"}


BOMB = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "Document is empty"),
        (b"<a>", "Premature end"),
        (b"<a></b>", "mismatch"),
        (b"<a/><b/>", "Extra content"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', "utf-16"),
        ("<a/>".encode("utf-16"), "not UTF-8"),
        ("<a/>".encode("utf-16-le"), "zeros"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', "iso-8859-1"),
        (b"<a>\xe9</a>", "not UTF-8"),
        (BOMB, "of its own"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "of its own"),
        (b"<a>" * 100_000, "depth|Excessive"),
        (b"<a>&undeclared;</a>", "undeclared"),
    ],
)
def test_what_is_no_xml_for_us_is_refused(text, why):
    with pytest.raises(BadMarkup, match=why):
        Document(text)


def test_a_document_type_alone_harms_nobody():
    document = Document(b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/none.dtd"><rss><item/></rss>')
    assert document.bytes_of(document.elements[1]) == b"<item/>"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_bad_markup(text):
    try:
        document = Document(b"<a>" + text + b"</a>")
    except BadMarkup:
        return
    assert document.bytes_of(document.root) == b"<a>" + text + b"</a>"


names = st.sampled_from(["a", "b", "item", "g:x"])
texts = st.sampled_from(["", " ", "text", "<!-- <a> -->", "<![CDATA[</a>]]>", "&amp;", "é", "<?p <b>?>"])
attributes = st.sampled_from(["", ' k="v"', " k='>'", ' k="<!--" '.replace("<", "&lt;"), ' k = "\n" '])


def element(children):
    return st.builds(
        lambda name, attribute, inner, empty: (
            f"<{name}{attribute}/>" if empty else f"<{name}{attribute}>{''.join(inner)}</{name}>"
        ),
        names,
        attributes,
        st.lists(children | texts, max_size=4),
        st.booleans(),
    )


@given(st.recursive(texts, element, max_leaves=20))
def test_every_element_of_any_document_begins_and_ends_with_its_own_tags(inner):
    document = Document(f'<root xmlns:g="urn:g">{inner}</root>'.encode())
    for found in document.elements[1:]:
        own = document.bytes_of(found)
        again = Document(b'<r xmlns:g="urn:g">' + own + b"</r>")
        [same] = again.root
        assert (same.tag, dict(same.attrib), len(list(same.iter()))) == (
            found.tag,
            dict(found.attrib),
            len(list(found.iter())),
        )
