"""Fields written into an element: child elements, and attributes. Pure.

A field that is there under the same name is replaced, not doubled; of several,
the first is replaced and the others go. New attributes stand last in the start
tag, new elements last in the element. All that is written is ASCII, with
character references for the rest, so that it is right in every coding that we
take.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from lxml import etree

from proxy.search.markup.document import Document

_ATTRIBUTE: Final = re.compile(rb"(\s+)([^\s=<>/\"']+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Blanks too: in an attribute they would become spaces.
_REFERENCES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)


class Edit(NamedTuple):
    """A piece of the text, and what stands there instead."""

    start: int
    end: int
    text: bytes


def with_fields(document: Document, element: "etree._Element", fields: Sequence[tuple[str, str | None]]) -> list[Edit]:
    """The edits that write fields into an element.

    Args:
        fields: name and text; a name with `@` is an attribute; without a text the field is taken away.
    """
    attributes = [(name[1:], text) for name, text in fields if name.startswith("@")]
    children = [(name, text) for name, text in fields if not name.startswith("@")]
    place = document.place(element)
    start_tag = document.text[place.start : place.inner]
    is_empty = start_tag.endswith(b"/>")
    edits = [*_of_attributes(start_tag, place.start, attributes)]
    new = b"".join(_element(name, text) for name, text in children if text is not None and not _own(element, name))
    for name, text in children:
        edits += _replaced(document, _own(element, name), name, text)
    if new and is_empty:
        # <a b="c"/> becomes <a b="c">…</a>.
        own = re.match(rb"<([^\s/>]+)", start_tag)
        assert own is not None
        edits.append(Edit(place.end - 2, place.end, b">" + new + b"</" + own[1] + b">"))
    elif new:
        edits.append(Edit(place.close, place.close, new))
    return edits


def applied(text: bytes, edits: Sequence[Edit]) -> bytes:
    """The text with all edits made; none of them reaches into another."""
    pieces: list[bytes] = []
    done = 0
    for edit in sorted(edits):
        pieces += (text[done : edit.start], edit.text)
        done = edit.end
    pieces.append(text[done:])
    return b"".join(pieces)


def _of_attributes(start_tag: bytes, at: int, attributes: Sequence[tuple[str, str | None]]) -> Iterator[Edit]:
    there = {match[2]: match for match in _ATTRIBUTE.finditer(start_tag)}
    end = len(start_tag) - (2 if start_tag.endswith(b"/>") else 1)
    new = b""
    for name, text in attributes:
        match = there.get(name.encode())
        written = b"" if text is None else b'%b="%b"' % (name.encode(), _escaped(text))
        if match is not None:
            yield Edit(at + match.start(), at + match.end(), match[1] + written if written else b"")
        elif written:
            new += b" " + written
    if new:
        behind = len(start_tag[:end].rstrip())
        yield Edit(at + behind, at + behind, new)


def _own(element: "etree._Element", name: str) -> list["etree._Element"]:
    """The children of this name, as it is written."""
    return [child for child in element if isinstance(child.tag, str) and _written(child) == name]


def _written(element: "etree._Element") -> str:
    local = etree.QName(element.tag).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _replaced(document: Document, there: Sequence["etree._Element"], name: str, text: str | None) -> Iterator[Edit]:
    for n, child in enumerate(there):
        place = document.place(child)
        yield Edit(place.start, place.end, _element(name, text) if n == 0 and text is not None else b"")


def _element(name: str, text: str) -> bytes:
    return b"<%b>%b</%b>" % (name.encode(), _escaped(text), name.encode())


def _escaped(text: str) -> bytes:
    """Text for an element or a quoted attribute; what XML cannot hold at all becomes U+FFFD."""
    safe = _NOT_XML.sub("\ufffd", text)
    return safe.translate(_REFERENCES).encode("ascii", "xmlcharrefreplace")
