"""Fields written into an element: child elements, and attributes."""

import pytest

from proxy.search.markup.document import Document
from proxy.search.markup.edits import applied, with_fields


def written(text, *fields):
    document = Document(text)
    return applied(text, with_fields(document, document.root, fields))


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        (b"<i><id>1</id></i>", [("rank", "1")], b"<i><id>1</id><rank>1</rank></i>"),
        (b"<i/>", [("rank", "1"), ("ad", "yes")], b"<i><rank>1</rank><ad>yes</ad></i>"),
        (b'<g:i xmlns:g="u" />', [("rank", "1")], b'<g:i xmlns:g="u" ><rank>1</rank></g:i>'),
        (b"<i><rank>9</rank><id/></i>", [("rank", "1")], b"<i><rank>1</rank><id/></i>"),
        (b"<i><rank/><rank>8</rank></i>", [("rank", "1")], b"<i><rank>1</rank></i>"),
        (b"<i><in><rank>9</rank></in></i>", [("rank", "1")], b"<i><in><rank>9</rank></in><rank>1</rank></i>"),
        (b"<i><rank>9</rank></i>", [("rank", None)], b"<i></i>"),
        (b"<i/>", [("rank", None)], b"<i/>"),
        (b"<i/>", [("@rank", "1")], b'<i rank="1"/>'),
        (b"<i />", [("@rank", "1"), ("a", "b")], b'<i rank="1" ><a>b</a></i>'),
        (b"<i rank = '9' b=\"rank='8'\">x</i>", [("@rank", "1")], b'<i rank="1" b="rank=\'8\'">x</i>'),
        (b'<i a="1" rank="9"/>', [("@rank", None)], b'<i a="1"/>'),
        (
            b'<i xmlns:g="u"><g:rank>9</g:rank></i>',
            [("rank", "1")],
            b'<i xmlns:g="u"><g:rank>9</g:rank><rank>1</rank></i>',
        ),
        (b'<i xmlns:g="u"><g:rank>9</g:rank></i>', [("g:rank", "1")], b'<i xmlns:g="u"><g:rank>1</g:rank></i>'),
    ],
)
def test_a_field_is_added_or_replaced_and_never_doubled(text, fields, expected):
    assert written(text, *fields) == expected


def test_no_value_can_break_out_of_its_place():
    evil = "</rank><script>\"'&\n\x00\ud800é"
    text = written(b"<i/>", ("rank", evil), ("@rank", evil))
    again = Document(text).root
    expected = "</rank><script>\"'&\n\ufffd\ufffdé"
    assert (again.get("rank"), again.findtext("rank"), len(again)) == (expected, expected, 1)
    assert text.isascii()
