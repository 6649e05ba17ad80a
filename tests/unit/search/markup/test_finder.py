"""An XPath of a rule, asked of documents."""

import pytest

from proxy.search.markup.document import BadMarkup, Document
from proxy.search.markup.finder import Finder

DOCUMENT = Document(
    b'<feed xmlns="urn:shop" xmlns:g="urn:g"><item g:sku="7"><id> 42 </id><price>3.50</price><name>a<b>b</b></name>'
    b"<g:id>g</g:id><empty/></item><item/></feed>"
)
ITEM = DOCUMENT.root[0]


def test_items_are_found_as_they_are_written():
    assert len(Finder("/feed/item").elements(DOCUMENT, DOCUMENT.root)) == 2
    assert Finder("/feed/item[id='42']").elements(DOCUMENT, DOCUMENT.root) == []
    assert Finder("/feed/item[normalize-space(id)='42']").elements(DOCUMENT, DOCUMENT.root) == [ITEM]
    assert Finder("$").elements(DOCUMENT, ITEM) == [ITEM]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("./id", "42"),
        ("./id/text()", "42"),
        ("./@g:sku", "7"),
        ("./g:id", "g"),
        ("./name", "ab"),
        ("./empty", None),
        ("./nothing", None),
        ("./price", "3.50"),
        ("./../item[2]", None),
    ],
)
def test_a_value_is_the_text_of_the_first_that_is_named(path, value):
    assert Finder(path).value(DOCUMENT, ITEM) == value


def test_a_number_is_written_as_people_write_it():
    assert Finder("count(./*)").value(DOCUMENT, ITEM) == "5"


@pytest.mark.parametrize("path", ["./@g:sku", "count(./*)", "./id/text()"])
def test_what_names_no_elements_names_no_items(path):
    with pytest.raises(BadMarkup, match="names no elements"):
        Finder(path).elements(DOCUMENT, ITEM)


def test_a_prefix_that_the_document_lacks_is_told():
    with pytest.raises(BadMarkup, match="prefix"):
        Finder("./h:id").value(DOCUMENT, ITEM)
